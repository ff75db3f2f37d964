"""The XenAPI class ``PUSB``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(create_role=POOL_ADMIN, since="inverness")
class PUSB(Object[L["PUSB"]]):
    """A USB device of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            since="inverness",
        ),
    ]
    USB_group: A[
        Ref[L["USB_group"]],
        field(
            "The group of like devices that it is counted in.",
            STATIC,
            default="OpaqueRef:NULL",
            since="inverness",
        ),
    ]
    host: A[
        Ref[L["host"]],
        field(
            "The host that it is plugged into.", STATIC, default="OpaqueRef:NULL", since="inverness"
        ),
    ]
    path: A[
        str,
        field(
            "Which port it is on, as the kernel spells it.", STATIC, default="", since="inverness"
        ),
    ]
    vendor_id: A[str, field("Number of its maker.", STATIC, default="", since="inverness")]
    vendor_desc: A[str, field("Who made it, in words.", STATIC, default="", since="inverness")]
    product_id: A[
        str,
        field(
            "The maker's number of the product, in hexadecimal.",
            STATIC,
            default="",
            since="inverness",
        ),
    ]
    product_desc: A[
        str, field("What the maker calls the product.", STATIC, default="", since="inverness")
    ]
    serial: A[
        str,
        field(
            "The serial number that it tells; may be empty.", STATIC, default="", since="inverness"
        ),
    ]
    version: A[
        str, field("The version of USB that it speaks.", STATIC, default="", since="inverness")
    ]
    description: A[
        str,
        field(
            "What the device is, in words that a person can tell it by.",
            STATIC,
            default="",
            since="inverness",
        ),
    ]
    passthrough_enabled: A[
        bool,
        field("Whether the device may be handed to a VM.", default=False, since="inverness"),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="inverness",
        ),
    ]
    speed: A[
        float,
        field(
            "Speed of the device on its bus, in Mbit/s.", STATIC, default=-1.0, since="stockholm"
        ),
    ]

    @message(role=POOL_ADMIN, since="inverness")
    def scan(
        host: A[Ref[L["host"]], "The host to look at"],
    ) -> None:
        """Look at the USB devices of a host anew and record those that came or went."""

    @message(role=POOL_ADMIN, since="inverness")
    def set_passthrough_enabled(
        self: A[Ref[L["PUSB"]], "The device to change"],
        value: A[bool, "Whether it may be handed through"],
    ) -> None:
        """Choose whether a USB device may be handed to VMs; it must not be in use by one when this
        ends.
        """


PUSBRef = Ref[L["PUSB"]]
