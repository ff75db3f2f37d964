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
    """A virtual disk image on a storage repository."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            STATIC,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", STATIC, default="", column="name__description")
    ]
    allowed_operations: A[
        list[enums.VdiOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.VdiOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    SR: A[Ref[L["SR"]], field("The storage repository that it lies on.", STATIC)]
    VBDs: A[list[Ref[L["VBD"]]], field("The block devices that connect it.")]
    allow_caching: A[
        bool,
        field(
            "Whether reads and writes may be cached on a host, with less safety for those writes.",
            default=False,
            since="cowley",
        ),
    ]
    cbt_enabled: A[
        bool,
        field(
            "Whether the blocks that change are tracked, for incremental backups.",
            default=False,
            since="inverness",
            tags=("snapshots",),
        ),
    ]
    crash_dumps: A[
        list[Ref[L["crashdump"]]], field("Every crashdump that is among its crash dumps.")
    ]
    is_a_snapshot: A[
        bool,
        field(
            "Whether it is a snapshot of another object.",
            default=False,
            since="orlando",
            tags=("snapshots",),
        ),
    ]
    is_tools_iso: A[
        bool,
        field("Whether it is the ISO with the guests' drivers.", default=False, since="dundee"),
    ]
    location: A[str, field("Where it is found on its storage.", default="", since="miami")]
    managed: A[bool, field("Whether the storage driver manages it.")]
    metadata_latest: A[
        bool,
        field(
            "Whether it holds the newest copy of a pool's database that is known.",
            default=False,
            since="boston",
        ),
    ]
    metadata_of_pool: A[
        Ref[L["pool"]],
        field(
            "The pool whose database it holds a copy of; null for any other disk.",
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    missing: A[bool, field("Whether a scan found it gone.")]
    on_boot: A[
        enums.OnBoot,
        field(
            "Whether what was written is kept (persist) or forgotten (reset) when its VM starts again.",
            default="persist",
            since="cowley",
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    parent: A[
        Ref[L["VDI"]],
        field(
            "The object that it came from.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "ely"),
            ),
        ),
    ]
    physical_utilisation: A[int, field("Bytes that it takes on its storage.")]
    read_only: A[bool, field("Whether it may never be written.", STATIC)]
    sharable: A[bool, field("Whether several VMs may write it at once.", STATIC)]
    sm_config: A[
        dict[str, str],
        field("Notes that the storage driver keeps for itself.", RW, default={}, since="miami"),
    ]
    snapshot_of: A[
        Ref[L["VDI"]],
        field(
            "The VDI that it was taken of; null when it is no snapshot.",
            default="",
            since="orlando",
            tags=("snapshots",),
        ),
    ]
    snapshot_time: A[
        DateTime,
        field(
            "When the snapshot was made.",
            default="19700101T00:00:00Z",
            since="orlando",
            tags=("snapshots",),
        ),
    ]
    snapshots: A[
        list[Ref[L["VDI"]]],
        field("The snapshots taken of it.", since="orlando", tags=("snapshots",)),
    ]
    storage_lock: A[bool, field("Whether an operation of the storage holds it.")]
    tags: A[
        list[str],
        field(
            "Words that users group objects by.", RW, default=[], role=VM_OPERATOR, since="orlando"
        ),
    ]
    type: A[
        enums.VdiType,
        field(
            "What it is for, such as a system disk, user data or a suspended VM's memory.", STATIC
        ),
    ]
    virtual_size: A[int, field("Its size as guests see it, in bytes.", STATIC)]
    xenstore_data: A[
        dict[str, str],
        field("Nodes that its guest finds in xenstore.", RW, default={}, since="miami"),
    ]

    @message(role=VM_ADMIN, since="boston", hidden=True)
    def checksum(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> str:
        """Have the VDI do this: checksum."""

    @message(role=VM_ADMIN, tags=("snapshots",))
    def clone(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
        driver_params: A[dict[str, str], param("The driver params, by key", since="miami")] = {},
    ) -> Ref[L["VDI"]]:
        """Make another one like it, sharing storage where the storage can."""

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
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
        sr: A[Ref[L["SR"]], "The SR that is meant"] = Ref[L["SR"]]("OpaqueRef:NULL"),
        base_vdi: A[
            Ref[L["VDI"]], param("The VDI to take as base vdi", since="clearwater-felton")
        ] = Ref[L["VDI"]]("OpaqueRef:NULL"),
        into_vdi: A[
            Ref[L["VDI"]], param("The VDI to take as into vdi", since="clearwater-felton")
        ] = Ref[L["VDI"]]("OpaqueRef:NULL"),
    ) -> Ref[L["VDI"]]:
        """Make another one like it with storage of its own."""

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
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Have the VDI do this: data destroy."""

    @message(role=LOCAL_ROOT, since="miami", hidden=True)
    def db_forget(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Change the record of the VDI alone: forget."""

    @message(role=LOCAL_ROOT, hidden=True)
    def db_introduce(
        uuid: A[str, param("The uuid", since="miami")],
        name_label: A[str, param("The name to give", since="miami")],
        name_description: A[str, param("The name description", since="miami")],
        SR: A[Ref[L["SR"]], param("The SR that is meant", since="miami")],
        type: A[enums.VdiType, param("The type", since="miami")],
        sharable: A[bool, param("Whether to: sharable", since="miami")],
        read_only: A[bool, param("Whether to: read only", since="miami")],
        other_config: A[dict[str, str], param("The other config, by key", since="miami")],
        location: A[str, param("The location", since="miami")],
        xenstore_data: A[dict[str, str], param("The xenstore data, by key", since="miami")] = {},
        sm_config: A[dict[str, str], param("The sm config, by key", since="miami")] = {},
        managed: A[bool, param("Whether to: managed", since="tampa")] = True,
        virtual_size: A[int, param("The virtual size", since="tampa")] = 0,
        physical_utilisation: A[int, param("The physical utilisation", since="tampa")] = 0,
        metadata_of_pool: A[
            Ref[L["pool"]], param("The pool to take as metadata of pool", since="tampa")
        ] = Ref[L["pool"]](""),
        is_a_snapshot: A[bool, param("Whether to: is a snapshot", since="tampa")] = False,
        snapshot_time: A[DateTime, param("The snapshot time", since="tampa")] = DateTime(
            "19700101T00:00:00Z"
        ),
        snapshot_of: A[Ref[L["VDI"]], param("The VDI to take as snapshot of", since="tampa")] = Ref[
            L["VDI"]
        ](""),
        cbt_enabled: A[bool, param("Whether to: cbt enabled", since="inverness")] = False,
    ) -> Ref[L["VDI"]]:
        """Change the record of the VDI alone: introduce."""

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
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Switch off the cbt of the VDI."""

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
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Switch on the cbt of the VDI."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        hidden=True,
    )
    def force_unlock(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Have the VDI do this: force unlock."""

    @message(role=VM_ADMIN)
    def forget(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Let the pool forget the VDI, which stays as it is."""

    @message(role=VM_ADMIN, since="orlando", hidden=True)
    def generate_config(
        host: A[Ref[L["host"]], "The host that is meant"],
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> str:
        """Have the VDI do this: generate config."""

    @message(
        role=VM_ADMIN, since="inverness", asynchronous=False, errors=("VDI_INCOMPATIBLE_TYPE",)
    )
    def get_nbd_info(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> list[Record[L["vdi_nbd_server_info"]]]:
        """Tell the nbd info of the VDI."""

    @message(role=VM_ADMIN, since="miami", errors=("SR_OPERATION_NOT_SUPPORTED",))
    def introduce(
        uuid: A[str, param("The uuid", since="rio")],
        name_label: A[str, param("The name to give", since="rio")],
        name_description: A[str, param("The name description", since="rio")],
        SR: A[Ref[L["SR"]], param("The SR that is meant", since="rio")],
        type: A[enums.VdiType, param("The type", since="rio")],
        sharable: A[bool, param("Whether to: sharable", since="rio")],
        read_only: A[bool, param("Whether to: read only", since="rio")],
        other_config: A[dict[str, str], param("The other config, by key", since="rio")],
        location: A[str, param("The location", since="rio")],
        xenstore_data: A[dict[str, str], param("The xenstore data, by key", since="rio")] = {},
        sm_config: A[dict[str, str], "The sm config, by key"] = {},
        managed: A[bool, param("Whether to: managed", since="tampa")] = True,
        virtual_size: A[int, param("The virtual size", since="tampa")] = 0,
        physical_utilisation: A[int, param("The physical utilisation", since="tampa")] = 0,
        metadata_of_pool: A[
            Ref[L["pool"]], param("The pool to take as metadata of pool", since="tampa")
        ] = Ref[L["pool"]](""),
        is_a_snapshot: A[bool, param("Whether to: is a snapshot", since="tampa")] = False,
        snapshot_time: A[DateTime, param("The snapshot time", since="tampa")] = DateTime(
            "19700101T00:00:00Z"
        ),
        snapshot_of: A[Ref[L["VDI"]], param("The VDI to take as snapshot of", since="tampa")] = Ref[
            L["VDI"]
        ](""),
    ) -> Ref[L["VDI"]]:
        """Tell the pool of a VDI that exists already."""

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
        vdi_from: A[Ref[L["VDI"]], "The VDI to take as vdi from"],
        vdi_to: A[Ref[L["VDI"]], "The VDI to take as vdi to"],
    ) -> str:
        """Have the VDI do this: list changed blocks."""

    @message(role=POOL_OPERATOR, since="boston")
    def open_database(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> Ref[L["session"]]:
        """Have the VDI do this: open database."""

    @message(role=VM_ADMIN, hidden=True)
    def pool_introduce(
        uuid: A[str, param("The uuid", since="miami")],
        name_label: A[str, param("The name to give", since="miami")],
        name_description: A[str, param("The name description", since="miami")],
        SR: A[Ref[L["SR"]], param("The SR that is meant", since="miami")],
        type: A[enums.VdiType, param("The type", since="miami")],
        sharable: A[bool, param("Whether to: sharable", since="miami")],
        read_only: A[bool, param("Whether to: read only", since="miami")],
        other_config: A[dict[str, str], param("The other config, by key", since="miami")],
        location: A[str, param("The location", since="miami")],
        xenstore_data: A[dict[str, str], param("The xenstore data, by key", since="miami")] = {},
        sm_config: A[dict[str, str], param("The sm config, by key", since="miami")] = {},
        managed: A[bool, param("Whether to: managed", since="tampa")] = True,
        virtual_size: A[int, param("The virtual size", since="tampa")] = 0,
        physical_utilisation: A[int, param("The physical utilisation", since="tampa")] = 0,
        metadata_of_pool: A[
            Ref[L["pool"]], param("The pool to take as metadata of pool", since="tampa")
        ] = Ref[L["pool"]](""),
        is_a_snapshot: A[bool, param("Whether to: is a snapshot", since="tampa")] = False,
        snapshot_time: A[DateTime, param("The snapshot time", since="tampa")] = DateTime(
            "19700101T00:00:00Z"
        ),
        snapshot_of: A[Ref[L["VDI"]], param("The VDI to take as snapshot of", since="tampa")] = Ref[
            L["VDI"]
        ](""),
        cbt_enabled: A[bool, param("Whether to: cbt enabled", since="inverness")] = False,
    ) -> Ref[L["VDI"]]:
        """For the whole pool: introduce."""

    @message(role=VM_POWER_ADMIN, since="tampa")
    def pool_migrate(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        options: A[dict[str, str], "Further settings, by name"],
    ) -> Ref[L["VDI"]]:
        """Move it, running, to another host of the pool."""

    @message(role=READ_ONLY, since="boston")
    def read_database_pool_uuid(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> str:
        """Have the VDI do this: read database pool uuid."""

    @message(role=VM_ADMIN)
    def resize(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
        size: A[int, "The size"],
    ) -> None:
        """Make it larger."""

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
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
        size: A[int, "The size"],
    ) -> None:
        """Have the VDI do this: resize online."""

    @message(
        role=VM_POWER_ADMIN,
        history=(("Prototyped", "26.16.0"),),
        errors=("UNIMPLEMENTED_IN_SM_BACKEND",),
        tags=("snapshots",),
    )
    def revert(
        snapshot: A[Ref[L["VDI"]], param("The VDI to take as snapshot", since=None)],
    ) -> None:
        """Bring back the state that a snapshot keeps."""

    @message(role=VM_ADMIN, since="cowley")
    def set_allow_caching(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the allow caching of the VDI."""

    @message(role=LOCAL_ROOT, since="inverness", hidden=True)
    def set_cbt_enabled(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the cbt enabled of the VDI."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_is_a_snapshot(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the is a snapshot of the VDI."""

    @message(role=LOCAL_ROOT, asynchronous=False, hidden=True)
    def set_managed(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the managed of the VDI."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_metadata_of_pool(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[Ref[L["pool"]], "The pool to take as value"],
    ) -> None:
        """Set the metadata of pool of the VDI."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_missing(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the missing of the VDI."""

    @message(role=VM_ADMIN)
    def set_name_description(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the name description of the VDI."""

    @message(role=VM_ADMIN)
    def set_name_label(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the name label of the VDI."""

    @message(role=VM_ADMIN, since="cowley")
    def set_on_boot(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[enums.OnBoot, "The new value"],
    ) -> None:
        """Set the on boot of the VDI."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_physical_utilisation(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the physical utilisation of the VDI."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_read_only(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the read only of the VDI."""

    @message(role=VM_ADMIN, since="george", asynchronous=False)
    def set_sharable(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the sharable of the VDI."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_snapshot_of(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[Ref[L["VDI"]], "The VDI to take as value"],
    ) -> None:
        """Set the snapshot of of the VDI."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_snapshot_time(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[DateTime, "The new value"],
    ) -> None:
        """Set the snapshot time of the VDI."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_virtual_size(
        self: A[Ref[L["VDI"]], "The VDI that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the virtual size of the VDI."""

    @message(role=VM_ADMIN, tags=("snapshots",))
    def snapshot(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
        driver_params: A[dict[str, str], param("The driver params, by key", since="miami")] = {},
    ) -> Ref[L["VDI"]]:
        """Keep its present state under a new name."""

    @message(role=VM_ADMIN, since="symc", errors=("SR_OPERATION_NOT_SUPPORTED",))
    def update(
        vdi: A[Ref[L["VDI"]], "The VDI that is meant"],
    ) -> None:
        """Refresh what is recorded of it."""
