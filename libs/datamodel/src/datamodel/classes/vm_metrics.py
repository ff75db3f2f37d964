"""The XenAPI class ``VM_metrics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(create_role=VM_ADMIN)
class VM_metrics(Object[L["VM_metrics"]]):
    """Figures of a VM."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    memory_actual: A[
        int,
        field("Memory that the domain has now, in bytes.", column="memory__actual", persist=False),
    ]
    VCPUs_number: A[int, field("How many vCPUs the guest uses now.", column="VCPUs__number")]
    VCPUs_utilisation: A[
        dict[int, float],
        field(
            "How busy each vCPU is, from 0 to 1; kept for old clients, always empty.",
            default={},
            column="VCPUs__utilisation",
            history=(
                ("Published", "rio"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
            persist=False,
        ),
    ]
    VCPUs_CPU: A[
        dict[int, int],
        field("The physical CPU that each vCPU runs on.", column="VCPUs__CPU", persist=False),
    ]
    VCPUs_params: A[
        dict[str, str],
        field(
            "How its virtual CPUs are scheduled: weight, cap, mask.",
            column="VCPUs__params",
            persist=False,
        ),
    ]
    VCPUs_flags: A[
        dict[int, list[str]],
        field(
            "What each vCPU is doing, such as running, blocked or offline.",
            column="VCPUs__flags",
            persist=False,
        ),
    ]
    state: A[
        list[str], field("The domain's state as flags, such as running or paused.", persist=False)
    ]
    start_time: A[DateTime, field("When the VM was last started.")]
    install_time: A[DateTime, field("When the VM was provisioned.")]
    last_updated: A[DateTime, field("When these figures were last refreshed.", persist=False)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="orlando",
            persist=False,
        ),
    ]
    hvm: A[
        bool,
        field(
            "Whether the VM runs with hardware virtualisation and devices of a whole machine.",
            default=False,
            since="ely",
            persist=False,
        ),
    ]
    nested_virt: A[
        bool,
        field(
            "Whether its guest uses virtualisation itself, and so cannot be moved.",
            default=False,
            since="ely",
            persist=False,
        ),
    ]
    nomigrate: A[
        bool,
        field(
            "Whether it was started so that it can be neither moved nor suspended.",
            default=False,
            since="ely",
            persist=False,
        ),
    ]
    current_domain_type: A[
        enums.DomainType,
        field(
            "How it is virtualised in its present run; unspecified while it is off.",
            default="unspecified",
            history=(
                ("Prototyped", "jura"),
                ("Published", "kolkata"),
            ),
        ),
    ]
    numa_optimised: A[
        bool,
        field(
            "Whether all its memory lies on the nodes that its vCPUs run on.",
            STATIC,
            default=False,
            history=(("Prototyped", "26.2.0"),),
        ),
    ]
    numa_nodes: A[
        int,
        field(
            "How many NUMA nodes its memory lies on.",
            STATIC,
            default=0,
            history=(("Prototyped", "26.2.0"),),
        ),
    ]
    numa_node_memory: A[
        dict[int, int],
        field(
            "How much of its memory lies on each NUMA node, in bytes.",
            default={},
            history=(("Prototyped", "26.2.0"),),
        ),
    ]


VM_metricsRef = Ref[L["VM_metrics"]]
