"""The XenAPI class ``PVS_proxy``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="ely")
class PVS_proxy(Object[L["PVS_proxy"]]):
    """A proxy between a VM and provisioning servers."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="ely",
        ),
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
        bool,
        field("Whether the proxy runs beside its VM's interface now.", default=False, since="ely"),
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
        site: A[Ref[L["PVS_site"]], "The site whose servers the VM boots from"],
        VIF: A[Ref[L["VIF"]], "The VM's interface to serve; it must be its first one"],
    ) -> Ref[L["PVS_proxy"]]:
        """Have a VM's traffic to provisioning servers go through a caching proxy."""

    @message(role=POOL_OPERATOR, since="ely")
    def destroy(
        self: A[Ref[L["PVS_proxy"]], "The proxy to remove"],
    ) -> None:
        """Remove a proxy; a VM that runs then speaks to the servers itself."""


PVS_proxyRef = Ref[L["PVS_proxy"]]
