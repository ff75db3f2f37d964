"""The XenAPI class ``pool_patch``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "pool_patch",
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "miami"),
        ("Deprecated", "ely"),
    ),
)
class PoolPatch:
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
    after_apply_guidance: A[
        list[enums.AfterApplyGuidance],
        field(
            "What to do after it was applied, such as a reboot of the host.",
            default=[],
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
    host_patches: A[
        list[Ref[L["host_patch"]]],
        field("Every host_patch that is among its host patches.", since="miami"),
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
    pool_applied: A[
        bool, field("Whether it says yes to: pool applied.", default=False, since="miami")
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
    size: A[int, field("Length of the patch, in bytes.", default=0, since="miami")]
    version: A[str, field("How often it was recovered.", STATIC, default="", since="miami")]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def apply(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Have the pool_patch do this: apply."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def clean(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
    ) -> None:
        """Have the pool_patch do this: clean."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "tampa"),
            ("Deprecated", "ely"),
        ),
    )
    def clean_on_host(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the pool_patch do this: clean on host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def destroy(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
    ) -> None:
        """Remove the pool_patch."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def pool_apply(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
    ) -> None:
        """For the whole pool: apply."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "tampa"),
            ("Deprecated", "ely"),
        ),
    )
    def pool_clean(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
    ) -> None:
        """For the whole pool: clean."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def precheck(
        self: A[Ref[L["pool_patch"]], "The pool_patch that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Have the pool_patch do this: precheck."""
