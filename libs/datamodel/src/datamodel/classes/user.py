"""The XenAPI class ``user``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    create_role=POOL_ADMIN,
    history=(
        ("Published", "rio"),
        ("Deprecated", "george"),
    ),
    events=False,
    constructor=("short_name", "fullname", "other_config"),
    get_all=False,
)
class User(Object[L["user"]]):
    """A user record, from before there were subjects."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]
    short_name: A[str, field("The name to log in with.", STATIC)]
    fullname: A[str, field("The user's name in full.", RW)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="orlando",
        ),
    ]


UserRef = Ref[L["user"]]
