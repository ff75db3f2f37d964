"""The XenAPI class ``probe_result``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Record, field, xenapi_class
from datamodel.roles import LOCAL_ROOT


@xenapi_class(
    "probe_result",
    create_role=LOCAL_ROOT,
    history=(
        ("Prototyped", "kolkata"),
        ("Published", "lima"),
    ),
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class ProbeResult:
    """A probe result."""

    complete: A[
        bool,
        field(
            "Complete.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    configuration: A[
        dict[str, str],
        field(
            "Configuration.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    extra_info: A[
        dict[str, str],
        field(
            "Extra info.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    sr: A[
        Record[L["sr_stat"]] | None,
        field(
            "Sr.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
