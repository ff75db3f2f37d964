"""The XenAPI class ``PIF_metrics``."""

from typing import Annotated as A

from datamodel.idl import RW, DateTime, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PIF_metrics", create_role=POOL_OPERATOR, tags=("networking",))
class PIF_metrics:
    """Figures of a physical interface."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    carrier: A[bool, field("Whether it says yes to: carrier.")]
    device_id: A[str, field("Number of the device.")]
    device_name: A[str, field("Name of the device.")]
    duplex: A[bool, field("Whether it says yes to: duplex.")]
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
    pci_bus_path: A[str, field("Its pci bus path, as text.")]
    speed: A[int, field("Its speed, as a number.")]
    vendor_id: A[str, field("Number of its maker.")]
    vendor_name: A[str, field("Name of its maker.")]
