"""Every enumeration of the XenAPI. The first value is the one of a record that was given none."""

from enum import StrEnum


class AfterApplyGuidance(StrEnum):
    __xenapi__ = "after_apply_guidance"

    restartHVM = "restartHVM"
    restartPV = "restartPV"
    restartHost = "restartHost"
    restartXAPI = "restartXAPI"


class AllocationAlgorithm(StrEnum):
    __xenapi__ = "allocation_algorithm"

    breadth_first = "breadth_first"
    depth_first = "depth_first"


class BondMode(StrEnum):
    __xenapi__ = "bond_mode"

    balance_slb = "balance-slb"
    active_backup = "active-backup"
    lacp = "lacp"


class CertificatePurpose(StrEnum):
    __xenapi__ = "certificate_purpose"

    licensing = "licensing"
    ldaps = "ldaps"


class CertificateType(StrEnum):
    __xenapi__ = "certificate_type"

    ca = "ca"
    host = "host"
    host_internal = "host_internal"
    pinned = "pinned"


class Cls(StrEnum):
    __xenapi__ = "cls"

    VM = "VM"
    Host = "Host"
    SR = "SR"
    Pool = "Pool"
    VMPP = "VMPP"
    VMSS = "VMSS"
    PVS_proxy = "PVS_proxy"
    VDI = "VDI"
    Certificate = "Certificate"


class ClusterHostOperation(StrEnum):
    __xenapi__ = "cluster_host_operation"

    enable = "enable"
    disable = "disable"
    destroy = "destroy"


class ClusterOperation(StrEnum):
    __xenapi__ = "cluster_operation"

    add = "add"
    remove = "remove"
    enable = "enable"
    disable = "disable"
    destroy = "destroy"


class ConsoleProtocol(StrEnum):
    __xenapi__ = "console_protocol"

    vt100 = "vt100"
    rfb = "rfb"
    rdp = "rdp"


class DomainType(StrEnum):
    __xenapi__ = "domain_type"

    hvm = "hvm"
    pv = "pv"
    pv_in_pvh = "pv_in_pvh"
    pvh = "pvh"
    unspecified = "unspecified"


class EventOperation(StrEnum):
    __xenapi__ = "event_operation"

    add = "add"
    del_ = "del"
    mod = "mod"


class HelloReturn(StrEnum):
    __xenapi__ = "hello_return"

    ok = "ok"
    unknown_host = "unknown_host"
    cannot_talk_back = "cannot_talk_back"


class HostAllowedOperations(StrEnum):
    __xenapi__ = "host_allowed_operations"

    provision = "provision"
    evacuate = "evacuate"
    shutdown = "shutdown"
    reboot = "reboot"
    power_on = "power_on"
    vm_start = "vm_start"
    vm_resume = "vm_resume"
    vm_migrate = "vm_migrate"
    apply_updates = "apply_updates"
    enable = "enable"


class HostDisplay(StrEnum):
    __xenapi__ = "host_display"

    enabled = "enabled"
    disable_on_reboot = "disable_on_reboot"
    disabled = "disabled"
    enable_on_reboot = "enable_on_reboot"


class HostNtpMode(StrEnum):
    __xenapi__ = "host_ntp_mode"

    DHCP = "DHCP"
    Custom = "Custom"
    Factory = "Factory"
    Disabled = "Disabled"


class HostNumaAffinityPolicy(StrEnum):
    __xenapi__ = "host_numa_affinity_policy"

    any = "any"
    best_effort = "best_effort"
    default_policy = "default_policy"


class HostSchedGran(StrEnum):
    __xenapi__ = "host_sched_gran"

    core = "core"
    cpu = "cpu"
    socket = "socket"


class ImageFormatType(StrEnum):
    __xenapi__ = "image_format_type"

    raw = "raw"
    vhd = "vhd"
    qcow2 = "qcow2"


