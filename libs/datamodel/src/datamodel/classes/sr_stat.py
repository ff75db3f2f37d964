"""The XenAPI class ``sr_stat``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import Object, Ref, field, xenapi_class
from datamodel.roles import LOCAL_ROOT


@xenapi_class(
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
class SrStat(Object[L["sr_stat"]]):
    """Health and size of storage, as a look at it found."""

    uuid: A[
        str | None,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
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
            "The name that people gave it; need not be unique.",
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
            "What people wrote about it.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]
    clustered: A[
        bool,
        field(
            "Whether it needs a running cluster on each host that uses it.",
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
            "Bytes that are free.",
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
            "Whether the storage is well, and what ails it where not.",
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
            "Bytes that the storage has in all.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
                ("Extended", "24.17.0"),
            ),
        ),
    ]


SrStatRef = Ref[L["sr_stat"]]
