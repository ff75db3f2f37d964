"""The XenAPI class ``VIF_metrics``."""

from typing import Annotated as A

from datamodel.idl import RW, DateTime, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(
    "VIF_metrics",
    create_role=VM_ADMIN,
    history=(
        ("Published", "rio"),
        ("Deprecated", "tampa"),
        ("Removed", "tampa"),
    ),
    persistent=False,
    tags=("networking",),
)
class VIF_metrics:
    """A VIF metrics."""

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
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
