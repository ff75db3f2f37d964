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
    """A processor of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    host: A[Ref[L["host"]], field("The host that it belongs to.")]
    number: A[int, field("Its number, as a number.")]
    vendor: A[str, field("Its vendor, as text.")]
    speed: A[int, field("Its speed, as a number.")]
    modelname: A[str, field("Its modelname, as text.")]
    family: A[int, field("Its family, as a number.")]
    model: A[int, field("Its model, as a number.")]
    stepping: A[str, field("Its stepping, as text.")]
    flags: A[str, field("Its flags, as text.")]
    features: A[str, field("Its features, as text.")]
    utilisation: A[float, field("Its utilisation, as a fraction or a rate.", persist=False)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="orlando",
        ),
    ]
