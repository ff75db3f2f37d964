"""The XenAPI class ``PIF_metrics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, DateTime, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, tags=("networking",))
class PIF_metrics(Object[L["PIF_metrics"]]):
    """Figures of a physical interface."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    io_read_kbs: A[
        float,
        field(
            "Bytes read, in KiB a second.",
            default=0.0,
            column="io__read_kbs",
            history=(
                ("Published", "rio"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
            persist=False,
        ),
    ]
    io_write_kbs: A[
        float,
        field(
            "Bytes written, in KiB a second.",
            default=0.0,
            column="io__write_kbs",
            history=(
                ("Published", "rio"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
            persist=False,
        ),
    ]
    carrier: A[bool, field("Whether the card sees a link.")]
    vendor_id: A[str, field("Number of its maker.")]
    vendor_name: A[str, field("Who made the device.")]
    device_id: A[str, field("The maker's number of the device, in hexadecimal.")]
    device_name: A[str, field("What the maker calls the device.")]
    speed: A[int, field("Speed of the link in Mbit/s; 0 without a link.")]
    duplex: A[bool, field("Whether the link carries data both ways at once.")]
    pci_bus_path: A[str, field("Address of the device on the PCI bus.")]
    last_updated: A[DateTime, field("When these figures were last refreshed.")]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="orlando",
        ),
    ]


PIF_metricsRef = Ref[L["PIF_metrics"]]
