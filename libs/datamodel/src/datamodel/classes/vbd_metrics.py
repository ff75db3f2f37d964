"""The XenAPI class ``VBD_metrics``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, DateTime, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(
    create_role=VM_ADMIN,
    history=(
        ("Published", "rio"),
        ("Deprecated", "tampa"),
        ("Removed", "tampa"),
    ),
    persistent=False,
)
class VBD_metrics(Object[L["VBD_metrics"]]):
    """Figures of a virtual block device."""

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
    last_updated: A[
        DateTime,
        field(
            "When these figures were last refreshed.",
            default="19700101T00:00:00Z",
            history=(
                ("Published", "rio"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            history=(
                ("Published", "orlando"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
        ),
    ]


VBD_metricsRef = Ref[L["VBD_metrics"]]
