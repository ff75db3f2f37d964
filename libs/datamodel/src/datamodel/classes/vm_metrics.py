"""The XenAPI class ``VM_metrics``."""

from typing import Annotated as A

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class("VM_metrics", create_role=VM_ADMIN)
class VM_metrics:
    """A VM metrics."""

    VCPUs_CPU: A[dict[int, int], field("VCPUs CPU.", column="VCPUs__CPU", persist=False)]
    VCPUs_flags: A[
        dict[int, list[str]], field("VCPUs flags.", column="VCPUs__flags", persist=False)
    ]
    VCPUs_number: A[int, field("VCPUs number.", column="VCPUs__number")]
    VCPUs_params: A[dict[str, str], field("VCPUs params.", column="VCPUs__params", persist=False)]
    VCPUs_utilisation: A[
        dict[int, float],
        field(
            "VCPUs utilisation.",
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
    current_domain_type: A[
        enums.DomainType,
        field(
            "Current domain type.",
            default="unspecified",
            history=(
                ("Prototyped", "jura"),
                ("Published", "kolkata"),
            ),
        ),
    ]
    hvm: A[bool, field("Hvm.", default=False, since="ely", persist=False)]
    install_time: A[DateTime, field("Install time.")]
    last_updated: A[DateTime, field("Last updated.", persist=False)]
    memory_actual: A[int, field("Memory actual.", column="memory__actual", persist=False)]
    nested_virt: A[bool, field("Nested virt.", default=False, since="ely", persist=False)]
    nomigrate: A[bool, field("Nomigrate.", default=False, since="ely", persist=False)]
    numa_node_memory: A[
        dict[int, int], field("Numa node memory.", default={}, history=(("Prototyped", "26.2.0"),))
    ]
    numa_nodes: A[int, field("Numa nodes.", STATIC, default=0, history=(("Prototyped", "26.2.0"),))]
    numa_optimised: A[
        bool, field("Numa optimised.", STATIC, default=False, history=(("Prototyped", "26.2.0"),))
    ]
    other_config: A[
        dict[str, str], field("Other config.", RW, default={}, since="orlando", persist=False)
    ]
    start_time: A[DateTime, field("Start time.")]
    state: A[list[str], field("State.", persist=False)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
