"""The XenAPI class ``USB_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("USB_group", create_role=POOL_ADMIN, since="inverness")
class USB_group:
    """A USB group."""

    PUSBs: A[list[Ref[L["PUSB"]]], field("PUSBs.", since="inverness")]
    VUSBs: A[list[Ref[L["VUSB"]]], field("VUSBs.", since="inverness")]
    name_description: A[
        str,
        field("Name description.", RW, default="", column="name__description", since="inverness"),
    ]
    name_label: A[
        str, field("Name label.", RW, default="", column="name__label", since="inverness")
    ]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="inverness")]
    uuid: A[str, field("Uuid.", since="inverness")]

    @message(role=POOL_ADMIN, since="inverness")
    def create(
        name_label: A[str, "Name label"] = "",
        name_description: A[str, "Name description"] = "",
        other_config: A[dict[str, str], "Other config"] = {},
    ) -> Ref[L["USB_group"]]:
        """Create."""

    @message(role=POOL_ADMIN, since="inverness")
    def destroy(
        self: A[Ref[L["USB_group"]], "The USB_group to act on"],
    ) -> None:
        """Destroy."""
