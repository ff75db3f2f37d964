"""The XenAPI class ``tunnel``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("tunnel", create_role=POOL_OPERATOR, since="cowley", tags=("networking",))
class Tunnel:
    """A network tunnelled over another one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="cowley",
        ),
    ]
    access_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface through which the tunnel's network is reached.",
            STATIC,
            default="",
            since="cowley",
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="cowley",
        ),
    ]
    protocol: A[
        enums.TunnelProtocol,
        field("Which of the known kinds its protocol is.", RW, default="gre", since="1.250.0"),
    ]
    status: A[
        dict[str, str],
        field(
            "Whether the tunnel is up (`active`), and the key that it uses.",
            RW,
            default={"active": "false"},
            since="cowley",
        ),
    ]
    transport_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface that carries the tunnelled frames.",
            STATIC,
            default="",
            since="cowley",
        ),
    ]

    @message(
        role=POOL_OPERATOR,
        since="cowley",
        errors=("OPENVSWITCH_NOT_ACTIVE", "TRANSPORT_PIF_NOT_CONFIGURED", "IS_TUNNEL_ACCESS_PIF"),
    )
    def create(
        transport_PIF: A[Ref[L["PIF"]], param("The PIF to take as transport PIF", since="dundee")],
        network: A[Ref[L["network"]], param("The network that is meant", since="dundee")],
        protocol: A[
            enums.TunnelProtocol, param("The protocol", since="1.250.0")
        ] = enums.TunnelProtocol("gre"),
    ) -> Ref[L["tunnel"]]:
        """Make a new tunnel."""

    @message(role=POOL_OPERATOR, since="cowley")
    def destroy(
        self: A[Ref[L["tunnel"]], "The tunnel that is meant"],
    ) -> None:
        """Remove the tunnel."""
