"""The XenAPI class ``user``."""

from typing import Annotated as A

from datamodel.idl import RW, STATIC, field, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    "user",
    create_role=POOL_ADMIN,
    history=(
        ("Published", "rio"),
        ("Deprecated", "george"),
    ),
    events=False,
    constructor=("short_name", "fullname", "other_config"),
    get_all=False,
)
class User:
    """A user."""

    fullname: A[str, field("Fullname.", RW)]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="orlando")]
    short_name: A[str, field("Short name.", STATIC)]
    uuid: A[str, field("Uuid.")]
