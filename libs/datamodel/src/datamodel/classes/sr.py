"""The XenAPI class ``SR``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Record, Ref, field, message, param, xenapi_class
from datamodel.roles import (
    LOCAL_ROOT,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    VM_OPERATOR,
    VM_POWER_ADMIN,
)


@xenapi_class("SR", create_role=POOL_OPERATOR)
class SR:
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
    PBDs: A[list[Ref[L["PBD"]]], field("The connections of hosts to it.")]
    VDIs: A[list[Ref[L["VDI"]]], field("The disks that lie on it.")]
    blobs: A[
        dict[str, Ref[L["blob"]]],
        field("Binary data kept beside the object, by name.", default={}, since="orlando"),
    ]
    clustered: A[
        bool,
        field(
            "Whether it needs a running cluster on each host that uses it.",
            default=False,
            since="dundee",
        ),
    ]
    content_type: A[str, field("What it holds: disks of users, or media.", STATIC)]
    default_vdi_visibility: A[
        bool, field("Whether it says yes to: default vdi visibility.", internal_only=True)
    ]
    introduced_by: A[
        Ref[L["DR_task"]],
        field(
            "The disaster recovery task that introduced it; null otherwise.",
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    is_tools_sr: A[
        bool,
        field("Whether it holds the ISO with the guests' drivers.", default=False, since="dundee"),
    ]
    local_cache_enabled: A[
        bool,
        field(
            "Whether disks may be cached on it, for VMs of its host that allow it.",
            default=False,
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
    physical_size: A[int, field("Size of the storage, in bytes.", STATIC)]
    physical_utilisation: A[int, field("Bytes that it takes on its storage.")]
    shared: A[bool, field("Whether several hosts can use it at once.")]
    sm_config: A[
        dict[str, str],
        field("Notes that the storage driver keeps for itself.", RW, default={}, since="miami"),
    ]
    tags: A[
        list[str],
        field(
            "Words that users group objects by.", RW, default=[], role=VM_OPERATOR, since="orlando"
        ),
    ]
    type: A[str, field("The storage driver that serves it, such as nfs or lvm.", STATIC)]
    virtual_allocation: A[int, field("Sum of the sizes of its disks, in bytes.")]

    @message(role=POOL_OPERATOR, since="orlando")
    def assert_can_host_ha_statefile(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Raise an error unless this holds: can host ha statefile."""

    @message(role=POOL_OPERATOR, since="boston")
    def assert_supports_database_replication(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Raise an error unless this holds: supports database replication."""

    @message(role=POOL_OPERATOR, errors=("SR_UNKNOWN_DRIVER",))
    def create(
        host: A[Ref[L["host"]], "The host that is meant"],
        device_config: A[dict[str, str], "The device config, by key"],
        physical_size: A[int, "The physical size"],
        name_label: A[str, "The name to give"],
        name_description: A[str, "The name description"],
        type: A[str, "The type"],
        content_type: A[str, "The content type"],
        shared: A[bool, "Whether to: shared"],
        sm_config: A[dict[str, str], param("The sm config, by key", since="miami")] = {},
    ) -> Ref[L["SR"]]:
        """Make a new SR."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        name: A[str, "The name"],
        mime_type: A[str, "The mime type"],
        public: A[bool, param("Whether to: public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make the SR a new new blob."""

    @message(role=POOL_OPERATOR, errors=("SR_HAS_PBD",))
    def destroy(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Remove the SR."""

    @message(role=POOL_OPERATOR, since="boston")
    def disable_database_replication(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Switch off the database replication of the SR."""

    @message(role=POOL_OPERATOR, since="boston")
    def enable_database_replication(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Switch on the database replication of the SR."""

    @message(role=POOL_OPERATOR, errors=("SR_HAS_PBD",))
    def forget(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Let the pool forget the SR, which stays as it is."""

    @message(role=POOL_OPERATOR, since="dundee", asynchronous=False)
    def forget_data_source_archives(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        data_source: A[str, "The data source"],
    ) -> None:
        """Forget the data source archives of the SR."""

    @message(role=READ_ONLY, since="dundee", asynchronous=False)
    def get_data_sources(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> list[Record[L["data_source"]]]:
        """Tell the data sources of the SR."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def get_live_hosts(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> list[Ref[L["host"]]]:
        """Tell the live hosts of the SR."""

    @message(role=READ_ONLY, asynchronous=False)
    def get_supported_types() -> list[str]:
        """Tell the supported types of the SR."""

    @message(role=POOL_OPERATOR)
    def introduce(
        uuid: A[str, "The uuid"],
        name_label: A[str, "The name to give"],
        name_description: A[str, "The name description"],
        type: A[str, "The type"],
        content_type: A[str, "The content type"],
        shared: A[bool, "Whether to: shared"],
        sm_config: A[dict[str, str], param("The sm config, by key", since="miami")] = {},
    ) -> Ref[L["SR"]]:
        """Tell the pool of a SR that exists already."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def make(
        host: A[Ref[L["host"]], "The host that is meant"],
        device_config: A[dict[str, str], "The device config, by key"],
        physical_size: A[int, "The physical size"],
        name_label: A[str, "The name to give"],
        name_description: A[str, "The name description"],
        type: A[str, "The type"],
        content_type: A[str, "The content type"],
        sm_config: A[dict[str, str], param("The sm config, by key", since="miami")] = {},
    ) -> str:
        """Have the SR do this: make."""

    @message(role=POOL_OPERATOR, since="miami")
    def probe(
        host: A[Ref[L["host"]], param("The host that is meant", since="rio")],
        device_config: A[dict[str, str], param("The device config, by key", since="rio")],
        type: A[str, "The type"],
        sm_config: A[dict[str, str], "The sm config, by key"] = {},
    ) -> str:
        """Have the SR do this: probe."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def probe_ext(
        host: A[Ref[L["host"]], "The host that is meant"],
        device_config: A[dict[str, str], "The device config, by key"],
        type: A[str, "The type"],
        sm_config: A[dict[str, str], "The sm config, by key"] = {},
    ) -> list[Record[L["probe_result"]]]:
        """Have the SR do this: probe ext."""

    @message(role=READ_ONLY, since="dundee", asynchronous=False)
    def query_data_source(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        data_source: A[str, "The data source"],
    ) -> float:
        """Ask for the data source of the SR."""

    @message(role=POOL_OPERATOR, since="dundee", asynchronous=False)
    def record_data_source(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        data_source: A[str, "The data source"],
    ) -> None:
        """Record the data source of the SR."""

    @message(role=VM_POWER_ADMIN)
    def scan(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Look at the storage again and make the records true."""

    @message(role=POOL_OPERATOR)
    def set_name_description(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the name description of the SR."""

    @message(role=POOL_OPERATOR)
    def set_name_label(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the name label of the SR."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False)
    def set_physical_size(
        self: A[Ref[L["SR"]], "The SR that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the physical size of the SR."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_physical_utilisation(
        self: A[Ref[L["SR"]], "The SR that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the physical utilisation of the SR."""

    @message(role=POOL_OPERATOR)
    def set_shared(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the shared of the SR."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_virtual_allocation(
        self: A[Ref[L["SR"]], "The SR that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the virtual allocation of the SR."""

    @message(role=POOL_OPERATOR, since="symc")
    def update(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Refresh what is recorded of it."""
