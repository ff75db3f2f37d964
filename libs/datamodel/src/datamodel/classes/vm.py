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
    """A virtual machine, or a template or snapshot of one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    allowed_operations: A[
        list[enums.VmOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.VmOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", RW, default="", column="name__description")
    ]
    power_state: A[
        enums.VmPowerState,
        field(
            "Whether it is halted, paused, running or suspended.",
            STATIC,
            default="Halted",
            role=VM_OPERATOR,
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    user_version: A[int, field("A number that creators of VMs may count up.", RW)]
    is_a_template: A[
        bool,
        field(
            "Whether it is a template, from which VMs are made and which never runs.",
            RW,
            has_effect=True,
        ),
    ]
    is_default_template: A[
        bool,
        field(
            "Whether it came with the pool and is not to be changed.",
            default=False,
            role=POOL_ADMIN,
            since="falcon",
        ),
    ]
    suspend_VDI: A[
        Ref[L["VDI"]],
        field(
            "The disk with its memory while it is suspended.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Published", "rio"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    resident_on: A[
        Ref[L["host"]],
        field("The host that it runs on; null while it runs nowhere.", role=VM_POWER_ADMIN),
    ]
    scheduled_to_be_resident_on: A[
        Ref[L["host"]],
        field(
            "The host where memory is reserved for it while it is on its way.",
            default="OpaqueRef:NULL",
            role=VM_POWER_ADMIN,
        ),
    ]
    affinity: A[
        Ref[L["host"]], field("The host that it prefers to run on.", RW, role=VM_POWER_ADMIN)
    ]
    memory_overhead: A[
        int,
        field(
            "Memory that Xen takes for it besides what its guest has, in bytes.",
            default=0,
            role=VM_POWER_ADMIN,
            column="memory__overhead",
            tags=("memory",),
        ),
    ]
    memory_target: A[
        int,
        field(
            "Memory that its guest is asked to use, in bytes.",
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
    memory_static_max: A[
        int,
        field(
            "The most memory that it can ever have, in bytes; fixed while it runs.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__static_max",
            tags=("memory",),
        ),
    ]
    memory_dynamic_max: A[
        int,
        field(
            "The most memory that ballooning gives it, in bytes.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__dynamic_max",
            tags=("memory",),
        ),
    ]
    memory_dynamic_min: A[
        int,
        field(
            "The least memory that ballooning leaves it, in bytes.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__dynamic_min",
            tags=("memory",),
        ),
    ]
    memory_static_min: A[
        int,
        field(
            "The least memory that it can work with, in bytes.",
            STATIC,
            role=VM_POWER_ADMIN,
            column="memory__static_min",
            tags=("memory",),
        ),
    ]
    VCPUs_params: A[
        dict[str, str],
        field("How its virtual CPUs are scheduled: weight, cap, mask.", RW, column="VCPUs__params"),
    ]
    VCPUs_max: A[
        int,
        field(
            "The most virtual CPUs that it can have until it is off.", STATIC, column="VCPUs__max"
        ),
    ]
    VCPUs_at_startup: A[
        int, field("Virtual CPUs that it starts with.", STATIC, column="VCPUs__at_startup")
    ]
    actions_after_softreboot: A[
        enums.OnSoftrebootBehavior,
        field(
            "What becomes of it when its guest restarts itself softly.",
            RW,
            default="soft_reboot",
            column="actions__after_softreboot",
            history=(("Prototyped", "23.1.0"),),
        ),
    ]
    actions_after_shutdown: A[
        enums.OnNormalExit,
        field("What becomes of it when its guest halts.", RW, column="actions__after_shutdown"),
    ]
    actions_after_reboot: A[
        enums.OnNormalExit,
        field("What becomes of it when its guest reboots.", RW, column="actions__after_reboot"),
    ]
    actions_after_crash: A[
        enums.OnCrashBehaviour,
        field("What becomes of it when its guest crashes.", STATIC, column="actions__after_crash"),
    ]
    consoles: A[
        list[Ref[L["console"]]],
        field("Where its screens and serial lines can be reached while it runs.", role=POOL_ADMIN),
    ]
    VIFs: A[
        list[Ref[L["VIF"]]],
        field("The network interfaces that are connected to it.", tags=("networking",)),
    ]
    VBDs: A[list[Ref[L["VBD"]]], field("The block devices that connect it.")]
    VUSBs: A[list[Ref[L["VUSB"]]], field("Every VUSB that is among its VUSBs.")]
    crash_dumps: A[
        list[Ref[L["crashdump"]]],
        field("Every crashdump that is among its crash dumps.", role=POOL_ADMIN),
    ]
    VTPMs: A[list[Ref[L["VTPM"]]], field("Every VTPM that is among its VTPMs.")]
    PV_bootloader: A[
        str,
        field(
            "The boot loader that finds the kernel on its disk; empty for a kernel given here.",
            RW,
            column="PV__bootloader",
        ),
    ]
    PV_kernel: A[
        str,
        field(
            "Path in dom0 of the kernel to boot; empty to have the boot loader find one on the disk.",
            RW,
            column="PV__kernel",
        ),
    ]
    PV_ramdisk: A[str, field("The initial RAM disk of that kernel.", RW, column="PV__ramdisk")]
    PV_args: A[str, field("The command line of that kernel.", RW, column="PV__args")]
    PV_bootloader_args: A[
        str, field("Arguments of the boot loader.", RW, column="PV__bootloader_args")
    ]
    PV_legacy_args: A[str, field("Kernel arguments for old guests.", RW, column="PV__legacy_args")]
    HVM_boot_policy: A[
        str,
        field(
            "How a fully virtual guest boots; empty for a paravirtual one.",
            STATIC,
            column="HVM__boot_policy",
            history=(
                ("Published", "rio"),
                ("Deprecated", "kolkata"),
            ),
        ),
    ]
    HVM_boot_params: A[
        dict[str, str],
        field(
            "Parameters of that, the order of boot devices among them.",
            RW,
            column="HVM__boot_params",
        ),
    ]
    HVM_shadow_multiplier: A[
        float,
        field(
            "Factor on the memory set aside for shadow page tables.",
            STATIC,
            default=1.0,
            role=VM_POWER_ADMIN,
            column="HVM__shadow_multiplier",
            since="miami",
        ),
    ]
    platform: A[
        dict[str, str],
        field(
            "Switches of the virtual machine that the guest sees, by name.",
            STATIC,
            key_roles={"hvm_serial": POOL_ADMIN},
        ),
    ]
    PCI_bus: A[
        str,
        field(
            "Addresses of devices to pass through, in an old form.",
            RW,
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            STATIC,
            key_roles={
                "XenCenter.CustomFields.*": VM_OPERATOR,
                "folder": VM_OPERATOR,
                "hvm_serial": POOL_ADMIN,
                "pci": POOL_ADMIN,
            },
        ),
    ]
    domid: A[int, field("Number of its Xen domain; -1 while it has none.")]
    domarch: A[str, field("Architecture of its Xen domain.")]
    last_boot_CPU_flags: A[
        dict[str, str], field("CPU features that it saw when it was started.", STATIC, default={})
    ]
    is_control_domain: A[
        bool, field("Whether it is a host's own domain, which manages the others.")
    ]
    metrics: A[Ref[L["VM_metrics"]], field("Its figures, which change often and are kept apart.")]
    guest_metrics: A[Ref[L["VM_guest_metrics"]], field("What its guest's agent says of it.")]
    last_booted_record: A[
        str,
        field(
            "Its record as it was when it was started.",
            STATIC,
            default="",
            history=(
                ("Published", "miami"),
                ("Changed", "1.257.0"),
            ),
        ),
    ]
    recommendations: A[str, field("Limits that its maker recommends, as XML.", RW)]
    xenstore_data: A[
        dict[str, str],
        field(
            "Nodes that its guest finds in xenstore.",
            RW,
            default={},
            since="miami",
            has_effect=True,
        ),
    ]
    ha_always_run: A[
        bool,
        field(
            "Whether high availability keeps it running.",
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
        str,
        field(
            "How eagerly high availability restarts it.",
            STATIC,
            default="",
            role=POOL_OPERATOR,
            since="orlando",
        ),
    ]
    is_a_snapshot: A[
        bool,
        field(
            "Whether it is a snapshot of another object.",
            default=False,
            role=VM_POWER_ADMIN,
            since="orlando",
        ),
    ]
    snapshot_of: A[
        Ref[L["VM"]],
        field(
            "The VM that it was taken of; null when it is no snapshot.",
            default="",
            role=VM_POWER_ADMIN,
            since="orlando",
        ),
    ]
    snapshots: A[
        list[Ref[L["VM"]]],
        field("The snapshots taken of it.", role=VM_POWER_ADMIN, since="orlando"),
    ]
    snapshot_time: A[
        DateTime,
        field(
            "When the snapshot was made.",
            default="19700101T00:00:00Z",
            role=VM_POWER_ADMIN,
            since="orlando",
        ),
    ]
    transportable_snapshot_id: A[
        str,
        field(
            "Name of the snapshot outside the pool.",
            default="",
            role=VM_POWER_ADMIN,
            since="orlando",
        ),
    ]
    blobs: A[
        dict[str, Ref[L["blob"]]],
        field("Binary data kept beside the object, by name.", default={}, since="orlando"),
    ]
    tags: A[
        list[str],
        field(
            "Words that users group objects by.", RW, default=[], role=VM_OPERATOR, since="orlando"
        ),
    ]
    blocked_operations: A[
        dict[enums.VmOperations, str],
        field(
            "Operations that somebody forbade, with the reason.",
            STATIC,
            default={},
            since="orlando",
        ),
    ]
    snapshot_info: A[
        dict[str, str],
        field(
            "What is known of the state that the snapshot shows.",
            default={},
            role=VM_POWER_ADMIN,
            since="midnight-ride",
        ),
    ]
    snapshot_metadata: A[
        str,
        field(
            "The whole VM at the time of the snapshot, encoded.",
            default="",
            role=VM_POWER_ADMIN,
            since="midnight-ride",
        ),
    ]
    parent: A[
        Ref[L["VM"]],
        field(
            "The object that it came from.", default="", role=VM_POWER_ADMIN, since="midnight-ride"
        ),
    ]
    children: A[
        list[Ref[L["VM"]]],
        field("The objects that came from it.", role=VM_POWER_ADMIN, since="midnight-ride"),
    ]
    bios_strings: A[
        dict[str, str],
        field("What its firmware says of the machine.", default={}, since="midnight-ride"),
    ]
    protection_policy: A[
        Ref[L["VMPP"]],
        field(
            "The protection policy of releases long gone; always null.",
            STATIC,
            default="OpaqueRef:NULL",
            role=VM_POWER_ADMIN,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
            ),
        ),
    ]
    is_snapshot_from_vmpp: A[
        bool,
        field(
            "Whether a protection policy, which are no more, took this snapshot.",
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
    snapshot_schedule: A[
        Ref[L["VMSS"]],
        field(
            "The schedule by which snapshots of it are taken; null for none.",
            STATIC,
            default="OpaqueRef:NULL",
            role=VM_POWER_ADMIN,
            since="falcon",
        ),
    ]
    is_vmss_snapshot: A[
        bool,
        field(
            "Whether a snapshot schedule took this snapshot.",
            STATIC,
            default=False,
            role=POOL_OPERATOR,
            since="falcon",
        ),
    ]
    appliance: A[
        Ref[L["VM_appliance"]],
        field(
            "The appliance that it is started and stopped with; null for none.",
            STATIC,
            default="OpaqueRef:NULL",
            role=POOL_OPERATOR,
        ),
    ]
    start_delay: A[
        int,
        field(
            "Seconds to wait before the next VM of its appliance starts.",
            STATIC,
            default=0,
            role=POOL_OPERATOR,
            since="boston",
        ),
    ]
    shutdown_delay: A[
        int,
        field(
            "Seconds that its guest has to halt before it is stopped.",
            STATIC,
            default=0,
            role=POOL_OPERATOR,
            since="boston",
        ),
    ]
    order: A[
        int,
        field(
            "Its place in the order in which its appliance starts.",
            STATIC,
            default=0,
            role=POOL_OPERATOR,
            since="boston",
        ),
    ]
    VGPUs: A[list[Ref[L["VGPU"]]], field("Every VGPU that is among its VGPUs.", since="boston")]
    attached_PCIs: A[
        list[Ref[L["PCI"]]], field("Every PCI that is among its attached PCIs.", since="boston")
    ]
    suspend_SR: A[
        Ref[L["SR"]],
        field("Where its suspend image goes.", RW, default="OpaqueRef:NULL", since="boston"),
    ]
    version: A[int, field("How often it was recovered.", STATIC, default=0, since="boston")]
    generation_id: A[
        str,
        field(
            "Tells Windows guests that they were copied or reverted.",
            STATIC,
            default="0:0",
            since="clearwater",
        ),
    ]
    hardware_platform_version: A[
        int, field("The oldest platform that it can run on.", RW, default=0, since="cream")
    ]
    has_vendor_device: A[
        bool,
        field(
            "Whether its guest is offered the device that brings drivers with it.",
            STATIC,
            default=True,
            history=(
                ("Published", "dundee"),
                ("Changed", "24.14.0"),
            ),
            tags=("windows-vm",),
        ),
    ]
    requires_reboot: A[
        bool, field("Whether changes wait for its next start.", default=False, since="ely")
    ]
    reference_label: A[
        str,
        field(
            "A stable name of the template that it comes from, which does not depend on the language.",
            STATIC,
            default="",
            since="ely",
        ),
    ]
    domain_type: A[
        enums.DomainType,
        field(
            "How it is virtualised: hvm, pv, pvh or pv in pvh.",
            STATIC,
            default="unspecified",
            history=(
                ("Prototyped", "jura"),
                ("Published", "kolkata"),
            ),
        ),
    ]
    NVRAM: A[
        dict[str, str], field("Variables of its firmware.", STATIC, default={}, since="naples")
    ]
    pending_guidances: A[
        list[enums.UpdateGuidances],
        field("What updates ask to be done, as a must.", default=[], since="1.303.0"),
    ]
    pending_guidances_recommended: A[
        list[enums.UpdateGuidances],
        field(
            "What an update recommends to be done to it, such as a restart.",
            default=[],
            history=(("Prototyped", "24.10.0"),),
        ),
    ]
    pending_guidances_full: A[
        list[enums.UpdateGuidances],
        field(
            "What would have to be done to it for an update to take effect wholly.",
            default=[],
            history=(("Prototyped", "24.10.0"),),
        ),
    ]
    groups: A[
        list[Ref[L["VM_group"]]],
        field("Every VM_group that is among its groups.", history=(("Prototyped", "24.19.1"),)),
    ]
    secureboot_certificates_state: A[
        enums.VmSecurebootCertificatesState,
        field(
            "How its certificates for secure boot compare with those of the pool.",
            default="ok",
            history=(("Prototyped", "26.14.0"),),
        ),
    ]
    recommended_guidances: A[
        list[enums.UpdateGuidances],
        field(
            "What the last updates recommend to do with it, such as a restart.",
            default=[],
            history=(
                ("Prototyped", "23.18.0"),
                ("Removed", "23.24.0"),
            ),
            internal_only=True,
        ),
    ]

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def add_to_NVRAM(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the NVRAM of the VM."""

    @message(role=VM_ADMIN)
    def add_to_VCPUs_params_live(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the VCPUs params live of the VM."""

    @message(role=VM_ADMIN, since="orlando")
    def add_to_blocked_operations(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[enums.VmOperations, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the blocked operations of the VM."""

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
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the other config of the VM."""

    @message(role=VM_ADMIN, asynchronous=False, key_roles={"hvm_serial": POOL_ADMIN})
    def add_to_platform(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the platform of the VM."""

    @message(role=READ_ONLY, since="orlando")
    def assert_agile(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Raise an error unless this holds: agile."""

    @message(
        role=READ_ONLY, since="boston", errors=("VM_IS_PART_OF_AN_APPLIANCE", "VM_REQUIRES_SR")
    )
    def assert_can_be_recovered(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        session_to: A[Ref[L["session"]], "The session to take as session to"],
    ) -> None:
        """Raise an error unless this holds: can be recovered."""

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
        self: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Raise an error unless this holds: can boot here."""

    @message(role=VM_POWER_ADMIN, since="tampa", errors=("LICENCE_RESTRICTION",))
    def assert_can_migrate(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        dest: A[dict[str, str], "The dest, by key"],
        live: A[bool, "Whether to: live"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "The vdi map, by key"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "The vif map, by key"],
        options: A[dict[str, str], "Further settings, by name"],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]],
            param("The vgpu map, by key", since="inverness"),
        ] = {},
    ) -> None:
        """Raise an error unless this holds: can migrate."""

    @message(role=VM_POWER_ADMIN, since="inverness", hidden=True)
    def assert_can_migrate_sender(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        dest: A[dict[str, str], "The dest, by key"],
        live: A[bool, "Whether to: live"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "The vdi map, by key"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "The vif map, by key"],
        vgpu_map: A[dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]], "The vgpu map, by key"],
        options: A[dict[str, str], "Further settings, by name"],
    ) -> None:
        """Raise an error unless this holds: can migrate sender."""

    @message(role=READ_ONLY)
    def assert_operation_valid(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        op: A[enums.VmOperations, "The op"],
    ) -> None:
        """Raise an error unless this holds: operation valid."""

    @message(role=LOCAL_ROOT, pool_internal=True, hidden=True)
    def atomic_set_resident_on(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the VM do this: atomic set resident on."""

    @message(role=VM_OPERATOR, history=(("Prototyped", "25.22.0"),))
    def call_host_plugin(
        vm: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
        plugin: A[str, param("The plugin", since=None)],
        fn: A[str, param("The fn", since=None)],
        args: A[dict[str, str], param("The args, by key", since=None)],
    ) -> str:
        """Call the host plugin of the VM."""

    @message(role=VM_OPERATOR, since="cream")
    def call_plugin(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        plugin: A[str, "The plugin"],
        fn: A[str, "The fn"],
        args: A[dict[str, str], "The args, by key"],
    ) -> str:
        """Call the plugin of the VM."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        new_name: A[str, "The name to give"],
    ) -> Ref[L["VM"]]:
        """Keep its present state, memory included."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Ask the guest to reboot, and wait until it runs again."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Ask the guest to halt, and wait until it has."""

    @message(
        role=VM_ADMIN,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def clone(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        new_name: A[str, "The name to give"],
    ) -> Ref[L["VM"]]:
        """Make another one like it, sharing storage where the storage can."""

    @message(role=READ_ONLY, since="midnight-ride", tags=("memory",))
    def compute_memory_overhead(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> int:
        """Work out the memory overhead of the VM."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Extended", "cowley"),
        ),
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def copy(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        new_name: A[str, "The name to give"],
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> Ref[L["VM"]]:
        """Make another one like it with storage of its own."""

    @message(role=VM_ADMIN, since="midnight-ride")
    def copy_bios_strings(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Copy the bios strings of the VM."""

    @message(role=VM_POWER_ADMIN, since="orlando")
    def create_new_blob(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        name: A[str, "The name"],
        mime_type: A[str, "The mime type"],
        public: A[bool, param("Whether to: public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make the VM a new new blob."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> Ref[L["VM"]]:
        """Have the VM do this: csvm."""

    @message(role=VM_ADMIN, since="orlando", asynchronous=False)
    def forget_data_source_archives(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        data_source: A[str, "The data source"],
    ) -> None:
        """Forget the data source archives of the VM."""

    @message(role=READ_ONLY, since="creedence")
    def get_SRs_required_for_recovery(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        session_to: A[Ref[L["session"]], "The session to take as session to"],
    ) -> list[Ref[L["SR"]]]:
        """Tell the SRs required for recovery of the VM."""

    @message(role=READ_ONLY, asynchronous=False, no_current_operations=True)
    def get_allowed_VBD_devices(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> list[str]:
        """Tell the allowed VBD devices of the VM."""

    @message(role=READ_ONLY, asynchronous=False, no_current_operations=True)
    def get_allowed_VIF_devices(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> list[str]:
        """Tell the allowed VIF devices of the VM."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "inverness"),
        ),
        asynchronous=False,
    )
    def get_boot_record(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> Record[L["VM"]]:
        """Tell the boot record of the VM."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
        tags=("memory",),
    )
    def get_cooperative(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> bool:
        """Tell the cooperative of the VM."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_data_sources(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> list[Record[L["data_source"]]]:
        """Tell the data sources of the VM."""

    @message(role=READ_ONLY)
    def get_possible_hosts(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> list[Ref[L["host"]]]:
        """Tell the possible hosts of the VM."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.17.0"),))
    def get_secureboot_readiness(
        self: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
    ) -> enums.VmSecurebootReadiness:
        """Tell the secureboot readiness of the VM."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Stop the VM at once and start it again."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Have the VM do this: hard reboot internal."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Stop the VM at once, whatever it is doing."""

    @message(role=POOL_OPERATOR, since="dundee")
    def import_(
        url: A[str, "The url"],
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        full_restore: A[bool, "Whether to: full restore"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> list[Ref[L["VM"]]]:
        """Have the VM do this: import."""

    @message(role=VM_ADMIN, since="tampa")
    def import_convert(
        type: A[str, "The type"],
        username: A[str, "The username"],
        password: A[str, "The password"],
        sr: A[Ref[L["SR"]], "The SR that is meant"],
        remote_config: A[dict[str, str], "The remote config, by key"],
    ) -> None:
        """Bring in the convert of the VM."""

    @message(role=READ_ONLY, since="miami", tags=("memory",))
    def maximise_memory(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        total: A[int, "The total"],
        approximate: A[bool, "Whether to: approximate"],
    ) -> int:
        """Have the VM do this: maximise memory."""

    @message(
        role=VM_POWER_ADMIN, since="tampa", errors=("VM_BAD_POWER_STATE", "LICENCE_RESTRICTION")
    )
    def migrate_send(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        dest: A[dict[str, str], "The dest, by key"],
        live: A[bool, "Whether to: live"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "The vdi map, by key"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "The vif map, by key"],
        options: A[dict[str, str], "Further settings, by name"],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]],
            param("The vgpu map, by key", since="inverness"),
        ] = {},
        vdi_format_map: A[
            dict[Ref[L["VDI"]], str], param("The vdi format map, by key", since="26.14.0-next")
        ] = {},
    ) -> Ref[L["VM"]]:
        """Move it to a host that has agreed to receive it, storage included."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Let it stand still; it keeps its memory."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
        options: A[dict[str, str], "Further settings, by name"],
    ) -> None:
        """Move it, running, to another host of the pool."""

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True, client_cert=True)
    def pool_migrate_complete(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """For the whole pool: migrate complete."""

    @message(role=POOL_OPERATOR)
    def power_state_reset(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Declare it halted, for when its host cannot be asked."""

    @message(
        role=VM_ADMIN,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def provision(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Make the disks that a template asks for, after which it is a VM."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def query_data_source(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        data_source: A[str, "The data source"],
    ) -> float:
        """Ask for the data source of the VM."""

    @message(role=POOL_ADMIN, since="tampa")
    def query_services(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> dict[str, str]:
        """Ask for the services of the VM."""

    @message(role=VM_ADMIN, since="orlando", asynchronous=False)
    def record_data_source(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        data_source: A[str, "The data source"],
    ) -> None:
        """Record the data source of the VM."""

    @message(role=READ_ONLY, since="boston")
    def recover(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        session_to: A[Ref[L["session"]], "The session to take as session to"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Recover the VM from metadata on storage."""

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def remove_from_NVRAM(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the NVRAM of the VM."""

    @message(role=VM_ADMIN, since="orlando")
    def remove_from_blocked_operations(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[enums.VmOperations, "The key"],
    ) -> None:
        """Remove an entry from the blocked operations of the VM."""

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
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the other config of the VM."""

    @message(role=VM_ADMIN, asynchronous=False, key_roles={"hvm_serial": POOL_ADMIN})
    def remove_from_platform(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the platform of the VM."""

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
        self: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
    ) -> None:
        """Have the VM do this: restart device models."""

    @message(
        role=VM_OPERATOR, errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE")
    )
    def resume(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        start_paused: A[bool, "Whether to: start paused"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Go on from the memory that a suspend wrote."""

    @message(
        role=VM_POWER_ADMIN,
        client_cert=True,
        errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE"),
    )
    def resume_on(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
        start_paused: A[bool, "Whether to: start paused"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Resume it on a host of the caller's choice."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_recommendations(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> dict[Ref[L["host"]], list[str]]:
        """Fetch the wlb recommendations of the VM."""

    @message(
        role=VM_POWER_ADMIN,
        since="midnight-ride",
        errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "SR_FULL", "VM_REVERT_FAILED"),
        tags=("snapshots",),
    )
    def revert(
        snapshot: A[Ref[L["VM"]], "The VM to take as snapshot"],
    ) -> None:
        """Bring back the state that a snapshot keeps."""

    @message(role=VM_OPERATOR, since="midnight-ride", hidden=True)
    def s3_resume(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Have the VM do this: s3 resume."""

    @message(role=VM_OPERATOR, since="midnight-ride", hidden=True)
    def s3_suspend(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Have the VM do this: s3 suspend."""

    @message(role=POOL_ADMIN, errors=("VM_BAD_POWER_STATE",))
    def send_sysrq(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Send the sysrq to the VM."""

    @message(role=POOL_ADMIN, errors=("VM_BAD_POWER_STATE",))
    def send_trigger(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        trigger: A[str, "The trigger"],
    ) -> None:
        """Send the trigger to the VM."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "kolkata"),
        ),
        asynchronous=False,
    )
    def set_HVM_boot_policy(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the HVM boot policy of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False)
    def set_HVM_shadow_multiplier(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[float, "The new value"],
    ) -> None:
        """Set the HVM shadow multiplier of the VM."""

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def set_NVRAM(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the NVRAM of the VM."""

    @message(role=LOCAL_ROOT, since="naples", asynchronous=False, hidden=True)
    def set_NVRAM_EFI_variables(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[str, "The new value"],
        update: A[enums.UpdateStatus, param("The update", since="26.12.0")] = enums.UpdateStatus(
            "unspecified"
        ),
    ) -> None:
        """Set the NVRAM EFI variables of the VM."""

    @message(role=VM_ADMIN, since="midnight-ride", asynchronous=False)
    def set_VCPUs_at_startup(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the VCPUs at startup of the VM."""

    @message(role=VM_ADMIN, since="midnight-ride", asynchronous=False)
    def set_VCPUs_max(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the VCPUs max of the VM."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Changed", "ely"),
        ),
        errors=("OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def set_VCPUs_number_live(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        nvcpu: A[int, "The nvcpu"],
    ) -> None:
        """Set the VCPUs number live of the VM."""

    @message(role=VM_ADMIN)
    def set_actions_after_crash(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[enums.OnCrashBehaviour, "The new value"],
    ) -> None:
        """Set the actions after crash of the VM."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_appliance(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[Ref[L["VM_appliance"]], "The VM_appliance to take as value"],
    ) -> None:
        """Set the appliance of the VM."""

    @message(
        role=VM_ADMIN, since="inverness", errors=("VM_BIOS_STRINGS_ALREADY_SET", "INVALID_VALUE")
    )
    def set_bios_strings(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the bios strings of the VM."""

    @message(role=VM_ADMIN, since="orlando")
    def set_blocked_operations(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[dict[enums.VmOperations, str], "The new value"],
    ) -> None:
        """Set the blocked operations of the VM."""

    @message(role=VM_ADMIN, since="kolkata", asynchronous=False)
    def set_domain_type(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[enums.DomainType, "The new value"],
    ) -> None:
        """Set the domain type of the VM."""

    @message(role=VM_ADMIN, history=(("Prototyped", "24.19.1"),), errors=("OPERATION_NOT_ALLOWED",))
    def set_groups(
        self: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
        value: A[list[Ref[L["VM_group"]]], param("The new value", since=None)],
    ) -> None:
        """Set the groups of the VM."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "boston"),
        ),
        asynchronous=False,
    )
    def set_ha_always_run(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the ha always run of the VM."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def set_ha_restart_priority(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the ha restart priority of the VM."""

    @message(role=VM_ADMIN, since="dundee", tags=("windows-vm",))
    def set_has_vendor_device(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the has vendor device of the VM."""

    @message(role=POOL_ADMIN, since="falcon", hidden=True)
    def set_is_default_template(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the is default template of the VM."""

    @message(role=VM_POWER_ADMIN, since="ely", tags=("memory",))
    def set_memory(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the memory of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_dynamic_max(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the memory dynamic max of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_dynamic_min(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the memory dynamic min of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_dynamic_range(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        min: A[int, "The min"],
        max: A[int, "The max"],
    ) -> None:
        """Set the memory dynamic range of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_limits(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        static_min: A[int, "The static min"],
        static_max: A[int, "The static max"],
        dynamic_min: A[int, "The dynamic min"],
        dynamic_max: A[int, "The dynamic max"],
    ) -> None:
        """Set the memory limits of the VM."""

    @message(
        role=VM_POWER_ADMIN,
        since="orlando",
        asynchronous=False,
        errors=("HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN",),
        tags=("memory",),
    )
    def set_memory_static_max(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the memory static max of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_static_min(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the memory static min of the VM."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_static_range(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        min: A[int, "The min"],
        max: A[int, "The max"],
    ) -> None:
        """Set the memory static range of the VM."""

    @message(
        role=VM_POWER_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "midnight-ride"),
        ),
        tags=("memory",),
    )
    def set_memory_target_live(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        target: A[int, "The target"],
    ) -> None:
        """Set the memory target live of the VM."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_order(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the order of the VM."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_other_config(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the other config of the VM."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_platform(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the platform of the VM."""

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
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[Ref[L["VMPP"]], "The VMPP to take as value"],
    ) -> None:
        """Set the protection policy of the VM."""

    @message(role=VM_POWER_ADMIN)
    def set_shadow_multiplier_live(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        multiplier: A[float, "The multiplier"],
    ) -> None:
        """Set the shadow multiplier live of the VM."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_shutdown_delay(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the shutdown delay of the VM."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_snapshot_schedule(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[Ref[L["VMSS"]], "The VMSS to take as value"],
    ) -> None:
        """Set the snapshot schedule of the VM."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_start_delay(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the start delay of the VM."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_suspend_VDI(
        self: A[Ref[L["VM"]], "The VM that is meant"],
        value: A[Ref[L["VDI"]], "The VDI to take as value"],
    ) -> None:
        """Set the suspend VDI of the VM."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.17.0"),))
    def set_uefi_mode(
        self: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
        mode: A[enums.VmUefiMode, param("The mode", since=None)],
    ) -> str:
        """Set the uefi mode of the VM."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Stop the VM: asked first, forced when it does not."""

    @message(
        role=VM_POWER_ADMIN,
        since="orlando",
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED"),
        tags=("snapshots",),
    )
    def snapshot(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        new_name: A[str, "The name to give"],
        ignore_vdis: A[list[Ref[L["VDI"]]], param("All the ignore vdis", since="21.4.0")] = [],
    ) -> Ref[L["VM"]]:
        """Keep its present state under a new name."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        new_name: A[str, "The name to give"],
    ) -> Ref[L["VM"]]:
        """Have the VM do this: snapshot with quiesce."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        start_paused: A[bool, "Whether to: start paused"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Start the VM."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        host: A[Ref[L["host"]], "The host that is meant"],
        start_paused: A[bool, "Whether to: start paused"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Start it on a host of the caller's choice."""

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
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Write its memory to a disk and free the host of it."""

    @message(role=VM_ADMIN, history=(("Prototyped", "25.24.0"),))
    def sysprep(
        self: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
        unattend: A[Secret, param("The unattend", since=None)],
        timeout: A[float, param("The timeout", since=None)],
    ) -> None:
        """Have the VM do this: sysprep."""

    @message(
        role=VM_OPERATOR, errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE")
    )
    def unpause(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Let it go on after a pause."""

    @message(role=POOL_ADMIN)
    def update_allowed_operations(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Work out anew what may be begun on it."""

    @message(role=VM_ADMIN, history=(("Prototyped", "26.14.0"),))
    def update_secureboot_certificates_on_boot(
        self: A[Ref[L["VM"]], param("The VM that is meant", since=None)],
        mark: A[bool, param("Whether to: mark", since=None)],
    ) -> None:
        """Have the VM do this: update secureboot certificates on boot."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "midnight-ride"),
        ),
        hidden=True,
    )
    def update_snapshot_metadata(
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        snapshot_of: A[Ref[L["VM"]], "The VM to take as snapshot of"],
        snapshot_time: A[DateTime, "The snapshot time"],
        transportable_snapshot_id: A[str, "The transportable snapshot id"],
    ) -> None:
        """Have the VM do this: update snapshot metadata."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "midnight-ride"),
        ),
        tags=("memory",),
    )
    def wait_memory_target_live(
        self: A[Ref[L["VM"]], "The VM that is meant"],
    ) -> None:
        """Have the VM do this: wait memory target live."""
