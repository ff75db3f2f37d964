"""The XenAPI class ``PUSB``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("PUSB", create_role=POOL_ADMIN, since="inverness")
class PUSB:
    """A PUSB."""

    USB_group: A[
        Ref[L["USB_group"]],
        field("USB group.", STATIC, default="OpaqueRef:NULL", since="inverness"),
    ]
    description: A[str, field("Description.", STATIC, default="", since="inverness")]
    host: A[Ref[L["host"]], field("Host.", STATIC, default="OpaqueRef:NULL", since="inverness")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="inverness")]
    passthrough_enabled: A[bool, field("Passthrough enabled.", default=False, since="inverness")]
    path: A[str, field("Path.", STATIC, default="", since="inverness")]
    product_desc: A[str, field("Product desc.", STATIC, default="", since="inverness")]
    product_id: A[str, field("Product id.", STATIC, default="", since="inverness")]
    serial: A[str, field("Serial.", STATIC, default="", since="inverness")]
    speed: A[float, field("Speed.", STATIC, default=-1.0, since="stockholm")]
    uuid: A[str, field("Uuid.", since="inverness")]
    vendor_desc: A[str, field("Vendor desc.", STATIC, default="", since="inverness")]
    vendor_id: A[str, field("Vendor id.", STATIC, default="", since="inverness")]
    version: A[str, field("Version.", STATIC, default="", since="inverness")]

    @message(role=POOL_ADMIN, since="inverness")
    def scan(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Scan."""

    @message(role=POOL_ADMIN, since="inverness")
    def set_passthrough_enabled(
        self: A[Ref[L["PUSB"]], "The PUSB to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set passthrough enabled."""
