"""Every enumeration of the XenAPI, and what its values mean.

The first value is the one of a record that was given none.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self


class Enumeration(StrEnum):
    """A set of words that a field or parameter may have, each with what it means."""

    doc: str

    def __new__(cls, value: str, doc: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.doc = doc
        return member


class AfterApplyGuidance(Enumeration):
    """What a patch of the old kind asks to be done after it."""

    __xenapi__ = "after_apply_guidance"

    restartHVM = "restartHVM", "Fully virtual VMs should be restarted."
    restartPV = "restartPV", "Paravirtual VMs should be restarted."
    restartHost = "restartHost", "The host should reboot."
    restartXAPI = "restartXAPI", "The toolstack should be restarted."


class AllocationAlgorithm(Enumeration):
    """How vGPUs are placed on the cards of a group."""

    __xenapi__ = "allocation_algorithm"

    breadth_first = (
        "breadth_first",
        "On the card that holds the fewest, so that each has the most power.",
    )
    depth_first = (
        "depth_first",
        "On the card that holds the most and has room, so that others stay free.",
    )


class BondMode(Enumeration):
    """How a bond's traffic is spread over its members."""

    __xenapi__ = "bond_mode"

    balance_slb = (
        "balance-slb",
        "By the senders' Ethernet addresses, moved when members are loaded unequally; the switch need not know.",
    )
    active_backup = "active-backup", "All over one member, and over another when that fails."
    lacp = "lacp", "As agreed with the switch, which must speak LACP."


class CertificatePurpose(Enumeration):
    """What a trusted certificate is trusted for."""

    __xenapi__ = "certificate_purpose"

    licensing = "licensing", "For the connection to a licence server."
    ldaps = "ldaps", "For the connection to an outside directory."


class CertificateType(Enumeration):
    """Whose certificate it is."""

    __xenapi__ = "certificate_type"

    ca = "ca", "That of an authority: whatever it has signed is trusted."
    host = "host", "That which a host presents to clients."
    host_internal = "host_internal", "That which a host presents to other members of its pool."
    pinned = "pinned", "One of some other server, trusted for itself alone."


class Cls(Enumeration):
    """The kinds of object that a message can be about."""

    __xenapi__ = "cls"

    VM = "VM", "A virtual machine."
    Host = "Host", "A machine of the pool."
    SR = "SR", "A storage repository."
    Pool = "Pool", "The pool as a whole."
    VMPP = "VMPP", "A protection policy of old."
    VMSS = "VMSS", "A snapshot schedule."
    PVS_proxy = "PVS_proxy", "A proxy for provisioning."
    VDI = "VDI", "A disk."
    Certificate = "Certificate", "A certificate, for instance one that expires soon."


class ClusterHostOperation(Enumeration):
    """What can be going on with a host's part in a cluster."""

    __xenapi__ = "cluster_host_operation"

    enable = "enable", "The cluster stack is started there."
    disable = "disable", "The cluster stack is stopped there."
    destroy = "destroy", "The host leaves the cluster."


class ClusterOperation(Enumeration):
    """What can be going on with a cluster."""

    __xenapi__ = "cluster_operation"

    add = "add", "A host joins it."
    remove = "remove", "A host leaves it."
    enable = "enable", "The stack of a member is started."
    disable = "disable", "The stack of a member is stopped."
    destroy = "destroy", "It comes to its end."


class ConsoleProtocol(Enumeration):
    """What is spoken at a console."""

    __xenapi__ = "console_protocol"

    vt100 = "vt100", "A serial terminal."
    rfb = "rfb", "The screen, keyboard and mouse of VNC."
    rdp = "rdp", "Windows' own remote desktop, served by the guest."


class DomainType(Enumeration):
    """How a VM is virtualised."""

    __xenapi__ = "domain_type"

    hvm = "hvm", "As a whole machine, with hardware virtualisation and emulated devices."
    pv = "pv", "By a kernel that speaks to Xen alone, without hardware virtualisation."
    pv_in_pvh = (
        "pv_in_pvh",
        "By such a kernel, inside a small machine with hardware virtualisation.",
    )
    pvh = "pvh", "With hardware virtualisation, but without emulated devices."
    unspecified = "unspecified", "Not said, as in VMs of before there was a choice."


class EventOperation(Enumeration):
    """What happened to an object."""

    __xenapi__ = "event_operation"

    add = "add", "It came to be."
    del_ = "del", "It went away."
    mod = "mod", "Some of its fields changed."


