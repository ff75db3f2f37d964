"""The XenAPI class ``VM_guest_metrics``."""

from typing import Annotated as A

from datamodel import enums
from datamodel.idl import RW, DateTime, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class("VM_guest_metrics", create_role=VM_ADMIN)
class VM_guest_metrics:
    """A VM guest metrics."""

    PV_drivers_detected: A[bool, field("PV drivers detected.", default=False, since="dundee")]
    PV_drivers_up_to_date: A[
        bool,
        field(
            "PV drivers up to date.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "dundee"),
            ),
        ),
    ]
    PV_drivers_version: A[dict[str, str], field("PV drivers version.")]
    can_use_hotplug_vbd: A[
        enums.TristateType, field("Can use hotplug vbd.", default="unspecified", since="dundee")
    ]
    can_use_hotplug_vif: A[
        enums.TristateType, field("Can use hotplug vif.", default="unspecified", since="dundee")
    ]
    disks: A[
        dict[str, str],
        field(
            "Disks.",
            default={},
            history=(
                ("Published", "rio"),
                ("Deprecated", "orlando"),
                ("Removed", "orlando"),
            ),
        ),
    ]
    last_updated: A[DateTime, field("Last updated.")]
    live: A[bool, field("Live.", default=False, since="orlando")]
    memory: A[
        dict[str, str],
        field(
            "Memory.",
            default={},
            history=(
                ("Published", "rio"),
                ("Deprecated", "george"),
                ("Removed", "george"),
            ),
        ),
    ]
    netbios_name: A[
        dict[str, str], field("Netbios name.", default={}, history=(("Prototyped", "24.28.0"),))
    ]
    networks: A[dict[str, str], field("Networks.")]
    os_version: A[dict[str, str], field("Os version.")]
    other: A[dict[str, str], field("Other.")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="orlando")]
    services: A[
        dict[str, str], field("Services.", default={}, history=(("Prototyped", "25.15.0"),))
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
