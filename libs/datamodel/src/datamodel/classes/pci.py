"""The XenAPI class ``PCI``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="boston", db_logging="log_destroy")
class PCI(Object[L["PCI"]]):
    """A PCI device of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="boston",
        ),
    ]
    class_id: A[
        str, field("Number of the PCI class, in hexadecimal.", STATIC, default="", since="boston")
    ]
    class_name: A[
        str,
        field(
            "What the PCI class is called, such as a network controller.",
            STATIC,
            default="",
            since="boston",
        ),
    ]
    vendor_id: A[str, field("Number of its maker.", STATIC, default="", since="boston")]
    vendor_name: A[str, field("Who made the device.", STATIC, default="", since="boston")]
    device_id: A[
        str,
        field(
            "The maker's number of the device, in hexadecimal.", STATIC, default="", since="boston"
        ),
    ]
    device_name: A[
        str, field("What the maker calls the device.", STATIC, default="", since="boston")
    ]
    host: A[
        Ref[L["host"]],
        field("The host that the device is in.", STATIC, default="OpaqueRef:NULL", since="boston"),
    ]
    pci_id: A[
        str,
        field("Its address: domain, bus, device and function.", STATIC, default="", since="boston"),
    ]
    dependencies: A[
        list[Ref[L["PCI"]]],
        field(
            "The devices that must be handed to a VM together with it.",
            since="boston",
            ignore_foreign_key=True,
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="boston",
        ),
    ]
    subsystem_vendor_id: A[
        str,
        field(
            "The board maker's number, in hexadecimal.",
            STATIC,
            default="",
            since="clearwater-whetstone",
        ),
    ]
    subsystem_vendor_name: A[
        str,
        field(
            "Who made the board that the chip is on.",
            STATIC,
            default="",
            since="clearwater-whetstone",
        ),
    ]
    subsystem_device_id: A[
        str,
        field(
            "The board maker's number of the device, in hexadecimal.",
            STATIC,
            default="",
            since="clearwater-whetstone",
        ),
    ]
    subsystem_device_name: A[
        str,
        field(
            "What the board's maker calls the device.",
            STATIC,
            default="",
            since="clearwater-whetstone",
        ),
    ]
    driver_name: A[
        str,
        field(
            "The dom0 driver that the device is bound to; empty for none.",
            STATIC,
            default="",
            since="kolkata",
        ),
    ]
    attached_VMs: A[
        list[Ref[L["VM"]]],
        field("The VMs that the device is handed to now.", since="boston", internal_only=True),
    ]
    functions: A[
        int,
        field(
            "How many functions the physical device has.",
            default=1,
            since="boston",
            internal_only=True,
        ),
    ]
    physical_function: A[
        Ref[L["PCI"]],
        field(
            "The device that this one is a virtual function of; null for a physical one.",
            STATIC,
            default="OpaqueRef:NULL",
            since="falcon",
            internal_only=True,
        ),
    ]
    scheduled_to_be_attached_to: A[
        Ref[L["VM"]],
        field(
            "The VM that is being started with it; null for none.",
            default="OpaqueRef:NULL",
            since="falcon",
            internal_only=True,
        ),
    ]
    virtual_functions: A[
        list[Ref[L["PCI"]]],
        field(
            "The virtual functions that the device was split into.",
            since="falcon",
            internal_only=True,
        ),
    ]

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def disable_dom0_access(
        self: A[Ref[L["PCI"]], param("The device to hide", since=None)],
    ) -> enums.PciDom0Access:
        """Hide a device from dom0 from the next boot, so that it can be handed to a VM. Answers
        what dom0 may do now and after that boot.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def enable_dom0_access(
        self: A[Ref[L["PCI"]], param("The device to give back", since=None)],
    ) -> enums.PciDom0Access:
        """Let dom0 use a device again from the next boot. Answers what dom0 may do now and after
        that boot.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def get_dom0_access_status(
        self: A[Ref[L["PCI"]], param("The device that is asked about", since=None)],
    ) -> enums.PciDom0Access:
        """Tell whether dom0 may use a device now, and whether that changes at the next boot."""


PCIRef = Ref[L["PCI"]]