class HelloReturn(Enumeration):
    """How the coordinator answers a member that has started."""

    __xenapi__ = "hello_return"

    ok = "ok", "It is known and can be reached."
    unknown_host = "unknown_host", "The pool has no such member."
    cannot_talk_back = "cannot_talk_back", "It is known, but does not answer at its address."


class HostAllowedOperations(Enumeration):
    """What can be going on with a host."""

    __xenapi__ = "host_allowed_operations"

    provision = "provision", "A VM's disks are made there."
    evacuate = "evacuate", "All VMs are moved away from it."
    shutdown = "shutdown", "It is being switched off."
    reboot = "reboot", "It goes down and comes up again."
    power_on = "power_on", "It is being switched on from afar."
    vm_start = "vm_start", "A VM comes up on it."
    vm_resume = "vm_resume", "A suspended VM comes back on it."
    vm_migrate = "vm_migrate", "A VM is moved to it or away."
    apply_updates = "apply_updates", "Its packages are being updated."
    enable = "enable", "It is opened for VMs."


class HostDisplay(Enumeration):
    """Whether a host shows its console on its own screen."""

    __xenapi__ = "host_display"

    enabled = "enabled", "Its console is on the screen."
    disable_on_reboot = "disable_on_reboot", "Its console is on the screen until the next boot."
    disabled = "disabled", "The screen is dark."
    enable_on_reboot = "enable_on_reboot", "The screen is dark until the next boot."


class HostNtpMode(Enumeration):
    """Where a host's time servers come from."""

    __xenapi__ = "host_ntp_mode"

    DHCP = "DHCP", "From the server that gives it its address."
    Custom = "Custom", "From the list that was set for it."
    Factory = "Factory", "From the product's own list."
    Disabled = "Disabled", "From nowhere: its clock runs free."


class HostNumaAffinityPolicy(Enumeration):
    """Where the memory of VMs lies on a host of several NUMA nodes."""

    __xenapi__ = "host_numa_affinity_policy"

    any = "any", "On all nodes, spread evenly."
    best_effort = "best_effort", "On as few nodes as it can be, and their CPUs run the VM."
    default_policy = "default_policy", "As the hypervisor and the host's settings have it."


class HostSchedGran(Enumeration):
    """What a hypervisor schedules as one."""

    __xenapi__ = "host_sched_gran"

    core = "core", "All threads of a core, so that no two VMs share one."
    cpu = "cpu", "Each thread on its own."
    socket = "socket", "All cores of a processor."


class ImageFormatType(Enumeration):
    """How the bytes of a disk are kept on storage."""

    __xenapi__ = "image_format_type"

    raw = "raw", "Byte for byte, without anything around them."
    vhd = "vhd", "In the format of VHD, up to 2 TiB."
    qcow2 = "qcow2", "In the format of QCOW2, for larger disks."


class IpConfigurationMode(Enumeration):
    """Where an interface's IPv4 address comes from."""

    __xenapi__ = "ip_configuration_mode"

    None_ = "None", "From nowhere: it has none."
    DHCP = "DHCP", "From a server on its network."
    Static = "Static", "From the fields of its record."


class Ipv6ConfigurationMode(Enumeration):
    """Where an interface's IPv6 addresses come from."""

    __xenapi__ = "ipv6_configuration_mode"

    None_ = "None", "From nowhere: it has none."
    DHCP = "DHCP", "From a server on its network."
    Static = "Static", "From the fields of its record."
    Autoconf = "Autoconf", "From what routers on its network tell."


class LatestSyncedUpdatesAppliedState(Enumeration):
    """Whether a host has all updates that the pool last fetched."""

    __xenapi__ = "latest_synced_updates_applied_state"

    yes = "yes", "It has them all."
    no = "no", "It lacks some."
    unknown = "unknown", "It was not looked at since they were fetched."


class LivepatchStatus(Enumeration):
    """Whether an update takes effect without a reboot of its host."""

    __xenapi__ = "livepatch_status"

    ok_livepatch_complete = "ok_livepatch_complete", "It does, wholly."
    ok_livepatch_incomplete = (
        "ok_livepatch_incomplete",
        "It does in part; the rest waits for a reboot.",
    )
    ok = "ok", "It does not, or needs none."


