"""The XenAPI class ``host_patch``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "host_patch",
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "rio"),
        ("Deprecated", "ely"),
    ),
)
class HostPatch:
    """A host patch."""

    applied: A[bool, field("Applied.")]
    filename: A[str, field("Filename.", internal_only=True)]
    host: A[Ref[L["host"]], field("Host.", STATIC)]
    name_description: A[
        str, field("Name description.", STATIC, default="", column="name__description")
    ]
    name_label: A[str, field("Name label.", STATIC, default="", column="name__label")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    pool_patch: A[Ref[L["pool_patch"]], field("Pool patch.", STATIC, default="", since="miami")]
    size: A[int, field("Size.")]
    timestamp_applied: A[DateTime, field("Timestamp applied.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    version: A[str, field("Version.", STATIC)]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def apply(
        self: A[Ref[L["host_patch"]], "The host_patch to act on"],
    ) -> str:
        """Apply."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def destroy(
        self: A[Ref[L["host_patch"]], "The host_patch to act on"],
    ) -> None:
        """Destroy."""
