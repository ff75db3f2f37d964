"""The XenAPI class ``PCI``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PCI", create_role=POOL_OPERATOR, since="boston", db_logging="log_destroy")
class PCI:
    """A PCI device of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="boston",
        ),
    ]
    attached_VMs: A[
        list[Ref[L["VM"]]],
        field("Every VM that is among its attached VMs.", since="boston", internal_only=True),
    ]
    class_id: A[str, field("Its class id, as text.", STATIC, default="", since="boston")]
    class_name: A[str, field("Its class name, as text.", STATIC, default="", since="boston")]
    dependencies: A[
        list[Ref[L["PCI"]]],
        field("Every PCI that is among its dependencies.", since="boston", ignore_foreign_key=True),
    ]
    device_id: A[str, field("Number of the device.", STATIC, default="", since="boston")]
    device_name: A[str, field("Name of the device.", STATIC, default="", since="boston")]
    driver_name: A[str, field("Its driver name, as text.", STATIC, default="", since="kolkata")]
    functions: A[
        int, field("Its functions, as a number.", default=1, since="boston", internal_only=True)
    ]
    host: A[
        Ref[L["host"]],
        field("The host that it belongs to.", STATIC, default="OpaqueRef:NULL", since="boston"),
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
    pci_id: A[str, field("Its pci id, as text.", STATIC, default="", since="boston")]
    physical_function: A[
        Ref[L["PCI"]],
        field(
            "The PCI that is its physical function; null while there is none.",
            STATIC,
            default="OpaqueRef:NULL",
            since="falcon",
            internal_only=True,
        ),
    ]
    scheduled_to_be_attached_to: A[
        Ref[L["VM"]],
        field(
            "The VM that is its scheduled to be attached to; null while there is none.",
            default="OpaqueRef:NULL",
            since="falcon",
            internal_only=True,
        ),
    ]
    subsystem_device_id: A[
        str,
        field(
            "Its subsystem device id, as text.", STATIC, default="", since="clearwater-whetstone"
        ),
    ]
    subsystem_device_name: A[
        str,
        field(
            "Its subsystem device name, as text.", STATIC, default="", since="clearwater-whetstone"
        ),
    ]
    subsystem_vendor_id: A[
        str,
        field(
            "Its subsystem vendor id, as text.", STATIC, default="", since="clearwater-whetstone"
        ),
    ]
    subsystem_vendor_name: A[
        str,
        field(
            "Its subsystem vendor name, as text.", STATIC, default="", since="clearwater-whetstone"
        ),
    ]
    vendor_id: A[str, field("Number of its maker.", STATIC, default="", since="boston")]
    vendor_name: A[str, field("Name of its maker.", STATIC, default="", since="boston")]
    virtual_functions: A[
        list[Ref[L["PCI"]]],
        field("Every PCI that is among its virtual functions.", since="falcon", internal_only=True),
    ]

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def disable_dom0_access(
        self: A[Ref[L["PCI"]], param("The PCI that is meant", since=None)],
    ) -> enums.PciDom0Access:
        """Switch off the dom0 access of the PCI."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def enable_dom0_access(
        self: A[Ref[L["PCI"]], param("The PCI that is meant", since=None)],
    ) -> enums.PciDom0Access:
        """Switch on the dom0 access of the PCI."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.14.0"),))
    def get_dom0_access_status(
        self: A[Ref[L["PCI"]], param("The PCI that is meant", since=None)],
    ) -> enums.PciDom0Access:
        """Tell the dom0 access status of the PCI."""
