"""The XenAPI class ``SDN_controller``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="falcon")
class SDN_controller(Object[L["SDN_controller"]]):
    """A controller of software-defined networks."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="falcon",
        ),
    ]
    protocol: A[
        enums.SdnControllerProtocol,
        field(
            "Whether the switches connect to the controller (ssl) or wait for it (pssl).",
            STATIC,
            default="ssl",
            since="falcon",
        ),
    ]
    address: A[
        str,
        field(
            "The IP address of the controller; empty where the controller connects by itself.",
            STATIC,
            default="",
            since="falcon",
        ),
    ]
    port: A[
        int, field("TCP port that the controller listens on.", STATIC, default=0, since="falcon")
    ]

    @message(role=POOL_OPERATOR, since="falcon")
    def introduce(
        protocol: A[
            enums.SdnControllerProtocol,
            "Who opens the connection: the switches (ssl) or the controller (pssl)",
        ] = enums.SdnControllerProtocol("ssl"),
        address: A[str, "IP address of the controller; empty with pssl"] = "",
        port: A[int, "TCP port; 0 for the protocol's usual one"] = 0,
    ) -> Ref[L["SDN_controller"]]:
        """Have the virtual switches of every host obey a controller; a pool has one at most."""

    @message(role=POOL_OPERATOR, since="falcon")
    def forget(
        self: A[Ref[L["SDN_controller"]], "The controller to leave"],
    ) -> None:
        """Remove a controller and have every host's virtual switch leave it."""


SDN_controllerRef = Ref[L["SDN_controller"]]
