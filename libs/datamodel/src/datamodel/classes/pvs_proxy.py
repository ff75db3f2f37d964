"""The XenAPI class ``PVS_proxy``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PVS_proxy", create_role=POOL_OPERATOR, since="ely")
class PVS_proxy:
    """A PVS proxy."""

    VIF: A[Ref[L["VIF"]], field("VIF.", STATIC, default="OpaqueRef:NULL", since="ely")]
    currently_attached: A[bool, field("Currently attached.", default=False, since="ely")]
    site: A[Ref[L["PVS_site"]], field("Site.", STATIC, default="OpaqueRef:NULL", since="ely")]
    status: A[enums.PvsProxyStatus, field("Status.", default="stopped", since="ely")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="ely")]

    @message(role=POOL_OPERATOR, since="ely")
    def create(
        site: A[Ref[L["PVS_site"]], "Site"],
        VIF: A[Ref[L["VIF"]], "VIF"],
    ) -> Ref[L["PVS_proxy"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="ely")
    def destroy(
        self: A[Ref[L["PVS_proxy"]], "The PVS_proxy to act on"],
    ) -> None:
        """Destroy."""
