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
    """A VBD."""

    VDI: A[Ref[L["VDI"]], field("VDI.", STATIC)]
    VM: A[Ref[L["VM"]], field("VM.", STATIC)]
    allowed_operations: A[
        list[enums.VbdOperations], field("Allowed operations.", default=[], persist=False)
    ]
    bootable: A[bool, field("Bootable.", RW)]
    current_operations: A[
        dict[str, enums.VbdOperations], field("Current operations.", default={}, persist=False)
    ]
    currently_attached: A[
        bool,
        field(
            "Currently attached.",
            STATIC,
            default=False,
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    device: A[
        str,
        field(
            "Device.",
            STATIC,
            default="",
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    empty: A[bool, field("Empty.", STATIC)]
    metrics: A[
        Ref[L["VBD_metrics"]],
        field(
            "Metrics.",
            default="OpaqueRef:NULL",
            history=(
                ("Published", "rio"),
                ("Deprecated", "tampa"),
                ("Removed", "tampa"),
            ),
        ),
    ]
    mode: A[enums.VbdMode, field("Mode.", STATIC)]
    other_config: A[dict[str, str], field("Other config.", RW)]
    qos_algorithm_params: A[
        dict[str, str], field("Qos algorithm params.", RW, column="qos__algorithm_params")
    ]
    qos_algorithm_type: A[str, field("Qos algorithm type.", RW, column="qos__algorithm_type")]
    qos_supported_algorithms: A[
        list[str], field("Qos supported algorithms.", column="qos__supported_algorithms")
    ]
    reserved: A[bool, field("Reserved.", default=False, internal_only=True)]
    runtime_properties: A[dict[str, str], field("Runtime properties.")]
    status_code: A[int, field("Status code.")]
    status_detail: A[str, field("Status detail.")]
    storage_lock: A[bool, field("Storage lock.")]
    type: A[enums.VbdType, field("Type.", RW)]
    unpluggable: A[bool, field("Unpluggable.", RW, default=True, since="miami")]
    userdevice: A[str, field("Userdevice.", RW)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=VM_ADMIN)
    def assert_attachable(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> None:
        """Assert attachable."""

    @message(role=VM_OPERATOR, errors=("VBD_NOT_REMOVABLE_MEDIA", "VBD_IS_EMPTY"))
    def eject(
        vbd: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> None:
        """Eject."""

    @message(role=VM_OPERATOR, errors=("VBD_NOT_REMOVABLE_MEDIA", "VBD_NOT_EMPTY"))
    def insert(
        vbd: A[Ref[L["VBD"]], "The VBD to act on"],
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Insert."""

    @message(role=VM_ADMIN, since="symc", hidden=True)
    def pause(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> str:
        """Pause."""

    @message(role=VM_ADMIN)
    def plug(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> None:
        """Plug."""

    @message(role=VM_ADMIN)
    def set_mode(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
        value: A[enums.VbdMode, "Value"],
    ) -> None:
        """Set mode."""

    @message(role=VM_ADMIN, since="symc", hidden=True)
    def unpause(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
        token: A[str, param("Token", since="orlando")] = "",
    ) -> None:
        """Unpause."""

    @message(role=VM_ADMIN, errors=("DEVICE_DETACH_REJECTED", "DEVICE_ALREADY_DETACHED"))
    def unplug(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> None:
        """Unplug."""

    @message(role=VM_ADMIN)
    def unplug_force(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> None:
        """Unplug force."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "symc"),
            ("Deprecated", "ely"),
        ),
        hidden=True,
    )
    def unplug_force_no_safety_check(
        self: A[Ref[L["VBD"]], "The VBD to act on"],
    ) -> None:
        """Unplug force no safety check."""
