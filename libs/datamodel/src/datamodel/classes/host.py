"""The XenAPI class ``host``."""

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
    VM_OPERATOR,
    VM_POWER_ADMIN,
)


@xenapi_class("host", create_role=POOL_OPERATOR)
class Host:
    """A machine that runs Xen."""

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
            RW,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", RW, default="", column="name__description")
    ]
    memory_overhead: A[
        int,
        field(
            "Memory that Xen takes for it besides what its guest has, in bytes.",
            default=0,
            column="memory__overhead",
            tags=("memory",),
        ),
    ]
    allowed_operations: A[
        list[enums.HostAllowedOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.HostAllowedOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    API_version_major: A[
        int, field("The major number of the XenAPI that it speaks.", column="API_version__major")
    ]
    API_version_minor: A[
        int, field("The minor number of the XenAPI that it speaks.", column="API_version__minor")
    ]
    API_version_vendor: A[
        str, field("Who defines its version of the XenAPI.", column="API_version__vendor")
    ]
    API_version_vendor_implementation: A[
        dict[str, str],
        field(
            "What the vendor adds to say which implementation of the API this is.",
            column="API_version__vendor_implementation",
        ),
    ]
    enabled: A[bool, field("Whether it may be used for something new.")]
    software_version: A[
        dict[str, str],
        field("Releases of the toolstack and of what it runs on, by component.", STATIC),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    capabilities: A[list[str], field("What its hypervisor can do.", STATIC)]
    cpu_configuration: A[
        dict[str, str], field("Empty; older releases kept the hypervisor's view of the CPUs here.")
    ]
    sched_policy: A[str, field("The scheduler of its hypervisor, such as credit.")]
    supported_bootloaders: A[
        list[str], field("The bootloaders that paravirtual guests can be booted with here.")
    ]
    resident_VMs: A[
        list[Ref[L["VM"]]], field("The VMs that run on the host, its control domain included.")
    ]
    logging: A[
        dict[str, str],
        field("Where the host's logs go: `syslog_destination` names a remote collector.", RW),
    ]
    PIFs: A[
        list[Ref[L["PIF"]]], field("The physical interfaces that carry it.", tags=("networking",))
    ]
    suspend_image_sr: A[
        Ref[L["SR"]],
        field(
            "Where suspended VMs are written when neither VM nor pool say otherwise; null for nowhere.",
            RW,
        ),
    ]
    crash_dump_sr: A[
        Ref[L["SR"]], field("Where dumps of crashed VMs are written; null for nowhere.", RW)
    ]
    crashdumps: A[
        list[Ref[L["host_crashdump"]]], field("Every host_crashdump that is among its crashdumps.")
    ]
    patches: A[
        list[Ref[L["host_patch"]]],
        field(
            "Every host_patch that is among its patches.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "ely"),
            ),
        ),
    ]
    updates: A[
        list[Ref[L["pool_update"]]],
        field("Every pool_update that is among its updates.", since="ely"),
    ]
    PBDs: A[list[Ref[L["PBD"]]], field("The host's connections to storage.")]
    host_CPUs: A[list[Ref[L["host_cpu"]]], field("Every host_cpu that is among its host CPUs.")]
    cpu_info: A[
        dict[str, str],
        field(
            "The CPUs: how many, how many sockets, maker, model, speed, flags and feature sets.",
            default={},
            since="midnight-ride",
        ),
    ]
    hostname: A[str, field("The name that the host has on the network.", RW, tags=("networking",))]
    address: A[str, field("The address that others reach it at.", RW, tags=("networking",))]
    metrics: A[Ref[L["host_metrics"]], field("Its figures, which change often and are kept apart.")]
    license_params: A[
        dict[str, str], field("What the licence grants; fixed, as there are no licences.")
    ]
    ha_statefiles: A[
        list[str],
        field(
            "The disks that high availability keeps its state on, as this host sees them.",
            default=[],
            since="orlando",
        ),
    ]
    ha_network_peers: A[
        list[str],
        field(
            "The hosts that this one reached when high availability last looked.",
            default=[],
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
    external_auth_type: A[
        str,
        field(
            "The kind of directory that its users come from, such as AD; empty for none.",
            default="",
            since="george",
        ),
    ]
    external_auth_service_name: A[
        str, field("The name of that directory or domain.", default="", since="george")
    ]
    external_auth_configuration: A[
        dict[str, str],
        field(
            "Settings of the directory that users come from; passwords are not shown.",
            default={},
            since="george",
        ),
    ]
    edition: A[
        str,
        field(
            "The licence's edition; fixed, as there are no licences.",
            default="",
            since="midnight-ride",
        ),
    ]
    license_server: A[
        dict[str, str],
        field(
            "Address and port of a licence server; kept for old clients.",
            RW,
            default={"address": "localhost", "port": "27000"},
            since="midnight-ride",
        ),
    ]
    bios_strings: A[
        dict[str, str],
        field("What its firmware says of the machine.", default={}, since="midnight-ride"),
    ]
    power_on_mode: A[
        str,
        field(
            "How it can be switched on from afar, such as wake-on-lan; empty for not at all.",
            default="",
            since="midnight-ride",
        ),
    ]
    power_on_config: A[
        dict[str, str],
        field(
            "How its power is switched on: address and account of the management board.",
            default={},
            since="midnight-ride",
        ),
    ]
    local_cache_sr: A[
        Ref[L["SR"]],
        field(
            "Where it caches disks that allow it; null for nowhere.",
            STATIC,
            default="OpaqueRef:NULL",
            since="cowley",
        ),
    ]
    chipset_info: A[
        dict[str, str],
        field(
            "Whether the chipset can hand devices through (`iommu`).", default={}, since="boston"
        ),
    ]
    PCIs: A[list[Ref[L["PCI"]]], field("Every PCI that is among its PCIs.", since="boston")]
    PGPUs: A[list[Ref[L["PGPU"]]], field("Every PGPU that is among its PGPUs.", since="boston")]
    PUSBs: A[list[Ref[L["PUSB"]]], field("Every PUSB that is among its PUSBs.", since="inverness")]
    ssl_legacy: A[
        bool,
        field(
            "Whether it once took outdated versions of TLS; always no.",
            STATIC,
            default=True,
            history=(
                ("Published", "dundee"),
                ("Deprecated", "stockholm"),
            ),
        ),
    ]
    guest_VCPUs_params: A[
        dict[str, str],
        field(
            "Scheduling parameters, such as a mask of CPUs, that all guests of the host get.",
            RW,
            default={},
            since="tampa",
        ),
    ]
    display: A[
        enums.HostDisplay,
        field(
            "Whether its own display is shown on its screen, and from the next boot on.",
            RW,
            default="enabled",
            since="cream",
        ),
    ]
    virtual_hardware_platform_versions: A[
        list[int],
        field(
            "The versions of virtual hardware that its VMs may have.", default=[0], since="cream"
        ),
    ]
    control_domain: A[
        Ref[L["VM"]], field("The host's dom0, as a VM.", default="OpaqueRef:NULL", since="ely")
    ]
    updates_requiring_reboot: A[
        list[Ref[L["pool_update"]]],
        field(
            "Every pool_update that is among its updates requiring reboot.",
            since="ely",
            ignore_foreign_key=True,
        ),
    ]
    features: A[
        list[Ref[L["Feature"]]], field("Every Feature that is among its features.", since="falcon")
    ]
    iscsi_iqn: A[
        str,
        field(
            "The name by which iSCSI targets know the host.", STATIC, default="", since="kolkata"
        ),
    ]
    multipathing: A[
        bool,
        field(
            "Whether its storage is reached over several paths at once.",
            STATIC,
            default=False,
            since="kolkata",
        ),
    ]
    uefi_certificates: A[
        str,
        field(
            "The certificates for secure boot that its VMs start with, packed and in Base64.",
            STATIC,
            default="",
            history=(
                ("Published", "quebec"),
                ("Deprecated", "22.16.0"),
            ),
        ),
    ]
    certificates: A[
        list[Ref[L["Certificate"]]],
        field("Every Certificate that is among its certificates.", since="stockholm"),
    ]
    editions: A[
        list[str],
        field("The editions that it could be licensed as.", default=[], since="stockholm"),
    ]
    pending_guidances: A[
        list[enums.UpdateGuidances],
        field("What updates ask to be done, as a must.", default=[], since="1.303.0"),
    ]
    tls_verification_enabled: A[
        bool,
        field(
            "Whether it checks the certificates of those it connects to.",
            default=False,
            since="1.313.0",
        ),
    ]
    last_software_update: A[
        DateTime,
        field(
            "When packages were last updated.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "22.20.0"),),
        ),
    ]
    https_only: A[
        bool,
        field(
            "Whether it refuses plain HTTP from other machines.",
            default=False,
            history=(("Prototyped", "22.27.0"),),
        ),
    ]
    latest_synced_updates_applied: A[
        enums.LatestSyncedUpdatesAppliedState,
        field(
            "Whether it has all updates that the pool last fetched.",
            default="unknown",
            history=(("Prototyped", "23.18.0"),),
        ),
    ]
    numa_affinity_policy: A[
        enums.HostNumaAffinityPolicy,
        field(
            "Whether its VMs' memory is kept on one node of a NUMA machine.",
            default="default_policy",
            history=(("Prototyped", "24.0.0"),),
        ),
    ]
    pending_guidances_recommended: A[
        list[enums.UpdateGuidances],
        field(
            "What an update recommends to be done to it, such as a reboot.",
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
    last_update_hash: A[
        str,
        field(
            "Names the set of updates that was last applied to it.",
            default="",
            history=(("Prototyped", "24.10.0"),),
        ),
    ]
    ssh_enabled: A[
        bool,
        field(
            "Whether it takes SSH connections.",
            default=True,
            history=(("Prototyped", "25.21.0"),),
        ),
    ]
    ssh_enabled_timeout: A[
        int,
        field(
            "For how long ssh stays on once it was enabled, in seconds; 0 for always.",
            default=0,
            history=(("Prototyped", "25.21.0"),),
        ),
    ]
    ssh_expiry: A[
        DateTime,
        field(
            "The moment at which ssh goes off again; the epoch for never.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "25.21.0"),),
        ),
    ]
    console_idle_timeout: A[
        int,
        field(
            "After how many idle seconds the local console logs its user out; 0 for never.",
            default=0,
            history=(("Prototyped", "25.21.0"),),
        ),
    ]
    ssh_auto_mode: A[
        bool,
        field(
            "Whether SSH is switched on by itself when the toolstack does not answer.",
            default=False,
            history=(("Prototyped", "25.27.0"),),
        ),
    ]
    max_cstate: A[
        str,
        field(
            "The deepest idle state that its processors may enter; empty for no limit.",
            default="",
            history=(("Prototyped", "26.0.0"),),
        ),
    ]
    secure_boot: A[
        bool,
        field(
            "Whether it was itself booted with secure boot.",
            default=False,
            history=(("Prototyped", "25.31.0"),),
        ),
    ]
    ntp_mode: A[
        enums.HostNtpMode,
        field(
            "Where its time servers come from: DHCP, the pool's own list, or nowhere.",
            default="Factory",
            history=(("Prototyped", "26.0.0"),),
        ),
    ]
    ntp_custom_servers: A[
        list[str],
        field(
            "The time servers that were set for it.",
            default=[],
            history=(("Prototyped", "26.0.0"),),
        ),
    ]
    timezone: A[
        str,
        field(
            "Its time zone, such as Europe/Zurich.",
            default="UTC",
            history=(("Prototyped", "26.0.0"),),
        ),
    ]
    boot_free_mem: A[
        int, field("Memory that was free when the host had booted, in bytes.", internal_only=True)
    ]
    recommended_guidances: A[
        list[enums.UpdateGuidances],
        field(
            "What the last updates recommend to do with the host, such as a reboot.",
            default=[],
            history=(
                ("Prototyped", "23.18.0"),
                ("Removed", "23.24.0"),
            ),
            internal_only=True,
        ),
    ]

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def abort_new_master(
        address: A[str, "The address"],
    ) -> None:
        """Have the host do this: abort new master."""

    @message(role=VM_OPERATOR, since="inverness", hidden=True)
    def allocate_resources_for_vm(
        self: A[Ref[L["host"]], "The host that is meant"],
        vm: A[Ref[L["VM"]], "The VM that is meant"],
        live: A[bool, "Whether to: live"],
    ) -> None:
        """Have the host do this: allocate resources for vm."""

    @message(role=POOL_OPERATOR, since="midnight-ride", asynchronous=False)
    def apply_edition(
        host: A[Ref[L["host"]], "The host that is meant"],
        edition: A[str, "The edition"],
        force: A[bool, param("Whether to go on where a check says no", since="clearwater")] = False,
    ) -> None:
        """Apply the edition to the host."""

    @message(role=POOL_ADMIN, since="dundee", hidden=True)
    def apply_guest_agent_config(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Apply the guest agent config to the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "23.18.0"),
            ("Removed", "23.25.0"),
        ),
    )
    def apply_recommended_guidances(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Apply the recommended guidances to the host."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def apply_updates(
        self: A[Ref[L["host"]], "The host that is meant"],
        hash: A[str, "The hash"],
    ) -> list[list[str]]:
        """Apply the updates to the host."""

    @message(role=POOL_OPERATOR, since="miami")
    def assert_can_evacuate(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Raise an error unless this holds: can evacuate."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def attach_static_vdis(
        host: A[Ref[L["host"]], "The host that is meant"],
        vdi_reason_map: A[dict[Ref[L["VDI"]], str], "The vdi reason map, by key"],
    ) -> None:
        """Have the host do this: attach static vdis."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False)
    def backup_rrds(
        host: A[Ref[L["host"]], "The host that is meant"],
        delay: A[float, "The delay"],
    ) -> None:
        """Have the host do this: backup rrds."""

    @message(role=POOL_OPERATOR)
    def bugreport_upload(
        host: A[Ref[L["host"]], "The host that is meant"],
        url: A[str, "The url"],
        options: A[dict[str, str], "Further settings, by name"],
    ) -> None:
        """Have the host do this: bugreport upload."""

    @message(role=POOL_ADMIN, since="ely", asynchronous=False, custom_marshaller=True)
    def call_extension(
        host: A[Ref[L["host"]], "The host that is meant"],
        call: A[str, "The call"],
    ) -> str:
        """Call the extension of the host."""

    @message(role=POOL_ADMIN, since="orlando")
    def call_plugin(
        host: A[Ref[L["host"]], "The host that is meant"],
        plugin: A[str, "The plugin"],
        fn: A[str, "The fn"],
        args: A[dict[str, str], "The args, by key"],
    ) -> str:
        """Call the plugin of the host."""

    @message(role=LOCAL_ROOT, since="1.295.0", pool_internal=True, hidden=True)
    def cert_distrib_atom(
        host: A[Ref[L["host"]], "The host that is meant"],
        command: A[str, "The command"],
    ) -> str:
        """Have the host do this: cert distrib atom."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
        pool_internal=True,
        hidden=True,
    )
    def certificate_list(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> list[str]:
        """Have the host do this: certificate list."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def certificate_sync(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: certificate sync."""

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def cleanup_pool_secret(
        host: A[Ref[L["host"]], "The host that is meant"],
        old_ps: A[Secret, "The old ps"],
        new_ps: A[Secret, "The new ps"],
    ) -> None:
        """Have the host do this: cleanup pool secret."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def commit_new_master(
        address: A[str, "The address"],
    ) -> None:
        """Have the host do this: commit new master."""

    @message(role=READ_ONLY, since="orlando", tags=("memory",))
    def compute_free_memory(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> int:
        """Work out the free memory of the host."""

    @message(role=READ_ONLY, since="midnight-ride", tags=("memory",))
    def compute_memory_overhead(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> int:
        """Work out the memory overhead of the host."""

    @message(role=POOL_ADMIN, since="1.307.0", pool_internal=True, hidden=True)
    def copy_primary_host_certs(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Copy the primary host certs of the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Changed", "24.40.0"),
            ("Changed", "25.21.0"),
            ("Changed", "25.38.0-next"),
        ),
        hidden=True,
    )
    def create(
        uuid: A[str, "The uuid"],
        name_label: A[str, "The name to give"],
        name_description: A[str, "The name description"],
        hostname: A[str, "The hostname"],
        address: A[str, "The address"],
        external_auth_type: A[str, param("The external auth type", since="george")] = "",
        external_auth_service_name: A[
            str, param("The external auth service name", since="george")
        ] = "",
        external_auth_configuration: A[
            dict[str, str], param("The external auth configuration, by key", since="george")
        ] = {},
        license_params: A[
            dict[str, str], param("The license params, by key", since="midnight-ride")
        ] = {},
        edition: A[str, param("The edition", since="midnight-ride")] = "",
        license_server: A[
            dict[str, str], param("The license server, by key", since="midnight-ride")
        ] = {"address": "localhost", "port": "27000"},
        local_cache_sr: A[
            Ref[L["SR"]], param("The SR to take as local cache sr", since="cowley")
        ] = Ref[L["SR"]]("OpaqueRef:NULL"),
        chipset_info: A[dict[str, str], param("The chipset info, by key", since="boston")] = {},
        ssl_legacy: A[bool, param("Whether to: ssl legacy", since="dundee")] = True,
        last_software_update: A[
            DateTime, param("The last software update", since="dundee")
        ] = DateTime("19700101T00:00:00Z"),
        last_update_hash: A[str, param("The last update hash", since="24.40.0")] = "",
        ssh_enabled: A[bool, param("Whether to: ssh enabled", since="25.21.0")] = True,
        ssh_enabled_timeout: A[int, param("The ssh enabled timeout", since="25.21.0")] = 0,
        ssh_expiry: A[DateTime, param("The ssh expiry", since="25.21.0")] = DateTime(
            "19700101T00:00:00Z"
        ),
        console_idle_timeout: A[int, param("The console idle timeout", since="25.21.0")] = 0,
        ssh_auto_mode: A[bool, param("Whether to: ssh auto mode", since="25.27.0")] = False,
        secure_boot: A[bool, param("Whether to: secure boot", since="25.32.0")] = False,
        software_version: A[
            dict[str, str], param("The software version, by key", since="25.33.0")
        ] = {},
        https_only: A[bool, param("Whether to: https only", since="25.39.0")] = False,
        max_cstate: A[str, param("The max cstate", since="26.0.0")] = "",
        ntp_mode: A[enums.HostNtpMode, param("The ntp mode", since="26.0.0")] = enums.HostNtpMode(
            "Factory"
        ),
        ntp_custom_servers: A[list[str], param("All the ntp custom servers", since="26.0.0")] = [],
        timezone: A[str, param("The timezone", since="26.0.0")] = "UTC",
        numa_affinity_policy: A[
            enums.HostNumaAffinityPolicy, param("The numa affinity policy", since="26.0.0")
        ] = enums.HostNumaAffinityPolicy("default_policy"),
        latest_synced_updates_applied: A[
            enums.LatestSyncedUpdatesAppliedState,
            param("The latest synced updates applied", since="26.0.0"),
        ] = [],
        pending_guidances_full: A[
            list[enums.UpdateGuidances], param("All the pending guidances full", since="26.0.0")
        ] = [],
        pending_guidances_recommended: A[
            list[enums.UpdateGuidances],
            param("All the pending guidances recommended", since="26.0.0"),
        ] = [],
    ) -> Ref[L["host"]]:
        """Make a new host."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        host: A[Ref[L["host"]], "The host that is meant"],
        name: A[str, "The name"],
        mime_type: A[str, "The mime type"],
        public: A[bool, param("Whether to: public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make the host a new new blob."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_install(
        host: A[Ref[L["host"]], "The host that is meant"],
        name: A[str, "The name"],
        crl: A[str, "The crl"],
    ) -> None:
        """Have the host do this: crl install."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_list(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> list[str]:
        """Have the host do this: crl list."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_uninstall(
        host: A[Ref[L["host"]], "The host that is meant"],
        name: A[str, "The name"],
    ) -> None:
        """Have the host do this: crl uninstall."""

    @message(role=POOL_OPERATOR, since="clearwater")
    def declare_dead(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: declare dead."""

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Remove the host."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def detach_static_vdis(
        host: A[Ref[L["host"]], "The host that is meant"],
        vdis: A[list[Ref[L["VDI"]]], "All the vdis"],
    ) -> None:
        """Have the host do this: detach static vdis."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Changed", "25.31.0"),
        ),
        client_cert=True,
    )
    def disable(
        host: A[Ref[L["host"]], "The host that is meant"],
        auto_enable: A[bool, param("Whether to: auto enable", since="25.31.0")] = True,
    ) -> None:
        """Let it not be used for anything new."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def disable_binary_storage(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Switch off the binary storage of the host."""

    @message(role=POOL_OPERATOR, since="cream")
    def disable_display(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> enums.HostDisplay:
        """Switch off the display of the host."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def disable_external_auth(
        host: A[Ref[L["host"]], "The host that is meant"],
        config: A[dict[str, str], "The config, by key"] = {},
        force: A[
            bool, param("Whether to go on where a check says no", since="26.2.0-next")
        ] = False,
    ) -> None:
        """Switch off the external auth of the host."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def disable_local_storage_caching(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Switch off the local storage caching of the host."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def disable_ssh(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Switch off the ssh of the host."""

    @message(role=POOL_OPERATOR)
    def dmesg(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Have the host do this: dmesg."""

    @message(role=POOL_OPERATOR)
    def dmesg_clear(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Have the host do this: dmesg clear."""

    @message(role=LOCAL_ROOT, history=(("Prototyped", "24.10.0"),), asynchronous=False)
    def emergency_clear_mandatory_guidance() -> None:
        """In an emergency: clear mandatory guidance."""

    @message(role=LOCAL_ROOT, since="1.290.0", asynchronous=False)
    def emergency_disable_tls_verification() -> None:
        """In an emergency: disable tls verification."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def emergency_ha_disable(
        soft: A[bool, param("Whether to: soft", since="ely")] = False,
    ) -> None:
        """In an emergency: ha disable."""

    @message(role=LOCAL_ROOT, since="1.298.0", asynchronous=False)
    def emergency_reenable_tls_verification() -> None:
        """In an emergency: reenable tls verification."""

    @message(role=LOCAL_ROOT, since="stockholm", asynchronous=False)
    def emergency_reset_server_certificate() -> None:
        """In an emergency: reset server certificate."""

    @message(role=POOL_OPERATOR, client_cert=True)
    def enable(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Let it be used for something new."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def enable_binary_storage(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Switch on the binary storage of the host."""

    @message(role=POOL_OPERATOR, since="cream")
    def enable_display(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> enums.HostDisplay:
        """Switch on the display of the host."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def enable_external_auth(
        host: A[Ref[L["host"]], "The host that is meant"],
        config: A[dict[str, str], "The config, by key"],
        service_name: A[str, "The service name"],
        auth_type: A[str, "The auth type"],
    ) -> None:
        """Switch on the external auth of the host."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def enable_local_storage_caching(
        host: A[Ref[L["host"]], "The host that is meant"],
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Switch on the local storage caching of the host."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def enable_ssh(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Switch on the ssh of the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "miami"),
            ("Extended", "1.297.0"),
            ("Extended", "23.27.0"),
        ),
        client_cert=True,
    )
    def evacuate(
        host: A[Ref[L["host"]], "The host that is meant"],
        network: A[Ref[L["network"]], param("The network that is meant", since="1.297.0")] = Ref[
            L["network"]
        ]("OpaqueRef:NULL"),
        evacuate_batch_size: A[int, param("The evacuate batch size", since="23.27.0")] = 0,
    ) -> None:
        """Move every VM that runs on it elsewhere."""

    @message(role=POOL_ADMIN, since="26.16.0", asynchronous=False)
    def external_auth_set_ldaps(
        host: A[Ref[L["host"]], "The host that is meant"],
        ldaps: A[bool, "Whether to: ldaps"],
        force: A[bool, "Whether to go on where a check says no"] = False,
    ) -> None:
        """Have the host do this: external auth set ldaps."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def forget_data_source_archives(
        host: A[Ref[L["host"]], "The host that is meant"],
        data_source: A[str, "The data source"],
    ) -> None:
        """Forget the data source archives of the host."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_data_sources(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> list[Record[L["data_source"]]]:
        """Tell the data sources of the host."""

    @message(role=READ_ONLY, since="miami", asynchronous=False, hidden=True)
    def get_diagnostic_timing_stats(
        host: A[Ref[L["host"]], "The host that is meant"],
        counts: A[bool, param("Whether to: counts", since="25.33.0")] = False,
    ) -> dict[str, str]:
        """Tell the diagnostic timing stats of the host."""

    @message(role=READ_ONLY)
    def get_log(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Tell the log of the host."""

    @message(role=POOL_OPERATOR, since="tampa", tags=("networking",))
    def get_management_interface(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> Ref[L["PIF"]]:
        """Tell the management interface of the host."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def get_ntp_servers_status(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> dict[str, str]:
        """Tell the ntp servers status of the host."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def get_ntp_synchronized(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> bool:
        """Tell the ntp synchronized of the host."""

    @message(role=LOCAL_ROOT, since="1.271.0")
    def get_sched_gran(
        self: A[Ref[L["host"]], "The host that is meant"],
    ) -> enums.HostSchedGran:
        """Tell the sched gran of the host."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "george"),
            ("Changed", "inverness"),
        ),
    )
    def get_server_certificate(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Tell the server certificate of the host."""

    @message(role=READ_ONLY, since="cowley", asynchronous=False)
    def get_server_localtime(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> DateTime:
        """Tell the server localtime of the host."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_servertime(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> DateTime:
        """Tell the servertime of the host."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def get_sm_diagnostics(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Tell the sm diagnostics of the host."""

    @message(role=READ_ONLY, since="miami", asynchronous=False)
    def get_system_status_capabilities(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Tell the system status capabilities of the host."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def get_thread_diagnostics(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> str:
        """Tell the thread diagnostics of the host."""

    @message(role=READ_ONLY, history=(("Prototyped", "25.34.0"),))
    def get_tracked_user_agents(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> dict[str, str]:
        """Tell the tracked user agents of the host."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
        pool_internal=True,
        hidden=True,
    )
    def get_uncooperative_domains(
        self: A[Ref[L["host"]], "The host that is meant"],
    ) -> list[str]:
        """Tell the uncooperative domains of the host."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
    )
    def get_uncooperative_resident_VMs(
        self: A[Ref[L["host"]], "The host that is meant"],
    ) -> list[Ref[L["VM"]]]:
        """Tell the uncooperative resident VMs of the host."""

    @message(role=READ_ONLY, since="orlando")
    def get_vms_which_prevent_evacuation(
        self: A[Ref[L["host"]], "The host that is meant"],
    ) -> dict[Ref[L["VM"]], list[str]]:
        """Tell the vms which prevent evacuation of the host."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_disable_failover_decisions(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """High availability: disable failover decisions."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_disarm_fencing(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """High availability: disarm fencing."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_join_liveset(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """High availability: join liveset."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_release_resources(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """High availability: release resources."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_stop_daemon(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """High availability: stop daemon."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_wait_for_shutdown_via_statefile(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """High availability: wait for shutdown via statefile."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False, hidden=True)
    def ha_xapi_healthcheck() -> bool:
        """High availability: xapi healthcheck."""

    @message(role=POOL_ADMIN, since="ely")
    def has_extension(
        host: A[Ref[L["host"]], "The host that is meant"],
        name: A[str, "The name"],
    ) -> bool:
        """Tell whether the host has extension."""

    @message(role=LOCAL_ROOT, since="1.290.0", pool_internal=True, hidden=True)
    def install_ca_certificate(
        host: A[Ref[L["host"]], "The host that is meant"],
        name: A[str, "The name"],
        cert: A[str, "The cert"],
    ) -> None:
        """Install the ca certificate on the host."""

    @message(role=POOL_ADMIN, since="stockholm")
    def install_server_certificate(
        host: A[Ref[L["host"]], "The host that is meant"],
        certificate: A[str, "The certificate"],
        private_key: A[str, "The private key"],
        certificate_chain: A[str, "The certificate chain"] = "",
    ) -> None:
        """Install the server certificate on the host."""

    @message(role=READ_ONLY, since="miami", asynchronous=False, hidden=True)
    def is_in_emergency_mode() -> bool:
        """Tell whether the host is in emergency mode."""

    @message(role=POOL_OPERATOR, since="indigo", errors=("LICENSE_PROCESSING_ERROR",))
    def license_add(
        host: A[Ref[L["host"]], "The host that is meant"],
        contents: A[str, "The contents"],
    ) -> None:
        """Have the host do this: license add."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        errors=("LICENSE_PROCESSING_ERROR",),
    )
    def license_apply(
        host: A[Ref[L["host"]], "The host that is meant"],
        contents: A[str, "The contents"],
    ) -> None:
        """Have the host do this: license apply."""

    @message(role=POOL_OPERATOR, since="indigo")
    def license_remove(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: license remove."""

    @message(role=READ_ONLY, asynchronous=False)
    def list_methods() -> list[str]:
        """Have the host do this: list methods."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def list_timezones(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> list[str]:
        """Have the host do this: list timezones."""

    @message(
        role=LOCAL_ROOT,
        since="miami",
        asynchronous=False,
        pool_internal=True,
        hidden=True,
        errors=(
            "HOST_STILL_BOOTING",
            "HOST_HAS_NO_MANAGEMENT_IP",
            "HOST_MASTER_CANNOT_TALK_BACK",
            "HOST_UNKNOWN_TO_MASTER",
            "HOST_BROKEN",
            "LICENCE_RESTRICTION",
            "LICENSE_DOES_NOT_SUPPORT_POOLING",
            "HA_SHOULD_BE_FENCED",
            "HOST_XAPI_VERSION_HIGHER_THAN_COORDINATOR",
        ),
    )
    def local_assert_healthy() -> None:
        """On this host alone: assert healthy."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False)
    def local_management_reconfigure(
        interface: A[str, "The interface"],
    ) -> None:
        """On this host alone: management reconfigure."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False, tags=("networking",))
    def management_disable() -> None:
        """Have the host do this: management disable."""

    @message(role=POOL_OPERATOR, since="miami", tags=("networking",))
    def management_reconfigure(
        pif: A[Ref[L["PIF"]], "The PIF that is meant"],
    ) -> None:
        """Have the host do this: management reconfigure."""

    @message(role=VM_POWER_ADMIN, since="tampa")
    def migrate_receive(
        host: A[Ref[L["host"]], "The host that is meant"],
        network: A[Ref[L["network"]], "The network that is meant"],
        options: A[dict[str, str], "Further settings, by name"],
    ) -> dict[str, str]:
        """Have the host do this: migrate receive."""

    @message(role=VM_OPERATOR, since="falcon", pool_internal=True, hidden=True)
    def mxgpu_vf_setup(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: mxgpu vf setup."""

    @message(role=LOCAL_ROOT, since="miami", pool_internal=True, hidden=True)
    def notify(
        ty: A[str, "The ty"],
        params: A[str, "The params"],
    ) -> None:
        """Have the host do this: notify."""

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def notify_accept_new_pool_secret(
        host: A[Ref[L["host"]], "The host that is meant"],
        old_ps: A[Secret, "The old ps"],
        new_ps: A[Secret, "The new ps"],
    ) -> None:
        """Have the host do this: notify accept new pool secret."""

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def notify_send_new_pool_secret(
        host: A[Ref[L["host"]], "The host that is meant"],
        old_ps: A[Secret, "The old ps"],
        new_ps: A[Secret, "The new ps"],
    ) -> None:
        """Have the host do this: notify send new pool secret."""

    @message(role=VM_OPERATOR, since="quebec", pool_internal=True, hidden=True)
    def nvidia_vf_setup(
        host: A[Ref[L["host"]], "The host that is meant"],
        pf: A[Ref[L["PCI"]], "The PCI to take as pf"],
        enable: A[bool, "Whether to: enable"],
    ) -> None:
        """Have the host do this: nvidia vf setup."""

    @message(role=POOL_OPERATOR, since="orlando")
    def power_on(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: power on."""

    @message(role=LOCAL_ROOT, since="miami", pool_internal=True, hidden=True)
    def preconfigure_ha(
        host: A[Ref[L["host"]], "The host that is meant"],
        statefiles: A[list[Ref[L["VDI"]]], "All the statefiles"],
        metadata_vdi: A[Ref[L["VDI"]], "The VDI to take as metadata vdi"],
        generation: A[str, "The generation"],
    ) -> None:
        """Have the host do this: preconfigure ha."""

    @message(role=LOCAL_ROOT, since="kolkata", hidden=True)
    def prepare_for_poweroff(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: prepare for poweroff."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def propose_new_master(
        address: A[str, "The address"],
        manual: A[bool, "Whether to: manual"],
    ) -> None:
        """Have the host do this: propose new master."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def query_data_source(
        host: A[Ref[L["host"]], "The host that is meant"],
        data_source: A[str, "The data source"],
    ) -> float:
        """Ask for the data source of the host."""

    @message(role=POOL_OPERATOR)
    def reboot(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Restart the host."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def record_data_source(
        host: A[Ref[L["host"]], "The host that is meant"],
        data_source: A[str, "The data source"],
    ) -> None:
        """Record the data source of the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "ely"),
        ),
    )
    def refresh_pack_info(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Refresh the pack info of the host."""

    @message(role=POOL_ADMIN, since="1.307.0")
    def refresh_server_certificate(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Refresh the server certificate of the host."""

    @message(role=LOCAL_ROOT, asynchronous=False, pool_internal=True, hidden=True)
    def request_backup(
        host: A[Ref[L["host"]], "The host that is meant"],
        generation: A[int, "The generation"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Have the host do this: request backup."""

    @message(role=LOCAL_ROOT, asynchronous=False, pool_internal=True, hidden=True)
    def request_config_file_sync(
        host: A[Ref[L["host"]], "The host that is meant"],
        hash: A[str, "The hash"],
    ) -> None:
        """Have the host do this: request config file sync."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def rescan_drivers(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Have the host do this: rescan drivers."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "dundee"),
            ("Removed", "dundee"),
        ),
        asynchronous=False,
    )
    def reset_cpu_features(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Put the cpu features of the host back to what it was at first."""

    @message(role=POOL_OPERATOR, since="boston", hidden=True)
    def reset_networking(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Put the networking of the host back to what it was at first."""

    @message(role=POOL_ADMIN, since="1.290.0")
    def reset_server_certificate(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Put the server certificate of the host back to what it was at first."""

    @message(role=POOL_OPERATOR)
    def restart_agent(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: restart agent."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_evacuate_recommendations(
        self: A[Ref[L["host"]], "The host that is meant"],
    ) -> dict[Ref[L["VM"]], list[str]]:
        """Fetch the wlb evacuate recommendations of the host."""

    @message(role=POOL_ADMIN)
    def send_debug_keys(
        host: A[Ref[L["host"]], "The host that is meant"],
        keys: A[str, "The keys"],
    ) -> None:
        """Send the debug keys to the host."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_console_idle_timeout(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the console idle timeout of the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "dundee"),
            ("Removed", "dundee"),
        ),
        asynchronous=False,
    )
    def set_cpu_features(
        host: A[Ref[L["host"]], "The host that is meant"],
        features: A[str, "The features"],
    ) -> None:
        """Set the cpu features of the host."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False, errors=("HOST_NAME_INVALID",))
    def set_hostname_live(
        host: A[Ref[L["host"]], "The host that is meant"],
        hostname: A[str, "The hostname"],
    ) -> None:
        """Set the hostname live of the host."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.27.0"),))
    def set_https_only(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the https only of the host."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def set_iscsi_iqn(
        host: A[Ref[L["host"]], "The host that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the iscsi iqn of the host."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def set_license_params(
        self: A[Ref[L["host"]], "The host that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the license params of the host."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def set_localdb_key(
        host: A[Ref[L["host"]], "The host that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the localdb key of the host."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_max_cstate(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[str, param("The new value", since=None)],
    ) -> None:
        """Set the max cstate of the host."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def set_multipathing(
        host: A[Ref[L["host"]], "The host that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the multipathing of the host."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_ntp_custom_servers(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[list[str], param("The new value", since=None)],
    ) -> None:
        """Set the ntp custom servers of the host."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_ntp_mode(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[enums.HostNtpMode, param("The new value", since=None)],
    ) -> None:
        """Set the ntp mode of the host."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.0.0"),))
    def set_numa_affinity_policy(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[enums.HostNumaAffinityPolicy, param("The new value", since=None)],
    ) -> None:
        """Set the numa affinity policy of the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Changed", "stockholm"),
            ("Changed", "24.19.0"),
        ),
    )
    def set_power_on_mode(
        self: A[Ref[L["host"]], "The host that is meant"],
        power_on_mode: A[str, "The power on mode"],
        power_on_config: A[dict[str, str], "The power on config, by key"],
    ) -> None:
        """Set the power on mode of the host."""

    @message(role=LOCAL_ROOT, since="1.271.0")
    def set_sched_gran(
        self: A[Ref[L["host"]], "The host that is meant"],
        value: A[enums.HostSchedGran, "The new value"],
    ) -> None:
        """Set the sched gran of the host."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_servertime(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[DateTime, param("The new value", since=None)],
    ) -> None:
        """Set the servertime of the host."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.27.0"),))
    def set_ssh_auto_mode(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the ssh auto mode of the host."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_ssh_enabled_timeout(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the ssh enabled timeout of the host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Changed", "stockholm"),
        ),
    )
    def set_ssl_legacy(
        self: A[Ref[L["host"]], "The host that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the ssl legacy of the host."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_timezone(
        self: A[Ref[L["host"]], param("The host that is meant", since=None)],
        value: A[str, param("The new value", since=None)],
    ) -> None:
        """Set the timezone of the host."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "quebec"),
            ("Deprecated", "22.16.0"),
        ),
    )
    def set_uefi_certificates(
        host: A[Ref[L["host"]], "The host that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the uefi certificates of the host."""

    @message(role=POOL_OPERATOR)
    def shutdown(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Stop the host: asked first, forced when it does not."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def shutdown_agent() -> None:
        """Have the host do this: shutdown agent."""

    @message(
        role=LOCAL_ROOT,
        since="miami",
        asynchronous=False,
        pool_internal=True,
        hidden=True,
        tags=("networking",),
    )
    def signal_networking_change() -> None:
        """Have the host do this: signal networking change."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def sm_dp_destroy(
        host: A[Ref[L["host"]], "The host that is meant"],
        dp: A[str, "The dp"],
        allow_leak: A[bool, "Whether to: allow leak"],
    ) -> None:
        """Have the host do this: sm dp destroy."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False)
    def sync_data(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Bring the data of the host in step."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_pif_currently_attached(
        host: A[Ref[L["host"]], "The host that is meant"],
        bridges: A[list[str], "All the bridges"],
    ) -> None:
        """Bring the pif currently attached of the host in step."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_tunnels(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Bring the tunnels of the host in step."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_vlans(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Bring the vlans of the host in step."""

    @message(role=POOL_OPERATOR, since="miami")
    def syslog_reconfigure(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: syslog reconfigure."""

    @message(role=LOCAL_ROOT, since="orlando", asynchronous=False, pool_internal=True, hidden=True)
    def tickle_heartbeat(
        host: A[Ref[L["host"]], "The host that is meant"],
        stuff: A[dict[str, str], "The stuff, by key"],
    ) -> dict[str, str]:
        """Have the host do this: tickle heartbeat."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "1.290.0"),
            ("Changed", "24.35.0"),
        ),
        pool_internal=True,
        hidden=True,
    )
    def uninstall_ca_certificate(
        host: A[Ref[L["host"]], "The host that is meant"],
        name: A[str, "The name"],
        force: A[bool, param("Whether to go on where a check says no", since="24.35.0")] = False,
    ) -> None:
        """Remove the ca certificate from the host."""

    @message(
        role=POOL_OPERATOR,
        history=(("Prototyped", "25.34.0"),),
        asynchronous=False,
        pool_internal=True,
        hidden=True,
    )
    def update_firewalld_service_status() -> None:
        """Have the host do this: update firewalld service status."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def update_master(
        host: A[Ref[L["host"]], "The host that is meant"],
        master_address: A[str, "The master address"],
    ) -> None:
        """Have the host do this: update master."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def update_pool_secret(
        host: A[Ref[L["host"]], "The host that is meant"],
        pool_secret: A[Secret, "The pool secret"],
    ) -> None:
        """Have the host do this: update pool secret."""

    @message(role=LOCAL_ROOT, since="22.16.0", pool_internal=True, hidden=True)
    def write_uefi_certificates_to_disk(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the host do this: write uefi certificates to disk."""
