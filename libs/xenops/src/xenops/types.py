"""The types of xenopsd's interface.

Records are frozen dataclasses. A variant whose tags carry no values is an enumeration; any other is
a ``Variant``, a tag with its value: ``Disk("VDI", "sr/vdi")``. ``wire`` has a type's wire name.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from xenops.idl import Int32, Int64, Variant, record, variant

Json = Annotated[Any, "abstract(Rpc.t)"]
CpuPolicy = Annotated[str, "abstract(CPU_policy.t)"]
Uuid = Annotated[str, "abstract(uuid)"]


@variant("Device_number.bus_type")
class DeviceNumberBusType(StrEnum):
    Xen = "Xen"
    Scsi = "Scsi"
    Floppy = "Floppy"
    Ide = "Ide"


@variant("Dynamic.id")
class DynamicId(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Vm": str,
        "Vbd": tuple[str, str],
        "Vif": tuple[str, str],
        "Pci": tuple[str, str],
        "Vgpu": tuple[str, str],
        "Vusb": tuple[str, str],
        "Task": str,
    }


@variant("power_state")
class PowerState(StrEnum):
    Running = "Running"
    Halted = "Halted"
    Suspended = "Suspended"
    Paused = "Paused"


@variant("Errors.error", default="Unknown_error")
class ErrorsError(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Already_exists": tuple[str, str],
        "Does_not_exist": tuple[str, str],
        "Unimplemented": str,
        "Domain_not_built": None,
        "Invalid_vcpus": int,
        "Bad_power_state": tuple[PowerState, PowerState],
        "Failed_to_acknowledge_shutdown_request": None,
        "Failed_to_acknowledge_suspend_request": None,
        "Failed_to_shutdown": tuple[str, float],
        "Failed_to_suspend": tuple[str, float],
        "Device_is_connected": None,
        "Device_not_connected": None,
        "Device_detach_rejected": tuple[str, str, str],
        "Media_not_ejectable": None,
        "Media_present": None,
        "Media_not_present": None,
        "No_bootable_device": None,
        "Bootloader_error": tuple[str, str],
        "Cannot_free_this_much_memory": tuple[Int64, Int64],
        "Vms_failed_to_cooperate": list[str],
        "IO_error": None,
        "Failed_to_contact_remote_service": str,
        "Hook_failed": tuple[str, str, str, str],
        "Not_enough_memory": Int64,
        "Cancelled": str,
        "Storage_backend_error": tuple[str, list[str]],
        "PCIBack_not_loaded": None,
        "Failed_to_run_script": str,
        "Failed_to_start_emulator": tuple[str, str, str],
        "Ballooning_timeout_before_migration": None,
        "Internal_error": str,
        "Unknown_error": None,
    }


@record("Host.chipset_info")
@dataclass(frozen=True, kw_only=True)
class HostChipsetInfo:
    iommu: bool
    hvm: bool


@record("Host.cpu_info")
@dataclass(frozen=True, kw_only=True)
class HostCpuInfo:
    cpu_count: int
    socket_count: int
    threads_per_core: int
    nr_nodes: int
    vendor: str
    speed: str
    modelname: str
    family: str
    model: str
    stepping: str
    flags: str
    features: CpuPolicy
    features_pv: CpuPolicy
    features_hvm: CpuPolicy
    features_pv_host: CpuPolicy
    features_hvm_host: CpuPolicy


@record("Host.guest_agent_feature")
@dataclass(frozen=True, kw_only=True)
class HostGuestAgentFeature:
    name: str
    licensed: bool
    parameters: dict[str, str]


@record("Host.hypervisor")
@dataclass(frozen=True, kw_only=True)
class HostHypervisor:
    version: str
    capabilities: str


@variant("Host.numa_affinity_policy")
class HostNumaAffinityPolicy(StrEnum):
    Any = "Any"
    Best_effort = "Best_effort"
    Best_effort_hard = "Best_effort_hard"
    Prio_mem_only = "Prio_mem_only"


@record("Host.t")
@dataclass(frozen=True, kw_only=True)
class Host:
    cpu_info: HostCpuInfo
    hypervisor: HostHypervisor
    chipset_info: HostChipsetInfo


@record("Pci.address")
@dataclass(frozen=True, kw_only=True)
class PciAddress:
    domain: int
    bus: int
    dev: int
    fn: int


@record("Pci.t")
@dataclass(frozen=True, kw_only=True)
class Pci:
    id: tuple[str, str]
    position: int
    address: PciAddress
    msitranslate: bool | None = None
    power_mgmt: bool | None = None


@variant("Vbd.mode")
class VbdMode(StrEnum):
    ReadOnly = "ReadOnly"
    ReadWrite = "ReadWrite"


@variant("Vbd.qos_class")
class VbdQosClass(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Highest": None,
        "High": None,
        "Normal": None,
        "Low": None,
        "Lowest": None,
        "Other": int,
    }


@variant("Vbd.qos_scheduler")
class VbdQosScheduler(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "RealTime": VbdQosClass,
        "Idle": None,
        "BestEffort": VbdQosClass,
    }


@variant("Vbd.qos")
class VbdQos(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Ionice": VbdQosScheduler,
    }


@variant("Vbd.ty")
class VbdTy(StrEnum):
    CDROM = "CDROM"
    Disk = "Disk"
    Floppy = "Floppy"


@variant("disk")
class Disk(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Local": str,
        "VDI": str,
    }


@record("Vbd.t")
@dataclass(frozen=True, kw_only=True)
class Vbd:
    id: tuple[str, str] = ("", "")
    position: tuple[DeviceNumberBusType, int, int] | None = None
    mode: VbdMode = VbdMode.ReadWrite
    backend: Disk | None = None
    ty: VbdTy = VbdTy.Disk
    unpluggable: bool = True
    extra_backend_keys: dict[str, str] = field(default_factory=dict)
    extra_private_keys: dict[str, str] = field(default_factory=dict)
    qos: VbdQos | None = None
    persistent: bool = True
    can_attach_early: bool = False


@record("Vgpu.gvt_g")
@dataclass(frozen=True, kw_only=True)
class VgpuGvtG:
    physical_pci_address: PciAddress | None = None
    low_gm_sz: Int64
    high_gm_sz: Int64
    fence_sz: Int64
    monitor_config_file: str | None = None


@record("Vgpu.mxgpu")
@dataclass(frozen=True, kw_only=True)
class VgpuMxgpu:
    physical_function: PciAddress | None = None
    vgpus_per_pgpu: Int64
    framebufferbytes: Int64


@record("Vgpu.nvidia")
@dataclass(frozen=True, kw_only=True)
class VgpuNvidia:
    physical_pci_address: PciAddress | None = None
    config_file: str | None = None
    virtual_pci_address: PciAddress = PciAddress(domain=0, bus=0, dev=11, fn=0)
    type_id: str | None = None
    uuid: str | None = None
    vclass: str | None = None
    extra_args: str = ""


@variant("Vgpu.implementation", default="Empty")
class VgpuImplementation(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "GVT_g": VgpuGvtG,
        "Nvidia": VgpuNvidia,
        "MxGPU": VgpuMxgpu,
        "Empty": None,
    }


@record("Vgpu.t")
@dataclass(frozen=True, kw_only=True)
class Vgpu:
    id: tuple[str, str] = ("", "")
    position: int = 0
    virtual_pci_address: PciAddress | None = None
    physical_pci_address: PciAddress = PciAddress(domain=0, bus=0, dev=0, fn=0)
    implementation: VgpuImplementation = VgpuImplementation("Empty")


@variant("Network.t")
class Network(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Local": str,
        "Remote": tuple[str, str],
        "Sriov": PciAddress,
    }


@record("Vif.PVS_proxy.server")
@dataclass(frozen=True, kw_only=True)
class VifPVSProxyServer:
    addresses: list[str]
    first_port: int
    last_port: int


@variant("Vif.ipv4_configuration")
class VifIpv4Configuration(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Unspecified4": None,
        "Static4": tuple[list[str], str | None],
        "DHCP4": None,
    }


@variant("Vif.ipv6_configuration")
class VifIpv6Configuration(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Unspecified6": None,
        "Static6": tuple[list[str], str | None],
        "Autoconf6": None,
    }


@record("Vif.locked_addresses")
@dataclass(frozen=True, kw_only=True)
class VifLockedAddresses:
    ipv4: list[str]
    ipv6: list[str]


@variant("Vif.locking_mode")
class VifLockingMode(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Unlocked": None,
        "Disabled": None,
        "Locked": VifLockedAddresses,
    }


@record("Vif.t")
@dataclass(frozen=True, kw_only=True)
class Vif:
    id: tuple[str, str] = ("", "")
    position: int = 0
    mac: str = "fe:ff:ff:ff:ff:ff"
    carrier: bool = True
    mtu: int = 1500
    rate: tuple[Int64, Int64] | None = None
    backend: Network = Network("Local", "xenbr0")
    other_config: dict[str, str] = field(default_factory=dict)
    locking_mode: VifLockingMode = VifLockingMode("Unlocked")
    extra_private_keys: dict[str, str] = field(default_factory=dict)
    ipv4_configuration: VifIpv4Configuration = VifIpv4Configuration("Unspecified4")
    ipv6_configuration: VifIpv6Configuration = VifIpv6Configuration("Unspecified6")
    pvs_proxy: tuple[str, list[VifPVSProxyServer], str] | None = None
    vlan: Int64 | None = None
    trunks: list[Int64] = field(default_factory=list)


@variant("Vm.action")
class VmAction(StrEnum):
    Coredump = "Coredump"
    Shutdown = "Shutdown"
    Start = "Start"
    Pause = "Pause"
    Softreboot = "Softreboot"


@variant("Nvram_uefi_variables.onboot")
class NvramUefiVariablesOnboot(StrEnum):
    Persist = "Persist"
    Reset = "Reset"


@record("Nvram_uefi_variables.t")
@dataclass(frozen=True, kw_only=True)
class NvramUefiVariables:
    on_boot: NvramUefiVariablesOnboot = NvramUefiVariablesOnboot.Persist
    backend: str = "xapidb"


@variant("Vm.firmware_type")
class VmFirmwareType(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Bios": None,
        "Uefi": NvramUefiVariables,
    }


@variant("Vm.tpm")
class VmTpm(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Vtpm": Uuid,
    }


@variant("Vm.igd_passthrough")
class VmIgdPassthrough(StrEnum):
    GVT_d = "GVT_d"


@variant("Vm.video_card", default="Cirrus")
class VmVideoCard(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Cirrus": None,
        "Standard_VGA": None,
        "Vgpu": None,
        "IGD_passthrough": VmIgdPassthrough,
    }


@record("Vm.hvm_info")
@dataclass(frozen=True, kw_only=True)
class VmHvmInfo:
    hap: bool = True
    shadow_multiplier: float = 1.0
    timeoffset: str = ""
    video_mib: int = 4
    video: VmVideoCard = VmVideoCard("Cirrus")
    acpi: bool = True
    serial: str | None = None
    keymap: str | None = None
    vnc_ip: str | None = None
    pci_emulations: list[str] = field(default_factory=list)
    pci_passthrough: bool = False
    boot_order: str = ""
    qemu_disk_cmdline: bool = False
    qemu_stubdom: bool = False
    firmware: VmFirmwareType = VmFirmwareType("Bios")
    tpm: VmTpm | None = None


@record("Vm.pv_direct_boot")
@dataclass(frozen=True, kw_only=True)
class VmPvDirectBoot:
    kernel: str = ""
    cmdline: str = ""
    ramdisk: str | None = None


@record("Vm.pv_indirect_boot")
@dataclass(frozen=True, kw_only=True)
class VmPvIndirectBoot:
    bootloader: str = ""
    extra_args: str = ""
    legacy_args: str = ""
    bootloader_args: str = ""
    devices: list[Disk] = field(default_factory=list)


@variant("Vm.pv_boot")
class VmPvBoot(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Direct": VmPvDirectBoot,
        "Indirect": VmPvIndirectBoot,
    }


@record("Vm.pv_info")
@dataclass(frozen=True, kw_only=True)
class VmPvInfo:
    boot: VmPvBoot
    framebuffer: bool = True
    framebuffer_ip: str | None = None
    vncterm: bool = True
    vncterm_ip: str | None = None
    pci_passthrough: bool = False


@variant("Vm.builder_info")
class VmBuilderInfo(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "HVM": VmHvmInfo,
        "PV": VmPvInfo,
        "PVinPVH": VmPvInfo,
        "PVH": VmPvInfo,
    }


@record("Vm.scheduler_params")
@dataclass(frozen=True, kw_only=True)
class VmSchedulerParams:
    priority: tuple[int, int] | None = None
    affinity: list[list[int]]


@record("Vm.t")
@dataclass(frozen=True, kw_only=True)
class Vm:
    id: str
    name: str = "unnamed"
    ssidref: Int32
    xsdata: dict[str, str]
    platformdata: dict[str, str]
    bios_strings: dict[str, str]
    ty: VmBuilderInfo
    suppress_spurious_page_faults: bool
    machine_address_size: int | None = None
    memory_static_max: Int64
    memory_dynamic_max: Int64
    memory_dynamic_min: Int64
    vcpu_max: int
    vcpus: int
    scheduler_params: VmSchedulerParams
    on_crash: list[VmAction]
    on_shutdown: list[VmAction]
    on_reboot: list[VmAction]
    on_softreboot: list[VmAction] = field(default_factory=lambda: [VmAction.Softreboot])
    pci_msitranslate: bool
    pci_power_mgmt: bool
    has_vendor_device: bool = False
    generation_id: str | None = None


@record("Vusb.t")
@dataclass(frozen=True, kw_only=True)
class Vusb:
    id: tuple[str, str]
    hostbus: str
    hostport: str
    version: str
    path: str
    speed: float


@record("Metadata.t")
@dataclass(frozen=True, kw_only=True)
class Metadata:
    vm: Vm
    vbds: list[Vbd] = field(default_factory=list)
    vifs: list[Vif] = field(default_factory=list)
    pcis: list[Pci] = field(default_factory=list)
    vgpus: list[Vgpu] = field(default_factory=list)
    vusbs: list[Vusb] = field(default_factory=list)
    domains: str | None = None


@variant("Observer.error", default="Unknown_error")
class ObserverError(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Internal_error": str,
        "Unimplemented": str,
        "Unknown_error": None,
    }


@record("Pci.state")
@dataclass(frozen=True, kw_only=True)
class PciState:
    plugged: bool


@record("Query.t")
@dataclass(frozen=True, kw_only=True)
class Query:
    name: str
    vendor: str
    version: str
    features: list[str]
    instance_id: str


@record("Task.completion_t")
@dataclass(frozen=True, kw_only=True)
class TaskCompletion:
    duration: float
    result: Json | None = None


@variant("Task.state")
class TaskState(Variant):
    tags: ClassVar[dict[str, Any]] = {
        "Pending": float,
        "Completed": TaskCompletion,
        "Failed": Json,
    }


@record("Task.t")
@dataclass(frozen=True, kw_only=True)
class Task:
    id: str
    dbg: str
    ctime: float
    state: TaskState
    subtasks: dict[str, TaskState]
    debug_info: dict[str, str]
    backtrace: str
    cancellable: bool


@record("Vbd.state")
@dataclass(frozen=True, kw_only=True)
class VbdState:
    active: bool
    plugged: bool
    qos_target: VbdQos | None = None
    backend_present: Disk | None = None


@record("Vgpu.state")
@dataclass(frozen=True, kw_only=True)
class VgpuState:
    active: bool
    plugged: bool
    emulator_pid: int | None = None


@record("Vif.state")
@dataclass(frozen=True, kw_only=True)
class VifState:
    active: bool
    plugged: bool
    kthread_pid: int
    media_present: bool
    device: str | None = None
    pvs_rules_active: bool


@variant("Vm.console_protocol")
class VmConsoleProtocol(StrEnum):
    Rfb = "Rfb"
    Vt100 = "Vt100"


@record("Vm.console")
@dataclass(frozen=True, kw_only=True)
class VmConsole:
    protocol: VmConsoleProtocol
    port: int
    path: str


@variant("Vm.domain_type")
class VmDomainType(StrEnum):
    Domain_HVM = "Domain_HVM"
    Domain_PV = "Domain_PV"
    Domain_PVinPVH = "Domain_PVinPVH"
    Domain_PVH = "Domain_PVH"
    Domain_undefined = "Domain_undefined"


@record("Vm.state")
@dataclass(frozen=True, kw_only=True)
class VmState:
    power_state: PowerState
    domids: list[int]
    consoles: list[VmConsole]
    memory_target: Int64
    memory_actual: Int64
    memory_limit: Int64
    vcpu_target: int
    shadow_multiplier_target: float
    rtc_timeoffset: str
    uncooperative_balloon_driver: bool
    guest_agent: dict[str, str]
    xsdata_state: dict[str, str]
    pv_drivers_detected: bool
    last_start_time: float
    hvm: bool
    nomigrate: bool
    nested_virt: bool
    domain_type: VmDomainType
    featureset: str
    numa_optimised: bool
    numa_nodes: int
    numa_node_memory: list[tuple[int, Int64]]


@record("Vusb.state")
@dataclass(frozen=True, kw_only=True)
class VusbState:
    plugged: bool
