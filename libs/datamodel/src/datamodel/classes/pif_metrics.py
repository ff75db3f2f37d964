"""The XenAPI class ``PIF_metrics``."""

from typing import Annotated as A

from datamodel.idl import RW, DateTime, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PIF_metrics", create_role=POOL_OPERATOR, tags=("networking",))
class PIF_metrics:
    """A PIF metrics."""

    carrier: A[bool, field("Carrier.")]
    device_id: A[str, field("Device id.")]
    device_name: A[str, field("Device name.")]
    duplex: A[bool, field("Duplex.")]
    io_read_kbs: A[
        float,
        field(
            "Io read kbs.",
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
            "Io write kbs.",
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
    last_updated: A[DateTime, field("Last updated.")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="orlando")]
    pci_bus_path: A[str, field("Pci bus path.")]
    speed: A[int, field("Speed.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    vendor_id: A[str, field("Vendor id.")]
    vendor_name: A[str, field("Vendor name.")]
