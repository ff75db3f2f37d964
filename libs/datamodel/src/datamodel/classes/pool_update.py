"""The XenAPI class ``pool_update``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="ely")
class PoolUpdate(Object[L["pool_update"]]):
    """A change of the hosts' software, installed on each of them."""

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
        str, field("Release of the update, as its maker counts.", STATIC, default="", since="ely")
    ]
    installation_size: A[
        int,
        field("How much disk its installation takes, in bytes.", STATIC, default=0, since="ely"),
    ]
    key: A[
        str, field("The key that its packages are signed with.", STATIC, default="", since="ely")
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
    vdi: A[Ref[L["VDI"]], field("The VDI that the update was uploaded to; null for none.", STATIC)]
    hosts: A[list[Ref[L["host"]]], field("The hosts that have it applied.", since="ely")]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="inverness",
        ),
    ]
    enforce_homogeneity: A[
        bool,
        field("Whether all hosts must have it, or none.", STATIC, default=False, since="inverness"),
    ]

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        vdi: A[Ref[L["VDI"]], "The disk with the update"],
    ) -> Ref[L["pool_update"]]:
        """Record an update that was uploaded to a disk."""

    @message(role=POOL_OPERATOR, since="ely", forward_to=("host_extension", "pool_update.precheck"))
    def precheck(
        self: A[Ref[L["pool_update"]], "The update to check"],
        host: A[Ref[L["host"]], "The host to check"],
    ) -> enums.LivepatchStatus:
        """Check whether an update could be installed on a host, and tell whether it takes effect
        without a reboot.
        """

    @message(role=POOL_OPERATOR, since="ely", forward_to=("host_extension", "pool_update.apply"))
    def apply(
        self: A[Ref[L["pool_update"]], "The update to install"],
        host: A[Ref[L["host"]], "The host to install it on; it must pass the check"],
    ) -> None:
        """Install an update on a host."""

    @message(role=POOL_OPERATOR, since="ely")
    def pool_apply(
        self: A[Ref[L["pool_update"]], "The update to install"],
    ) -> None:
        """Install an update on every host, one after the other."""

    @message(role=POOL_OPERATOR, since="ely")
    def pool_clean(
        self: A[Ref[L["pool_update"]], "The update to clean up"],
    ) -> None:
        """Remove the disk of an update; its record and what it installed stay."""

    @message(role=POOL_OPERATOR, since="ely")
    def destroy(
        self: A[Ref[L["pool_update"]], "The update to remove; no host may have it applied"],
    ) -> None:
        """Remove an update's record and its disk."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def attach(
        self: A[Ref[L["pool_update"]], "The update to attach"],
        use_localhost_proxy: A[
            bool,
            param("Whether the address is to lead through the host's own proxy", since="naples"),
        ] = False,
    ) -> str:
        """Make an update's packages readable over HTTP, and answer the address."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def detach(
        self: A[Ref[L["pool_update"]], "The update to detach"],
    ) -> None:
        """Make an update's packages readable no longer."""

    @message(role=POOL_OPERATOR, since="ely", hidden=True)
    def resync_host(
        host: A[Ref[L["host"]], "The host to look at"],
    ) -> None:
        """Record which updates a host has, as its packages tell."""


PoolUpdateRef = Ref[L["pool_update"]]