class IpConfigurationMode(StrEnum):
    __xenapi__ = "ip_configuration_mode"

    None_ = "None"
    DHCP = "DHCP"
    Static = "Static"


class Ipv6ConfigurationMode(StrEnum):
    __xenapi__ = "ipv6_configuration_mode"

    None_ = "None"
    DHCP = "DHCP"
    Static = "Static"
    Autoconf = "Autoconf"


class LatestSyncedUpdatesAppliedState(StrEnum):
    __xenapi__ = "latest_synced_updates_applied_state"

    yes = "yes"
    no = "no"
    unknown = "unknown"


class LivepatchStatus(StrEnum):
    __xenapi__ = "livepatch_status"

    ok_livepatch_complete = "ok_livepatch_complete"
    ok_livepatch_incomplete = "ok_livepatch_incomplete"
    ok = "ok"


class NetworkDefaultLockingMode(StrEnum):
    __xenapi__ = "network_default_locking_mode"

    unlocked = "unlocked"
    disabled = "disabled"


class NetworkOperations(StrEnum):
    __xenapi__ = "network_operations"

    attaching = "attaching"


class NetworkPurpose(StrEnum):
    __xenapi__ = "network_purpose"

    nbd = "nbd"
    insecure_nbd = "insecure_nbd"


class OnBoot(StrEnum):
    __xenapi__ = "on_boot"

    reset = "reset"
    persist = "persist"


class OnCrashBehaviour(StrEnum):
    __xenapi__ = "on_crash_behaviour"

    destroy = "destroy"
    coredump_and_destroy = "coredump_and_destroy"
    restart = "restart"
    coredump_and_restart = "coredump_and_restart"
    preserve = "preserve"
    rename_restart = "rename_restart"


class OnNormalExit(StrEnum):
    __xenapi__ = "on_normal_exit"

    destroy = "destroy"
    restart = "restart"


class OnSoftrebootBehavior(StrEnum):
    __xenapi__ = "on_softreboot_behavior"

    soft_reboot = "soft_reboot"
    destroy = "destroy"
    restart = "restart"
    preserve = "preserve"


class Origin(StrEnum):
    __xenapi__ = "origin"

    remote = "remote"
    bundle = "bundle"
    remote_pool = "remote_pool"


class PciDom0Access(StrEnum):
    __xenapi__ = "pci_dom0_access"

    enabled = "enabled"
    disable_on_reboot = "disable_on_reboot"
    disabled = "disabled"
    enable_on_reboot = "enable_on_reboot"


class PersistenceBackend(StrEnum):
    __xenapi__ = "persistence_backend"

    xapi = "xapi"


class PifIgmpStatus(StrEnum):
    __xenapi__ = "pif_igmp_status"

    enabled = "enabled"
    disabled = "disabled"
    unknown = "unknown"


class PlacementPolicy(StrEnum):
    __xenapi__ = "placement_policy"

    anti_affinity = "anti_affinity"
    normal = "normal"


class PoolAllowedOperations(StrEnum):
    __xenapi__ = "pool_allowed_operations"

    ha_enable = "ha_enable"
    ha_disable = "ha_disable"
    cluster_create = "cluster_create"
    designate_new_master = "designate_new_master"
    configure_repositories = "configure_repositories"
    sync_updates = "sync_updates"
    sync_bundle = "sync_bundle"
    get_updates = "get_updates"
    apply_updates = "apply_updates"
    tls_verification_enable = "tls_verification_enable"
    cert_refresh = "cert_refresh"
    exchange_certificates_on_join = "exchange_certificates_on_join"
    exchange_ca_certificates_on_join = "exchange_ca_certificates_on_join"
    copy_primary_host_certs = "copy_primary_host_certs"
    eject = "eject"
    exchange_crls_on_join = "exchange_crls_on_join"


class PoolGuestSecurebootReadiness(StrEnum):
    __xenapi__ = "pool_guest_secureboot_readiness"

    ready = "ready"
    ready_no_dbx = "ready_no_dbx"
    not_ready = "not_ready"


