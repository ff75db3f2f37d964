"""The XenAPI class ``crashdump``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "rio"),
        ("Deprecated", "inverness"),
    ),
)
class Crashdump(Object[L["crashdump"]]):
    """What was left of a guest that crashed."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    VM: A[Ref[L["VM"]], field("The VM that crashed.", STATIC)]
    VDI: A[Ref[L["VDI"]], field("The disk that holds the dump.", STATIC)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[Ref[L["crashdump"]], "The dump to remove"],
    ) -> None:
        """Remove the dump of a guest that crashed, with its disk."""


CrashdumpRef = Ref[L["crashdump"]]
