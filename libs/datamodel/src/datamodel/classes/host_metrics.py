"""The XenAPI class ``host_metrics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, DateTime, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR)
class HostMetrics(Object[L["host_metrics"]]):
    """Figures of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    memory_total: A[
        int, field("All memory of the host, in bytes.", column="memory__total", tags=("memory",))
    ]
    memory_free: A[
        int,
        field(
            "Memory that no domain has, in bytes.",
            default=0,
            column="memory__free",
            history=(
                ("Published", "rio"),
                ("Deprecated", "midnight-ride"),
                ("Removed", "tampa"),
            ),
            tags=("memory",),
        ),
    ]
    live: A[bool, field("Whether the host has been heard of lately.")]
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


HostMetricsRef = Ref[L["host_metrics"]]
