"""The XenAPI class ``VBD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN, VM_OPERATOR


@xenapi_class(
    "VBD",
    create_role=VM_ADMIN,
    constructor=(
        "VM",
        "VDI",
        "device",
        "userdevice",
        "bootable",
        "mode",
        "type",
        "unpluggable",
        "empty",
        "other_config",
        "currently_attached",
        "qos_algorithm_type",
        "qos_algorithm_params",
    ),
)
class VBD:
    """A virtual block device: the connection of a VM to a disk or drive."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    allowed_operations: A[
        list[enums.VbdOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.VbdOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    VM: A[Ref[L["VM"]], field("The VM that the device is for.", STATIC)]
    VDI: A[Ref[L["VDI"]], field("The disk behind it; null while there is none.", STATIC)]
    device: A[
        str,
        field(
            "The name of the device as its guest or host sees it.",
            STATIC,
            default="",
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    userdevice: A[str, field("The position that it was given: 0 is the first.", RW)]
    bootable: A[bool, field("Whether a guest may boot from it.", RW)]
    mode: A[enums.VbdMode, field("Whether it may be written.", STATIC)]
    type: A[enums.VbdType, field("Whether the guest sees a disk, a CD drive or a floppy.", RW)]
    unpluggable: A[
        bool,
        field("Whether it can be unplugged while its VM runs.", RW, default=True, since="miami"),
    ]
    storage_lock: A[bool, field("Whether an operation of the storage holds the device.")]
    empty: A[bool, field("Whether there is no medium in it.", STATIC)]
    other_config: A[
        dict[str, str], field("Settings and notes of clients, by key; unknown keys are kept.", RW)
    ]
    currently_attached: A[
        bool,
        field(
            "Whether it is plugged in right now.",
            STATIC,
            default=False,
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    status_code: A[int, field("Number of the last error of this device.")]
    status_detail: A[str, field("Text of the last error of this device.")]
    runtime_properties: A[dict[str, str], field("What the device tells of itself while it runs.")]
    qos_algorithm_type: A[
        str,
        field(
            "How its bandwidth is shared out; empty for not at all.",
            RW,
            column="qos__algorithm_type",
        ),
    ]
    qos_algorithm_params: A[
        dict[str, str],
        field("Parameters of the sharing, by name.", RW, column="qos__algorithm_params"),
    ]
    qos_supported_algorithms: A[
        list[str],
        field(
            "The ways of sharing bandwidth that it can take.", column="qos__supported_algorithms"
        ),
    ]
    metrics: A[
        Ref[L["VBD_metrics"]],
        field(
            "Its figures, which change often and are kept apart.",
            default="OpaqueRef:NULL",
            history=(
                ("Published", "rio"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
        ),
    ]
    reserved: A[bool, field("Whether it is kept for one use.", default=False, internal_only=True)]

    @message(role=VM_ADMIN)
    def assert_attachable(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> None:
        """Raise an error unless this holds: attachable."""

    @message(role=VM_OPERATOR, errors=("VBD_NOT_REMOVABLE_MEDIA", "VBD_IS_EMPTY"))
    def eject(
        vbd: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> None:
        """Take the medium out of the drive."""

    @message(role=VM_OPERATOR, errors=("VBD_NOT_REMOVABLE_MEDIA", "VBD_NOT_EMPTY"))
    def insert(
        vbd: A[Ref[L["VBD"]], "The VBD that is meant"],
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Put a medium into the drive."""

    @message(role=VM_ADMIN, since="symc", hidden=True)
    def pause(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> str:
        """Let it stand still; it keeps its memory."""

    @message(role=VM_ADMIN)
    def plug(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> None:
        """Connect it while its VM runs."""

    @message(role=VM_ADMIN)
    def set_mode(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
        value: A[enums.VbdMode, "The new value"],
    ) -> None:
        """Set the mode of the VBD."""

    @message(role=VM_ADMIN, since="symc", hidden=True)
    def unpause(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
        token: A[str, param("The token", since="orlando")] = "",
    ) -> None:
        """Let it go on after a pause."""

    @message(role=VM_ADMIN, errors=("DEVICE_DETACH_REJECTED", "DEVICE_ALREADY_DETACHED"))
    def unplug(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> None:
        """Disconnect it while its VM runs."""

    @message(role=VM_ADMIN)
    def unplug_force(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> None:
        """Disconnect it without asking the guest."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "symc"),
            ("Deprecated", "ely"),
        ),
        hidden=True,
    )
    def unplug_force_no_safety_check(
        self: A[Ref[L["VBD"]], "The VBD that is meant"],
    ) -> None:
        """Have the VBD do this: unplug force no safety check."""