class PrimaryAddressType(StrEnum):
    __xenapi__ = "primary_address_type"

    IPv4 = "IPv4"
    IPv6 = "IPv6"


class PvsProxyStatus(StrEnum):
    __xenapi__ = "pvs_proxy_status"

    stopped = "stopped"
    initialised = "initialised"
    caching = "caching"
    incompatible_write_cache_mode = "incompatible_write_cache_mode"
    incompatible_protocol_version = "incompatible_protocol_version"


class SdnControllerProtocol(StrEnum):
    __xenapi__ = "sdn_controller_protocol"

    ssl = "ssl"
    pssl = "pssl"


class SrHealth(StrEnum):
    __xenapi__ = "sr_health"

    healthy = "healthy"
    recovering = "recovering"
    unreachable = "unreachable"
    unavailable = "unavailable"


class SriovConfigurationMode(StrEnum):
    __xenapi__ = "sriov_configuration_mode"

    sysfs = "sysfs"
    modprobe = "modprobe"
    manual = "manual"
    unknown = "unknown"


class StorageOperations(StrEnum):
    __xenapi__ = "storage_operations"

    scan = "scan"
    destroy = "destroy"
    forget = "forget"
    plug = "plug"
    unplug = "unplug"
    update = "update"
    vdi_create = "vdi_create"
    vdi_introduce = "vdi_introduce"
    vdi_destroy = "vdi_destroy"
    vdi_resize = "vdi_resize"
    vdi_clone = "vdi_clone"
    vdi_snapshot = "vdi_snapshot"
    vdi_mirror = "vdi_mirror"
    vdi_enable_cbt = "vdi_enable_cbt"
    vdi_disable_cbt = "vdi_disable_cbt"
    vdi_data_destroy = "vdi_data_destroy"
    vdi_list_changed_blocks = "vdi_list_changed_blocks"
    vdi_set_on_boot = "vdi_set_on_boot"
    vdi_blocked = "vdi_blocked"
    vdi_copy = "vdi_copy"
    vdi_force_unlock = "vdi_force_unlock"
    vdi_forget = "vdi_forget"
    vdi_generate_config = "vdi_generate_config"
    vdi_resize_online = "vdi_resize_online"
    vdi_update = "vdi_update"
    vdi_revert = "vdi_revert"
    pbd_create = "pbd_create"
    pbd_destroy = "pbd_destroy"


class TaskAllowedOperations(StrEnum):
    __xenapi__ = "task_allowed_operations"

    cancel = "cancel"
    destroy = "destroy"


class TaskStatusType(StrEnum):
    __xenapi__ = "task_status_type"

    pending = "pending"
    success = "success"
    failure = "failure"
    cancelling = "cancelling"
    cancelled = "cancelled"


class TelemetryFrequency(StrEnum):
    __xenapi__ = "telemetry_frequency"

    daily = "daily"
    weekly = "weekly"
    monthly = "monthly"


class TristateType(StrEnum):
    __xenapi__ = "tristate_type"

    yes = "yes"
    no = "no"
    unspecified = "unspecified"


class TunnelProtocol(StrEnum):
    __xenapi__ = "tunnel_protocol"

    gre = "gre"
    vxlan = "vxlan"


class UpdateAfterApplyGuidance(StrEnum):
    __xenapi__ = "update_after_apply_guidance"

    restartHVM = "restartHVM"
    restartPV = "restartPV"
    restartHost = "restartHost"
    restartXAPI = "restartXAPI"


class UpdateGuidances(StrEnum):
    __xenapi__ = "update_guidances"

    reboot_host = "reboot_host"
    reboot_host_on_livepatch_failure = "reboot_host_on_livepatch_failure"
    reboot_host_on_kernel_livepatch_failure = "reboot_host_on_kernel_livepatch_failure"
    reboot_host_on_xen_livepatch_failure = "reboot_host_on_xen_livepatch_failure"
    restart_toolstack = "restart_toolstack"
    restart_device_model = "restart_device_model"
    restart_vm = "restart_vm"