class NetworkDefaultLockingMode(Enumeration):
    """What traffic passes at VIFs that leave it to their network."""

    __xenapi__ = "network_default_locking_mode"

    unlocked = "unlocked", "Whatever their guests send."
    disabled = "disabled", "Nothing at all."


class NetworkOperations(Enumeration):
    """What can be going on with a network."""

    __xenapi__ = "network_operations"

    attaching = "attaching", "It is brought up on a host."


class NetworkPurpose(Enumeration):
    """What a network is for besides its VMs."""

    __xenapi__ = "network_purpose"

    nbd = "nbd", "Disks can be read over it, encrypted by TLS."
    insecure_nbd = "insecure_nbd", "Disks can be read over it, in the clear."


class OnBoot(Enumeration):
    """What becomes of a disk's changes when its VM starts again."""

    __xenapi__ = "on_boot"

    reset = "reset", "They are forgotten."
    persist = "persist", "They are kept."


class OnCrashBehaviour(Enumeration):
    """What becomes of a VM when its guest crashes."""

    __xenapi__ = "on_crash_behaviour"

    destroy = "destroy", "It is stopped."
    coredump_and_destroy = (
        "coredump_and_destroy",
        "Its memory is written to a dump and it is stopped.",
    )
    restart = "restart", "It is started anew."
    coredump_and_restart = (
        "coredump_and_restart",
        "Its memory is written to a dump and it is started anew.",
    )
    preserve = "preserve", "Its domain stays as it is, to be looked at."
    rename_restart = (
        "rename_restart",
        "Its domain stays as it is under another name, and it is started anew.",
    )


class OnNormalExit(Enumeration):
    """What becomes of a VM when its guest halts or reboots."""

    __xenapi__ = "on_normal_exit"

    destroy = "destroy", "It is stopped."
    restart = "restart", "It is started anew."


class OnSoftrebootBehavior(Enumeration):
    """What becomes of a VM when its guest restarts softly, keeping its domain."""

    __xenapi__ = "on_softreboot_behavior"

    soft_reboot = "soft_reboot", "Its devices are connected anew and the guest goes on."
    destroy = "destroy", "It is stopped."
    restart = "restart", "It is started anew."
    preserve = "preserve", "Its domain stays as it is, to be looked at."


class Origin(Enumeration):
    """Where a repository's updates come from."""

    __xenapi__ = "origin"

    remote = "remote", "A server that is asked over HTTP."
    bundle = "bundle", "A file that administrators upload."
    remote_pool = "remote_pool", "The coordinator of another pool."


class PciDom0Access(Enumeration):
    """Whether dom0 may use a device, or it is free for a VM."""

    __xenapi__ = "pci_dom0_access"

    enabled = "enabled", "It may."
    disable_on_reboot = "disable_on_reboot", "It may until the host's next boot."
    disabled = "disabled", "It may not."
    enable_on_reboot = "enable_on_reboot", "It may not until the host's next boot."


class PersistenceBackend(Enumeration):
    """Where a virtual TPM's state is kept."""

    __xenapi__ = "persistence_backend"

    xapi = "xapi", "In the pool database."


class PifIgmpStatus(Enumeration):
    """Whether an interface's bridge forwards multicast to those alone that asked for it."""

    __xenapi__ = "pif_igmp_status"

    enabled = "enabled", "It forwards to those that asked."
    disabled = "disabled", "It forwards to all."
    unknown = "unknown", "Its bridge cannot tell."


class PlacementPolicy(Enumeration):
    """How the VMs of a group are placed with regard to each other."""

    __xenapi__ = "placement_policy"

    anti_affinity = "anti_affinity", "On as many hosts as it can be."
    normal = "normal", "Without regard to each other."


class PoolAllowedOperations(Enumeration):
    """What can be going on with a pool."""

    __xenapi__ = "pool_allowed_operations"

    ha_enable = "ha_enable", "High availability is being switched on."
    ha_disable = "ha_disable", "High availability is being switched off."
    cluster_create = "cluster_create", "A cluster of its hosts is begun."
    designate_new_master = "designate_new_master", "Another host becomes coordinator."
    configure_repositories = "configure_repositories", "Its sources of updates are being set."
    sync_updates = "sync_updates", "Updates are being fetched."
    sync_bundle = "sync_bundle", "Updates are being unpacked from an uploaded file."
    get_updates = "get_updates", "Its hosts are asked what updates they lack."
    apply_updates = "apply_updates", "A host's packages are being updated."
    tls_verification_enable = "tls_verification_enable", "Its hosts begin to check certificates."
    cert_refresh = "cert_refresh", "A host's certificate is being renewed."
    exchange_certificates_on_join = (
        "exchange_certificates_on_join",
        "A host that joins and the members learn each other's certificates.",
    )
    exchange_ca_certificates_on_join = (
        "exchange_ca_certificates_on_join",
        "A host that joins and the members learn whom the others trust.",
    )
    copy_primary_host_certs = "copy_primary_host_certs", "A host is sent the members' certificates."
    eject = "eject", "A host leaves it."
    exchange_crls_on_join = (
        "exchange_crls_on_join",
        "A host that joins and the members learn each other's lists of revoked certificates.",
    )


