"""The XenAPI class ``SDN_controller``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("SDN_controller", create_role=POOL_OPERATOR, since="falcon")
class SDN_controller:
    """A SDN controller."""

    address: A[str, field("Address.", STATIC, default="", since="falcon")]
    port: A[int, field("Port.", STATIC, default=0, since="falcon")]
    protocol: A[
        enums.SdnControllerProtocol, field("Protocol.", STATIC, default="ssl", since="falcon")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="falcon")]

    @message(role=POOL_OPERATOR, since="falcon")
    def forget(
        self: A[Ref[L["SDN_controller"]], "The SDN_controller to act on"],
    ) -> None:
        """Forget."""

    @message(role=POOL_OPERATOR, since="falcon")
    def introduce(
        protocol: A[enums.SdnControllerProtocol, "Protocol"] = enums.SdnControllerProtocol("ssl"),
        address: A[str, "Address"] = "",
        port: A[int, "Port"] = 0,
    ) -> Ref[L["SDN_controller"]]:
        """Introduce."""
