"""The XenAPI class ``pool_update``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("pool_update", create_role=POOL_OPERATOR, since="ely")
class PoolUpdate:
    """A pool update."""

    after_apply_guidance: A[
        list[enums.UpdateAfterApplyGuidance],
        field("After apply guidance.", STATIC, default=[], since="ely"),
    ]
    enforce_homogeneity: A[
        bool, field("Enforce homogeneity.", STATIC, default=False, since="inverness")
    ]
    hosts: A[list[Ref[L["host"]]], field("Hosts.", since="ely")]
    installation_size: A[int, field("Installation size.", STATIC, default=0, since="ely")]
    key: A[str, field("Key.", STATIC, default="", since="ely")]
    name_description: A[
        str, field("Name description.", STATIC, default="", column="name__description")
    ]
    name_label: A[str, field("Name label.", STATIC, default="", column="name__label")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="inverness")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    vdi: A[Ref[L["VDI"]], field("Vdi.", STATIC)]
    version: A[str, field("Version.", STATIC, default="", since="ely")]

    @message(role=POOL_OPERATOR, since="ely", forward_to=("host_extension", "pool_update.apply"))
    def apply(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Apply."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def attach(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
        use_localhost_proxy: A[bool, param("Use localhost proxy", since="naples")] = False,
    ) -> str:
        """Attach."""

    @message(role=POOL_OPERATOR, since="ely")
    def destroy(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def detach(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
    ) -> None:
        """Detach."""

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> Ref[L["pool_update"]]:
        """Introduce."""

    @message(role=POOL_OPERATOR, since="ely")
    def pool_apply(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
    ) -> None:
        """Pool apply."""

    @message(role=POOL_OPERATOR, since="ely")
    def pool_clean(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
    ) -> None:
        """Pool clean."""

    @message(role=POOL_OPERATOR, since="ely", forward_to=("host_extension", "pool_update.precheck"))
    def precheck(
        self: A[Ref[L["pool_update"]], "The pool_update to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> enums.LivepatchStatus:
        """Precheck."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def resync_host(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Resync host."""