class PoolGuestSecurebootReadiness(Enumeration):
    """Whether a pool has the certificates that guests need for secure boot."""

    __xenapi__ = "pool_guest_secureboot_readiness"

    ready = "ready", "It has them all."
    ready_no_dbx = "ready_no_dbx", "It has those that allow, but not the list of what is revoked."
    not_ready = "not_ready", "It lacks some that are needed."


class PrimaryAddressType(Enumeration):
    """The family of addresses that a host is reached by."""

    __xenapi__ = "primary_address_type"

    IPv4 = "IPv4", "The older one, of 32 bits."
    IPv6 = "IPv6", "The newer one, of 128 bits."


class PvsProxyStatus(Enumeration):
    """What a proxy for provisioning does."""

    __xenapi__ = "pvs_proxy_status"

    stopped = "stopped", "It does not run."
    initialised = "initialised", "It runs and has seen no traffic that it could cache."
    caching = "caching", "It serves what it has from its cache."
    incompatible_write_cache_mode = (
        "incompatible_write_cache_mode",
        "It passes everything on, as the VM's disk is set up to be written at the server.",
    )
    incompatible_protocol_version = (
        "incompatible_protocol_version",
        "It passes everything on, as it does not know the server's protocol.",
    )


class SdnControllerProtocol(Enumeration):
    """Who opens the connection between switches and controller."""

    __xenapi__ = "sdn_controller_protocol"

    ssl = "ssl", "The switches connect to the controller's address."
    pssl = "pssl", "The controller connects to the switches, which listen."


class SrHealth(Enumeration):
    """How well storage is."""

    __xenapi__ = "sr_health"

    healthy = "healthy", "It works as it should."
    recovering = "recovering", "It works while it mends itself."
    unreachable = "unreachable", "It does not answer at the moment."
    unavailable = "unavailable", "It cannot be used until somebody mends it."


class SriovConfigurationMode(Enumeration):
    """How a card's driver is told to make virtual functions."""

    __xenapi__ = "sriov_configuration_mode"

    sysfs = "sysfs", "By a file of the kernel, at once."
    modprobe = "modprobe", "By a parameter of the driver, at the host's next boot."
    manual = "manual", "By an administrator, outside the toolstack."
    unknown = "unknown", "It is not known for this card."


class StorageOperations(Enumeration):
    """What can be going on with an SR."""

    __xenapi__ = "storage_operations"

    scan = "scan", "Its driver looks at what is there."
    destroy = "destroy", "It is erased with everything on it."
    forget = "forget", "Its records are being removed."
    plug = "plug", "A host is connected to it."
    unplug = "unplug", "A host is disconnected from it."
    update = "update", "Its sizes are read anew."
    vdi_create = "vdi_create", "A disk is made on it."
    vdi_introduce = "vdi_introduce", "A disk that is there is recorded."
    vdi_destroy = "vdi_destroy", "A disk is erased from it."
    vdi_resize = "vdi_resize", "The size of a disk is changed."
    vdi_clone = "vdi_clone", "A disk is cloned."
    vdi_snapshot = "vdi_snapshot", "A snapshot of a disk is taken."
    vdi_mirror = "vdi_mirror", "A disk's writes go to another place too, as it moves."
    vdi_enable_cbt = "vdi_enable_cbt", "A disk's changed blocks begin to be tracked."
    vdi_disable_cbt = "vdi_disable_cbt", "A disk's changed blocks are tracked no longer."
    vdi_data_destroy = "vdi_data_destroy", "A snapshot's bytes are thrown away."
    vdi_list_changed_blocks = "vdi_list_changed_blocks", "Two states of a disk are compared."
    vdi_set_on_boot = "vdi_set_on_boot", "It is chosen whether a disk keeps its changes."
    vdi_blocked = "vdi_blocked", "Nothing may be done with a disk for a while."
    vdi_copy = "vdi_copy", "A disk's bytes are copied."
    vdi_force_unlock = "vdi_force_unlock", "A host's lock on a disk is broken."
    vdi_forget = "vdi_forget", "A disk's record is being removed."
    vdi_generate_config = "vdi_generate_config", "It is written down how a disk is attached."
    vdi_resize_online = "vdi_resize_online", "A disk grows while it is used."
    vdi_update = "vdi_update", "A disk's sizes are read anew."
    vdi_revert = "vdi_revert", "A disk goes back to a snapshot."
    pbd_create = "pbd_create", "Another host is going to be connected."
    pbd_destroy = "pbd_destroy", "A host's connection is being removed."


