"""The XenAPI class ``PVS_proxy``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PVS_proxy", create_role=POOL_OPERATOR, since="ely")
class PVS_proxy:
    """A proxy between a VM and provisioning servers."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="ely",
        ),
    ]
    VIF: A[
        Ref[L["VIF"]],
        field(
            "The interface whose traffic it serves.",
            STATIC,
            default="OpaqueRef:NULL",
            since="ely",
        ),
    ]
    currently_attached: A[
        bool, field("Whether it is plugged in right now.", default=False, since="ely")
    ]
    site: A[
        Ref[L["PVS_site"]],
        field(
            "The site whose servers it stands in for.",
            STATIC,
            default="OpaqueRef:NULL",
            since="ely",
        ),
    ]
    status: A[
        enums.PvsProxyStatus,
        field(
            "Whether it caches, and if not why not.",
            default="stopped",
            since="ely",
        ),
    ]

    @message(role=POOL_OPERATOR, since="ely")
    def create(
        site: A[Ref[L["PVS_site"]], "The PVS_site to take as site"],
        VIF: A[Ref[L["VIF"]], "The VIF that is meant"],
    ) -> Ref[L["PVS_proxy"]]:
        """Make a new PVS_proxy."""

    @message(role=POOL_OPERATOR, since="ely")
    def destroy(
        self: A[Ref[L["PVS_proxy"]], "The PVS_proxy that is meant"],
    ) -> None:
        """Remove the PVS_proxy."""
