"""The XenAPI class ``SR``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Record, Ref, field, message, param, xenapi_class
from datamodel.roles import (
    LOCAL_ROOT,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    VM_OPERATOR,
    VM_POWER_ADMIN,
)


@xenapi_class(create_role=POOL_OPERATOR)
class SR(Object[L["SR"]]):
    """A storage repository, which holds disks."""

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
        list[enums.StorageOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.StorageOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    VDIs: A[list[Ref[L["VDI"]]], field("The disks that lie on it.")]
    PBDs: A[list[Ref[L["PBD"]]], field("The connections of hosts to it.")]
    virtual_allocation: A[int, field("Sum of the sizes of its disks, in bytes.")]
    physical_utilisation: A[int, field("Bytes that it takes on its storage.")]
    physical_size: A[int, field("Size of the storage, in bytes.", STATIC)]
    type: A[str, field("The storage driver that serves it, such as nfs or lvm.", STATIC)]
    content_type: A[str, field("What it holds: disks of users, or media.", STATIC)]
    shared: A[bool, field("Whether several hosts can use it at once.")]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    tags: A[
        list[str],
        field(
            "Words that users group objects by.", RW, default=[], role=VM_OPERATOR, since="orlando"
        ),
    ]
    sm_config: A[
        dict[str, str],
        field("Notes that the storage driver keeps for itself.", RW, default={}, since="miami"),
    ]
    blobs: A[
        dict[str, Ref[L["blob"]]],
        field("Binary data kept beside the object, by name.", default={}, since="orlando"),
    ]
    local_cache_enabled: A[
        bool,
        field(
            "Whether disks may be cached on it, for VMs of its host that allow it.",
            default=False,
            since="cowley",
        ),
    ]
    introduced_by: A[
        Ref[L["DR_task"]],
        field(
            "The disaster recovery task that introduced it; null otherwise.",
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    clustered: A[
        bool,
        field(
            "Whether it needs a running cluster on each host that uses it.",
            default=False,
            since="dundee",
        ),
    ]
    is_tools_sr: A[
        bool,
        field("Whether it holds the ISO with the guests' drivers.", default=False, since="dundee"),
    ]
    default_vdi_visibility: A[
        bool, field("Whether its new disks are shown to users.", internal_only=True)
    ]

    @message(role=POOL_OPERATOR, errors=("SR_UNKNOWN_DRIVER",))
    def create(
        host: A[Ref[L["host"]], "The host that prepares the storage"],
        device_config: A[
            dict[str, str],
            "What the driver needs to reach the storage, by name, such as a device, server or path",
        ],
        physical_size: A[
            int, "Bytes to take of the storage; 0 for all of it, and most drivers ignore it"
        ],
        name_label: A[str, "The name that people see"],
        name_description: A[str, "What people say about it"],
        type: A[str, "The storage driver that serves it, such as nfs, lvm or ext"],
        content_type: A[str, "What it will hold: `user` or empty for disks, `iso` for media"],
        shared: A[bool, "Whether several hosts are to use it at once"],
        sm_config: A[dict[str, str], param("Notes for the driver, by name", since="miami")] = {},
    ) -> Ref[L["SR"]]:
        """Make an SR on storage, format that where the driver does so, record it, and plug it on
        the host, or on every host when it is shared. What the storage held may be lost.
        """

    @message(role=POOL_OPERATOR)
    def introduce(
        uuid: A[str, "Uuid of the SR as its storage tells; no SR of the pool may have it"],
        name_label: A[str, "The name that people see"],
        name_description: A[str, "What people say about it"],
        type: A[str, "The storage driver that serves it"],
        content_type: A[str, "What it holds: `user` or empty for disks, `iso` for media"],
        shared: A[bool, "Whether several hosts may use it at once"],
        sm_config: A[dict[str, str], param("Notes for the driver, by name", since="miami")] = {},
    ) -> Ref[L["SR"]]:
        """Record an SR that exists on storage already; PBD.create and PBD.plug then connect hosts
        to it.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def make(
        host: A[Ref[L["host"]], "The host that prepares the storage"],
        device_config: A[dict[str, str], "What the driver needs to reach the storage, by name"],
        physical_size: A[int, "Bytes to take of the storage; 0 for all of it"],
        name_label: A[str, "The name to write there"],
        name_description: A[str, "The description to write there"],
        type: A[str, "The storage driver that serves it"],
        content_type: A[str, "What it will hold: `user` or empty for disks, `iso` for media"],
        sm_config: A[dict[str, str], param("Notes for the driver, by name", since="miami")] = {},
    ) -> str:
        """Make an SR on storage without recording it. Answers its uuid for SR.introduce; SR.create
        has taken its place.
        """

    @message(role=POOL_OPERATOR, errors=("SR_HAS_PBD",))
    def destroy(
        sr: A[Ref[L["SR"]], "The SR to destroy"],
    ) -> None:
        """Erase an SR from its storage and remove its records, for ever. It must be unplugged on
        every host and hold no disks.
        """

    @message(role=POOL_OPERATOR, errors=("SR_HAS_PBD",))
    def forget(
        sr: A[Ref[L["SR"]], "The SR to forget"],
    ) -> None:
        """Remove the records of an SR, its PBDs and its disks; the storage keeps all its bytes, and
        the SR can be introduced again. It must be unplugged on every host.
        """

    @message(role=POOL_OPERATOR, since="symc")
    def update(
        sr: A[Ref[L["SR"]], "The SR to refresh; it must be plugged"],
    ) -> None:
        """Ask the driver how large and how full an SR is, and record that."""

    @message(role=READ_ONLY, asynchronous=False)
    def get_supported_types() -> list[str]:
        """List the storage drivers by which an SR can be created."""

    @message(role=VM_POWER_ADMIN)
    def scan(
        sr: A[Ref[L["SR"]], "The SR to scan"],
    ) -> None:
        """Have a plugged SR's driver look at its storage, and make the records of the disks and
        sizes true: new disks are recorded, vanished ones forgotten.
        """

    @message(role=POOL_OPERATOR, since="miami")
    def probe(
        host: A[Ref[L["host"]], param("The host that looks", since="rio")],
        device_config: A[
            dict[str, str],
            param("How to reach the storage, as far as it is known, by name", since="rio"),
        ],
        type: A[str, "The storage driver to look with"],
        sm_config: A[dict[str, str], "Notes for the driver, by name"] = {},
    ) -> str:
        """Have a driver look at storage without changing it. Answers XML that tells the SRs there,
        or what may stand for a part that device_config lacks.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def probe_ext(
        host: A[Ref[L["host"]], "The host that looks"],
        device_config: A[
            dict[str, str], "How to reach the storage, as far as it is known, by name"
        ],
        type: A[str, "The storage driver to look with"],
        sm_config: A[dict[str, str], "Notes for the driver, by name"] = {},
    ) -> list[Record[L["probe_result"]]]:
        """Have a driver look at storage without changing it. Answers a record for each SR, or place
        for one, that it found.
        """

    @message(role=POOL_OPERATOR)
    def set_shared(
        sr: A[Ref[L["SR"]], "The SR to change"],
        value: A[bool, "Whether it is shared"],
    ) -> None:
        """Record whether several hosts may use an SR at once. Refused while more than one host is
        connected to an SR that is to be private.
        """

    @message(role=POOL_OPERATOR)
    def set_name_label(
        sr: A[Ref[L["SR"]], "The SR to rename"],
        value: A[str, "The new name; need not be unique"],
    ) -> None:
        """Change the name of an SR, also where its driver writes that to the storage."""

    @message(role=POOL_OPERATOR)
    def set_name_description(
        sr: A[Ref[L["SR"]], "The SR to change"],
        value: A[str, "The new text"],
    ) -> None:
        """Change what people say about an SR, also where its driver writes that to the storage."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        sr: A[Ref[L["SR"]], "The SR to keep it with"],
        name: A[str, "The key under which it is found in the SR's blobs"],
        mime_type: A[str, "The media type of what it will hold; empty for unknown"],
        public: A[bool, param("Whether it may be read without a session", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make an empty piece of binary data beside an SR; HTTP fills and reads it."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False)
    def set_physical_size(
        self: A[Ref[L["SR"]], "The SR to change"],
        value: A[int, "Size in bytes"],
    ) -> None:
        """Record how large the storage of an SR is; nothing is done to the storage."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_virtual_allocation(
        self: A[Ref[L["SR"]], "The SR to change"],
        value: A[int, "Sum in bytes"],
    ) -> None:
        """Record the sum of the sizes of an SR's disks; called by storage drivers."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_physical_utilisation(
        self: A[Ref[L["SR"]], "The SR to change"],
        value: A[int, "Bytes taken"],
    ) -> None:
        """Record how much of its storage an SR takes; called by storage drivers."""

    @message(role=POOL_OPERATOR, since="orlando")
    def assert_can_host_ha_statefile(
        sr: A[Ref[L["SR"]], "The SR to judge"],
    ) -> None:
        """Raise an error unless high availability could keep its heartbeat disk on an SR: shared,
        plugged on every host, of a driver that can.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def assert_supports_database_replication(
        sr: A[Ref[L["SR"]], "The SR to judge"],
    ) -> None:
        """Raise an error unless a copy of the pool database could be kept on an SR: plugged on
        every host, of a driver that can, with none there yet.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def enable_database_replication(
        sr: A[Ref[L["SR"]], "The SR for the copy; it must be plugged on every host"],
    ) -> None:
        """Keep a copy of the pool database on an SR, up to date with each change, so that another
        pool can recover its VMs from there.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def disable_database_replication(
        sr: A[Ref[L["SR"]], "The SR with the copy"],
    ) -> None:
        """Keep a copy of the pool database on an SR no longer, and remove that copy."""

    @message(role=READ_ONLY, since="dundee", asynchronous=False)
    def get_data_sources(
        sr: A[Ref[L["SR"]], "The SR that is asked about"],
    ) -> list[Record[L["data_source"]]]:
        """List the figures of an SR that can be recorded over time."""

    @message(role=POOL_OPERATOR, since="dundee", asynchronous=False)
    def record_data_source(
        sr: A[Ref[L["SR"]], "The SR that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> None:
        """Begin to record one figure of an SR over time."""

    @message(role=READ_ONLY, since="dundee", asynchronous=False)
    def query_data_source(
        sr: A[Ref[L["SR"]], "The SR that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> float:
        """Tell the present value of one figure of an SR."""

    @message(role=POOL_OPERATOR, since="dundee", asynchronous=False)
    def forget_data_source_archives(
        sr: A[Ref[L["SR"]], "The SR that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> None:
        """Throw away what was recorded of one figure of an SR."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def get_live_hosts(
        sr: A[Ref[L["SR"]], "The SR that is asked about"],
    ) -> list[Ref[L["host"]]]:
        """List the hosts that are alive, enabled, and have an SR plugged."""


SRRef = Ref[L["SR"]]