class TaskAllowedOperations(Enumeration):
    """What can be done to a task."""

    __xenapi__ = "task_allowed_operations"

    cancel = "cancel", "It can be asked to stop."
    destroy = "destroy", "Its record can be removed."


class TaskStatusType(Enumeration):
    """How a task stands."""

    __xenapi__ = "task_status_type"

    pending = "pending", "It is being worked on."
    success = "success", "It has ended well; its result is there."
    failure = "failure", "It has ended with an error."
    cancelling = "cancelling", "It was asked to stop and has not stopped yet."
    cancelled = "cancelled", "It was stopped before its end."


class TelemetryFrequency(Enumeration):
    """How often a pool reports of its use."""

    __xenapi__ = "telemetry_frequency"

    daily = "daily", "Once a day."
    weekly = "weekly", "Once a week."
    monthly = "monthly", "Once a month."


class TristateType(Enumeration):
    """An answer that may be missing."""

    __xenapi__ = "tristate_type"

    yes = "yes", "It was found to be so."
    no = "no", "It was found not to be so."
    unspecified = "unspecified", "It is not known."


class TunnelProtocol(Enumeration):
    """How a tunnel packs the frames that it carries."""

    __xenapi__ = "tunnel_protocol"

    gre = "gre", "In packets of GRE."
    vxlan = "vxlan", "In UDP packets of VXLAN."


class UpdateAfterApplyGuidance(Enumeration):
    """What an update asks to be done after it."""

    __xenapi__ = "update_after_apply_guidance"

    restartHVM = "restartHVM", "Fully virtual VMs should be restarted."
    restartPV = "restartPV", "Paravirtual VMs should be restarted."
    restartHost = "restartHost", "The host should reboot."
    restartXAPI = "restartXAPI", "The toolstack should be restarted."


class UpdateGuidances(Enumeration):
    """What must or should be done for an update to take effect."""

    __xenapi__ = "update_guidances"

    reboot_host = "reboot_host", "The host goes down and comes up again."
    reboot_host_on_livepatch_failure = (
        "reboot_host_on_livepatch_failure",
        "The host reboots, where patching what runs has failed.",
    )
    reboot_host_on_kernel_livepatch_failure = (
        "reboot_host_on_kernel_livepatch_failure",
        "The host reboots, where patching the running kernel has failed.",
    )
    reboot_host_on_xen_livepatch_failure = (
        "reboot_host_on_xen_livepatch_failure",
        "The host reboots, where patching the running hypervisor has failed.",
    )
    restart_toolstack = "restart_toolstack", "The host's toolstack is started anew; its VMs run on."
    restart_device_model = (
        "restart_device_model",
        "The programs that play VMs' devices are replaced, by moving each VM to where it is.",
    )
    restart_vm = "restart_vm", "The VM is stopped and started."


class UpdateStatus(Enumeration):
    """Whether something was renewed."""

    __xenapi__ = "update_status"

    yes = "yes", "It was."
    no = "no", "It was not."
    unspecified = "unspecified", "It was not said."


class UpdateSyncFrequency(Enumeration):
    """How often a pool looks for updates by itself."""

    __xenapi__ = "update_sync_frequency"

    daily = "daily", "Once a day."
    weekly = "weekly", "Once a week, on a day of choice."


class VbdMode(Enumeration):
    """Whether a guest may write to a disk."""

    __xenapi__ = "vbd_mode"

    RO = "RO", "It may read alone."
    RW = "RW", "It may read and write."