class UpdateStatus(StrEnum):
    __xenapi__ = "update_status"

    yes = "yes"
    no = "no"
    unspecified = "unspecified"


class UpdateSyncFrequency(StrEnum):
    __xenapi__ = "update_sync_frequency"

    daily = "daily"
    weekly = "weekly"


class VbdMode(StrEnum):
    __xenapi__ = "vbd_mode"

    RO = "RO"
    RW = "RW"


class VbdOperations(StrEnum):
    __xenapi__ = "vbd_operations"

    attach = "attach"
    eject = "eject"
    insert = "insert"
    plug = "plug"
    unplug = "unplug"
    unplug_force = "unplug_force"
    pause = "pause"
    unpause = "unpause"


class VbdType(StrEnum):
    __xenapi__ = "vbd_type"

    CD = "CD"
    Disk = "Disk"
    Floppy = "Floppy"


class VdiOperations(StrEnum):
    __xenapi__ = "vdi_operations"

    clone = "clone"
    copy = "copy"
    resize = "resize"
    resize_online = "resize_online"
    snapshot = "snapshot"
    mirror = "mirror"
    destroy = "destroy"
    forget = "forget"
    update = "update"
    force_unlock = "force_unlock"
    generate_config = "generate_config"
    enable_cbt = "enable_cbt"
    disable_cbt = "disable_cbt"
    data_destroy = "data_destroy"
    list_changed_blocks = "list_changed_blocks"
    set_on_boot = "set_on_boot"
    blocked = "blocked"
    revert_to = "revert_to"
    revert_from = "revert_from"


class VdiType(StrEnum):
    __xenapi__ = "vdi_type"

    system = "system"
    user = "user"
    ephemeral = "ephemeral"
    suspend = "suspend"
    crashdump = "crashdump"
    ha_statefile = "ha_statefile"
    metadata = "metadata"
    redo_log = "redo_log"
    rrd = "rrd"
    pvs_cache = "pvs_cache"
    cbt_metadata = "cbt_metadata"


class VgpuTypeImplementation(StrEnum):
    __xenapi__ = "vgpu_type_implementation"

    passthrough = "passthrough"
    nvidia = "nvidia"
    nvidia_sriov = "nvidia_sriov"
    gvt_g = "gvt_g"
    mxgpu = "mxgpu"


class VifIpv4ConfigurationMode(StrEnum):
    __xenapi__ = "vif_ipv4_configuration_mode"

    None_ = "None"
    Static = "Static"
    DHCP = "DHCP"


class VifIpv6ConfigurationMode(StrEnum):
    __xenapi__ = "vif_ipv6_configuration_mode"

    None_ = "None"
    Static = "Static"
    Autoconf = "Autoconf"


class VifLockingMode(StrEnum):
    __xenapi__ = "vif_locking_mode"

    network_default = "network_default"
    locked = "locked"
    unlocked = "unlocked"
    disabled = "disabled"


class VifOperations(StrEnum):
    __xenapi__ = "vif_operations"

    attach = "attach"
    plug = "plug"
    unplug = "unplug"


class VmApplianceOperation(StrEnum):
    __xenapi__ = "vm_appliance_operation"

    start = "start"
    clean_shutdown = "clean_shutdown"
    hard_shutdown = "hard_shutdown"
    shutdown = "shutdown"


