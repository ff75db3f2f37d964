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
    """A pool patch."""

    after_apply_guidance: A[
        list[enums.AfterApplyGuidance], field("After apply guidance.", default=[], since="miami")
    ]
    filename: A[str, field("Filename.", default="", since="miami", internal_only=True)]
    host_patches: A[list[Ref[L["host_patch"]]], field("Host patches.", since="miami")]
    name_description: A[
        str, field("Name description.", STATIC, default="", column="name__description")
    ]
    name_label: A[str, field("Name label.", STATIC, default="", column="name__label")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    pool_applied: A[bool, field("Pool applied.", default=False, since="miami")]
    pool_update: A[
        Ref[L["pool_update"]], field("Pool update.", STATIC, default="OpaqueRef:NULL", since="ely")
    ]
    size: A[int, field("Size.", default=0, since="miami")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    version: A[str, field("Version.", STATIC, default="", since="miami")]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def apply(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Apply."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def clean(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
    ) -> None:
        """Clean."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "tampa"),
            ("Deprecated", "ely"),
        ),
    )
    def clean_on_host(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Clean on host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def destroy(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
    ) -> None:
        """Destroy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def pool_apply(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
    ) -> None:
        """Pool apply."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "tampa"),
            ("Deprecated", "ely"),
        ),
    )
    def pool_clean(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
    ) -> None:
        """Pool clean."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Deprecated", "ely"),
        ),
    )
    def precheck(
        self: A[Ref[L["pool_patch"]], "The pool_patch to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Precheck."""
