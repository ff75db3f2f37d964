"""The XenAPI class ``PCI``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PCI", create_role=POOL_OPERATOR, since="boston", db_logging="log_destroy")
class PCI:
    """A PCI."""

    attached_VMs: A[list[Ref[L["VM"]]], field("Attached VMs.", since="boston", internal_only=True)]
    class_id: A[str, field("Class id.", STATIC, default="", since="boston")]
    class_name: A[str, field("Class name.", STATIC, default="", since="boston")]
    dependencies: A[
        list[Ref[L["PCI"]]], field("Dependencies.", since="boston", ignore_foreign_key=True)
    ]
    device_id: A[str, field("Device id.", STATIC, default="", since="boston")]
    device_name: A[str, field("Device name.", STATIC, default="", since="boston")]
    driver_name: A[str, field("Driver name.", STATIC, default="", since="kolkata")]
    functions: A[int, field("Functions.", default=1, since="boston", internal_only=True)]
    host: A[Ref[L["host"]], field("Host.", STATIC, default="OpaqueRef:NULL", since="boston")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="boston")]
    pci_id: A[str, field("Pci id.", STATIC, default="", since="boston")]
    physical_function: A[
        Ref[L["PCI"]],
        field(
            "Physical function.",
            STATIC,
            default="OpaqueRef:NULL",
            since="falcon",
            internal_only=True,
        ),
    ]
    scheduled_to_be_attached_to: A[
        Ref[L["VM"]],
        field(
            "Scheduled to be attached to.",
            default="OpaqueRef:NULL",
            since="falcon",
            internal_only=True,
        ),
    ]
    subsystem_device_id: A[
        str, field("Subsystem device id.", STATIC, default="", since="clearwater-whetstone")
    ]
    subsystem_device_name: A[
        str, field("Subsystem device name.", STATIC, default="", since="clearwater-whetstone")
    ]
    subsystem_vendor_id: A[
        str, field("Subsystem vendor id.", STATIC, default="", since="clearwater-whetstone")
    ]
    subsystem_vendor_name: A[
        str, field("Subsystem vendor name.", STATIC, default="", since="clearwater-whetstone")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="boston")]
    vendor_id: A[str, field("Vendor id.", STATIC, default="", since="boston")]
    vendor_name: A[str, field("Vendor name.", STATIC, default="", since="boston")]
    virtual_functions: A[
        list[Ref[L["PCI"]]], field("Virtual functions.", since="falcon", internal_only=True)
    ]

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def disable_dom0_access(
        self: A[Ref[L["PCI"]], param("The PCI to act on", since=None)],
    ) -> enums.PciDom0Access:
        """Disable dom0 access."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def enable_dom0_access(
        self: A[Ref[L["PCI"]], param("The PCI to act on", since=None)],
    ) -> enums.PciDom0Access:
        """Enable dom0 access."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def get_dom0_access_status(
        self: A[Ref[L["PCI"]], param("The PCI to act on", since=None)],
    ) -> enums.PciDom0Access:
        """Get dom0 access status."""
