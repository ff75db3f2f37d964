"""The XenAPI class ``host_cpu``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "rio"),
        ("Deprecated", "midnight-ride"),
    ),
)
class HostCpu(Object[L["host_cpu"]]):
    """A processor of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    host: A[Ref[L["host"]], field("The machine that has the processor.")]
    number: A[int, field("Its number within the host, from 0.")]
    vendor: A[str, field("Who made it, as CPUID tells.")]
    speed: A[int, field("Its clock in MHz.")]
    modelname: A[str, field("What the maker calls it.")]
    family: A[int, field("The family that CPUID tells.")]
    model: A[int, field("The model that CPUID tells.")]
    stepping: A[str, field("The stepping that CPUID tells.")]
    flags: A[str, field("What it can do, as the kernel's flags, with blanks between.")]
    features: A[str, field("What it can do, as CPUID's words in hexadecimal.")]
    utilisation: A[
        float, field("How busy it is, from 0 to 1; kept for old clients, always 0.", persist=False)
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="orlando",
        ),
    ]


HostCpuRef = Ref[L["host_cpu"]]
