"""The XenAPI class ``probe_result``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Record, Ref, field, xenapi_class
from datamodel.roles import LOCAL_ROOT


@xenapi_class(
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
class ProbeResult(Object[L["probe_result"]]):
    """What a look at storage found."""

    complete: A[
        bool,
        field(
            "Whether the configuration is all that is needed to make or introduce an SR.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    configuration: A[
        dict[str, str],
        field(
            "A device_config with which an SR could be made or introduced.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    extra_info: A[
        dict[str, str],
        field(
            "What else the driver found there, such as a device's size.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    sr: A[
        Record[L["sr_stat"]] | None,
        field(
            "The SR that was found there; absent where there is none yet.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]


ProbeResultRef = Ref[L["probe_result"]]
