"""The XenAPI class ``data_source``."""

from typing import Annotated as A

from datamodel.idl import field, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    "data_source",
    create_role=POOL_ADMIN,
    since="orlando",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class DataSource:
    """A figure that is recorded over time."""

    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.", default="", column="name__label"
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", default="", column="name__description")
    ]
    enabled: A[bool, field("Whether it may be used for something new.")]
    max: A[float, field("Its max, as a fraction or a rate.")]
    min: A[float, field("Its min, as a fraction or a rate.")]
    standard: A[bool, field("Whether it says yes to: standard.")]
    units: A[str, field("The unit that its values are in, such as B/s.")]
    value: A[float, field("Its value, as a fraction or a rate.")]
