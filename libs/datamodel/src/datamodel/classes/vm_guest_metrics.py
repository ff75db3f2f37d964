"""The XenAPI class ``VM_guest_metrics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, DateTime, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(create_role=VM_ADMIN)
class VM_guest_metrics(Object[L["VM_guest_metrics"]]):
    """What a guest's agent says of it."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    os_version: A[
        dict[str, str], field("Name and release of the guest's system, as its agent tells.")
    ]
    netbios_name: A[
        dict[str, str],
        field(
            "The guest's name on a Windows network, as its agent tells.",
            default={},
            history=(("Prototyped", "24.28.0"),),
        ),
    ]
    PV_drivers_version: A[
        dict[str, str], field("Release of the guest's drivers: major, minor, micro and build.")
    ]
    PV_drivers_up_to_date: A[
        bool,
        field(
            "Whether the guest has drivers at all; kept for old clients.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "dundee"),
            ),
        ),
    ]
    memory: A[
        dict[str, str],
        field(
            "Empty; older releases kept the guest's view of its memory here.",
            default={},
            history=(
                ("Published", "rio"),
                ("Deprecated", "george"),
                ("Removed", "george"),
            ),
        ),
    ]
    disks: A[
        dict[str, str],
        field(
            "Empty; older releases kept the guest's view of its disks here.",
            default={},
            history=(
                ("Published", "rio"),
                ("Deprecated", "orlando"),
                ("Removed", "orlando"),
            ),
        ),
    ]
    networks: A[
        dict[str, str],
        field("The guest's addresses, by interface and kind: 0/ip, 0/ipv4/0, 0/ipv6/0."),
    ]
    other: A[
        dict[str, str],
        field("Whatever else the guest's agent tells, such as which features it has."),
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
    live: A[
        bool,
        field(
            "Whether the agent has been heard of since the guest started.",
            default=False,
            since="orlando",
        ),
    ]
    can_use_hotplug_vbd: A[
        enums.TristateType,
        field(
            "Whether the guest takes and gives back disks while it runs.",
            default="unspecified",
            since="dundee",
        ),
    ]
    can_use_hotplug_vif: A[
        enums.TristateType,
        field(
            "Whether the guest takes and gives back network interfaces while it runs.",
            default="unspecified",
            since="dundee",
        ),
    ]
    PV_drivers_detected: A[
        bool,
        field(
            "Whether at least one device of the guest is served by its own driver for Xen.",
            default=False,
            since="dundee",
        ),
    ]
    services: A[
        dict[str, str],
        field(
            "What the guest's services tell of themselves, by service and key.",
            default={},
            history=(("Prototyped", "25.15.0"),),
        ),
    ]


VM_guest_metricsRef = Ref[L["VM_guest_metrics"]]
