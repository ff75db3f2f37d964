"""The XenAPI class ``VUSB``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("VUSB", create_role=POOL_ADMIN, since="inverness")
class VUSB:
    """A VUSB."""

    USB_group: A[Ref[L["USB_group"]], field("USB group.", since="inverness")]
    VM: A[Ref[L["VM"]], field("VM.", since="inverness")]
    allowed_operations: A[
        list[enums.VusbOperations], field("Allowed operations.", default=[], persist=False)
    ]
    current_operations: A[
        dict[str, enums.VusbOperations], field("Current operations.", default={}, persist=False)
    ]
    currently_attached: A[bool, field("Currently attached.", default=False)]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="inverness")]
    uuid: A[str, field("Uuid.", since="inverness")]

    @message(role=POOL_ADMIN, since="inverness")
    def create(
        VM: A[Ref[L["VM"]], "VM"],
        USB_group: A[Ref[L["USB_group"]], "USB group"],
        other_config: A[dict[str, str], "Other config"] = {},
    ) -> Ref[L["VUSB"]]:
        """Create."""

    @message(role=POOL_ADMIN, since="inverness")
    def destroy(
        self: A[Ref[L["VUSB"]], "The VUSB to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_ADMIN, since="inverness")
    def unplug(
        self: A[Ref[L["VUSB"]], "The VUSB to act on"],
    ) -> None:
        """Unplug."""
