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
    """A data source."""

    enabled: A[bool, field("Enabled.")]
    max: A[float, field("Max.")]
    min: A[float, field("Min.")]
    name_description: A[str, field("Name description.", default="", column="name__description")]
    name_label: A[str, field("Name label.", default="", column="name__label")]
    standard: A[bool, field("Standard.")]
    units: A[str, field("Units.")]
    value: A[float, field("Value.")]
