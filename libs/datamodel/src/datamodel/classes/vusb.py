"""The XenAPI class ``VUSB``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(create_role=POOL_ADMIN, since="inverness")
class VUSB(Object[L["VUSB"]]):
    """A USB device of a VM."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            since="inverness",
        ),
    ]
    allowed_operations: A[
        list[enums.VusbOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.VusbOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    VM: A[Ref[L["VM"]], field("The VM that the device is handed to.", since="inverness")]
    USB_group: A[
        Ref[L["USB_group"]],
        field("The group of which a device is handed through.", since="inverness"),
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
    currently_attached: A[bool, field("Whether its VM has the device now.", default=False)]

    @message(role=POOL_ADMIN, since="inverness")
    def create(
        VM: A[Ref[L["VM"]], "The VM to give it to; it must be halted"],
        USB_group: A[
            Ref[L["USB_group"]], "The group to take the device from; one VM at a time has it"
        ],
        other_config: A[dict[str, str], "Settings and notes of clients, by key"] = {},
    ) -> Ref[L["VUSB"]]:
        """Give a VM a USB device of a group, from its next start."""

    @message(role=POOL_ADMIN, since="inverness")
    def unplug(
        self: A[Ref[L["VUSB"]], "The device to unplug"],
    ) -> None:
        """Take a USB device from its running VM at once."""

    @message(role=POOL_ADMIN, since="inverness")
    def destroy(
        self: A[Ref[L["VUSB"]], "The device to remove"],
    ) -> None:
        """Take a USB device away from a VM that does not have it plugged."""


VUSBRef = Ref[L["VUSB"]]
