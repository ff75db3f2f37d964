"""The XenAPI class ``PBD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR, constructor=("host", "SR", "device_config", "other_config")
)
class PBD(Object[L["PBD"]]):
    """The connection of one host to one storage repository."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    host: A[Ref[L["host"]], field("The host that reaches the SR through it.", STATIC)]
    SR: A[Ref[L["SR"]], field("The storage repository that it connects the host to.", STATIC)]
    device_config: A[
        dict[str, str],
        field(
            "What the storage driver needs to reach the SR from this host, such as an address or a path.",
            STATIC,
        ),
    ]
    currently_attached: A[bool, field("Whether the host can use the SR through it now.")]
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
        self: A[Ref[L["PBD"]], "The connection to plug"],
    ) -> None:
        """Attach an SR to a host, for VMs there to use its disks; it may be attached already."""

    @message(role=POOL_OPERATOR)
    def unplug(
        self: A[Ref[L["PBD"]], "The connection to unplug"],
    ) -> None:
        """Detach an SR from a host; no disk on it may be in use there."""

    @message(role=POOL_OPERATOR, since="miami")
    def set_device_config(
        self: A[Ref[L["PBD"]], "The connection to change"],
        value: A[dict[str, str], "All settings by name; they replace the present ones"],
    ) -> None:
        """Change what the storage driver is told to reach the SR from this host; the PBD must be
        unplugged.
        """


PBDRef = Ref[L["PBD"]]
