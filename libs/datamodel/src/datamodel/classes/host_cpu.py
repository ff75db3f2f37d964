"""The XenAPI class ``host_cpu``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "host_cpu",
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "rio"),
        ("Deprecated", "midnight-ride"),
    ),
)
class HostCpu:
    """A host cpu."""

    family: A[int, field("Family.")]
    features: A[str, field("Features.")]
    flags: A[str, field("Flags.")]
    host: A[Ref[L["host"]], field("Host.")]
    model: A[int, field("Model.")]
    modelname: A[str, field("Modelname.")]
    number: A[int, field("Number.")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="orlando")]
    speed: A[int, field("Speed.")]
    stepping: A[str, field("Stepping.")]
    utilisation: A[float, field("Utilisation.", persist=False)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    vendor: A[str, field("Vendor.")]
