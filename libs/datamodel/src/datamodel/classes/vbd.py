"""The XenAPI class ``VBD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN, VM_OPERATOR


@xenapi_class(
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
class VBD(Object[L["VBD"]]):
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
    userdevice: A[str, field("The position that it was given: 0 is the first.", RW, has_rules=True)]
    bootable: A[bool, field("Whether a guest may boot from it.", RW)]
    mode: A[
        enums.VbdMode, field("Whether the guest may write to it (RW) or only read (RO).", STATIC)
    ]
    type: A[
        enums.VbdType,
        field("Whether the guest sees a disk, a CD drive or a floppy.", RW, has_rules=True),
    ]
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
            "How its bandwidth is limited; empty if it is not.",
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

    @message(role=VM_OPERATOR, errors=("VBD_NOT_REMOVABLE_MEDIA", "VBD_IS_EMPTY"))
    def eject(
        vbd: A[Ref[L["VBD"]], "The drive to empty"],
    ) -> None:
        """Take the medium out of a CD drive or floppy, whether its VM runs or not. The drive must
        not be empty.
        """

    @message(role=VM_OPERATOR, errors=("VBD_NOT_REMOVABLE_MEDIA", "VBD_NOT_EMPTY"))
    def insert(
        vbd: A[Ref[L["VBD"]], "The drive to fill; neither a disk nor full"],
        vdi: A[Ref[L["VDI"]], "The medium to put in, on an SR that the VM's host can use"],
    ) -> None:
        """Put a medium into an empty CD drive, whether its VM runs or not."""

    @message(role=VM_ADMIN)
    def plug(
        self: A[
            Ref[L["VBD"]], "The VBD to plug; its disk must be free and its position in the VM too"
        ],
    ) -> None:
        """Connect a disk or drive to its running VM. A VM that is off needs none: it starts with
        all its VBDs.
        """

    @message(role=VM_ADMIN, errors=("DEVICE_DETACH_REJECTED", "DEVICE_ALREADY_DETACHED"))
    def unplug(
        self: A[Ref[L["VBD"]], "The VBD to unplug"],
    ) -> None:
        """Ask the guest of a running VM to let go of a disk, and disconnect it. A guest that still
        uses it may refuse.
        """

    @message(role=VM_ADMIN)
    def unplug_force(
        self: A[Ref[L["VBD"]], "The VBD to unplug"],
    ) -> None:
        """Disconnect a disk from a running VM without asking its guest, which may lose what it has
        not written yet.
        """

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "symc"),
            ("Deprecated", "ely"),
        ),
        hidden=True,
    )
    def unplug_force_no_safety_check(
        self: A[Ref[L["VBD"]], "The VBD to unplug"],
    ) -> None:
        """Disconnect a disk from a running VM without asking its guest or looking whether the back
        end is done. Only ever for recovery.
        """

    @message(role=VM_ADMIN)
    def assert_attachable(
        self: A[Ref[L["VBD"]], "The VBD to judge"],
    ) -> None:
        """Raise an error unless the disk could be connected now: nothing else that bars it may use
        it.
        """

    @message(role=VM_ADMIN, since="symc", hidden=True)
    def pause(
        self: A[Ref[L["VBD"]], "The VBD to pause; its VM must run"],
    ) -> str:
        """Hold the reads and writes of a plugged disk back while its storage is rearranged; called
        by storage drivers. Answers a token for VBD.unpause.
        """

    @message(role=VM_ADMIN, since="symc", hidden=True)
    def unpause(
        self: A[Ref[L["VBD"]], "The VBD to let go on"],
        token: A[
            str, param("What VBD.pause answered; empty to go on regardless", since="orlando")
        ] = "",
    ) -> None:
        """Let the reads and writes of a paused disk go on, with where its storage now has it;
        called by storage drivers.
        """

    @message(role=VM_ADMIN)
    def set_mode(
        self: A[Ref[L["VBD"]], "The VBD to change"],
        value: A[enums.VbdMode, "RW or RO"],
    ) -> None:
        """Choose whether a guest may write to a disk; the VBD must not be plugged, and CD drives
        are always read only.
        """


VBDRef = Ref[L["VBD"]]
