"""The XenAPI class ``pool_patch``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "miami"),
        ("Deprecated", "ely"),
    ),
)
class PoolPatch(Object[L["pool_patch"]]):
    """An update of the old kind."""

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
    version: A[
        str, field("Release of the patch, as its maker counts.", STATIC, default="", since="miami")
    ]
    size: A[int, field("Length of the patch, in bytes.", default=0, since="miami")]
    pool_applied: A[
        bool, field("Whether every host has it installed.", default=False, since="miami")
    ]
    host_patches: A[
        list[Ref[L["host_patch"]]],
        field("What each host has of the patch.", since="miami"),
    ]
    after_apply_guidance: A[
        list[enums.AfterApplyGuidance],
        field(
            "What to do after it was applied, such as a reboot of the host.",
            default=[],
            since="miami",
        ),
    ]
    pool_update: A[
        Ref[L["pool_update"]],
        field(
            "The update that took the patch's place; null for none.",
            STATIC,
            default="OpaqueRef:NULL",
            since="ely",
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
    filename: A[
        str,
        field(
            "Name of the patch's file on the coordinator.",
            default="",
            since="miami",
            internal_only=True,
        ),
    ]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def apply(
        self: A[Ref[L["pool_patch"]], "The patch to install"],
        host: A[Ref[L["host"]], "The host to install it on"],
    ) -> str:
        """Install a patch on a host. pool_update.apply has taken its place. Answers what its
        installer said.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def pool_apply(
        self: A[Ref[L["pool_patch"]], "The patch to install"],
    ) -> None:
        """Install a patch on every host. pool_update.pool_apply has taken its place."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def precheck(
        self: A[Ref[L["pool_patch"]], "The patch to check"],
        host: A[Ref[L["host"]], "The host to check"],
    ) -> str:
        """Tell whether a patch could be installed on a host. Answers what its own check said."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def clean(
        self: A[Ref[L["pool_patch"]], "The patch to clean up"],
    ) -> None:
        """Remove the file of a patch from the coordinator; what it installed stays."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "tampa"),
            ("Deprecated", "ely"),
        ),
    )
    def pool_clean(
        self: A[Ref[L["pool_patch"]], "The patch to clean up"],
    ) -> None:
        """Remove the file of a patch from every host; what it installed stays."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def destroy(
        self: A[Ref[L["pool_patch"]], "The patch to remove; no host may have it applied"],
    ) -> None:
        """Remove a patch from every host's disk and its record."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "tampa"),
            ("Deprecated", "ely"),
        ),
    )
    def clean_on_host(
        self: A[Ref[L["pool_patch"]], "The patch to clean up"],
        host: A[Ref[L["host"]], "The host to clean up"],
    ) -> None:
        """Remove the file of a patch from one host; what it installed stays."""


PoolPatchRef = Ref[L["pool_patch"]]
