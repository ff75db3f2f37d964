"""The XenAPI class ``VM``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import (
    RW,
    STATIC,
    DateTime,
    Record,
    Ref,
    Secret,
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
    "VM",
    create_role=VM_ADMIN,
    history=(
        ("Published", "rio"),
        ("Changed", "1.257.0"),
    ),
    constructor=(
        "name_label",
        "name_description",
        "power_state",
        "user_version",
        "is_a_template",
        "suspend_VDI",
        "affinity",
        "memory_target",
        "memory_static_max",
        "memory_dynamic_max",
        "memory_dynamic_min",
        "memory_static_min",
        "VCPUs_params",
        "VCPUs_max",
        "VCPUs_at_startup",
        "actions_after_softreboot",
        "actions_after_shutdown",
        "actions_after_reboot",
        "actions_after_crash",
        "PV_bootloader",
        "PV_kernel",
        "PV_ramdisk",
        "PV_args",
        "PV_bootloader_args",
        "PV_legacy_args",
        "HVM_boot_policy",
        "HVM_boot_params",
        "HVM_shadow_multiplier",
        "platform",
        "PCI_bus",
        "other_config",
        "last_boot_CPU_flags",
        "last_booted_record",
        "recommendations",
        "xenstore_data",
        "ha_always_run",
        "ha_restart_priority",
        "tags",
        "blocked_operations",
        "protection_policy",
        "is_snapshot_from_vmpp",
        "snapshot_schedule",
        "is_vmss_snapshot",
        "appliance",
        "start_delay",
        "shutdown_delay",
        "order",
        "suspend_SR",
        "version",
        "generation_id",
        "hardware_platform_version",
        "has_vendor_device",
        "reference_label",
        "domain_type",
        "NVRAM",
    ),
)
class VM:
    """A VM."""

    HVM_boot_params: A[dict[str, str], field("HVM boot params.", RW, column="HVM__boot_params")]
    HVM_boot_policy: A[
        str,
        field(
            "HVM boot policy.",
            STATIC,
            column="HVM__boot_policy",
            history=(
                ("Published", "rio"),
                ("Deprecated", "kolkata"),
            ),
        ),
    ]
    HVM_shadow_multiplier: A[
        float,
        field(
            "HVM shadow multiplier.",
            STATIC,
            default=1.0,
            role=VM_POWER_ADMIN,
            column="HVM__shadow_multiplier",
            since="miami",
        ),
    ]
    NVRAM: A[dict[str, str], field("NVRAM.", STATIC, default={}, since="naples")]
    PCI_bus: A[
        str,
        field(
            "PCI bus.",
            RW,
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
        ),
    ]
    PV_args: A[str, field("PV args.", RW, column="PV__args")]
    PV_bootloader: A[str, field("PV bootloader.", RW, column="PV__bootloader")]
    PV_bootloader_args: A[str, field("PV bootloader args.", RW, column="PV__bootloader_args")]
    PV_kernel: A[str, field("PV kernel.", RW, column="PV__kernel")]
    PV_legacy_args: A[str, field("PV legacy args.", RW, column="PV__legacy_args")]
    PV_ramdisk: A[str, field("PV ramdisk.", RW, column="PV__ramdisk")]
    VBDs: A[list[Ref[L["VBD"]]], field("VBDs.")]
    VCPUs_at_startup: A[int, field("VCPUs at startup.", STATIC, column="VCPUs__at_startup")]
    VCPUs_max: A[int, field("VCPUs max.", STATIC, column="VCPUs__max")]
    VCPUs_params: A[dict[str, str], field("VCPUs params.", RW, column="VCPUs__params")]
    VGPUs: A[list[Ref[L["VGPU"]]], field("VGPUs.", since="boston")]
    VIFs: A[list[Ref[L["VIF"]]], field("VIFs.", tags=("networking",))]
    VTPMs: A[list[Ref[L["VTPM"]]], field("VTPMs.")]
    VUSBs: A[list[Ref[L["VUSB"]]], field("VUSBs.")]
    actions_after_crash: A[
        enums.OnCrashBehaviour, field("Actions after crash.", STATIC, column="actions__after_crash")
    ]
    actions_after_reboot: A[
        enums.OnNormalExit, field("Actions after reboot.", RW, column="actions__after_reboot")
    ]
    actions_after_shutdown: A[
        enums.OnNormalExit, field("Actions after shutdown.", RW, column="actions__after_shutdown")
    ]
    actions_after_softreboot: A[
        enums.OnSoftrebootBehavior,
        field(
            "Actions after softreboot.",
            RW,
            default="soft_reboot",
            column="actions__after_softreboot",
            history=(("Prototyped", "23.1.0"),),
        ),
    ]
    affinity: A[Ref[L["host"]], field("Affinity.", RW, role=VM_POWER_ADMIN)]
    allowed_operations: A[
        list[enums.VmOperations], field("Allowed operations.", default=[], persist=False)
    ]
    appliance: A[
        Ref[L["VM_appliance"]],
        field("Appliance.", STATIC, default="OpaqueRef:NULL", role=POOL_OPERATOR),
    ]
    attached_PCIs: A[list[Ref[L["PCI"]]], field("Attached PCIs.", since="boston")]
    bios_strings: A[dict[str, str], field("Bios strings.", default={}, since="midnight-ride")]
    blobs: A[dict[str, Ref[L["blob"]]], field("Blobs.", default={}, since="orlando")]
    blocked_operations: A[
        dict[enums.VmOperations, str],
        field("Blocked operations.", STATIC, default={}, since="orlando"),
    ]
    children: A[list[Ref[L["VM"]]], field("Children.", role=VM_POWER_ADMIN, since="midnight-ride")]
    consoles: A[list[Ref[L["console"]]], field("Consoles.", role=POOL_ADMIN)]
    crash_dumps: A[list[Ref[L["crashdump"]]], field("Crash dumps.", role=POOL_ADMIN)]
    current_operations: A[
        dict[str, enums.VmOperations], field("Current operations.", default={}, persist=False)
    ]
    domain_type: A[
        enums.DomainType,
        field(
            "Domain type.",
            STATIC,
            default="unspecified",
            history=(
                ("Prototyped", "jura"),
                ("Published", "kolkata"),
            ),
        ),
    ]
    domarch: A[str, field("Domarch.")]
    domid: A[int, field("Domid.")]
    generation_id: A[str, field("Generation id.", STATIC, default="0:0", since="clearwater")]
    groups: A[list[Ref[L["VM_group"]]], field("Groups.", history=(("Prototyped", "24.19.1"),))]
    guest_metrics: A[Ref[L["VM_guest_metrics"]], field("Guest metrics.")]
    ha_always_run: A[
        bool,
        field(
            "Ha always run.",
            STATIC,
            default=False,
            role=POOL_OPERATOR,
            history=(
                ("Published", "orlando"),
                ("Deprecated", "boston"),
            ),
        ),
    ]
    ha_restart_priority: A[
        str, field("Ha restart priority.", STATIC, default="", role=POOL_OPERATOR, since="orlando")
    ]
    hardware_platform_version: A[
        int, field("Hardware platform version.", RW, default=0, since="cream")
    ]
    has_vendor_device: A[
        bool,
        field(
            "Has vendor device.",
            STATIC,
            default=True,
            history=(
                ("Published", "dundee"),
                ("Changed", "24.14.0"),
            ),
            tags=("windows-vm",),
        ),
    ]
    is_a_snapshot: A[
        bool, field("Is a snapshot.", default=False, role=VM_POWER_ADMIN, since="orlando")
    ]
    is_a_template: A[bool, field("Is a template.", RW, has_effect=True)]
    is_control_domain: A[bool, field("Is control domain.")]
    is_default_template: A[
        bool, field("Is default template.", default=False, role=POOL_ADMIN, since="falcon")
    ]
    is_snapshot_from_vmpp: A[
        bool,
        field(
            "Is snapshot from vmpp.",
            STATIC,
            default=False,
            role=POOL_OPERATOR,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    is_vmss_snapshot: A[
        bool, field("Is vmss snapshot.", STATIC, default=False, role=POOL_OPERATOR, since="falcon")
    ]
    last_boot_CPU_flags: A[dict[str, str], field("Last boot CPU flags.", STATIC, default={})]
    last_booted_record: A[
        str,
        field(
            "Last booted record.",
            STATIC,
            default="",
            history=(
                ("Published", "miami"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    memory_dynamic_max: A[
        int,
        field(
            "Memory dynamic max.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__dynamic_max",
            tags=("memory",),
        ),
    ]
    memory_dynamic_min: A[
        int,
        field(
            "Memory dynamic min.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__dynamic_min",
            tags=("memory",),
        ),
    ]
    memory_overhead: A[
        int,
        field(
            "Memory overhead.",
            default=0,
            role=VM_POWER_ADMIN,
            column="memory__overhead",
            tags=("memory",),
        ),
    ]
    memory_static_max: A[
        int,
        field(
            "Memory static max.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__static_max",
            tags=("memory",),
        ),
    ]
    memory_static_min: A[
        int,
        field(
            "Memory static min.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__static_min",
            tags=("memory",),
        ),
    ]
    memory_target: A[
        int,
        field(
            "Memory target.",
            STATIC,
            default=0,
            role=VM_POWER_ADMIN,
            column="memory__target",
            history=(
                ("Published", "rio"),
                ("Deprecated", "midnight-ride"),
            ),
            tags=("memory",),
        ),
    ]
    metrics: A[Ref[L["VM_metrics"]], field("Metrics.")]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    order: A[int, field("Order.", STATIC, default=0, role=POOL_OPERATOR, since="boston")]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            STATIC,
            key_roles={
                "XenCenter.CustomFields.*": VM_OPERATOR,
                "folder": VM_OPERATOR,
                "hvm_serial": POOL_ADMIN,
                "pci": POOL_ADMIN,
            },
        ),
    ]
    parent: A[
        Ref[L["VM"]], field("Parent.", default="", role=VM_POWER_ADMIN, since="midnight-ride")
    ]
    pending_guidances: A[
        list[enums.UpdateGuidances], field("Pending guidances.", default=[], since="1.303.0")
    ]
    pending_guidances_full: A[
        list[enums.UpdateGuidances],
        field("Pending guidances full.", default=[], history=(("Prototyped", "24.10.0"),)),
    ]
    pending_guidances_recommended: A[
        list[enums.UpdateGuidances],
        field("Pending guidances recommended.", default=[], history=(("Prototyped", "24.10.0"),)),
    ]
    platform: A[dict[str, str], field("Platform.", STATIC, key_roles={"hvm_serial": POOL_ADMIN})]
    power_state: A[
        enums.VmPowerState,
        field(
            "Power state.",
            STATIC,
            default="Halted",
            role=VM_OPERATOR,
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    protection_policy: A[
        Ref[L["VMPP"]],
        field(
            "Protection policy.",
            STATIC,
            default="OpaqueRef:NULL",
            role=VM_POWER_ADMIN,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
            ),
        ),
    ]
    recommendations: A[str, field("Recommendations.", RW)]
    recommended_guidances: A[
        list[enums.UpdateGuidances],
        field(
            "Recommended guidances.",
            default=[],
            history=(
                ("Prototyped", "23.18.0"),
                ("Removed", "23.24.0"),
            ),
            internal_only=True,
        ),
    ]
    reference_label: A[str, field("Reference label.", STATIC, default="", since="ely")]
    requires_reboot: A[bool, field("Requires reboot.", default=False, since="ely")]
    resident_on: A[Ref[L["host"]], field("Resident on.", role=VM_POWER_ADMIN)]
    scheduled_to_be_resident_on: A[
        Ref[L["host"]],
        field("Scheduled to be resident on.", default="OpaqueRef:NULL", role=VM_POWER_ADMIN),
    ]
    secureboot_certificates_state: A[
        enums.VmSecurebootCertificatesState,
        field("Secureboot certificates state.", default="ok", history=(("Prototyped", "26.14.0"),)),
    ]
    shutdown_delay: A[
        int, field("Shutdown delay.", STATIC, default=0, role=POOL_OPERATOR, since="boston")
    ]
    snapshot_info: A[
        dict[str, str],
        field("Snapshot info.", default={}, role=VM_POWER_ADMIN, since="midnight-ride"),
    ]
    snapshot_metadata: A[
        str, field("Snapshot metadata.", default="", role=VM_POWER_ADMIN, since="midnight-ride")
    ]
    snapshot_of: A[
        Ref[L["VM"]], field("Snapshot of.", default="", role=VM_POWER_ADMIN, since="orlando")
    ]
    snapshot_schedule: A[
        Ref[L["VMSS"]],
        field(
            "Snapshot schedule.",
            STATIC,
            default="OpaqueRef:NULL",
            role=VM_POWER_ADMIN,
            since="falcon",
        ),
    ]
    snapshot_time: A[
        DateTime,
        field("Snapshot time.", default="19700101T00:00:00Z", role=VM_POWER_ADMIN, since="orlando"),
    ]
    snapshots: A[list[Ref[L["VM"]]], field("Snapshots.", role=VM_POWER_ADMIN, since="orlando")]
    start_delay: A[
        int, field("Start delay.", STATIC, default=0, role=POOL_OPERATOR, since="boston")
    ]
    suspend_SR: A[Ref[L["SR"]], field("Suspend SR.", RW, default="OpaqueRef:NULL", since="boston")]
    suspend_VDI: A[
        Ref[L["VDI"]],
        field(
            "Suspend VDI.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    tags: A[list[str], field("Tags.", RW, default=[], role=VM_OPERATOR, since="orlando")]
    transportable_snapshot_id: A[
        str, field("Transportable snapshot id.", default="", role=VM_POWER_ADMIN, since="orlando")
    ]
    user_version: A[int, field("User version.", RW)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    version: A[int, field("Version.", STATIC, default=0, since="boston")]
    xenstore_data: A[
        dict[str, str], field("Xenstore data.", RW, default={}, since="miami", has_effect=True)
    ]

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def add_to_NVRAM(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to NVRAM."""

    @message(role=VM_ADMIN)
    def add_to_VCPUs_params_live(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to VCPUs params live."""

    @message(role=VM_ADMIN, since="orlando")
    def add_to_blocked_operations(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[enums.VmOperations, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to blocked operations."""

    @message(
        role=VM_ADMIN,
        asynchronous=False,
        key_roles={
            "XenCenter.CustomFields.*": VM_OPERATOR,
            "folder": VM_OPERATOR,
            "hvm_serial": POOL_ADMIN,
            "pci": POOL_ADMIN,
        },
    )
    def add_to_other_config(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to other config."""

    @message(role=VM_ADMIN, asynchronous=False, key_roles={"hvm_serial": POOL_ADMIN})
    def add_to_platform(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to platform."""

    @message(role=READ_ONLY, since="orlando")
    def assert_agile(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Assert agile."""

    @message(
        role=READ_ONLY, since="boston", errors=("VM_IS_PART_OF_AN_APPLIANCE", "VM_REQUIRES_SR")
    )
    def assert_can_be_recovered(
        self: A[Ref[L["VM"]], "The VM to act on"],
        session_to: A[Ref[L["session"]], "Session to"],
    ) -> None:
        """Assert can be recovered."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Changed", "quebec"),
        ),
        errors=(
            "HOST_NOT_ENOUGH_FREE_MEMORY",
            "HOST_NOT_ENOUGH_PCPUS",
            "NETWORK_SRIOV_INSUFFICIENT_CAPACITY",
            "HOST_NOT_LIVE",
            "HOST_DISABLED",
            "HOST_CANNOT_ATTACH_NETWORK",
            "VM_HVM_REQUIRED",
            "VM_REQUIRES_GPU",
            "VM_REQUIRES_IOMMU",
            "VM_REQUIRES_NETWORK",
            "VM_REQUIRES_SR",
            "VM_REQUIRES_VGPU",
            "VM_HOST_INCOMPATIBLE_VERSION",
            "VM_HOST_INCOMPATIBLE_VIRTUAL_HARDWARE_PLATFORM_VERSION",
            "INVALID_VALUE",
            "MEMORY_CONSTRAINT_VIOLATION",
            "OPERATION_NOT_ALLOWED",
            "VALUE_NOT_SUPPORTED",
            "VM_INCOMPATIBLE_WITH_THIS_HOST",
        ),
        tags=("memory",),
    )
    def assert_can_boot_here(
        self: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Assert can boot here."""

    @message(role=VM_POWER_ADMIN, since="tampa", errors=("LICENCE_RESTRICTION",))
    def assert_can_migrate(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        dest: A[dict[str, str], "Dest"],
        live: A[bool, "Live"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "Vdi map"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "Vif map"],
        options: A[dict[str, str], "Options"],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]], param("Vgpu map", since="inverness")
        ] = {},
    ) -> None:
        """Assert can migrate."""

    @message(role=VM_POWER_ADMIN, since="inverness", hidden=True)
    def assert_can_migrate_sender(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        dest: A[dict[str, str], "Dest"],
        live: A[bool, "Live"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "Vdi map"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "Vif map"],
        vgpu_map: A[dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]], "Vgpu map"],
        options: A[dict[str, str], "Options"],
    ) -> None:
        """Assert can migrate sender."""

    @message(role=READ_ONLY)
    def assert_operation_valid(
        self: A[Ref[L["VM"]], "The VM to act on"],
        op: A[enums.VmOperations, "Op"],
    ) -> None:
        """Assert operation valid."""

    @message(role=LOCAL_ROOT, pool_internal=True, hidden=True)
    def atomic_set_resident_on(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Atomic set resident on."""

    @message(role=VM_OPERATOR, history=(("Prototyped", "25.22.0"),))
    def call_host_plugin(
        vm: A[Ref[L["VM"]], param("The VM to act on", since=None)],
        plugin: A[str, param("Plugin", since=None)],
        fn: A[str, param("Fn", since=None)],
        args: A[dict[str, str], param("Args", since=None)],
    ) -> str:
        """Call host plugin."""

    @message(role=VM_OPERATOR, since="cream")
    def call_plugin(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        plugin: A[str, "Plugin"],
        fn: A[str, "Fn"],
        args: A[dict[str, str], "Args"],
    ) -> str:
        """Call plugin."""

    @message(
        role=VM_POWER_ADMIN,
        since="midnight-ride",
        errors=(
            "VM_BAD_POWER_STATE",
            "SR_FULL",
            "OPERATION_NOT_ALLOWED",
            "VM_CHECKPOINT_SUSPEND_FAILED",
            "VM_CHECKPOINT_RESUME_FAILED",
        ),
    )
    def checkpoint(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        new_name: A[str, "New name"],
    ) -> Ref[L["VM"]]:
        """Checkpoint."""

    @message(
        role=VM_OPERATOR,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def clean_reboot(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Clean reboot."""

    @message(
        role=VM_OPERATOR,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def clean_shutdown(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Clean shutdown."""

    @message(
        role=VM_ADMIN,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def clone(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        new_name: A[str, "New name"],
    ) -> Ref[L["VM"]]:
        """Clone."""

    @message(role=READ_ONLY, since="midnight-ride", tags=("memory",))
    def compute_memory_overhead(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> int:
        """Compute memory overhead."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Extended", "cowley"),
        ),
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def copy(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        new_name: A[str, "New name"],
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> Ref[L["VM"]]:
        """Copy."""

    @message(role=VM_ADMIN, since="midnight-ride")
    def copy_bios_strings(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Copy bios strings."""

    @message(role=VM_POWER_ADMIN, since="orlando")
    def create_new_blob(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        name: A[str, "Name"],
        mime_type: A[str, "Mime type"],
        public: A[bool, param("Public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Create new blob."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "miami"),
        ),
        hidden=True,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def csvm(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> Ref[L["VM"]]:
        """Csvm."""

    @message(role=VM_ADMIN, since="orlando", asynchronous=False)
    def forget_data_source_archives(
        self: A[Ref[L["VM"]], "The VM to act on"],
        data_source: A[str, "Data source"],
    ) -> None:
        """Forget data source archives."""

    @message(role=READ_ONLY, since="creedence")
    def get_SRs_required_for_recovery(
        self: A[Ref[L["VM"]], "The VM to act on"],
        session_to: A[Ref[L["session"]], "Session to"],
    ) -> list[Ref[L["SR"]]]:
        """Get SRs required for recovery."""

    @message(role=READ_ONLY, asynchronous=False, no_current_operations=True)
    def get_allowed_VBD_devices(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> list[str]:
        """Get allowed VBD devices."""

    @message(role=READ_ONLY, asynchronous=False, no_current_operations=True)
    def get_allowed_VIF_devices(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> list[str]:
        """Get allowed VIF devices."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "inverness"),
        ),
        asynchronous=False,
    )
    def get_boot_record(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> Record[L["VM"]]:
        """Get boot record."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
        tags=("memory",),
    )
    def get_cooperative(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> bool:
        """Get cooperative."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_data_sources(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> list[Record[L["data_source"]]]:
        """Get data sources."""

    @message(role=READ_ONLY)
    def get_possible_hosts(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> list[Ref[L["host"]]]:
        """Get possible hosts."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.17.0"),))
    def get_secureboot_readiness(
        self: A[Ref[L["VM"]], param("The VM to act on", since=None)],
    ) -> enums.VmSecurebootReadiness:
        """Get secureboot readiness."""

    @message(
        role=VM_OPERATOR,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def hard_reboot(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Hard reboot."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "midnight-ride"),
        ),
        pool_internal=True,
        hidden=True,
    )
    def hard_reboot_internal(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Hard reboot internal."""

    @message(
        role=VM_OPERATOR,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def hard_shutdown(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Hard shutdown."""

    @message(role=POOL_OPERATOR, since="dundee")
    def import_(
        url: A[str, "Url"],
        sr: A[Ref[L["SR"]], "The SR to act on"],
        full_restore: A[bool, "Full restore"],
        force: A[bool, "Force"],
    ) -> list[Ref[L["VM"]]]:
        """Import."""

    @message(role=VM_ADMIN, since="tampa")
    def import_convert(
        type: A[str, "Type"],
        username: A[str, "Username"],
        password: A[str, "Password"],
        sr: A[Ref[L["SR"]], "The SR to act on"],
        remote_config: A[dict[str, str], "Remote config"],
    ) -> None:
        """Import convert."""

    @message(role=READ_ONLY, since="miami", tags=("memory",))
    def maximise_memory(
        self: A[Ref[L["VM"]], "The VM to act on"],
        total: A[int, "Total"],
        approximate: A[bool, "Approximate"],
    ) -> int:
        """Maximise memory."""

    @message(
        role=VM_POWER_ADMIN, since="tampa", errors=("VM_BAD_POWER_STATE", "LICENCE_RESTRICTION")
    )
    def migrate_send(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        dest: A[dict[str, str], "Dest"],
        live: A[bool, "Live"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "Vdi map"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "Vif map"],
        options: A[dict[str, str], "Options"],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]], param("Vgpu map", since="inverness")
        ] = {},
        vdi_format_map: A[
            dict[Ref[L["VDI"]], str], param("Vdi format map", since="26.14.0-next")
        ] = {},
    ) -> Ref[L["VM"]]:
        """Migrate send."""

    @message(
        role=VM_OPERATOR,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def pause(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Pause."""

    @message(
        role=VM_POWER_ADMIN,
        client_cert=True,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "VM_IS_TEMPLATE",
            "OPERATION_NOT_ALLOWED",
            "VM_BAD_POWER_STATE",
        ),
    )
    def pool_migrate(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
        options: A[dict[str, str], "Options"],
    ) -> None:
        """Pool migrate."""

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True, client_cert=True)
    def pool_migrate_complete(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Pool migrate complete."""

    @message(role=POOL_OPERATOR)
    def power_state_reset(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Power state reset."""

    @message(
        role=VM_ADMIN,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def provision(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Provision."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def query_data_source(
        self: A[Ref[L["VM"]], "The VM to act on"],
        data_source: A[str, "Data source"],
    ) -> float:
        """Query data source."""

    @message(role=POOL_ADMIN, since="tampa")
    def query_services(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> dict[str, str]:
        """Query services."""

    @message(role=VM_ADMIN, since="orlando", asynchronous=False)
    def record_data_source(
        self: A[Ref[L["VM"]], "The VM to act on"],
        data_source: A[str, "Data source"],
    ) -> None:
        """Record data source."""

    @message(role=READ_ONLY, since="boston")
    def recover(
        self: A[Ref[L["VM"]], "The VM to act on"],
        session_to: A[Ref[L["session"]], "Session to"],
        force: A[bool, "Force"],
    ) -> None:
        """Recover."""

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def remove_from_NVRAM(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from NVRAM."""

    @message(role=VM_ADMIN, since="orlando")
    def remove_from_blocked_operations(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[enums.VmOperations, "Key"],
    ) -> None:
        """Remove from blocked operations."""

    @message(
        role=VM_ADMIN,
        asynchronous=False,
        key_roles={
            "XenCenter.CustomFields.*": VM_OPERATOR,
            "folder": VM_OPERATOR,
            "hvm_serial": POOL_ADMIN,
            "pci": POOL_ADMIN,
        },
    )
    def remove_from_other_config(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from other config."""

    @message(role=VM_ADMIN, asynchronous=False, key_roles={"hvm_serial": POOL_ADMIN})
    def remove_from_platform(
        self: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from platform."""

    @message(
        role=VM_POWER_ADMIN,
        history=(("Prototyped", "23.30.0"),),
        client_cert=True,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "VM_IS_TEMPLATE",
            "OPERATION_NOT_ALLOWED",
            "VM_BAD_POWER_STATE",
        ),
    )
    def restart_device_models(
        self: A[Ref[L["VM"]], param("The VM to act on", since=None)],
    ) -> None:
        """Restart device models."""

    @message(
        role=VM_OPERATOR, errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE")
    )
    def resume(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        start_paused: A[bool, "Start paused"],
        force: A[bool, "Force"],
    ) -> None:
        """Resume."""

    @message(
        role=VM_POWER_ADMIN,
        client_cert=True,
        errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE"),
    )
    def resume_on(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
        start_paused: A[bool, "Start paused"],
        force: A[bool, "Force"],
    ) -> None:
        """Resume on."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_recommendations(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> dict[Ref[L["host"]], list[str]]:
        """Retrieve wlb recommendations."""

    @message(
        role=VM_POWER_ADMIN,
        since="midnight-ride",
        errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "SR_FULL", "VM_REVERT_FAILED"),
        tags=("snapshots",),
    )
    def revert(
        snapshot: A[Ref[L["VM"]], "Snapshot"],
    ) -> None:
        """Revert."""

    @message(role=VM_OPERATOR, since="midnight-ride", hidden=True)
    def s3_resume(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """S3 resume."""

    @message(role=VM_OPERATOR, since="midnight-ride", hidden=True)
    def s3_suspend(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """S3 suspend."""

    @message(role=POOL_ADMIN, errors=("VM_BAD_POWER_STATE",))
    def send_sysrq(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Send sysrq."""

    @message(role=POOL_ADMIN, errors=("VM_BAD_POWER_STATE",))
    def send_trigger(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        trigger: A[str, "Trigger"],
    ) -> None:
        """Send trigger."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "kolkata"),
        ),
        asynchronous=False,
    )
    def set_HVM_boot_policy(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set HVM boot policy."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False)
    def set_HVM_shadow_multiplier(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[float, "Value"],
    ) -> None:
        """Set HVM shadow multiplier."""

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def set_NVRAM(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set NVRAM."""

    @message(role=LOCAL_ROOT, since="naples", asynchronous=False, hidden=True)
    def set_NVRAM_EFI_variables(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[str, "Value"],
        update: A[enums.UpdateStatus, param("Update", since="26.12.0")] = enums.UpdateStatus(
            "unspecified"
        ),
    ) -> None:
        """Set NVRAM EFI variables."""

    @message(role=VM_ADMIN, since="midnight-ride", asynchronous=False)
    def set_VCPUs_at_startup(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set VCPUs at startup."""

    @message(role=VM_ADMIN, since="midnight-ride", asynchronous=False)
    def set_VCPUs_max(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set VCPUs max."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Changed", "ely"),
        ),
        errors=("OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def set_VCPUs_number_live(
        self: A[Ref[L["VM"]], "The VM to act on"],
        nvcpu: A[int, "Nvcpu"],
    ) -> None:
        """Set VCPUs number live."""

    @message(role=VM_ADMIN)
    def set_actions_after_crash(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[enums.OnCrashBehaviour, "Value"],
    ) -> None:
        """Set actions after crash."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_appliance(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[Ref[L["VM_appliance"]], "Value"],
    ) -> None:
        """Set appliance."""

    @message(
        role=VM_ADMIN, since="inverness", errors=("VM_BIOS_STRINGS_ALREADY_SET", "INVALID_VALUE")
    )
    def set_bios_strings(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set bios strings."""

    @message(role=VM_ADMIN, since="orlando")
    def set_blocked_operations(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[dict[enums.VmOperations, str], "Value"],
    ) -> None:
        """Set blocked operations."""

    @message(role=VM_ADMIN, since="kolkata", asynchronous=False)
    def set_domain_type(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[enums.DomainType, "Value"],
    ) -> None:
        """Set domain type."""

    @message(role=VM_ADMIN, history=(("Prototyped", "24.19.1"),), errors=("OPERATION_NOT_ALLOWED",))
    def set_groups(
        self: A[Ref[L["VM"]], param("The VM to act on", since=None)],
        value: A[list[Ref[L["VM_group"]]], param("Value", since=None)],
    ) -> None:
        """Set groups."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "boston"),
        ),
        asynchronous=False,
    )
    def set_ha_always_run(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set ha always run."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def set_ha_restart_priority(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set ha restart priority."""

    @message(role=VM_ADMIN, since="dundee", tags=("windows-vm",))
    def set_has_vendor_device(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set has vendor device."""

    @message(role=POOL_ADMIN, since="falcon", hidden=True)
    def set_is_default_template(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set is default template."""

    @message(role=VM_POWER_ADMIN, since="ely", tags=("memory",))
    def set_memory(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set memory."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_dynamic_max(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set memory dynamic max."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_dynamic_min(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set memory dynamic min."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_dynamic_range(
        self: A[Ref[L["VM"]], "The VM to act on"],
        min: A[int, "Min"],
        max: A[int, "Max"],
    ) -> None:
        """Set memory dynamic range."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_limits(
        self: A[Ref[L["VM"]], "The VM to act on"],
        static_min: A[int, "Static min"],
        static_max: A[int, "Static max"],
        dynamic_min: A[int, "Dynamic min"],
        dynamic_max: A[int, "Dynamic max"],
    ) -> None:
        """Set memory limits."""

    @message(
        role=VM_POWER_ADMIN,
        since="orlando",
        asynchronous=False,
        errors=("HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN",),
        tags=("memory",),
    )
    def set_memory_static_max(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set memory static max."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_static_min(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set memory static min."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_static_range(
        self: A[Ref[L["VM"]], "The VM to act on"],
        min: A[int, "Min"],
        max: A[int, "Max"],
    ) -> None:
        """Set memory static range."""

    @message(
        role=VM_POWER_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "midnight-ride"),
        ),
        tags=("memory",),
    )
    def set_memory_target_live(
        self: A[Ref[L["VM"]], "The VM to act on"],
        target: A[int, "Target"],
    ) -> None:
        """Set memory target live."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_order(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set order."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_other_config(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set other config."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_platform(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set platform."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_protection_policy(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[Ref[L["VMPP"]], "Value"],
    ) -> None:
        """Set protection policy."""

    @message(role=VM_POWER_ADMIN)
    def set_shadow_multiplier_live(
        self: A[Ref[L["VM"]], "The VM to act on"],
        multiplier: A[float, "Multiplier"],
    ) -> None:
        """Set shadow multiplier live."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_shutdown_delay(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set shutdown delay."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_snapshot_schedule(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[Ref[L["VMSS"]], "Value"],
    ) -> None:
        """Set snapshot schedule."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_start_delay(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set start delay."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_suspend_VDI(
        self: A[Ref[L["VM"]], "The VM to act on"],
        value: A[Ref[L["VDI"]], "Value"],
    ) -> None:
        """Set suspend VDI."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.17.0"),))
    def set_uefi_mode(
        self: A[Ref[L["VM"]], param("The VM to act on", since=None)],
        mode: A[enums.VmUefiMode, param("Mode", since=None)],
    ) -> str:
        """Set uefi mode."""

    @message(
        role=VM_OPERATOR,
        since="clearwater",
        client_cert=True,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def shutdown(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Shutdown."""

    @message(
        role=VM_POWER_ADMIN,
        since="orlando",
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED"),
        tags=("snapshots",),
    )
    def snapshot(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        new_name: A[str, "New name"],
        ignore_vdis: A[list[Ref[L["VDI"]]], param("Ignore vdis", since="21.4.0")] = [],
    ) -> Ref[L["VM"]]:
        """Snapshot."""

    @message(
        role=VM_POWER_ADMIN,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "quebec"),
            ("Removed", "quebec"),
        ),
        errors=(
            "VM_BAD_POWER_STATE",
            "SR_FULL",
            "OPERATION_NOT_ALLOWED",
            "VM_SNAPSHOT_WITH_QUIESCE_FAILED",
            "VM_SNAPSHOT_WITH_QUIESCE_TIMEOUT",
            "VM_SNAPSHOT_WITH_QUIESCE_PLUGIN_DEOS_NOT_RESPOND",
            "VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED",
        ),
    )
    def snapshot_with_quiesce(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        new_name: A[str, "New name"],
    ) -> Ref[L["VM"]]:
        """Snapshot with quiesce."""

    @message(
        role=VM_OPERATOR,
        errors=(
            "VM_BAD_POWER_STATE",
            "VM_HVM_REQUIRED",
            "VM_IS_TEMPLATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "BOOTLOADER_FAILED",
            "UNKNOWN_BOOTLOADER",
            "NO_HOSTS_AVAILABLE",
            "LICENCE_RESTRICTION",
        ),
    )
    def start(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        start_paused: A[bool, "Start paused"],
        force: A[bool, "Force"],
    ) -> None:
        """Start."""

    @message(
        role=VM_POWER_ADMIN,
        client_cert=True,
        errors=(
            "VM_BAD_POWER_STATE",
            "VM_IS_TEMPLATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "BOOTLOADER_FAILED",
            "UNKNOWN_BOOTLOADER",
        ),
    )
    def start_on(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
        start_paused: A[bool, "Start paused"],
        force: A[bool, "Force"],
    ) -> None:
        """Start on."""

    @message(
        role=VM_OPERATOR,
        client_cert=True,
        errors=(
            "VM_BAD_POWER_STATE",
            "OTHER_OPERATION_IN_PROGRESS",
            "OPERATION_NOT_ALLOWED",
            "VM_IS_TEMPLATE",
        ),
    )
    def suspend(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Suspend."""

    @message(role=VM_ADMIN, history=(("Prototyped", "25.24.0"),))
    def sysprep(
        self: A[Ref[L["VM"]], param("The VM to act on", since=None)],
        unattend: A[Secret, param("Unattend", since=None)],
        timeout: A[float, param("Timeout", since=None)],
    ) -> None:
        """Sysprep."""

    @message(
        role=VM_OPERATOR, errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE")
    )
    def unpause(
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Unpause."""

    @message(role=POOL_ADMIN)
    def update_allowed_operations(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Update allowed operations."""

    @message(role=VM_ADMIN, history=(("Prototyped", "26.14.0"),))
    def update_secureboot_certificates_on_boot(
        self: A[Ref[L["VM"]], param("The VM to act on", since=None)],
        mark: A[bool, param("Mark", since=None)],
    ) -> None:
        """Update secureboot certificates on boot."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "midnight-ride"),
        ),
        hidden=True,
    )
    def update_snapshot_metadata(
        vm: A[Ref[L["VM"]], "The VM to act on"],
        snapshot_of: A[Ref[L["VM"]], "Snapshot of"],
        snapshot_time: A[DateTime, "Snapshot time"],
        transportable_snapshot_id: A[str, "Transportable snapshot id"],
    ) -> None:
        """Update snapshot metadata."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "midnight-ride"),
        ),
        tags=("memory",),
    )
    def wait_memory_target_live(
        self: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Wait memory target live."""