class VbdOperations(Enumeration):
    """What can be going on with a block device."""

    __xenapi__ = "vbd_operations"

    attach = "attach", "It is made ready with its VM."
    eject = "eject", "The medium is taken out."
    insert = "insert", "A medium is put in."
    plug = "plug", "It is connected to its running VM."
    unplug = "unplug", "It is disconnected once the guest agrees."
    unplug_force = "unplug_force", "It is disconnected whatever the guest does."
    pause = "pause", "Its reads and writes are held back."
    unpause = "unpause", "Its reads and writes go on."


class VbdType(Enumeration):
    """What a guest sees of a block device."""

    __xenapi__ = "vbd_type"

    CD = "CD", "A drive for CDs, which may be empty."
    Disk = "Disk", "A hard disk, always with its medium."
    Floppy = "Floppy", "A drive for floppy disks."


class VdiOperations(Enumeration):
    """What can be going on with a disk."""

    __xenapi__ = "vdi_operations"

    clone = "clone", "It is duplicated with shared blocks."
    copy = "copy", "Its bytes are duplicated."
    resize = "resize", "Its size is changed while it is not in use."
    resize_online = "resize_online", "It grows while a VM uses it."
    snapshot = "snapshot", "Its present state is kept."
    mirror = "mirror", "Its writes go to another place too, as it moves."
    destroy = "destroy", "It is erased."
    forget = "forget", "Its record is being removed."
    update = "update", "Its sizes are read anew."
    force_unlock = "force_unlock", "A host's lock on it is broken."
    generate_config = "generate_config", "It is written down how it is attached."
    enable_cbt = "enable_cbt", "Its changed blocks begin to be tracked."
    disable_cbt = "disable_cbt", "Its changed blocks are tracked no longer."
    data_destroy = "data_destroy", "Its bytes are thrown away and the list of changes kept."
    list_changed_blocks = "list_changed_blocks", "Two of its states are compared."
    set_on_boot = "set_on_boot", "It is chosen whether it keeps its changes."
    blocked = "blocked", "Nothing may be done with it for a while."
    revert_to = "revert_to", "It serves as the snapshot that another disk goes back to."
    revert_from = "revert_from", "It goes back to one of its snapshots."


class VdiType(Enumeration):
    """What a disk is for."""

    __xenapi__ = "vdi_type"

    system = "system", "A guest's system, which it boots from."
    user = "user", "A guest's data."
    ephemeral = "ephemeral", "Data that need not be kept."
    suspend = "suspend", "The memory of a suspended VM."
    crashdump = "crashdump", "The memory of a guest that crashed."
    ha_statefile = "ha_statefile", "The heartbeats of high availability."
    metadata = "metadata", "A copy of a pool's database."
    redo_log = "redo_log", "The latest changes of the pool database."
    rrd = "rrd", "Recorded figures of the SR."
    pvs_cache = "pvs_cache", "What proxies for provisioning keep."
    cbt_metadata = "cbt_metadata", "The list of what changed up to a snapshot whose bytes are gone."


class VgpuTypeImplementation(Enumeration):
    """By which means a vGPU is made."""

    __xenapi__ = "vgpu_type_implementation"

    passthrough = "passthrough", "A whole card is handed to the VM."
    nvidia = "nvidia", "NVIDIA's driver divides a card among VMs."
    nvidia_sriov = "nvidia_sriov", "An NVIDIA card is split into virtual functions."
    gvt_g = "gvt_g", "Intel's driver divides the processor's graphics among VMs."
    mxgpu = "mxgpu", "An AMD card is split into virtual functions."


class VifIpv4ConfigurationMode(Enumeration):
    """How a guest is to get its IPv4 address."""

    __xenapi__ = "vif_ipv4_configuration_mode"

    None_ = "None", "As it likes; it is told nothing."
    Static = "Static", "It is told the address."
    DHCP = "DHCP", "It is told to ask a server."


class VifIpv6ConfigurationMode(Enumeration):
    """How a guest is to get its IPv6 address."""

    __xenapi__ = "vif_ipv6_configuration_mode"

    None_ = "None", "As it likes; it is told nothing."
    Static = "Static", "It is told the address."
    Autoconf = "Autoconf", "It is told to listen to routers."


class VifLockingMode(Enumeration):
    """What traffic of a guest is let through."""

    __xenapi__ = "vif_locking_mode"

    network_default = "network_default", "Whatever its network says."
    locked = "locked", "That alone which bears its own addresses."
    unlocked = "unlocked", "Whatever it sends or is sent."
    disabled = "disabled", "Nothing at all."


