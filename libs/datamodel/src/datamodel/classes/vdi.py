"""The XenAPI class ``VDI``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import (
    RW,
    STATIC,
    DateTime,
    Object,
    Record,
    Ref,
    field,
    message,
    param,
    xenapi_class,
)
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
class VDI(Object[L["VDI"]]):
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
    crash_dumps: A[
        list[Ref[L["crashdump"]]], field("The records of crashed guests whose dump it holds.")
    ]
    virtual_size: A[int, field("Its size as guests see it, in bytes.", STATIC)]
    physical_utilisation: A[int, field("Bytes that it takes on its storage.")]
    type: A[
        enums.VdiType,
        field(
            "What it is for, such as a system disk, user data or a suspended VM's memory.", STATIC
        ),
    ]
    sharable: A[bool, field("Whether several VMs may write it at once.", STATIC)]
    read_only: A[bool, field("Whether it may never be written.", STATIC)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    storage_lock: A[bool, field("Whether an operation of the storage holds it.")]
    location: A[str, field("Where it is found on its storage.", default="", since="miami")]
    managed: A[
        bool,
        field("Whether it is shown to users; the storage driver has disks of its own besides."),
    ]
    missing: A[bool, field("Whether a scan found it gone.")]
    parent: A[
        Ref[L["VDI"]],
        field(
            "The disk that it is based on in its driver's tree; kept for old clients.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "ely"),
            ),
        ),
    ]
    xenstore_data: A[
        dict[str, str],
        field("Nodes that its guest finds in xenstore.", RW, default={}, since="miami"),
    ]
    sm_config: A[
        dict[str, str],
        field("Notes that the storage driver keeps for itself.", RW, default={}, since="miami"),
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
    snapshot_of: A[
        Ref[L["VDI"]],
        field(
            "The VDI that it was taken of; null if it is not a snapshot.",
            default="",
            since="orlando",
            tags=("snapshots",),
        ),
    ]
    snapshots: A[
        list[Ref[L["VDI"]]],
        field("The snapshots taken of it.", since="orlando", tags=("snapshots",)),
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
    tags: A[
        list[str],
        field(
            "Words that users group objects by.", RW, default=[], role=VM_OPERATOR, since="orlando"
        ),
    ]
    allow_caching: A[
        bool,
        field(
            "Whether reads and writes may be cached on a host, with less safety for those writes.",
            default=False,
            since="cowley",
        ),
    ]
    on_boot: A[
        enums.OnBoot,
        field(
            "Whether what was written is kept (persist) or forgotten (reset) when its VM starts again.",
            default="persist",
            since="cowley",
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
    metadata_latest: A[
        bool,
        field(
            "Whether it holds the newest copy of a pool's database that is known.",
            default=False,
            since="boston",
        ),
    ]
    is_tools_iso: A[
        bool,
        field("Whether it is the ISO with the guests' drivers.", default=False, since="dundee"),
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

    @message(role=VM_ADMIN, tags=("snapshots",))
    def snapshot(
        vdi: A[Ref[L["VDI"]], "The disk to take it of; it may be in use"],
        driver_params: A[
            dict[str, str], param("Hints for the storage driver, by name", since="miami")
        ] = {},
    ) -> Ref[L["VDI"]]:
        """Make a read-only disk with the present content, which stays as it is while the disk
        changes. Answers the snapshot, on the same SR.
        """

    @message(role=VM_ADMIN, tags=("snapshots",))
    def clone(
        vdi: A[Ref[L["VDI"]], "The disk to clone; not one that a running VM writes to"],
        driver_params: A[
            dict[str, str], param("Hints for the storage driver, by name", since="miami")
        ] = {},
    ) -> Ref[L["VDI"]]:
        """Make a writable disk with the same content, sharing blocks with the old one where the
        storage can. Answers the new disk, on the same SR.
        """

    @message(role=VM_ADMIN)
    def resize(
        vdi: A[Ref[L["VDI"]], "The disk to resize"],
        size: A[int, "Its new size in bytes, as guests see it; the driver may round it up"],
    ) -> None:
        """Change the size of a disk that no running VM uses. Most drivers can make it larger only."""

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
        vdi: A[Ref[L["VDI"]], "The disk to resize"],
        size: A[int, "Its new size in bytes, not below the present one"],
    ) -> None:
        """Make a disk larger while a running VM uses it."""

    @message(role=VM_ADMIN, since="miami", errors=("SR_OPERATION_NOT_SUPPORTED",))
    def introduce(
        uuid: A[str, param("Uuid of the disk", since="rio")],
        name_label: A[str, param("The name that people see", since="rio")],
        name_description: A[str, param("What people say about it", since="rio")],
        SR: A[Ref[L["SR"]], param("The SR that it lies on", since="rio")],
        type: A[enums.VdiType, param("What it is for", since="rio")],
        sharable: A[bool, param("Whether several VMs may write it at once", since="rio")],
        read_only: A[bool, param("Whether it may never be written", since="rio")],
        other_config: A[
            dict[str, str], param("Settings and notes of clients, by key", since="rio")
        ],
        location: A[
            str, param("Where the driver finds it on its SR; must be unique there", since="rio")
        ],
        xenstore_data: A[
            dict[str, str], param("Nodes that its guest finds in xenstore", since="rio")
        ] = {},
        sm_config: A[dict[str, str], "Notes of the driver, by name"] = {},
        managed: A[bool, param("Whether it is shown to users", since="tampa")] = True,
        virtual_size: A[
            int,
            param("Its size as guests see it, in bytes; the driver's word counts", since="tampa"),
        ] = 0,
        physical_utilisation: A[
            int,
            param("Bytes that it takes on its storage; the driver's word counts", since="tampa"),
        ] = 0,
        metadata_of_pool: A[
            Ref[L["pool"]],
            param(
                "The pool whose database it holds a copy of; null for any other disk", since="tampa"
            ),
        ] = Ref[L["pool"]](""),
        is_a_snapshot: A[
            bool, param("Whether it is a snapshot of another disk", since="tampa")
        ] = False,
        snapshot_time: A[
            DateTime, param("When the snapshot was made; the epoch for none", since="tampa")
        ] = DateTime("19700101T00:00:00Z"),
        snapshot_of: A[
            Ref[L["VDI"]], param("The disk that it is a snapshot of; null for none", since="tampa")
        ] = Ref[L["VDI"]](""),
    ) -> Ref[L["VDI"]]:
        """Record a disk that exists on its SR and that the pool does not know, after the driver has
        found it there. Answers its reference.
        """

    @message(role=VM_ADMIN, hidden=True)
    def pool_introduce(
        uuid: A[str, param("Uuid of the disk", since="miami")],
        name_label: A[str, param("The name that people see", since="miami")],
        name_description: A[str, param("What people say about it", since="miami")],
        SR: A[Ref[L["SR"]], param("The SR that it lies on", since="miami")],
        type: A[enums.VdiType, param("What it is for", since="miami")],
        sharable: A[bool, param("Whether several VMs may write it at once", since="miami")],
        read_only: A[bool, param("Whether it may never be written", since="miami")],
        other_config: A[
            dict[str, str], param("Settings and notes of clients, by key", since="miami")
        ],
        location: A[str, param("Where the driver finds it on its SR", since="miami")],
        xenstore_data: A[
            dict[str, str], param("Nodes that its guest finds in xenstore", since="miami")
        ] = {},
        sm_config: A[dict[str, str], param("Notes of the driver, by name", since="miami")] = {},
        managed: A[bool, param("Whether it is shown to users", since="tampa")] = True,
        virtual_size: A[int, param("Its size as guests see it, in bytes", since="tampa")] = 0,
        physical_utilisation: A[
            int, param("Bytes that it takes on its storage", since="tampa")
        ] = 0,
        metadata_of_pool: A[
            Ref[L["pool"]],
            param(
                "The pool whose database it holds a copy of; null for any other disk", since="tampa"
            ),
        ] = Ref[L["pool"]](""),
        is_a_snapshot: A[
            bool, param("Whether it is a snapshot of another disk", since="tampa")
        ] = False,
        snapshot_time: A[
            DateTime, param("When the snapshot was made; the epoch for none", since="tampa")
        ] = DateTime("19700101T00:00:00Z"),
        snapshot_of: A[
            Ref[L["VDI"]], param("The disk that it is a snapshot of; null for none", since="tampa")
        ] = Ref[L["VDI"]](""),
        cbt_enabled: A[
            bool, param("Whether the blocks that change are tracked", since="inverness")
        ] = False,
    ) -> Ref[L["VDI"]]:
        """Write the record of a disk of a host that joins the pool, as given. Answers its
        reference.
        """

    @message(role=LOCAL_ROOT, hidden=True)
    def db_introduce(
        uuid: A[str, param("Uuid of the disk", since="miami")],
        name_label: A[str, param("The name that people see", since="miami")],
        name_description: A[str, param("What people say about it", since="miami")],
        SR: A[Ref[L["SR"]], param("The SR that it lies on", since="miami")],
        type: A[enums.VdiType, param("What it is for", since="miami")],
        sharable: A[bool, param("Whether several VMs may write it at once", since="miami")],
        read_only: A[bool, param("Whether it may never be written", since="miami")],
        other_config: A[
            dict[str, str], param("Settings and notes of clients, by key", since="miami")
        ],
        location: A[str, param("Where the driver finds it on its SR", since="miami")],
        xenstore_data: A[
            dict[str, str], param("Nodes that its guest finds in xenstore", since="miami")
        ] = {},
        sm_config: A[dict[str, str], param("Notes of the driver, by name", since="miami")] = {},
        managed: A[bool, param("Whether it is shown to users", since="tampa")] = True,
        virtual_size: A[int, param("Its size as guests see it, in bytes", since="tampa")] = 0,
        physical_utilisation: A[
            int, param("Bytes that it takes on its storage", since="tampa")
        ] = 0,
        metadata_of_pool: A[
            Ref[L["pool"]],
            param(
                "The pool whose database it holds a copy of; null for any other disk", since="tampa"
            ),
        ] = Ref[L["pool"]](""),
        is_a_snapshot: A[
            bool, param("Whether it is a snapshot of another disk", since="tampa")
        ] = False,
        snapshot_time: A[
            DateTime, param("When the snapshot was made; the epoch for none", since="tampa")
        ] = DateTime("19700101T00:00:00Z"),
        snapshot_of: A[
            Ref[L["VDI"]], param("The disk that it is a snapshot of; null for none", since="tampa")
        ] = Ref[L["VDI"]](""),
        cbt_enabled: A[
            bool, param("Whether the blocks that change are tracked", since="inverness")
        ] = False,
    ) -> Ref[L["VDI"]]:
        """Write the record of a disk as given, without asking its driver; called by storage
        drivers. Answers its reference.
        """

    @message(role=LOCAL_ROOT, since="miami", hidden=True)
    def db_forget(
        vdi: A[Ref[L["VDI"]], "The disk to strike out"],
    ) -> None:
        """Remove the record of a disk; nothing is done to its storage. Called by storage drivers."""

    @message(role=VM_ADMIN, since="symc", errors=("SR_OPERATION_NOT_SUPPORTED",))
    def update(
        vdi: A[Ref[L["VDI"]], "The disk to refresh; its SR must be plugged"],
    ) -> None:
        """Ask the driver for the size and use of a disk, and record that."""

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
        vdi: A[Ref[L["VDI"]], "The disk to copy; no VM may write to it meanwhile"],
        sr: A[Ref[L["SR"]], "Where the new disk goes; null with into_vdi"] = Ref[L["SR"]](
            "OpaqueRef:NULL"
        ),
        base_vdi: A[
            Ref[L["VDI"]],
            param(
                "A disk on the destination, with a known difference to the copied one, so that only that is copied; null to copy everything",
                since="clearwater-felton",
            ),
        ] = Ref[L["VDI"]]("OpaqueRef:NULL"),
        into_vdi: A[
            Ref[L["VDI"]],
            param(
                "The disk to overwrite, at least as large as the other; null to make a new one",
                since="clearwater-felton",
            ),
        ] = Ref[L["VDI"]]("OpaqueRef:NULL"),
    ) -> Ref[L["VDI"]]:
        """Copy all bytes of a disk to a new one, or into one that exists. Answers the disk copied
        to.
        """

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        hidden=True,
    )
    def force_unlock(
        vdi: A[Ref[L["VDI"]], "The disk to unlock"],
    ) -> None:
        """Broke the lock that a host held on a disk, in releases long gone."""

    @message(role=LOCAL_ROOT, asynchronous=False, hidden=True)
    def set_managed(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether it is shown"],
    ) -> None:
        """Record whether a disk is shown to users; called by storage drivers."""

    @message(role=VM_ADMIN)
    def forget(
        vdi: A[Ref[L["VDI"]], "The disk to forget"],
    ) -> None:
        """Remove the record of a disk that nobody uses; its bytes stay, and a scan of the SR finds
        it again.
        """

    @message(role=VM_ADMIN, since="george", asynchronous=False)
    def set_sharable(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether they may"],
    ) -> None:
        """Choose whether several VMs may write a disk at once, which only guests with a file system
        made for it survive.
        """

    @message(role=VM_ADMIN, asynchronous=False)
    def set_read_only(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether it is read only"],
    ) -> None:
        """Choose whether a disk may be written at all."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_missing(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether it is gone"],
    ) -> None:
        """Record whether the driver found a disk gone from its storage; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_virtual_size(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[int, "Size in bytes"],
    ) -> None:
        """Record the size of a disk as guests see it; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_physical_utilisation(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[int, "Bytes taken"],
    ) -> None:
        """Record how many bytes a disk takes on its storage; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_is_a_snapshot(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether it was made by a snapshot"],
    ) -> None:
        """Record whether a disk is a snapshot; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_snapshot_of(
        self: A[Ref[L["VDI"]], "The snapshot to change"],
        value: A[Ref[L["VDI"]], "That disk; null for none"],
    ) -> None:
        """Record the disk that a snapshot was taken of; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_snapshot_time(
        self: A[Ref[L["VDI"]], "The snapshot to change"],
        value: A[DateTime, "That moment"],
    ) -> None:
        """Record when a snapshot was made; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="boston", asynchronous=False, hidden=True)
    def set_metadata_of_pool(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[Ref[L["pool"]], "That pool; null for none"],
    ) -> None:
        """Record the pool whose database a disk holds a copy of; called by storage drivers."""

    @message(role=VM_ADMIN)
    def set_name_label(
        self: A[Ref[L["VDI"]], "The disk to rename"],
        value: A[str, "The new name; need not be unique"],
    ) -> None:
        """Change the name of a disk, also where its driver writes that to the storage."""

    @message(role=VM_ADMIN)
    def set_name_description(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[str, "The new text"],
    ) -> None:
        """Change what people say about a disk, also where its driver writes that to the storage."""

    @message(role=VM_ADMIN, since="orlando", hidden=True)
    def generate_config(
        host: A[Ref[L["host"]], "The host that would attach it"],
        vdi: A[Ref[L["VDI"]], "The disk to attach"],
    ) -> str:
        """Tell what a host needs to know to attach a disk on its own at boot, as the driver writes
        it.
        """

    @message(role=VM_ADMIN, since="cowley")
    def set_on_boot(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[
            enums.OnBoot, "`persist` to keep it, `reset` to begin each time with the state of now"
        ],
    ) -> None:
        """Choose whether a disk keeps what was written when its VM starts again; no running VM may
        use it.
        """

    @message(role=VM_ADMIN, since="cowley")
    def set_allow_caching(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether they may"],
    ) -> None:
        """Choose whether hosts may cache a disk on their local storage, where their caching is
        enabled.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def open_database(
        self: A[Ref[L["VDI"]], "The disk with the copy; of type metadata"],
    ) -> Ref[L["session"]]:
        """Open the copy of a pool's database that a disk holds, and answer a session that reads
        there and that VM.recover takes.
        """

    @message(role=VM_ADMIN, since="boston", hidden=True)
    def checksum(
        self: A[Ref[L["VDI"]], "The disk to read; it must not be in use"],
    ) -> str:
        """Read a whole disk and tell the MD5 of its bytes, in hexadecimal."""

    @message(role=READ_ONLY, since="boston")
    def read_database_pool_uuid(
        self: A[Ref[L["VDI"]], "The disk with the copy; of type metadata"],
    ) -> str:
        """Tell the uuid of the pool whose database a disk holds a copy of."""

    @message(role=VM_POWER_ADMIN, since="tampa")
    def pool_migrate(
        vdi: A[
            Ref[L["VDI"]], "The disk to move; a VM that runs must have it, else VDI.copy is the way"
        ],
        sr: A[Ref[L["SR"]], "The SR to move it to, plugged on the VM's host"],
        options: A[dict[str, str], "Further settings by name, such as dest_img_format"],
    ) -> Ref[L["VDI"]]:
        """Move a disk to another SR while the VM that it is plugged into goes on running. Answers
        the disk in its new place.
        """

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
        self: A[Ref[L["VDI"]], "The disk; no snapshot, and not one that is reset at boot"],
    ) -> None:
        """Track from now on which blocks of a disk change, so that a backup need copy only those.
        It may be on already.
        """

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
        self: A[Ref[L["VDI"]], "The disk; no snapshot"],
    ) -> None:
        """Stop tracking which blocks of a disk change, and forget what was tracked. It may be off
        already.
        """

    @message(role=LOCAL_ROOT, since="inverness", hidden=True)
    def set_cbt_enabled(
        self: A[Ref[L["VDI"]], "The disk to change"],
        value: A[bool, "Whether they are"],
    ) -> None:
        """Record whether a disk's changed blocks are tracked; called by storage drivers."""

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
        self: A[
            Ref[L["VDI"]],
            "The snapshot; it must have been taken with tracking enabled, and nothing may use it",
        ],
    ) -> None:
        """Throw the bytes of a snapshot away and keep only the list of what changed, which
        VDI.list_changed_blocks still reads. The record becomes of type cbt_metadata.
        """

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
        vdi_from: A[
            Ref[L["VDI"]], "The older state: a snapshot, or one whose bytes were destroyed"
        ],
        vdi_to: A[
            Ref[L["VDI"]], "The newer state: the disk itself, not in use, or a later snapshot"
        ],
    ) -> str:
        """Tell which blocks differ between two states of a disk: a bitmap in Base64 with one bit
        for each 64 KiB, the first block in the highest bit.
        """

    @message(
        role=VM_ADMIN, since="inverness", asynchronous=False, errors=("VDI_INCOMPATIBLE_TYPE",)
    )
    def get_nbd_info(
        self: A[Ref[L["VDI"]], "The disk to read; not one that holds cbt_metadata alone"],
    ) -> list[Record[L["vdi_nbd_server_info"]]]:
        """List where the bytes of a disk can be read over the network by NBD: one record for each
        address of each host that could serve it, in no order; empty where no network has that
        purpose.
        """

    @message(
        role=VM_POWER_ADMIN,
        history=(("Prototyped", "26.16.0"),),
        errors=("UNIMPLEMENTED_IN_SM_BACKEND",),
        tags=("snapshots",),
    )
    def revert(
        snapshot: A[Ref[L["VDI"]], param("The snapshot to go back to", since=None)],
    ) -> None:
        """Bring the disk that a snapshot was taken of back to the snapshot's content; what was
        written since is lost.
        """


VDIRef = Ref[L["VDI"]]
