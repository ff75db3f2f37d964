"""The XenAPI class ``tunnel``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="cowley", tags=("networking",))
class Tunnel(Object[L["tunnel"]]):
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
            "The interface that puts the tunnel's network on the host.",
            STATIC,
            default="",
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
    status: A[
        dict[str, str],
        field(
            "Whether the tunnel is up (`active`), and the key that it uses.",
            RW,
            default={"active": "false"},
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
        field("How frames are packed: GRE or VXLAN.", RW, default="gre", since="1.250.0"),
    ]

    @message(
        role=POOL_OPERATOR,
        since="cowley",
        errors=("OPENVSWITCH_NOT_ACTIVE", "TRANSPORT_PIF_NOT_CONFIGURED", "IS_TUNNEL_ACCESS_PIF"),
    )
    def create(
        transport_PIF: A[
            Ref[L["PIF"]],
            param(
                "The interface to carry the tunnelled frames; it must have an address and not be a tunnel's",
                since="dundee",
            ),
        ],
        network: A[
            Ref[L["network"]],
            param(
                "The network to connect by tunnels; it must have no interface on this host yet",
                since="dundee",
            ),
        ],
        protocol: A[
            enums.TunnelProtocol, param("How frames are packed", since="1.250.0")
        ] = enums.TunnelProtocol("gre"),
    ) -> Ref[L["tunnel"]]:
        """Tunnel a network over an interface of a host to other hosts, with the peers and keys that
        an SDN controller tells.
        """

    @message(role=POOL_OPERATOR, since="cowley")
    def destroy(
        self: A[Ref[L["tunnel"]], "The tunnel to remove"],
    ) -> None:
        """Remove a tunnel with its interface."""


TunnelRef = Ref[L["tunnel"]]