class VifOperations(Enumeration):
    """What can be going on with an interface of a VM."""

    __xenapi__ = "vif_operations"

    attach = "attach", "It is made ready with its VM."
    plug = "plug", "It is connected to its running VM."
    unplug = "unplug", "It is disconnected from its running VM."


class VmApplianceOperation(Enumeration):
    """What can be going on with an appliance."""

    __xenapi__ = "vm_appliance_operation"

    start = "start", "Its VMs are brought up in their order."
    clean_shutdown = "clean_shutdown", "Its guests are asked to halt."
    hard_shutdown = "hard_shutdown", "Its VMs are stopped at once."
    shutdown = "shutdown", "Its guests are asked to halt, and stopped where they do not."


class VmOperations(Enumeration):
    """What can be going on with a VM."""

    __xenapi__ = "vm_operations"

    snapshot = "snapshot", "Its settings and disks are kept as they are."
    clone = "clone", "It is duplicated, its disks with shared blocks."
    copy = "copy", "It is duplicated, its disks byte for byte."
    create_template = "create_template", "A template is made of it."
    revert = "revert", "It serves as the snapshot that another VM goes back to."
    checkpoint = "checkpoint", "Its settings, disks and memory are kept as they are."
    snapshot_with_quiesce = (
        "snapshot_with_quiesce",
        "Its guest wrote everything out before it was kept; no longer done.",
    )
    provision = "provision", "The disks that its template asks for are made."
    start = "start", "It is brought up on a host that has room."
    start_on = "start_on", "It is brought up on a host of the caller's choice."
    pause = "pause", "Its CPUs are made to stand still."
    unpause = "unpause", "Its CPUs are let go on."
    clean_shutdown = "clean_shutdown", "Its guest is asked to halt."
    clean_reboot = "clean_reboot", "Its guest is asked to restart."
    hard_shutdown = "hard_shutdown", "It is stopped at once."
    power_state_reset = "power_state_reset", "It is declared halted."
    hard_reboot = "hard_reboot", "It is stopped at once and started anew."
    suspend = "suspend", "Its memory is written to a disk."
    csvm = "csvm", "It is duplicated with its suspended memory; no longer done."
    resume = "resume", "Its memory is read back, on a host that has room."
    resume_on = "resume_on", "Its memory is read back, on a host of the caller's choice."
    pool_migrate = "pool_migrate", "It moves to another host of its pool."
    migrate_send = "migrate_send", "It moves with its disks."
    get_boot_record = "get_boot_record", "It is told how it was when it was last started."
    send_sysrq = "send_sysrq", "A magic key is pressed in its guest."
    send_trigger = "send_trigger", "A hardware signal is sent to it."
    query_services = "query_services", "It is asked what it offers the toolstack."
    shutdown = "shutdown", "Its guest is asked to halt, and stopped where it does not."
    call_plugin = "call_plugin", "Its guest is spoken to."
    changing_memory_live = "changing_memory_live", "Its memory is changed while it runs."
    awaiting_memory_live = (
        "awaiting_memory_live",
        "Somebody waits until it has the memory that it was given.",
    )
    changing_dynamic_range = "changing_dynamic_range", "The limits of its balloon are set."
    changing_static_range = "changing_static_range", "The limits that hold while it runs are set."
    changing_memory_limits = "changing_memory_limits", "All four limits of its memory are set."
    changing_shadow_memory = (
        "changing_shadow_memory",
        "What is set aside for its page tables is set.",
    )
    changing_shadow_memory_live = (
        "changing_shadow_memory_live",
        "What is set aside for its page tables changes while it runs.",
    )
    changing_VCPUs = "changing_VCPUs", "The number of its CPUs is set."
    changing_VCPUs_live = "changing_VCPUs_live", "The number of its CPUs changes while it runs."
    changing_NVRAM = "changing_NVRAM", "What its firmware keeps is written."
    assert_operation_valid = "assert_operation_valid", "It is asked what may be begun on it."
    data_source_op = "data_source_op", "Its figures are recorded or read."
    update_allowed_operations = (
        "update_allowed_operations",
        "What may be begun on it is worked out.",
    )
    make_into_template = "make_into_template", "It becomes a template."
    import_ = "import", "It is being read from an export."
    export = "export", "It is written out with its disks."
    metadata_export = "metadata_export", "It is written out without its disks."
    reverting = "reverting", "It goes back to one of its snapshots."
    destroy = "destroy", "It is removed."
    create_vtpm = "create_vtpm", "It is given a virtual TPM."
    sysprep = "sysprep", "Its Windows guest is prepared for being cloned."


