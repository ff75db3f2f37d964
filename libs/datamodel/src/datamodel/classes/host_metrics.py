"""The XenAPI class ``host_metrics``."""

from typing import Annotated as A

from datamodel.idl import RW, DateTime, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("host_metrics", create_role=POOL_OPERATOR)
class HostMetrics:
    """A host metrics."""

    last_updated: A[DateTime, field("Last updated.")]
    live: A[bool, field("Live.")]
    memory_free: A[
        int,
        field(
            "Memory free.",
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
    memory_total: A[int, field("Memory total.", column="memory__total", tags=("memory",))]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="orlando")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
