"""The XenAPI class ``crashdump``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "crashdump",
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "rio"),
        ("Deprecated", "inverness"),
    ),
)
class Crashdump:
    """A crashdump."""

    VDI: A[Ref[L["VDI"]], field("VDI.", STATIC)]
    VM: A[Ref[L["VM"]], field("VM.", STATIC)]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[Ref[L["crashdump"]], "The crashdump to act on"],
    ) -> None:
        """Destroy."""