class VmPowerState(Enumeration):
    """Whether a VM runs."""

    __xenapi__ = "vm_power_state"

    Halted = "Halted", "It is off."
    Paused = "Paused", "It has a domain that stands still."
    Running = "Running", "It has a domain that works."
    Suspended = "Suspended", "Its memory is on a disk, to go on from."


class VmSecurebootCertificatesState(Enumeration):
    """How a VM's certificates for secure boot compare with the pool's."""

    __xenapi__ = "vm_secureboot_certificates_state"

    ok = "ok", "They are as new."
    update_available = "update_available", "They are older."
    update_on_boot = "update_on_boot", "They are older and will be renewed at its next start."


class VmSecurebootReadiness(Enumeration):
    """Whether a VM would start with secure boot, or why not."""

    __xenapi__ = "vm_secureboot_readiness"

    not_supported = "not_supported", "It does not boot by UEFI."
    disabled = "disabled", "It boots by UEFI with checks switched off."
    first_boot = "first_boot", "Its certificates are written when it first starts."
    ready = "ready", "It has all that is needed."
    ready_no_dbx = "ready_no_dbx", "It has what allows, but not the list of what is revoked."
    setup_mode = "setup_mode", "Its firmware takes new certificates and so checks nothing."
    certs_incomplete = "certs_incomplete", "It lacks some that are needed."


class VmUefiMode(Enumeration):
    """What a VM's firmware does with certificates."""

    __xenapi__ = "vm_uefi_mode"

    setup = "setup", "It takes new ones and checks nothing."
    user = "user", "It checks what boots against those that it has."


class VmppArchiveFrequency(Enumeration):
    """How often a protection policy archived."""

    __xenapi__ = "vmpp_archive_frequency"

    never = "never", "It did not."
    always_after_backup = "always_after_backup", "Each time that it took a backup."
    daily = "daily", "Once a day."
    weekly = "weekly", "Once or more a week, on chosen days."


class VmppArchiveTargetType(Enumeration):
    """The kind of share that a protection policy put archives on."""

    __xenapi__ = "vmpp_archive_target_type"

    none = "none", "There was none."
    cifs = "cifs", "A folder that a Windows server shares."
    nfs = "nfs", "A directory that an NFS server exports."


class VmppBackupFrequency(Enumeration):
    """How often a protection policy took backups."""

    __xenapi__ = "vmpp_backup_frequency"

    hourly = "hourly", "Once an hour."
    daily = "daily", "Once a day."
    weekly = "weekly", "Once or more a week, on chosen days."


class VmppBackupType(Enumeration):
    """What a protection policy's backups held."""

    __xenapi__ = "vmpp_backup_type"

    snapshot = "snapshot", "The disks alone."
    checkpoint = "checkpoint", "The disks and the memory."


class VmssFrequency(Enumeration):
    """How often a schedule takes snapshots."""

    __xenapi__ = "vmss_frequency"

    hourly = "hourly", "Once an hour."
    daily = "daily", "Once a day."
    weekly = "weekly", "Once or more a week, on chosen days."


class VmssType(Enumeration):
    """What a schedule's snapshots hold."""

    __xenapi__ = "vmss_type"

    snapshot = "snapshot", "The disks alone."
    checkpoint = "checkpoint", "The disks and the memory."
    snapshot_with_quiesce = (
        "snapshot_with_quiesce",
        "The disks, after the guest wrote everything out; no longer done.",
    )


class VtpmOperations(Enumeration):
    """What can be going on with a virtual TPM."""

    __xenapi__ = "vtpm_operations"

    destroy = "destroy", "It is removed with its contents."


class VusbOperations(Enumeration):
    """What can be going on with a USB device of a VM."""

    __xenapi__ = "vusb_operations"

    attach = "attach", "It is made ready with its VM."
    plug = "plug", "It is connected to its running VM."
    unplug = "unplug", "It is taken from its running VM."


ENUMERATIONS: Mapping[str, type[Enumeration]] = MappingProxyType(
    {cls.__dict__["__xenapi__"]: cls for cls in Enumeration.__subclasses__()}
)
"""Every enumeration by its wire name."""
