"""The XenAPI class ``pool_update``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("pool_update", create_role=POOL_OPERATOR, since="ely")
class PoolUpdate:
    """An update of the pool."""

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
        list[enums.UpdateAfterApplyGuidance],
        field(
            "What to do after it was applied, such as a reboot of the host.",
            STATIC,
            default=[],
            since="ely",
        ),
    ]
    enforce_homogeneity: A[
        bool,
        field(
            "Whether it says yes to: enforce homogeneity.", STATIC, default=False, since="inverness"
        ),
    ]
    hosts: A[list[Ref[L["host"]]], field("Every host that is among its hosts.", since="ely")]
    installation_size: A[
        int,
        field("How much disk its installation takes, in bytes.", STATIC, default=0, since="ely"),
    ]
    key: A[
        str, field("The key that its packages are signed with.", STATIC, default="", since="ely")
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="inverness",
        ),
    ]
    vdi: A[Ref[L["VDI"]], field("The VDI that the update was uploaded to; null for none.", STATIC)]
    version: A[str, field("How often it was recovered.", STATIC, default="", since="ely")]

    @message(role=POOL_OPERATOR, since="ely", forward_to=("host_extension", "pool_update.apply"))
    def apply(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the pool_update do this: apply."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def attach(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
        use_localhost_proxy: A[
            bool, param("Whether to: use localhost proxy", since="naples")
        ] = False,
    ) -> str:
        """Have the pool_update do this: attach."""

    @message(role=POOL_OPERATOR, since="ely")
    def destroy(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
    ) -> None:
        """Remove the pool_update."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def detach(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
    ) -> None:
        """Have the pool_update do this: detach."""

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> Ref[L["pool_update"]]:
        """Tell the pool of a pool_update that exists already."""

    @message(role=POOL_OPERATOR, since="ely")
    def pool_apply(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
    ) -> None:
        """For the whole pool: apply."""

    @message(role=POOL_OPERATOR, since="ely")
    def pool_clean(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
    ) -> None:
        """For the whole pool: clean."""

    @message(role=POOL_OPERATOR, since="ely", forward_to=("host_extension", "pool_update.precheck"))
    def precheck(
        self: A[Ref[L["pool_update"]], "The pool_update that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> enums.LivepatchStatus:
        """Have the pool_update do this: precheck."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def resync_host(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the pool_update do this: resync host."""
