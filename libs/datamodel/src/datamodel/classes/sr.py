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
    """A SR."""

    PBDs: A[list[Ref[L["PBD"]]], field("PBDs.")]
    VDIs: A[list[Ref[L["VDI"]]], field("VDIs.")]
    allowed_operations: A[
        list[enums.StorageOperations], field("Allowed operations.", default=[], persist=False)
    ]
    blobs: A[dict[str, Ref[L["blob"]]], field("Blobs.", default={}, since="orlando")]
    clustered: A[bool, field("Clustered.", default=False, since="dundee")]
    content_type: A[str, field("Content type.", STATIC)]
    current_operations: A[
        dict[str, enums.StorageOperations], field("Current operations.", default={}, persist=False)
    ]
    default_vdi_visibility: A[bool, field("Default vdi visibility.", internal_only=True)]
    introduced_by: A[
        Ref[L["DR_task"]], field("Introduced by.", default="OpaqueRef:NULL", since="boston")
    ]
    is_tools_sr: A[bool, field("Is tools sr.", default=False, since="dundee")]
    local_cache_enabled: A[bool, field("Local cache enabled.", default=False, since="cowley")]
    name_description: A[
        str, field("Name description.", STATIC, default="", column="name__description")
    ]
    name_label: A[str, field("Name label.", STATIC, default="", column="name__label")]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    physical_size: A[int, field("Physical size.", STATIC)]
    physical_utilisation: A[int, field("Physical utilisation.")]
    shared: A[bool, field("Shared.")]
    sm_config: A[dict[str, str], field("Sm config.", RW, default={}, since="miami")]
    tags: A[list[str], field("Tags.", RW, default=[], role=VM_OPERATOR, since="orlando")]
    type: A[str, field("Type.", STATIC)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    virtual_allocation: A[int, field("Virtual allocation.")]

    @message(role=POOL_OPERATOR, since="orlando")
    def assert_can_host_ha_statefile(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Assert can host ha statefile."""

    @message(role=POOL_OPERATOR, since="boston")
    def assert_supports_database_replication(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Assert supports database replication."""

    @message(role=POOL_OPERATOR, errors=("SR_UNKNOWN_DRIVER",))
    def create(
        host: A[Ref[L["host"]], "The host to act on"],
        device_config: A[dict[str, str], "Device config"],
        physical_size: A[int, "Physical size"],
        name_label: A[str, "Name label"],
        name_description: A[str, "Name description"],
        type: A[str, "Type"],
        content_type: A[str, "Content type"],
        shared: A[bool, "Shared"],
        sm_config: A[dict[str, str], param("Sm config", since="miami")] = {},
    ) -> Ref[L["SR"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        name: A[str, "Name"],
        mime_type: A[str, "Mime type"],
        public: A[bool, param("Public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Create new blob."""

    @message(role=POOL_OPERATOR, errors=("SR_HAS_PBD",))
    def destroy(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_OPERATOR, since="boston")
    def disable_database_replication(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Disable database replication."""

    @message(role=POOL_OPERATOR, since="boston")
    def enable_database_replication(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Enable database replication."""

    @message(role=POOL_OPERATOR, errors=("SR_HAS_PBD",))
    def forget(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Forget."""

    @message(role=POOL_OPERATOR, since="dundee", asynchronous=False)
    def forget_data_source_archives(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        data_source: A[str, "Data source"],
    ) -> None:
        """Forget data source archives."""

    @message(role=READ_ONLY, since="dundee", asynchronous=False)
    def get_data_sources(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> list[Record[L["data_source"]]]:
        """Get data sources."""

    @message(role=POOL_OPERATOR, since="stockholm", hidden=True)
    def get_live_hosts(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> list[Ref[L["host"]]]:
        """Get live hosts."""

    @message(role=READ_ONLY, asynchronous=False)
    def get_supported_types() -> list[str]:
        """Get supported types."""

    @message(role=POOL_OPERATOR)
    def introduce(
        uuid: A[str, "Uuid"],
        name_label: A[str, "Name label"],
        name_description: A[str, "Name description"],
        type: A[str, "Type"],
        content_type: A[str, "Content type"],
        shared: A[bool, "Shared"],
        sm_config: A[dict[str, str], param("Sm config", since="miami")] = {},
    ) -> Ref[L["SR"]]:
        """Introduce."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
    )
    def make(
        host: A[Ref[L["host"]], "The host to act on"],
        device_config: A[dict[str, str], "Device config"],
        physical_size: A[int, "Physical size"],
        name_label: A[str, "Name label"],
        name_description: A[str, "Name description"],
        type: A[str, "Type"],
        content_type: A[str, "Content type"],
        sm_config: A[dict[str, str], param("Sm config", since="miami")] = {},
    ) -> str:
        """Make."""

    @message(role=POOL_OPERATOR, since="miami")
    def probe(
        host: A[Ref[L["host"]], param("The host to act on", since="rio")],
        device_config: A[dict[str, str], param("Device config", since="rio")],
        type: A[str, "Type"],
        sm_config: A[dict[str, str], "Sm config"] = {},
    ) -> str:
        """Probe."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def probe_ext(
        host: A[Ref[L["host"]], "The host to act on"],
        device_config: A[dict[str, str], "Device config"],
        type: A[str, "Type"],
        sm_config: A[dict[str, str], "Sm config"] = {},
    ) -> list[Record[L["probe_result"]]]:
        """Probe ext."""

    @message(role=READ_ONLY, since="dundee", asynchronous=False)
    def query_data_source(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        data_source: A[str, "Data source"],
    ) -> float:
        """Query data source."""

    @message(role=POOL_OPERATOR, since="dundee", asynchronous=False)
    def record_data_source(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        data_source: A[str, "Data source"],
    ) -> None:
        """Record data source."""

    @message(role=VM_POWER_ADMIN)
    def scan(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Scan."""

    @message(role=POOL_OPERATOR)
    def set_name_description(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set name description."""

    @message(role=POOL_OPERATOR)
    def set_name_label(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set name label."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False)
    def set_physical_size(
        self: A[Ref[L["SR"]], "The SR to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set physical size."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_physical_utilisation(
        self: A[Ref[L["SR"]], "The SR to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set physical utilisation."""

    @message(role=POOL_OPERATOR)
    def set_shared(
        sr: A[Ref[L["SR"]], "The SR to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set shared."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, hidden=True)
    def set_virtual_allocation(
        self: A[Ref[L["SR"]], "The SR to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set virtual allocation."""

    @message(role=POOL_OPERATOR, since="symc")
    def update(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Update."""
