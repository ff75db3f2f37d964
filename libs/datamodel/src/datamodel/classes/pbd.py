"""The XenAPI class ``PBD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "PBD", create_role=POOL_OPERATOR, constructor=("host", "SR", "device_config", "other_config")
)
class PBD:
    """The connection of one host to one storage repository."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    SR: A[Ref[L["SR"]], field("The storage repository that it lies on.", STATIC)]
    currently_attached: A[bool, field("Whether it is plugged in right now.")]
    device_config: A[
        dict[str, str],
        field(
            "What the storage driver needs to reach the SR from this host, such as an address or a path.",
            STATIC,
        ),
    ]
    host: A[Ref[L["host"]], field("The host that reaches the SR through it.", STATIC)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]

    @message(role=POOL_OPERATOR, errors=("SR_UNKNOWN_DRIVER",))
    def plug(
        self: A[Ref[L["PBD"]], "The PBD that is meant"],
    ) -> None:
        """Connect it while its VM runs."""

    @message(role=POOL_OPERATOR, since="miami")
    def set_device_config(
        self: A[Ref[L["PBD"]], "The PBD that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the device config of the PBD."""

    @message(role=POOL_OPERATOR)
    def unplug(
        self: A[Ref[L["PBD"]], "The PBD that is meant"],
    ) -> None:
        """Disconnect it while its VM runs."""
