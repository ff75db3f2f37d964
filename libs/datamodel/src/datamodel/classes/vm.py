"""The XenAPI class ``VM``."""

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
class VM(Object[L["VM"]]):
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
    VUSBs: A[list[Ref[L["VUSB"]]], field("The USB devices that are handed to it.")]
    crash_dumps: A[
        list[Ref[L["crashdump"]]],
        field("The dumps of its memory that were kept when it crashed.", role=POOL_ADMIN),
    ]
    VTPMs: A[list[Ref[L["VTPM"]]], field("The virtual TPMs that it has; one at most.")]
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
            "The VM that it was taken of; null if it is not a snapshot.",
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
            "The snapshot that it was last reverted to, or the VM that it was cloned from; null for none.",
            default="",
            role=VM_POWER_ADMIN,
            since="midnight-ride",
        ),
    ]
    children: A[
        list[Ref[L["VM"]]],
        field(
            "The VMs and snapshots that have it as their parent.",
            role=VM_POWER_ADMIN,
            since="midnight-ride",
        ),
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
    VGPUs: A[list[Ref[L["VGPU"]]], field("The virtual graphics cards that it has.", since="boston")]
    attached_PCIs: A[
        list[Ref[L["PCI"]]],
        field("The PCI devices of its host that are handed to it now.", since="boston"),
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
        field(
            "The groups whose placement it follows; one at most.",
            history=(("Prototyped", "24.19.1"),),
        ),
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

    @message(
        role=VM_POWER_ADMIN,
        since="orlando",
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED"),
        tags=("snapshots",),
    )
    def snapshot(
        vm: A[Ref[L["VM"]], "The VM to take it of; in any power state"],
        new_name: A[str, "What the snapshot is called"],
        ignore_vdis: A[list[Ref[L["VDI"]]], param("Disks to leave out", since="21.4.0")] = [],
    ) -> Ref[L["VM"]]:
        """Take a snapshot of a VM's settings and disks, as they are at one moment; the VM may run
        on. Answers the snapshot, a template that never runs.
        """

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
        vm: A[Ref[L["VM"]], "The VM to take it of; it must run"],
        new_name: A[str, "What the snapshot is called"],
    ) -> Ref[L["VM"]]:
        """Took a snapshot after asking the guest to write everything out, in releases long gone.
        Answers the snapshot.
        """

    @message(
        role=VM_ADMIN,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def clone(
        vm: A[Ref[L["VM"]], "The VM, template or snapshot to clone; halted or suspended"],
        new_name: A[str, "What the new VM is called"],
    ) -> Ref[L["VM"]]:
        """Make a new VM like another one, its disks sharing blocks with the old ones where their
        storage can. Answers the new VM, which is halted.
        """

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Extended", "cowley"),
        ),
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def copy(
        vm: A[Ref[L["VM"]], "The VM, template or snapshot to copy; halted or suspended"],
        new_name: A[str, "What the new VM is called"],
        sr: A[Ref[L["SR"]], "Where all its disks go; null for each on the SR of its original"],
    ) -> Ref[L["VM"]]:
        """Make a new VM like another one, each disk with bytes of its own. Answers the new VM,
        which is halted.
        """

    @message(
        role=VM_POWER_ADMIN,
        since="midnight-ride",
        errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "SR_FULL", "VM_REVERT_FAILED"),
        tags=("snapshots",),
    )
    def revert(
        snapshot: A[Ref[L["VM"]], "The snapshot to go back to"],
    ) -> None:
        """Bring the VM that a snapshot was taken of back to its settings, disks and, for a
        checkpoint, memory; what came since is lost.
        """

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
        vm: A[Ref[L["VM"]], "The VM to take it of; running, paused or suspended"],
        new_name: A[str, "What the snapshot is called"],
    ) -> Ref[L["VM"]]:
        """Take a snapshot of a VM with its memory: the VM is suspended for a moment and goes on.
        Answers the snapshot, which resumes where the VM was.
        """

    @message(
        role=VM_ADMIN,
        errors=("VM_BAD_POWER_STATE", "SR_FULL", "OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def provision(
        vm: A[Ref[L["VM"]], "The clone; it must be halted"],
    ) -> None:
        """Make the disks that the XML in other_config of a template's clone asks for, after which
        it is a VM and no template.
        """

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
        vm: A[Ref[L["VM"]], "The VM to start; it must be halted"],
        start_paused: A[bool, "Whether to leave it paused before its first instruction"],
        force: A[bool, "Whether to go on where its memory limits are against the rules"],
    ) -> None:
        """Start a VM on a host that has room for it, the one that it prefers first."""

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
        vm: A[Ref[L["VM"]], "The VM to start; it must be halted"],
        host: A[Ref[L["host"]], "The host to start it on; it must be enabled and have room"],
        start_paused: A[bool, "Whether to leave it paused before its first instruction"],
        force: A[bool, "Whether to go on where its memory limits are against the rules"],
    ) -> None:
        """Start a VM on a host of the caller's choice."""

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
        vm: A[Ref[L["VM"]], "The VM to pause; it must run"],
    ) -> None:
        """Let the virtual CPUs of a VM stand still; it keeps its memory and its host."""

    @message(
        role=VM_OPERATOR, errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE")
    )
    def unpause(
        vm: A[Ref[L["VM"]], "The VM to let go on; it must be paused"],
    ) -> None:
        """Let a paused VM go on."""

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
        vm: A[Ref[L["VM"]], "The VM to stop; it must run"],
    ) -> None:
        """Ask the guest to halt, and wait until it has. Its agent or its ACPI must answer, else it
        fails after a time and goes on running.
        """

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
        vm: A[Ref[L["VM"]], "The VM to stop; running, paused or suspended"],
    ) -> None:
        """Stop a VM: its guest is asked first, and the VM stopped at once when it does not halt in
        time.
        """

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
        vm: A[Ref[L["VM"]], "The VM to restart; it must run"],
    ) -> None:
        """Ask the guest to restart, and wait until it runs again. Its agent or its ACPI must
        answer, else it fails after a time.
        """

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
        vm: A[Ref[L["VM"]], "The VM to stop; running, paused or suspended"],
    ) -> None:
        """Stop a VM at once, whatever else is being done with it; what its guest has not written is
        lost, and so is the memory of a suspended one.
        """

    @message(role=POOL_OPERATOR)
    def power_state_reset(
        vm: A[Ref[L["VM"]], "The VM to declare halted"],
    ) -> None:
        """Declare a VM halted in the records alone, for when its host cannot be asked. If it still
        runs there and is started elsewhere, its disks are lost.
        """

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
        vm: A[Ref[L["VM"]], "The VM to restart; running or paused"],
    ) -> None:
        """Stop a VM at once and start it anew; what its guest has not written is lost."""

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
        vm: A[Ref[L["VM"]], "The VM to suspend; it must run and its guest have drivers for it"],
    ) -> None:
        """Write the memory of a VM to a disk in its suspend SR and free its host; VM.resume brings
        it back.
        """

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
        vm: A[Ref[L["VM"]], "The VM to clone; it must be suspended"],
    ) -> Ref[L["VM"]]:
        """Clone a suspended VM with its memory, in releases long gone. Answers the new VM."""

    @message(
        role=VM_OPERATOR, errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE")
    )
    def resume(
        vm: A[Ref[L["VM"]], "The VM to resume; it must be suspended"],
        start_paused: A[bool, "Whether to leave it paused"],
        force: A[bool, "Taken for old clients; it has no effect"],
    ) -> None:
        """Bring a suspended VM back to where it was, on a host that has room for it. Its suspend
        image goes when it runs.
        """

    @message(role=POOL_ADMIN, since="falcon", hidden=True)
    def set_is_default_template(
        vm: A[Ref[L["VM"]], "The template to mark"],
        value: A[bool, "Whether it came with the pool"],
    ) -> None:
        """Mark a template as one that came with the pool, or as one that did not."""

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
        vm: A[Ref[L["VM"]], "The VM to restart"],
    ) -> None:
        """Restarted a VM for the pool itself, in releases long gone."""

    @message(
        role=VM_POWER_ADMIN,
        client_cert=True,
        errors=("VM_BAD_POWER_STATE", "OPERATION_NOT_ALLOWED", "VM_IS_TEMPLATE"),
    )
    def resume_on(
        vm: A[Ref[L["VM"]], "The VM to resume; it must be suspended"],
        host: A[Ref[L["host"]], "The host to resume it on; it must be enabled and have room"],
        start_paused: A[bool, "Whether to leave it paused"],
        force: A[bool, "Taken for old clients; it has no effect"],
    ) -> None:
        """Bring a suspended VM back to where it was, on a host of the caller's choice. Its suspend
        image goes when it runs.
        """

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
        vm: A[Ref[L["VM"]], "The VM to move; it must run"],
        host: A[Ref[L["host"]], "The host to move it to; it must be enabled and have room"],
        options: A[
            dict[str, str],
            "By name: `force` to skip the check of CPUs and guest, `compress` for its memory, `network` to go over; `live` is taken and has no effect",
        ],
    ) -> None:
        """Move a running VM to another host of the pool that sees the same disks; the guest is
        still for a moment only.
        """

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True, client_cert=True)
    def pool_migrate_complete(
        vm: A[Ref[L["VM"]], "The VM that has moved"],
        host: A[Ref[L["host"]], "The host that it runs on now"],
    ) -> None:
        """Have the destination take over the record of a VM that has arrived; the source calls it
        at the end of a migration.
        """

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Changed", "ely"),
        ),
        errors=("OPERATION_NOT_ALLOWED", "LICENCE_RESTRICTION"),
    )
    def set_VCPUs_number_live(
        self: A[Ref[L["VM"]], "The VM to change; it must run"],
        nvcpu: A[int, "How many it has from now on, from 1 to VCPUs_max"],
    ) -> None:
        """Change how many virtual CPUs a running VM has, at once. Its guest must take CPUs while it
        runs.
        """

    @message(role=VM_ADMIN)
    def add_to_VCPUs_params_live(
        self: A[Ref[L["VM"]], "The VM to change; it must run"],
        key: A[str, "`weight`, `cap` or `mask`"],
        value: A[
            str,
            "The share, the limit in percent of one CPU, or the numbers of the CPUs with commas between",
        ],
    ) -> None:
        """Add a parameter of how the virtual CPUs of a running VM are scheduled, effective at once.
        It is not kept for the next start.
        """

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def set_NVRAM(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[dict[str, str], "All entries by name, each in the form that the firmware wrote"],
    ) -> None:
        """Replace everything that a VM's firmware keeps while it is off."""

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def add_to_NVRAM(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        key: A[str, "Name of the entry, such as EFI-variables; it must not be there yet"],
        value: A[str, "What the entry holds"],
    ) -> None:
        """Add a variable to what a VM's firmware keeps while it is off."""

    @message(role=VM_ADMIN, since="naples", asynchronous=False)
    def remove_from_NVRAM(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        key: A[str, "Name of the entry"],
    ) -> None:
        """Take a variable out of what a VM's firmware keeps; it need not be there."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def set_ha_restart_priority(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[
            str,
            "`restart` for guaranteed, `best-effort` if there is room, empty for no restart",
        ],
    ) -> None:
        """Choose how eagerly high availability starts a VM again when its host fails."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "boston"),
        ),
        asynchronous=False,
    )
    def set_ha_always_run(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[bool, "Whether it is kept running"],
    ) -> None:
        """Chose whether high availability keeps a VM running; VM.set_ha_restart_priority has taken
        its place.
        """

    @message(role=READ_ONLY, since="midnight-ride", tags=("memory",))
    def compute_memory_overhead(
        vm: A[Ref[L["VM"]], "The VM to compute for"],
    ) -> int:
        """Work out how much memory Xen would take for a VM besides what its guest has, in bytes."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_dynamic_max(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[int, "Bytes, from memory_dynamic_min to memory_static_max"],
    ) -> None:
        """Change the most memory that ballooning gives a VM; a running one follows at once."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_dynamic_min(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[int, "Bytes, from memory_static_min to memory_dynamic_max"],
    ) -> None:
        """Change the least memory that ballooning leaves a VM; a running one follows at once."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_dynamic_range(
        self: A[Ref[L["VM"]], "The VM to change"],
        min: A[int, "The least in bytes, at least memory_static_min"],
        max: A[int, "The most in bytes, at least the least and at most memory_static_max"],
    ) -> None:
        """Change both limits of ballooning at once; a running VM follows at once."""

    @message(
        role=VM_POWER_ADMIN,
        since="orlando",
        asynchronous=False,
        errors=("HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN",),
        tags=("memory",),
    )
    def set_memory_static_max(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[int, "Bytes, at least memory_dynamic_max"],
    ) -> None:
        """Change the most memory that a VM can ever have."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False, tags=("memory",))
    def set_memory_static_min(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[int, "Bytes, at most memory_dynamic_min"],
    ) -> None:
        """Change the least memory that a VM can work with."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_static_range(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        min: A[int, "The least that it can work with, in bytes"],
        max: A[int, "The most that it can ever have, in bytes"],
    ) -> None:
        """Change the least and the most memory of a VM at once; the dynamic limits must lie between
        them.
        """

    @message(role=VM_POWER_ADMIN, since="midnight-ride", tags=("memory",))
    def set_memory_limits(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        static_min: A[int, "The least that it can work with, in bytes"],
        static_max: A[int, "The most that it can ever have, in bytes"],
        dynamic_min: A[int, "The least that ballooning leaves it, in bytes"],
        dynamic_max: A[int, "The most that ballooning gives it, in bytes"],
    ) -> None:
        """Change all four limits of a VM's memory at once; they must be static_min ≤ dynamic_min ≤
        dynamic_max ≤ static_max.
        """

    @message(role=VM_POWER_ADMIN, since="ely", tags=("memory",))
    def set_memory(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[int, "Memory in bytes, at least memory_static_min"],
    ) -> None:
        """Give a VM exactly so much memory: sets memory_dynamic_min, memory_dynamic_max and
        memory_static_max to it and leaves memory_static_min.
        """

    @message(
        role=VM_POWER_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "midnight-ride"),
        ),
        tags=("memory",),
    )
    def set_memory_target_live(
        self: A[Ref[L["VM"]], "The VM to change; it must run"],
        target: A[int, "Bytes; becomes both limits of ballooning"],
    ) -> None:
        """Set how much memory a running VM has. VM.set_memory_dynamic_range has taken its place."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "orlando"),
            ("Deprecated", "midnight-ride"),
        ),
        tags=("memory",),
    )
    def wait_memory_target_live(
        self: A[Ref[L["VM"]], "The VM to wait for; it must run"],
    ) -> None:
        """Wait until a running VM has about the memory that it was told to have, or fail after some
        minutes.
        """

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
        tags=("memory",),
    )
    def get_cooperative(
        self: A[Ref[L["VM"]], "The VM that is asked about"],
    ) -> bool:
        """Always tells true: once whether a VM's guest obeyed the balloon."""

    @message(role=VM_POWER_ADMIN, since="midnight-ride", asynchronous=False)
    def set_HVM_shadow_multiplier(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[float, "The factor; at least 1"],
    ) -> None:
        """Change the factor on the memory that is set aside for a VM's shadow page tables, from its
        next start.
        """

    @message(role=VM_POWER_ADMIN)
    def set_shadow_multiplier_live(
        self: A[Ref[L["VM"]], "The VM to change; it must run and its host have the memory"],
        multiplier: A[float, "The factor; at least 1"],
    ) -> None:
        """Change the factor on the memory that is set aside for a running VM's shadow page tables,
        at once.
        """

    @message(role=VM_ADMIN, since="midnight-ride", asynchronous=False)
    def set_VCPUs_max(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[int, "At least VCPUs_at_startup; a multiple of platform:cores-per-socket"],
    ) -> None:
        """Choose how many virtual CPUs a VM can have while it runs."""

    @message(role=VM_ADMIN, since="midnight-ride", asynchronous=False)
    def set_VCPUs_at_startup(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[int, "From 1 to VCPUs_max"],
    ) -> None:
        """Choose how many virtual CPUs a VM starts with."""

    @message(role=POOL_ADMIN, errors=("VM_BAD_POWER_STATE",))
    def send_sysrq(
        vm: A[Ref[L["VM"]], "The VM to send it to"],
        key: A[str, "The letter of that key"],
    ) -> None:
        """Would press a magic key of a guest's kernel; the field never made it work."""

    @message(role=POOL_ADMIN, errors=("VM_BAD_POWER_STATE",))
    def send_trigger(
        vm: A[Ref[L["VM"]], "The VM to send it to"],
        trigger: A[str, "Which one: `nmi`, `reset`, `init`, `s3resume`, `power` or `sleep`"],
    ) -> None:
        """Send a hardware signal to a running VM."""

    @message(role=READ_ONLY, since="miami", tags=("memory",))
    def maximise_memory(
        self: A[Ref[L["VM"]], "The VM to compute for"],
        total: A[int, "What it may take in all, in bytes"],
        approximate: A[bool, "Whether to keep a margin, so that the answer holds on other hosts"],
    ) -> int:
        """Tell the largest memory_static_max that a VM can have so that it takes no more than a
        given amount with all overheads, in bytes.
        """

    @message(
        role=VM_POWER_ADMIN, since="tampa", errors=("VM_BAD_POWER_STATE", "LICENCE_RESTRICTION")
    )
    def migrate_send(
        vm: A[Ref[L["VM"]], "The VM to move; running, suspended or halted"],
        dest: A[dict[str, str], "Where to, as host.migrate_receive answered it"],
        live: A[bool, "Whether it is to go on running while it moves"],
        vdi_map: A[
            dict[Ref[L["VDI"]], Ref[L["SR"]]],
            "The SR for each disk that moves; missing ones follow the destination's default",
        ],
        vif_map: A[
            dict[Ref[L["VIF"]], Ref[L["network"]]],
            "The network for each interface; needed for another pool",
        ],
        options: A[
            dict[str, str],
            "`force` to skip checks, `copy` to keep the old one (halted VMs only), `compress` for its memory; each `true` or `false`",
        ],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]],
            param("The group of graphics cards for each vGPU", since="inverness"),
        ] = {},
        vdi_format_map: A[
            dict[Ref[L["VDI"]], str],
            param(
                "The image format that each disk takes at its destination; missing ones keep what its SR prefers",
                since="26.14.0-next",
            ),
        ] = {},
    ) -> Ref[L["VM"]]:
        """Move a VM with its disks, or copy it, to a host that has agreed to receive it, of this
        pool or another. Answers the VM as the destination knows it.
        """

    @message(role=VM_POWER_ADMIN, since="tampa", errors=("LICENCE_RESTRICTION",))
    def assert_can_migrate(
        vm: A[Ref[L["VM"]], "The VM to judge"],
        dest: A[dict[str, str], "Where to, as host.migrate_receive answered it"],
        live: A[bool, "Whether it is to go on running; a halted or suspended VM moves without"],
        vdi_map: A[
            dict[Ref[L["VDI"]], Ref[L["SR"]]],
            "The SR for each disk that moves; missing ones follow the destination's default",
        ],
        vif_map: A[
            dict[Ref[L["VIF"]], Ref[L["network"]]],
            "The network for each interface; needed for another pool",
        ],
        options: A[dict[str, str], "Further settings by name, as for VM.migrate_send"],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]],
            param("The group of graphics cards for each vGPU", since="inverness"),
        ] = {},
    ) -> None:
        """Raise an error that says why, unless VM.migrate_send with the same parameters would be
        begun.
        """

    @message(role=VM_POWER_ADMIN, since="inverness", hidden=True)
    def assert_can_migrate_sender(
        vm: A[Ref[L["VM"]], "The VM to judge"],
        dest: A[dict[str, str], "Where to, as host.migrate_receive answered it"],
        live: A[bool, "Whether it is to go on running"],
        vdi_map: A[dict[Ref[L["VDI"]], Ref[L["SR"]]], "The SR for each disk that moves"],
        vif_map: A[dict[Ref[L["VIF"]], Ref[L["network"]]], "The network for each interface"],
        vgpu_map: A[
            dict[Ref[L["VGPU"]], Ref[L["GPU_group"]]], "The group of graphics cards for each vGPU"
        ],
        options: A[dict[str, str], "Further settings by name, as for VM.migrate_send"],
    ) -> None:
        """Raise an error unless the host of a VM could send it; the part of VM.assert_can_migrate
        that its own host checks.
        """

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "inverness"),
        ),
        asynchronous=False,
    )
    def get_boot_record(
        self: A[Ref[L["VM"]], "The VM that is asked about"],
    ) -> Record[L["VM"]]:
        """Tell the record of a VM as it was when it was last started; that of now while it is off."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_data_sources(
        self: A[Ref[L["VM"]], "The VM that is asked about"],
    ) -> list[Record[L["data_source"]]]:
        """List the figures of a VM that can be recorded over time."""

    @message(role=VM_ADMIN, since="orlando", asynchronous=False)
    def record_data_source(
        self: A[Ref[L["VM"]], "The VM that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> None:
        """Begin to record one figure of a VM over time."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def query_data_source(
        self: A[Ref[L["VM"]], "The VM that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> float:
        """Tell the present value of one figure of a VM."""

    @message(role=VM_ADMIN, since="orlando", asynchronous=False)
    def forget_data_source_archives(
        self: A[Ref[L["VM"]], "The VM that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> None:
        """Throw away what was recorded of one figure of a VM."""

    @message(role=READ_ONLY)
    def assert_operation_valid(
        self: A[Ref[L["VM"]], "The VM to judge"],
        op: A[enums.VmOperations, "The operation to try"],
    ) -> None:
        """Raise the error that an operation would be refused with in the VM's present state, and
        nothing when it would be begun.
        """

    @message(role=POOL_ADMIN)
    def update_allowed_operations(
        self: A[Ref[L["VM"]], "The VM to refresh"],
    ) -> None:
        """Work out anew what may be begun on a VM and record that; it is kept up to date without."""

    @message(role=READ_ONLY, asynchronous=False, no_current_operations=True)
    def get_allowed_VBD_devices(
        vm: A[Ref[L["VM"]], "The VM to look at"],
    ) -> list[str]:
        """List the positions at which a VM has room for another block device, as VBD.create takes
        them in `userdevice`.
        """

    @message(role=READ_ONLY, asynchronous=False, no_current_operations=True)
    def get_allowed_VIF_devices(
        vm: A[Ref[L["VM"]], "The VM to look at"],
    ) -> list[str]:
        """List the positions at which a VM has room for another network interface, as VIF.create
        takes them in `device`.
        """

    @message(role=READ_ONLY)
    def get_possible_hosts(
        vm: A[Ref[L["VM"]], "The VM to look at"],
    ) -> list[Ref[L["host"]]]:
        """List the hosts on which a VM could start now."""

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
        self: A[Ref[L["VM"]], "The VM to judge"],
        host: A[Ref[L["host"]], "The host to try"],
    ) -> None:
        """Raise an error that says why, unless a VM could start on a host now: memory, CPUs, SRs,
        networks, devices and versions are looked at, nothing is reserved.
        """

    @message(role=LOCAL_ROOT, pool_internal=True, hidden=True)
    def atomic_set_resident_on(
        vm: A[Ref[L["VM"]], "The VM that has arrived"],
        host: A[Ref[L["host"]], "The host that it runs on"],
    ) -> None:
        """Record the host that a VM runs on and free what was reserved for it, in one step; for the
        pool's own use.
        """

    @message(role=VM_POWER_ADMIN, since="orlando")
    def create_new_blob(
        vm: A[Ref[L["VM"]], "The VM to keep it with"],
        name: A[str, "The key under which it is found in the VM's blobs"],
        mime_type: A[str, "The media type of what it will hold; empty for unknown"],
        public: A[bool, param("Whether it may be read without a session", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make an empty piece of binary data beside a VM; HTTP fills and reads it."""

    @message(role=VM_OPERATOR, since="midnight-ride", hidden=True)
    def s3_suspend(
        vm: A[Ref[L["VM"]], "The VM to send to sleep; it must run and have drivers for it"],
    ) -> None:
        """Ask the guest of a VM to go to sleep by ACPI, with its memory where it is."""

    @message(role=VM_OPERATOR, since="midnight-ride", hidden=True)
    def s3_resume(
        vm: A[Ref[L["VM"]], "The VM to wake"],
    ) -> None:
        """Wake the guest of a VM from its ACPI sleep."""

    @message(role=READ_ONLY, since="orlando")
    def assert_agile(
        self: A[Ref[L["VM"]], "The VM to judge"],
    ) -> None:
        """Raise an error unless a VM could start on every host of the pool: its disks on shared
        SRs, its networks everywhere, no device of one host.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "midnight-ride"),
        ),
        hidden=True,
    )
    def update_snapshot_metadata(
        vm: A[Ref[L["VM"]], "The snapshot to change"],
        snapshot_of: A[Ref[L["VM"]], "The VM that it was taken of"],
        snapshot_time: A[DateTime, "When it was taken"],
        transportable_snapshot_id: A[str, "Its name outside the pool"],
    ) -> None:
        """Set by hand what a snapshot is a snapshot of; kept for old imports."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_recommendations(
        vm: A[Ref[L["VM"]], "The VM to place"],
    ) -> dict[Ref[L["host"]], list[str]]:
        """Ask the workload balancer how well each host would suit a VM. Answers for each host `WLB`
        with stars and an id, or the reason against it.
        """

    @message(
        role=VM_ADMIN, since="inverness", errors=("VM_BIOS_STRINGS_ALREADY_SET", "INVALID_VALUE")
    )
    def set_bios_strings(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[
            dict[str, str],
            "The words by name, such as bios-vendor or system-product-name; unknown names are refused",
        ],
    ) -> None:
        """Choose what a VM's firmware says of the machine. It can be set but once, before the first
        start.
        """

    @message(role=VM_ADMIN, since="midnight-ride")
    def copy_bios_strings(
        vm: A[Ref[L["VM"]], "The VM to change; nothing of the kind may be set yet"],
        host: A[Ref[L["host"]], "The host to take the words of"],
    ) -> None:
        """Have the firmware of a VM present itself as the host's own does, for licences that are
        bound to the machine.
        """

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
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[Ref[L["VMPP"]], "The policy; null for none"],
    ) -> None:
        """Put a VM under a protection policy, in releases long gone."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_snapshot_schedule(
        self: A[Ref[L["VM"]], "The VM to change; no template and in no appliance"],
        value: A[Ref[L["VMSS"]], "The schedule; null for none"],
    ) -> None:
        """Put a VM under a snapshot schedule, or take it out."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_start_delay(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[int, "Seconds"],
    ) -> None:
        """Choose how long the next VM waits after this one has started, in an appliance or under
        high availability.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def set_shutdown_delay(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[int, "Seconds"],
    ) -> None:
        """Choose how long the next VM waits after this one has stopped in an appliance, which is
        also how long it may take to halt.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def set_order(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[int, "0 and up: the lowest starts first and stops last"],
    ) -> None:
        """Choose when a VM starts and stops among those of its appliance or under high
        availability.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def set_suspend_VDI(
        self: A[Ref[L["VM"]], "The VM to change; it must be suspended"],
        value: A[
            Ref[L["VDI"]], "A disk of type suspend; its bytes must be those of the present one"
        ],
    ) -> None:
        """Give a suspended VM another disk with the same suspend image, as when the storage was
        copied.
        """

    @message(
        role=READ_ONLY, since="boston", errors=("VM_IS_PART_OF_AN_APPLIANCE", "VM_REQUIRES_SR")
    )
    def assert_can_be_recovered(
        self: A[Ref[L["VM"]], "The VM, as the other database knows it"],
        session_to: A[Ref[L["session"]], "A session at the pool to recover it into"],
    ) -> None:
        """Raise an error unless a VM in the database of another pool could be recovered into this
        one: its SRs must be here.
        """

    @message(role=READ_ONLY, since="creedence")
    def get_SRs_required_for_recovery(
        self: A[Ref[L["VM"]], "The VM, as the database of its old pool knows it"],
        session_to: A[Ref[L["session"]], "A session at the pool to recover it into"],
    ) -> list[Ref[L["SR"]]]:
        """List the SRs that another pool must have before a VM can be recovered into it."""

    @message(role=READ_ONLY, since="boston")
    def recover(
        self: A[Ref[L["VM"]], "The VM, as the other database knows it"],
        session_to: A[Ref[L["session"]], "A session at the pool to recover it into"],
        force: A[bool, "Whether to replace a VM with the same uuid there though it is newer"],
    ) -> None:
        """Bring a VM with its disks' records from the database of another pool into one that has
        its storage.
        """

    @message(role=VM_ADMIN, since="tampa")
    def import_convert(
        type: A[str, "Which product they come from"],
        username: A[str, "The account there"],
        password: A[str, "The password of that account"],
        sr: A[Ref[L["SR"]], "Where their disks go"],
        remote_config: A[
            dict[str, str], "Address and further settings of the other product, by name"
        ],
    ) -> None:
        """Have the conversion appliance bring in VMs of another product."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_appliance(
        self: A[Ref[L["VM"]], "The VM to change; it must not be in a snapshot schedule"],
        value: A[Ref[L["VM_appliance"]], "The appliance to put it into; null for none"],
    ) -> None:
        """Put a VM into an appliance, or take it out."""

    @message(role=VM_ADMIN, history=(("Prototyped", "24.19.1"),), errors=("OPERATION_NOT_ALLOWED",))
    def set_groups(
        self: A[Ref[L["VM"]], param("The VM to change", since=None)],
        value: A[list[Ref[L["VM_group"]]], param("One group, or none", since=None)],
    ) -> None:
        """Choose the group whose placement a VM follows."""

    @message(role=POOL_ADMIN, since="tampa")
    def query_services(
        self: A[Ref[L["VM"]], "The driver domain; it must run"],
    ) -> dict[str, str]:
        """List the services of the toolstack that a driver domain offers, by name, each with its
        address.
        """

    @message(role=VM_OPERATOR, since="cream")
    def call_plugin(
        vm: A[Ref[L["VM"]], "The VM whose guest is spoken to"],
        plugin: A[str, "File name of the plugin, such as guest-agent-operation"],
        fn: A[str, "Name of the plugin's function"],
        args: A[dict[str, str], "What the function is given, by name"],
    ) -> str:
        """Call a plugin that speaks to the guest of a running VM. Answers what the plugin said;
        calls for one VM are limited in rate.
        """

    @message(role=VM_OPERATOR, history=(("Prototyped", "25.22.0"),))
    def call_host_plugin(
        vm: A[Ref[L["VM"]], param("The VM that it is about; it must run", since=None)],
        plugin: A[
            str,
            param(
                "File name of the plugin",
                since=None,
            ),
        ],
        fn: A[str, param("Name of the plugin's function", since=None)],
        args: A[dict[str, str], param("What the function is given, by name", since=None)],
    ) -> str:
        """Call a plugin in dom0 of the host that a VM runs on. Answers what the plugin said."""

    @message(role=VM_ADMIN, since="dundee", tags=("windows-vm",))
    def set_has_vendor_device(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[bool, "Whether it is offered"],
    ) -> None:
        """Choose whether a guest is offered the device by which Windows finds its drivers, from its
        next start.
        """

    @message(role=POOL_OPERATOR, since="dundee")
    def import_(
        url: A[str, "Where the export is, over HTTP or HTTPS"],
        sr: A[Ref[L["SR"]], "Where all its disks go; null for the pool's default"],
        full_restore: A[
            bool, "Whether to keep uuids and MAC addresses, as when a backup is restored"
        ],
        force: A[bool, "Whether to go on where a snapshot or a disk is missing from the export"],
    ) -> list[Ref[L["VM"]]]:
        """Fetch an exported VM from an address and make it a VM here. Answers the VMs and templates
        that it held.
        """

    @message(role=VM_ADMIN)
    def set_actions_after_crash(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[
            enums.OnCrashBehaviour,
            "What to do: stop it, start it again or keep it as it is, with or without a dump",
        ],
    ) -> None:
        """Choose what becomes of a VM when its guest crashes; effective at once for a running one."""

    @message(role=VM_ADMIN, since="kolkata", asynchronous=False)
    def set_domain_type(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[enums.DomainType, "The type, such as hvm or pvh"],
    ) -> None:
        """Choose how a VM is virtualised, from its next start."""

    @message(
        role=VM_ADMIN,
        history=(
            ("Published", "rio"),
            ("Deprecated", "kolkata"),
        ),
        asynchronous=False,
    )
    def set_HVM_boot_policy(
        self: A[Ref[L["VM"]], "The VM to change; it must be halted"],
        value: A[str, "`BIOS order` for a fully virtual VM, empty for a paravirtual one"],
    ) -> None:
        """Choose how a VM boots, and so whether it is fully virtual. VM.set_domain_type has taken
        its place.
        """

    @message(role=LOCAL_ROOT, since="naples", asynchronous=False, hidden=True)
    def set_NVRAM_EFI_variables(
        self: A[Ref[L["VM"]], "The VM that they are of"],
        value: A[str, "All variables, packed and in Base64"],
        update: A[
            enums.UpdateStatus,
            param(
                "Whether they hold new certificates for secure boot: yes, no, or not said",
                since="26.12.0",
            ),
        ] = enums.UpdateStatus("unspecified"),
    ) -> None:
        """Store the EFI variables of a VM; called by the daemon that keeps them for the running
        guest.
        """

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
        self: A[Ref[L["VM"]], param("The VM to renew; it must run", since=None)],
    ) -> None:
        """Replace the program that plays a running VM's devices by its present version, by
        migrating the VM to where it is.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.17.0"),))
    def set_uefi_mode(
        self: A[Ref[L["VM"]], param("The VM to change; it must boot by UEFI", since=None)],
        mode: A[
            enums.VmUefiMode,
            param("`setup` to take certificates, `user` to check them", since=None),
        ],
    ) -> str:
        """Switch the firmware of a VM between the mode in which it takes new certificates and the
        one in which it checks them. Answers what the tool said.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.17.0"),))
    def get_secureboot_readiness(
        self: A[Ref[L["VM"]], param("The VM to look at", since=None)],
    ) -> enums.VmSecurebootReadiness:
        """Tell whether a VM would start with secure boot, and what is missing where not."""

    @message(role=VM_ADMIN, history=(("Prototyped", "26.14.0"),))
    def update_secureboot_certificates_on_boot(
        self: A[Ref[L["VM"]], param("The VM to mark", since=None)],
        mark: A[bool, param("Whether they are to be renewed", since=None)],
    ) -> None:
        """Choose whether a VM's certificates for secure boot are renewed when it next starts."""

    @message(role=VM_ADMIN, since="orlando")
    def set_blocked_operations(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[
            dict[enums.VmOperations, str],
            "The operations, each with the reason that becomes the code in OPERATION_BLOCKED; empty for none",
        ],
    ) -> None:
        """Choose which operations on a VM are forbidden to everybody."""

    @message(role=VM_ADMIN, since="orlando")
    def add_to_blocked_operations(
        self: A[Ref[L["VM"]], "The VM to protect"],
        key: A[enums.VmOperations, "The operation to forbid"],
        value: A[str, "The reason, which becomes the code in OPERATION_BLOCKED"],
    ) -> None:
        """Forbid one operation on a VM to everybody, until it is taken out again."""

    @message(role=VM_ADMIN, since="orlando")
    def remove_from_blocked_operations(
        self: A[Ref[L["VM"]], "The VM to change"],
        key: A[enums.VmOperations, "The operation to allow"],
    ) -> None:
        """Allow an operation on a VM again; it may be allowed already."""

    @message(role=VM_ADMIN, history=(("Prototyped", "25.24.0"),))
    def sysprep(
        self: A[
            Ref[L["VM"]],
            param(
                "The VM to prepare; it must run with its agent and have an empty CD drive",
                since=None,
            ),
        ],
        unattend: A[Secret, param("The answer file, unattend.xml, as text", since=None)],
        timeout: A[
            float,
            param("Seconds to wait for the shutdown", since=None),
        ],
    ) -> None:
        """Prepare a Windows guest for being cloned: give it an answer file on a CD, have its agent
        run sysprep, and wait until it has shut down.
        """

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
        self: A[Ref[L["VM"]], "The VM to change"],
        key: A[str, "Its name; it must not be there yet"],
        value: A[str, "What it is set to"],
    ) -> None:
        """Add a setting or note to a VM; single keys may need a stronger role."""

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
        self: A[Ref[L["VM"]], "The VM to change"],
        key: A[str, "Its name; single names may need a stronger role"],
    ) -> None:
        """Remove a setting or note of a VM; it need not be there."""

    @message(role=VM_ADMIN, asynchronous=False)
    def set_other_config(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[dict[str, str], "All of them by name"],
    ) -> None:
        """Replace all settings and notes of a VM; single keys may need a stronger role."""

    @message(role=VM_ADMIN, asynchronous=False, key_roles={"hvm_serial": POOL_ADMIN})
    def add_to_platform(
        self: A[Ref[L["VM"]], "The VM to change"],
        key: A[
            str,
            "Name of the switch, such as viridian or cores-per-socket; it must not be there yet",
        ],
        value: A[str, "What it is set to"],
    ) -> None:
        """Add a switch of the virtual machine that the guest sees, from its next start."""

    @message(role=VM_ADMIN, asynchronous=False, key_roles={"hvm_serial": POOL_ADMIN})
    def remove_from_platform(
        self: A[Ref[L["VM"]], "The VM to change"],
        key: A[str, "Name of the switch"],
    ) -> None:
        """Remove a switch of the virtual machine, from its next start; that it is not there is no
        error.
        """

    @message(role=VM_ADMIN, asynchronous=False)
    def set_platform(
        self: A[Ref[L["VM"]], "The VM to change"],
        value: A[dict[str, str], "All of them by name"],
    ) -> None:
        """Replace all switches of the virtual machine that the guest sees, from its next start."""


VMRef = Ref[L["VM"]]
