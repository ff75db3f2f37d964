"""The XenAPI class ``VDI``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Record, Ref, field, message, param, xenapi_class
from datamodel.roles import (
    LOCAL_ROOT,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    VM_ADMIN,
    VM_OPERATOR,
    VM_POWER_ADMIN,
)


@xenapi_class(
    "VDI",
    create_role=VM_ADMIN,
    constructor=(
        "name_label",
        "name_description",
        "SR",
        "virtual_size",
        "type",
        "sharable",
        "read_only",
        "other_config",
        "xenstore_data",
        "sm_config",
        "tags",
    ),
)
class VDI:
    """A VDI."""

    SR: A[Ref[L["SR"]], field("SR.", STATIC)]
    VBDs: A[list[Ref[L["VBD"]]], field("VBDs.")]
    allow_caching: A[bool, field("Allow caching.", default=False, since="cowley")]
    allowed_operations: A[
        list[enums.VdiOperations], field("Allowed operations.", default=[], persist=False)
    ]
    cbt_enabled: A[
        bool, field("Cbt enabled.", default=False, since="inverness", tags=("snapshots",))
    ]
    crash_dumps: A[list[Ref[L["crashdump"]]], field("Crash dumps.")]
    current_operations: A[
        dict[str, enums.VdiOperations], field("Current operations.", default={}, persist=False)
    ]
    is_a_snapshot: A[
        bool, field("Is a snapshot.", default=False, since="orlando", tags=("snapshots",))
    ]
    is_tools_iso: A[bool, field("Is tools iso.", default=False, since="dundee")]
    location: A[str, field("Location.", default="", since="miami")]
    managed: A[bool, field("Managed.")]
    metadata_latest: A[bool, field("Metadata latest.", default=False, since="boston")]
    metadata_of_pool: A[
        Ref[L["pool"]], field("Metadata of pool.", default="OpaqueRef:NULL", since="boston")
    ]
    missing: A[bool, field("Missing.")]
    name_description: A[
        str, field("Name description.", STATIC, default="", column="name__description")
    ]
    name_label: A[str, field("Name label.", STATIC, default="", column="name__label")]
    on_boot: A[enums.OnBoot, field("On boot.", default="persist", since="cowley")]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    parent: A[
        Ref[L["VDI"]],
        field(
            "Parent.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "ely"),
            ),
        ),
    ]
    physical_utilisation: A[int, field("Physical utilisation.")]
    read_only: A[bool, field("Read only.", STATIC)]
    sharable: A[bool, field("Sharable.", STATIC)]
    sm_config: A[dict[str, str], field("Sm config.", RW, default={}, since="miami")]
    snapshot_of: A[
        Ref[L["VDI"]], field("Snapshot of.", default="", since="orlando", tags=("snapshots",))
    ]
    snapshot_time: A[
        DateTime,
        field("Snapshot time.", default="19700101T00:00:00Z", since="orlando", tags=("snapshots",)),
    ]
    snapshots: A[list[Ref[L["VDI"]]], field("Snapshots.", since="orlando", tags=("snapshots",))]
    storage_lock: A[bool, field("Storage lock.")]
    tags: A[list[str], field("Tags.", RW, default=[], role=VM_OPERATOR, since="orlando")]
    type: A[enums.VdiType, field("Type.", STATIC)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    virtual_size: A[int, field("Virtual size.", STATIC)]
    xenstore_data: A[dict[str, str], field("Xenstore data.", RW, default={}, since="miami")]

    @message(role=VM_ADMIN, since="boston", hidden=True)
    def checksum(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> str:
        """Checksum."""

    @message(role=VM_ADMIN, tags=("snapshots",))
    def clone(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
        driver_params: A[dict[str, str], param("Driver params", since="miami")] = {},
    ) -> Ref[L["VDI"]]:
        """Clone."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Extended", "cowley"),
            ("Extended", "clearwater-felton"),
        ),
        errors=("VDI_READONLY", "VDI_TOO_SMALL", "VDI_NOT_SPARSE"),
    )
    def copy(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
        sr: A[Ref[L["SR"]], "The SR to act on"] = Ref[L["SR"]]("OpaqueRef:NULL"),
        base_vdi: A[Ref[L["VDI"]], param("Base vdi", since="clearwater-felton")] = Ref[L["VDI"]](
            "OpaqueRef:NULL"
        ),
        into_vdi: A[Ref[L["VDI"]], param("Into vdi", since="clearwater-felton")] = Ref[L["VDI"]](
            "OpaqueRef:NULL"
        ),
    ) -> Ref[L["VDI"]]:
        """Copy."""

    @message(
        role=VM_ADMIN,
        since="inverness",
        errors=(
            "SR_OPERATION_NOT_SUPPORTED",
            "VDI_MISSING",
            "SR_NOT_ATTACHED",
            "SR_HAS_NO_PBDS",
            "OPERATION_NOT_ALLOWED",
            "VDI_INCOMPATIBLE_TYPE",
            "VDI_NO_CBT_METADATA",
            "VDI_IN_USE",
            "VDI_IS_A_PHYSICAL_DEVICE",
        ),
    )
    def data_destroy(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Data destroy."""

    @message(role=LOCAL_ROOT, since="miami", hidden=True)
    def db_forget(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Db forget."""

    @message(role=LOCAL_ROOT, hidden=True)
    def db_introduce(
        uuid: A[str, param("Uuid", since="miami")],
        name_label: A[str, param("Name label", since="miami")],
        name_description: A[str, param("Name description", since="miami")],
        SR: A[Ref[L["SR"]], param("SR", since="miami")],
        type: A[enums.VdiType, param("Type", since="miami")],
        sharable: A[bool, param("Sharable", since="miami")],
        read_only: A[bool, param("Read only", since="miami")],
        other_config: A[dict[str, str], param("Other config", since="miami")],
        location: A[str, param("Location", since="miami")],
        xenstore_data: A[dict[str, str], param("Xenstore data", since="miami")] = {},
        sm_config: A[dict[str, str], param("Sm config", since="miami")] = {},
        managed: A[bool, param("Managed", since="tampa")] = True,
        virtual_size: A[int, param("Virtual size", since="tampa")] = 0,
        physical_utilisation: A[int, param("Physical utilisation", since="tampa")] = 0,
        metadata_of_pool: A[Ref[L["pool"]], param("Metadata of pool", since="tampa")] = Ref[
            L["pool"]
        ](""),
        is_a_snapshot: A[bool, param("Is a snapshot", since="tampa")] = False,
        snapshot_time: A[DateTime, param("Snapshot time", since="tampa")] = DateTime(
            "19700101T00:00:00Z"
        ),
        snapshot_of: A[Ref[L["VDI"]], param("Snapshot of", since="tampa")] = Ref[L["VDI"]](""),
        cbt_enabled: A[bool, param("Cbt enabled", since="inverness")] = False,
    ) -> Ref[L["VDI"]]:
        """Db introduce."""

    @message(
        role=VM_ADMIN,
        since="inverness",
        errors=(
            "SR_OPERATION_NOT_SUPPORTED",
            "VDI_MISSING",
            "SR_NOT_ATTACHED",
            "SR_HAS_NO_PBDS",
            "OPERATION_NOT_ALLOWED",
            "VDI_INCOMPATIBLE_TYPE",
            "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION",
        ),
    )
    def disable_cbt(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Disable cbt."""

    @message(
        role=VM_ADMIN,
        since="inverness",
        errors=(
            "SR_OPERATION_NOT_SUPPORTED",
            "VDI_MISSING",
            "SR_NOT_ATTACHED",
            "SR_HAS_NO_PBDS",
            "OPERATION_NOT_ALLOWED",
            "VDI_INCOMPATIBLE_TYPE",
            "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION",
        ),
    )
    def enable_cbt(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Enable cbt."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        hidden=True,
    )
    def force_unlock(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Force unlock."""

    @message(role=VM_ADMIN)
    def forget(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Forget."""

    @message(role=VM_ADMIN, since="orlando", hidden=True)
    def generate_config(
        host: A[Ref[L["host"]], "The host to act on"],
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> str:
        """Generate config."""

    @message(
        role=VM_ADMIN, since="inverness", asynchronous=False, errors=("VDI_INCOMPATIBLE_TYPE",)
    )
    def get_nbd_info(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> list[Record[L["vdi_nbd_server_info"]]]:
        """Get nbd info."""

    @message(role=VM_ADMIN, since="miami", errors=("SR_OPERATION_NOT_SUPPORTED",))
    def introduce(
        uuid: A[str, param("Uuid", since="rio")],
        name_label: A[str, param("Name label", since="rio")],
        name_description: A[str, param("Name description", since="rio")],
        SR: A[Ref[L["SR"]], param("SR", since="rio")],
        type: A[enums.VdiType, param("Type", since="rio")],
        sharable: A[bool, param("Sharable", since="rio")],
        read_only: A[bool, param("Read only", since="rio")],
        other_config: A[dict[str, str], param("Other config", since="rio")],
        location: A[str, param("Location", since="rio")],
        xenstore_data: A[dict[str, str], param("Xenstore data", since="rio")] = {},
        sm_config: A[dict[str, str], "Sm config"] = {},
        managed: A[bool, param("Managed", since="tampa")] = True,
        virtual_size: A[int, param("Virtual size", since="tampa")] = 0,
        physical_utilisation: A[int, param("Physical utilisation", since="tampa")] = 0,
        metadata_of_pool: A[Ref[L["pool"]], param("Metadata of pool", since="tampa")] = Ref[
            L["pool"]
        ](""),
        is_a_snapshot: A[bool, param("Is a snapshot", since="tampa")] = False,
        snapshot_time: A[DateTime, param("Snapshot time", since="tampa")] = DateTime(
            "19700101T00:00:00Z"
        ),
        snapshot_of: A[Ref[L["VDI"]], param("Snapshot of", since="tampa")] = Ref[L["VDI"]](""),
    ) -> Ref[L["VDI"]]:
        """Introduce."""

    @message(
        role=VM_OPERATOR,
        since="inverness",
        errors=(
            "SR_OPERATION_NOT_SUPPORTED",
            "VDI_MISSING",
            "SR_NOT_ATTACHED",
            "SR_HAS_NO_PBDS",
            "VDI_IN_USE",
        ),
    )
    def list_changed_blocks(
        vdi_from: A[Ref[L["VDI"]], "Vdi from"],
        vdi_to: A[Ref[L["VDI"]], "Vdi to"],
    ) -> str:
        """List changed blocks."""

    @message(role=POOL_OPERATOR, since="boston")
    def open_database(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> Ref[L["session"]]:
        """Open database."""

    @message(role=VM_ADMIN, hidden=True)
    def pool_introduce(
        uuid: A[str, param("Uuid", since="miami")],
        name_label: A[str, param("Name label", since="miami")],
        name_description: A[str, param("Name description", since="miami")],
        SR: A[Ref[L["SR"]], param("SR", since="miami")],
        type: A[enums.VdiType, param("Type", since="miami")],
        sharable: A[bool, param("Sharable", since="miami")],
        read_only: A[bool, param("Read only", since="miami")],
        other_config: A[dict[str, str], param("Other config", since="miami")],
        location: A[str, param("Location", since="miami")],
        xenstore_data: A[dict[str, str], param("Xenstore data", since="miami")] = {},
        sm_config: A[dict[str, str], param("Sm config", since="miami")] = {},
        managed: A[bool, param("Managed", since="tampa")] = True,
        virtual_size: A[int, param("Virtual size", since="tampa")] = 0,
        physical_utilisation: A[int, param("Physical utilisation", since="tampa")] = 0,
        metadata_of_pool: A[Ref[L["pool"]], param("Metadata of pool", since="tampa")] = Ref[
            L["pool"]
        ](""),
        is_a_snapshot: A[bool, param("Is a snapshot", since="tampa")] = False,
        snapshot_time: A[DateTime, param("Snapshot time", since="tampa")] = DateTime(
            "19700101T00:00:00Z"
        ),
        snapshot_of: A[Ref[L["VDI"]], param("Snapshot of", since="tampa")] = Ref[L["VDI"]](""),
        cbt_enabled: A[bool, param("Cbt enabled", since="inverness")] = False,
    ) -> Ref[L["VDI"]]:
        """Pool introduce."""

    @message(role=VM_POWER_ADMIN, since="tampa")
    def pool_migrate(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
        sr: A[Ref[L["SR"]], "The SR to act on"],
        options: A[dict[str, str], "Options"],
    ) -> Ref[L["VDI"]]:
        """Pool migrate."""

    @message(role=READ_ONLY, since="boston")
    def read_database_pool_uuid(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> str:
        """Read database pool uuid."""

    @message(role=VM_ADMIN)
    def resize(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
        size: A[int, "Size"],
    ) -> None:
        """Resize."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "inverness"),
            ("Removed", "inverness"),
            ("Published", "26.16.1-next"),
        ),
    )
    def resize_online(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
        size: A[int, "Size"],
    ) -> None:
        """Resize online."""

    @message(
        role=VM_POWER_ADMIN,
        history=(("Prototyped", "26.16.0"),),
        errors=("UNIMPLEMENTED_IN_SM_BACKEND",),
        tags=("snapshots",),
    )
    def revert(
        snapshot: A[Ref[L["VDI"]], param("Snapshot", since=None)],
    ) -> None:
        """Revert."""

    @message(role=VM_ADMIN, since="cowley")
    def set_allow_caching(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set allow caching."""

    @message(role=LOCAL_ROOT, since="inverness", hidden=True)
    def set_cbt_enabled(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set cbt enabled."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_is_a_snapshot(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set is a snapshot."""

    @message(role=LOCAL_ROOT, asynchronous=False, hidden=True)
    def set_managed(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set managed."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_metadata_of_pool(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[Ref[L["pool"]], "Value"],
    ) -> None:
        """Set metadata of pool."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_missing(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set missing."""

    @message(role=VM_ADMIN)
    def set_name_description(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set name description."""

    @message(role=VM_ADMIN)
    def set_name_label(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set name label."""

    @message(role=VM_ADMIN, since="cowley")
    def set_on_boot(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[enums.OnBoot, "Value"],
    ) -> None:
        """Set on boot."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_physical_utilisation(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set physical utilisation."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_read_only(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set read only."""

    @message(role=VM_ADMIN, since="george", asynchronous=False)
    def set_sharable(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set sharable."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_snapshot_of(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[Ref[L["VDI"]], "Value"],
    ) -> None:
        """Set snapshot of."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_snapshot_time(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[DateTime, "Value"],
    ) -> None:
        """Set snapshot time."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_virtual_size(
        self: A[Ref[L["VDI"]], "The VDI to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set virtual size."""

    @message(role=VM_ADMIN, tags=("snapshots",))
    def snapshot(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
        driver_params: A[dict[str, str], param("Driver params", since="miami")] = {},
    ) -> Ref[L["VDI"]]:
        """Snapshot."""

    @message(role=VM_ADMIN, since="symc", errors=("SR_OPERATION_NOT_SUPPORTED",))
    def update(
        vdi: A[Ref[L["VDI"]], "The VDI to act on"],
    ) -> None:
        """Update."""
