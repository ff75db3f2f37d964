"""The XenAPI class ``tunnel``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("tunnel", create_role=POOL_OPERATOR, since="cowley", tags=("networking",))
class Tunnel:
    """A tunnel."""

    access_PIF: A[Ref[L["PIF"]], field("Access PIF.", STATIC, default="", since="cowley")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="cowley")]
    protocol: A[enums.TunnelProtocol, field("Protocol.", RW, default="gre", since="1.250.0")]
    status: A[dict[str, str], field("Status.", RW, default={"active": "false"}, since="cowley")]
    transport_PIF: A[Ref[L["PIF"]], field("Transport PIF.", STATIC, default="", since="cowley")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="cowley")]

    @message(
        role=POOL_OPERATOR,
        since="cowley",
        errors=("OPENVSWITCH_NOT_ACTIVE", "TRANSPORT_PIF_NOT_CONFIGURED", "IS_TUNNEL_ACCESS_PIF"),
    )
    def create(
        transport_PIF: A[Ref[L["PIF"]], param("Transport PIF", since="dundee")],
        network: A[Ref[L["network"]], param("The network to act on", since="dundee")],
        protocol: A[
            enums.TunnelProtocol, param("Protocol", since="1.250.0")
        ] = enums.TunnelProtocol("gre"),
    ) -> Ref[L["tunnel"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="cowley")
    def destroy(
        self: A[Ref[L["tunnel"]], "The tunnel to act on"],
    ) -> None:
        """Destroy."""
