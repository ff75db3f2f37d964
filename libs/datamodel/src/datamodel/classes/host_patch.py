"""The XenAPI class ``host_patch``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "rio"),
        ("Deprecated", "ely"),
    ),
)
class HostPatch(Object[L["host_patch"]]):
    """An old update as applied to a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            STATIC,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", STATIC, default="", column="name__description")
    ]
    version: A[str, field("Release of the patch, as its maker counts.", STATIC)]
    host: A[Ref[L["host"]], field("The host that has or shall have it installed.", STATIC)]
    applied: A[bool, field("Whether the host has it installed.")]
    timestamp_applied: A[DateTime, field("When it was applied; the epoch for not yet.")]
    size: A[int, field("Length of the patch, in bytes.")]
    pool_patch: A[
        Ref[L["pool_patch"]],
        field(
            "The patch of the pool that this is one host's part of.",
            STATIC,
            default="",
            since="miami",
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    filename: A[str, field("Name of the patch's file on the host.", internal_only=True)]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def destroy(
        self: A[Ref[L["host_patch"]], "The patch to remove; it must not be applied"],
    ) -> None:
        """Remove a patch from a host's disk; what it installed stays."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def apply(
        self: A[Ref[L["host_patch"]], "The patch to install there"],
    ) -> str:
        """Install an uploaded patch on a host. pool_patch.apply took its place. Answers what its
        installer said.
        """


HostPatchRef = Ref[L["host_patch"]]
