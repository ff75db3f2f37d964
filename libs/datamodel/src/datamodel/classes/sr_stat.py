"""The XenAPI class ``sr_stat``."""

from typing import Annotated as A

from datamodel import enums
from datamodel.idl import field, xenapi_class
from datamodel.roles import LOCAL_ROOT


@xenapi_class(
    "sr_stat",
    create_role=LOCAL_ROOT,
    history=(
        ("Prototyped", "kolkata"),
        ("Published", "lima"),
        ("Extended", "24.17.0"),
    ),
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class SrStat:
    """A sr stat."""

    clustered: A[
        bool,
        field(
            "Clustered.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    free_space: A[
        int,
        field(
            "Free space.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    health: A[
        enums.SrHealth,
        field(
            "Health.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    name_description: A[
        str,
        field(
            "Name description.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    name_label: A[
        str,
        field(
            "Name label.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    total_space: A[
        int,
        field(
            "Total space.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    uuid: A[
        str | None,
        field(
            "Uuid.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
