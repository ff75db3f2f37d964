"""The XenAPI class ``data_source``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    create_role=POOL_ADMIN,
    since="orlando",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class DataSource(Object[L["data_source"]]):
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
    enabled: A[bool, field("Whether it is being recorded.")]
    max: A[float, field("The largest value that it can take.")]
    min: A[float, field("The smallest value that it can take.")]
    standard: A[bool, field("Whether it is recorded unless somebody switches it off.")]
    units: A[str, field("The unit that its values are in, such as B/s.")]
    value: A[float, field("Its present value.")]


DataSourceRef = Ref[L["data_source"]]
