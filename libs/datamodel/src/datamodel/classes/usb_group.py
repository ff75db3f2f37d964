"""The XenAPI class ``USB_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(create_role=POOL_ADMIN, since="inverness")
class USB_group(Object[L["USB_group"]]):
    """USB devices that can stand in for each other."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            since="inverness",
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            since="inverness",
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            column="name__description",
            since="inverness",
        ),
    ]
    PUSBs: A[
        list[Ref[L["PUSB"]]],
        field("The devices of hosts that are counted in the group.", since="inverness"),
    ]
    VUSBs: A[
        list[Ref[L["VUSB"]]],
        field("The devices of VMs that are served by the group.", since="inverness"),
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

    @message(role=POOL_ADMIN, since="inverness")
    def create(
        name_label: A[str, "The name that people see"] = "",
        name_description: A[str, "What people say about it"] = "",
        other_config: A[dict[str, str], "Settings and notes of clients, by key"] = {},
    ) -> Ref[L["USB_group"]]:
        """Make an empty group of USB devices; devices are grouped by themselves when they appear."""

    @message(role=POOL_ADMIN, since="inverness")
    def destroy(
        self: A[Ref[L["USB_group"]], "The group to remove"],
    ) -> None:
        """Remove a group of USB devices, which must hold neither physical nor virtual ones."""


USB_groupRef = Ref[L["USB_group"]]
