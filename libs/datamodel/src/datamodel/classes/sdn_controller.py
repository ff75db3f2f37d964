"""The XenAPI class ``SDN_controller``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("SDN_controller", create_role=POOL_OPERATOR, since="falcon")
class SDN_controller:
    """A controller of software-defined networks."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="falcon",
        ),
    ]
    address: A[
        str, field("The address that others reach it at.", STATIC, default="", since="falcon")
    ]
    port: A[
        int, field("TCP port that the controller listens on.", STATIC, default=0, since="falcon")
    ]
    protocol: A[
        enums.SdnControllerProtocol,
        field("Which of the known kinds its protocol is.", STATIC, default="ssl", since="falcon"),
    ]

    @message(role=POOL_OPERATOR, since="falcon")
    def forget(
        self: A[Ref[L["SDN_controller"]], "The SDN_controller that is meant"],
    ) -> None:
        """Let the pool forget the SDN_controller, which stays as it is."""

    @message(role=POOL_OPERATOR, since="falcon")
    def introduce(
        protocol: A[enums.SdnControllerProtocol, "The protocol"] = enums.SdnControllerProtocol(
            "ssl"
        ),
        address: A[str, "The address"] = "",
        port: A[int, "The port"] = 0,
    ) -> Ref[L["SDN_controller"]]:
        """Tell the pool of a SDN_controller that exists already."""