class VmOperations(StrEnum):
    __xenapi__ = "vm_operations"

    snapshot = "snapshot"
    clone = "clone"
    copy = "copy"
    create_template = "create_template"
    revert = "revert"
    checkpoint = "checkpoint"
    snapshot_with_quiesce = "snapshot_with_quiesce"
    provision = "provision"
    start = "start"
    start_on = "start_on"
    pause = "pause"
    unpause = "unpause"
    clean_shutdown = "clean_shutdown"
    clean_reboot = "clean_reboot"
    hard_shutdown = "hard_shutdown"
    power_state_reset = "power_state_reset"
    hard_reboot = "hard_reboot"
    suspend = "suspend"
    csvm = "csvm"
    resume = "resume"
    resume_on = "resume_on"
    pool_migrate = "pool_migrate"
    migrate_send = "migrate_send"
    get_boot_record = "get_boot_record"
    send_sysrq = "send_sysrq"
    send_trigger = "send_trigger"
    query_services = "query_services"
    shutdown = "shutdown"
    call_plugin = "call_plugin"
    changing_memory_live = "changing_memory_live"
    awaiting_memory_live = "awaiting_memory_live"
    changing_dynamic_range = "changing_dynamic_range"
    changing_static_range = "changing_static_range"
    changing_memory_limits = "changing_memory_limits"
    changing_shadow_memory = "changing_shadow_memory"
    changing_shadow_memory_live = "changing_shadow_memory_live"
    changing_VCPUs = "changing_VCPUs"
    changing_VCPUs_live = "changing_VCPUs_live"
    changing_NVRAM = "changing_NVRAM"
    assert_operation_valid = "assert_operation_valid"
    data_source_op = "data_source_op"
    update_allowed_operations = "update_allowed_operations"
    make_into_template = "make_into_template"
    import_ = "import"
    export = "export"
    metadata_export = "metadata_export"
    reverting = "reverting"
    destroy = "destroy"
    create_vtpm = "create_vtpm"
    sysprep = "sysprep"


class VmPowerState(StrEnum):
    __xenapi__ = "vm_power_state"

    Halted = "Halted"
    Paused = "Paused"
    Running = "Running"
    Suspended = "Suspended"


class VmSecurebootCertificatesState(StrEnum):
    __xenapi__ = "vm_secureboot_certificates_state"

    ok = "ok"
    update_available = "update_available"
    update_on_boot = "update_on_boot"


class VmSecurebootReadiness(StrEnum):
    __xenapi__ = "vm_secureboot_readiness"

    not_supported = "not_supported"
    disabled = "disabled"
    first_boot = "first_boot"
    ready = "ready"
    ready_no_dbx = "ready_no_dbx"
    setup_mode = "setup_mode"
    certs_incomplete = "certs_incomplete"


class VmUefiMode(StrEnum):
    __xenapi__ = "vm_uefi_mode"

    setup = "setup"
    user = "user"


class VmppArchiveFrequency(StrEnum):
    __xenapi__ = "vmpp_archive_frequency"

    never = "never"
    always_after_backup = "always_after_backup"
    daily = "daily"
    weekly = "weekly"


class VmppArchiveTargetType(StrEnum):
    __xenapi__ = "vmpp_archive_target_type"

    none = "none"
    cifs = "cifs"
    nfs = "nfs"


class VmppBackupFrequency(StrEnum):
    __xenapi__ = "vmpp_backup_frequency"

    hourly = "hourly"
    daily = "daily"
    weekly = "weekly"


class VmppBackupType(StrEnum):
    __xenapi__ = "vmpp_backup_type"

    snapshot = "snapshot"
    checkpoint = "checkpoint"


class VmssFrequency(StrEnum):
    __xenapi__ = "vmss_frequency"

    hourly = "hourly"
    daily = "daily"
    weekly = "weekly"


class VmssType(StrEnum):
    __xenapi__ = "vmss_type"

    snapshot = "snapshot"
    checkpoint = "checkpoint"
    snapshot_with_quiesce = "snapshot_with_quiesce"


class VtpmOperations(StrEnum):
    __xenapi__ = "vtpm_operations"

    destroy = "destroy"


class VusbOperations(StrEnum):
    __xenapi__ = "vusb_operations"

    attach = "attach"
    plug = "plug"
    unplug = "unplug"
