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
    """A host."""

    API_version_major: A[int, field("API version major.", column="API_version__major")]
    API_version_minor: A[int, field("API version minor.", column="API_version__minor")]
    API_version_vendor: A[str, field("API version vendor.", column="API_version__vendor")]
    API_version_vendor_implementation: A[
        dict[str, str],
        field("API version vendor implementation.", column="API_version__vendor_implementation"),
    ]
    PBDs: A[list[Ref[L["PBD"]]], field("PBDs.")]
    PCIs: A[list[Ref[L["PCI"]]], field("PCIs.", since="boston")]
    PGPUs: A[list[Ref[L["PGPU"]]], field("PGPUs.", since="boston")]
    PIFs: A[list[Ref[L["PIF"]]], field("PIFs.", tags=("networking",))]
    PUSBs: A[list[Ref[L["PUSB"]]], field("PUSBs.", since="inverness")]
    address: A[str, field("Address.", RW, tags=("networking",))]
    allowed_operations: A[
        list[enums.HostAllowedOperations], field("Allowed operations.", default=[], persist=False)
    ]
    bios_strings: A[dict[str, str], field("Bios strings.", default={}, since="midnight-ride")]
    blobs: A[dict[str, Ref[L["blob"]]], field("Blobs.", default={}, since="orlando")]
    boot_free_mem: A[int, field("Boot free mem.", internal_only=True)]
    capabilities: A[list[str], field("Capabilities.", STATIC)]
    certificates: A[list[Ref[L["Certificate"]]], field("Certificates.", since="stockholm")]
    chipset_info: A[dict[str, str], field("Chipset info.", default={}, since="boston")]
    console_idle_timeout: A[
        int, field("Console idle timeout.", default=0, history=(("Prototyped", "25.21.0"),))
    ]
    control_domain: A[Ref[L["VM"]], field("Control domain.", default="OpaqueRef:NULL", since="ely")]
    cpu_configuration: A[dict[str, str], field("Cpu configuration.")]
    cpu_info: A[dict[str, str], field("Cpu info.", default={}, since="midnight-ride")]
    crash_dump_sr: A[Ref[L["SR"]], field("Crash dump sr.", RW)]
    crashdumps: A[list[Ref[L["host_crashdump"]]], field("Crashdumps.")]
    current_operations: A[
        dict[str, enums.HostAllowedOperations],
        field("Current operations.", default={}, persist=False),
    ]
    display: A[enums.HostDisplay, field("Display.", RW, default="enabled", since="cream")]
    edition: A[str, field("Edition.", default="", since="midnight-ride")]
    editions: A[list[str], field("Editions.", default=[], since="stockholm")]
    enabled: A[bool, field("Enabled.")]
    external_auth_configuration: A[
        dict[str, str], field("External auth configuration.", default={}, since="george")
    ]
    external_auth_service_name: A[
        str, field("External auth service name.", default="", since="george")
    ]
    external_auth_type: A[str, field("External auth type.", default="", since="george")]
    features: A[list[Ref[L["Feature"]]], field("Features.", since="falcon")]
    guest_VCPUs_params: A[
        dict[str, str], field("Guest VCPUs params.", RW, default={}, since="tampa")
    ]
    ha_network_peers: A[list[str], field("Ha network peers.", default=[], since="orlando")]
    ha_statefiles: A[list[str], field("Ha statefiles.", default=[], since="orlando")]
    host_CPUs: A[list[Ref[L["host_cpu"]]], field("Host CPUs.")]
    hostname: A[str, field("Hostname.", RW, tags=("networking",))]
    https_only: A[bool, field("Https only.", default=False, history=(("Prototyped", "22.27.0"),))]
    iscsi_iqn: A[str, field("Iscsi iqn.", STATIC, default="", since="kolkata")]
    last_software_update: A[
        DateTime,
        field(
            "Last software update.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "22.20.0"),),
        ),
    ]
    last_update_hash: A[
        str, field("Last update hash.", default="", history=(("Prototyped", "24.10.0"),))
    ]
    latest_synced_updates_applied: A[
        enums.LatestSyncedUpdatesAppliedState,
        field(
            "Latest synced updates applied.",
            default="unknown",
            history=(("Prototyped", "23.18.0"),),
        ),
    ]
    license_params: A[dict[str, str], field("License params.")]
    license_server: A[
        dict[str, str],
        field(
            "License server.",
            RW,
            default={"address": "localhost", "port": "27000"},
            since="midnight-ride",
        ),
    ]
    local_cache_sr: A[
        Ref[L["SR"]], field("Local cache sr.", STATIC, default="OpaqueRef:NULL", since="cowley")
    ]
    logging: A[dict[str, str], field("Logging.", RW)]
    max_cstate: A[str, field("Max cstate.", default="", history=(("Prototyped", "26.0.0"),))]
    memory_overhead: A[
        int, field("Memory overhead.", default=0, column="memory__overhead", tags=("memory",))
    ]
    metrics: A[Ref[L["host_metrics"]], field("Metrics.")]
    multipathing: A[bool, field("Multipathing.", STATIC, default=False, since="kolkata")]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    ntp_custom_servers: A[
        list[str], field("Ntp custom servers.", default=[], history=(("Prototyped", "26.0.0"),))
    ]
    ntp_mode: A[
        enums.HostNtpMode,
        field("Ntp mode.", default="Factory", history=(("Prototyped", "26.0.0"),)),
    ]
    numa_affinity_policy: A[
        enums.HostNumaAffinityPolicy,
        field(
            "Numa affinity policy.", default="default_policy", history=(("Prototyped", "24.0.0"),)
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            RW,
            key_roles={"XenCenter.CustomFields.*": VM_OPERATOR, "folder": VM_OPERATOR},
        ),
    ]
    patches: A[
        list[Ref[L["host_patch"]]],
        field(
            "Patches.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "ely"),
            ),
        ),
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
    power_on_config: A[dict[str, str], field("Power on config.", default={}, since="midnight-ride")]
    power_on_mode: A[str, field("Power on mode.", default="", since="midnight-ride")]
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
    resident_VMs: A[list[Ref[L["VM"]]], field("Resident VMs.")]
    sched_policy: A[str, field("Sched policy.")]
    secure_boot: A[bool, field("Secure boot.", default=False, history=(("Prototyped", "25.31.0"),))]
    software_version: A[dict[str, str], field("Software version.", STATIC)]
    ssh_auto_mode: A[
        bool, field("Ssh auto mode.", default=False, history=(("Prototyped", "25.27.0"),))
    ]
    ssh_enabled: A[bool, field("Ssh enabled.", default=True, history=(("Prototyped", "25.21.0"),))]
    ssh_enabled_timeout: A[
        int, field("Ssh enabled timeout.", default=0, history=(("Prototyped", "25.21.0"),))
    ]
    ssh_expiry: A[
        DateTime,
        field("Ssh expiry.", default="19700101T00:00:00Z", history=(("Prototyped", "25.21.0"),)),
    ]
    ssl_legacy: A[
        bool,
        field(
            "Ssl legacy.",
            STATIC,
            default=True,
            history=(
                ("Published", "dundee"),
                ("Deprecated", "stockholm"),
            ),
        ),
    ]
    supported_bootloaders: A[list[str], field("Supported bootloaders.")]
    suspend_image_sr: A[Ref[L["SR"]], field("Suspend image sr.", RW)]
    tags: A[list[str], field("Tags.", RW, default=[], role=VM_OPERATOR, since="orlando")]
    timezone: A[str, field("Timezone.", default="UTC", history=(("Prototyped", "26.0.0"),))]
    tls_verification_enabled: A[
        bool, field("Tls verification enabled.", default=False, since="1.313.0")
    ]
    uefi_certificates: A[
        str,
        field(
            "Uefi certificates.",
            STATIC,
            default="",
            history=(
                ("Published", "quebec"),
                ("Deprecated", "22.16.0"),
            ),
        ),
    ]
    updates: A[list[Ref[L["pool_update"]]], field("Updates.", since="ely")]
    updates_requiring_reboot: A[
        list[Ref[L["pool_update"]]],
        field("Updates requiring reboot.", since="ely", ignore_foreign_key=True),
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    virtual_hardware_platform_versions: A[
        list[int], field("Virtual hardware platform versions.", default=[0], since="cream")
    ]

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def abort_new_master(
        address: A[str, "Address"],
    ) -> None:
        """Abort new master."""

    @message(role=VM_OPERATOR, since="inverness", hidden=True)
    def allocate_resources_for_vm(
        self: A[Ref[L["host"]], "The host to act on"],
        vm: A[Ref[L["VM"]], "The VM to act on"],
        live: A[bool, "Live"],
    ) -> None:
        """Allocate resources for vm."""

    @message(role=POOL_OPERATOR, since="midnight-ride", asynchronous=False)
    def apply_edition(
        host: A[Ref[L["host"]], "The host to act on"],
        edition: A[str, "Edition"],
        force: A[bool, param("Force", since="clearwater")] = False,
    ) -> None:
        """Apply edition."""

    @message(role=POOL_ADMIN, since="dundee", hidden=True)
    def apply_guest_agent_config(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Apply guest agent config."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "23.18.0"),
            ("Removed", "23.25.0"),
        ),
    )
    def apply_recommended_guidances(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Apply recommended guidances."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def apply_updates(
        self: A[Ref[L["host"]], "The host to act on"],
        hash: A[str, "Hash"],
    ) -> list[list[str]]:
        """Apply updates."""

    @message(role=POOL_OPERATOR, since="miami")
    def assert_can_evacuate(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Assert can evacuate."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def attach_static_vdis(
        host: A[Ref[L["host"]], "The host to act on"],
        vdi_reason_map: A[dict[Ref[L["VDI"]], str], "Vdi reason map"],
    ) -> None:
        """Attach static vdis."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False)
    def backup_rrds(
        host: A[Ref[L["host"]], "The host to act on"],
        delay: A[float, "Delay"],
    ) -> None:
        """Backup rrds."""

    @message(role=POOL_OPERATOR)
    def bugreport_upload(
        host: A[Ref[L["host"]], "The host to act on"],
        url: A[str, "Url"],
        options: A[dict[str, str], "Options"],
    ) -> None:
        """Bugreport upload."""

    @message(role=POOL_ADMIN, since="ely", asynchronous=False, custom_marshaller=True)
    def call_extension(
        host: A[Ref[L["host"]], "The host to act on"],
        call: A[str, "Call"],
    ) -> str:
        """Call extension."""

    @message(role=POOL_ADMIN, since="orlando")
    def call_plugin(
        host: A[Ref[L["host"]], "The host to act on"],
        plugin: A[str, "Plugin"],
        fn: A[str, "Fn"],
        args: A[dict[str, str], "Args"],
    ) -> str:
        """Call plugin."""

    @message(role=LOCAL_ROOT, since="1.295.0", pool_internal=True, hidden=True)
    def cert_distrib_atom(
        host: A[Ref[L["host"]], "The host to act on"],
        command: A[str, "Command"],
    ) -> str:
        """Cert distrib atom."""

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
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> list[str]:
        """Certificate list."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def certificate_sync(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Certificate sync."""

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def cleanup_pool_secret(
        host: A[Ref[L["host"]], "The host to act on"],
        old_ps: A[Secret, "Old ps"],
        new_ps: A[Secret, "New ps"],
    ) -> None:
        """Cleanup pool secret."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def commit_new_master(
        address: A[str, "Address"],
    ) -> None:
        """Commit new master."""

    @message(role=READ_ONLY, since="orlando", tags=("memory",))
    def compute_free_memory(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> int:
        """Compute free memory."""

    @message(role=READ_ONLY, since="midnight-ride", tags=("memory",))
    def compute_memory_overhead(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> int:
        """Compute memory overhead."""

    @message(role=POOL_ADMIN, since="1.307.0", pool_internal=True, hidden=True)
    def copy_primary_host_certs(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Copy primary host certs."""

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
        uuid: A[str, "Uuid"],
        name_label: A[str, "Name label"],
        name_description: A[str, "Name description"],
        hostname: A[str, "Hostname"],
        address: A[str, "Address"],
        external_auth_type: A[str, param("External auth type", since="george")] = "",
        external_auth_service_name: A[
            str, param("External auth service name", since="george")
        ] = "",
        external_auth_configuration: A[
            dict[str, str], param("External auth configuration", since="george")
        ] = {},
        license_params: A[dict[str, str], param("License params", since="midnight-ride")] = {},
        edition: A[str, param("Edition", since="midnight-ride")] = "",
        license_server: A[dict[str, str], param("License server", since="midnight-ride")] = {
            "address": "localhost",
            "port": "27000",
        },
        local_cache_sr: A[Ref[L["SR"]], param("Local cache sr", since="cowley")] = Ref[L["SR"]](
            "OpaqueRef:NULL"
        ),
        chipset_info: A[dict[str, str], param("Chipset info", since="boston")] = {},
        ssl_legacy: A[bool, param("Ssl legacy", since="dundee")] = True,
        last_software_update: A[DateTime, param("Last software update", since="dundee")] = DateTime(
            "19700101T00:00:00Z"
        ),
        last_update_hash: A[str, param("Last update hash", since="24.40.0")] = "",
        ssh_enabled: A[bool, param("Ssh enabled", since="25.21.0")] = True,
        ssh_enabled_timeout: A[int, param("Ssh enabled timeout", since="25.21.0")] = 0,
        ssh_expiry: A[DateTime, param("Ssh expiry", since="25.21.0")] = DateTime(
            "19700101T00:00:00Z"
        ),
        console_idle_timeout: A[int, param("Console idle timeout", since="25.21.0")] = 0,
        ssh_auto_mode: A[bool, param("Ssh auto mode", since="25.27.0")] = False,
        secure_boot: A[bool, param("Secure boot", since="25.32.0")] = False,
        software_version: A[dict[str, str], param("Software version", since="25.33.0")] = {},
        https_only: A[bool, param("Https only", since="25.39.0")] = False,
        max_cstate: A[str, param("Max cstate", since="26.0.0")] = "",
        ntp_mode: A[enums.HostNtpMode, param("Ntp mode", since="26.0.0")] = enums.HostNtpMode(
            "Factory"
        ),
        ntp_custom_servers: A[list[str], param("Ntp custom servers", since="26.0.0")] = [],
        timezone: A[str, param("Timezone", since="26.0.0")] = "UTC",
        numa_affinity_policy: A[
            enums.HostNumaAffinityPolicy, param("Numa affinity policy", since="26.0.0")
        ] = enums.HostNumaAffinityPolicy("default_policy"),
        latest_synced_updates_applied: A[
            enums.LatestSyncedUpdatesAppliedState,
            param("Latest synced updates applied", since="26.0.0"),
        ] = [],
        pending_guidances_full: A[
            list[enums.UpdateGuidances], param("Pending guidances full", since="26.0.0")
        ] = [],
        pending_guidances_recommended: A[
            list[enums.UpdateGuidances], param("Pending guidances recommended", since="26.0.0")
        ] = [],
    ) -> Ref[L["host"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        host: A[Ref[L["host"]], "The host to act on"],
        name: A[str, "Name"],
        mime_type: A[str, "Mime type"],
        public: A[bool, param("Public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Create new blob."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_install(
        host: A[Ref[L["host"]], "The host to act on"],
        name: A[str, "Name"],
        crl: A[str, "Crl"],
    ) -> None:
        """Crl install."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_list(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> list[str]:
        """Crl list."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_uninstall(
        host: A[Ref[L["host"]], "The host to act on"],
        name: A[str, "Name"],
    ) -> None:
        """Crl uninstall."""

    @message(role=POOL_OPERATOR, since="clearwater")
    def declare_dead(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Declare dead."""

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Destroy."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def detach_static_vdis(
        host: A[Ref[L["host"]], "The host to act on"],
        vdis: A[list[Ref[L["VDI"]]], "Vdis"],
    ) -> None:
        """Detach static vdis."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Changed", "25.31.0"),
        ),
        client_cert=True,
    )
    def disable(
        host: A[Ref[L["host"]], "The host to act on"],
        auto_enable: A[bool, param("Auto enable", since="25.31.0")] = True,
    ) -> None:
        """Disable."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def disable_binary_storage(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Disable binary storage."""

    @message(role=POOL_OPERATOR, since="cream")
    def disable_display(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> enums.HostDisplay:
        """Disable display."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def disable_external_auth(
        host: A[Ref[L["host"]], "The host to act on"],
        config: A[dict[str, str], "Config"] = {},
        force: A[bool, param("Force", since="26.2.0-next")] = False,
    ) -> None:
        """Disable external auth."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def disable_local_storage_caching(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Disable local storage caching."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def disable_ssh(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Disable ssh."""

    @message(role=POOL_OPERATOR)
    def dmesg(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Dmesg."""

    @message(role=POOL_OPERATOR)
    def dmesg_clear(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Dmesg clear."""

    @message(role=LOCAL_ROOT, history=(("Prototyped", "24.10.0"),), asynchronous=False)
    def emergency_clear_mandatory_guidance() -> None:
        """Emergency clear mandatory guidance."""

    @message(role=LOCAL_ROOT, since="1.290.0", asynchronous=False)
    def emergency_disable_tls_verification() -> None:
        """Emergency disable tls verification."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def emergency_ha_disable(
        soft: A[bool, param("Soft", since="ely")] = False,
    ) -> None:
        """Emergency ha disable."""

    @message(role=LOCAL_ROOT, since="1.298.0", asynchronous=False)
    def emergency_reenable_tls_verification() -> None:
        """Emergency reenable tls verification."""

    @message(role=LOCAL_ROOT, since="stockholm", asynchronous=False)
    def emergency_reset_server_certificate() -> None:
        """Emergency reset server certificate."""

    @message(role=POOL_OPERATOR, client_cert=True)
    def enable(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Enable."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def enable_binary_storage(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Enable binary storage."""

    @message(role=POOL_OPERATOR, since="cream")
    def enable_display(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> enums.HostDisplay:
        """Enable display."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def enable_external_auth(
        host: A[Ref[L["host"]], "The host to act on"],
        config: A[dict[str, str], "Config"],
        service_name: A[str, "Service name"],
        auth_type: A[str, "Auth type"],
    ) -> None:
        """Enable external auth."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def enable_local_storage_caching(
        host: A[Ref[L["host"]], "The host to act on"],
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Enable local storage caching."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def enable_ssh(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Enable ssh."""

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
        host: A[Ref[L["host"]], "The host to act on"],
        network: A[Ref[L["network"]], param("The network to act on", since="1.297.0")] = Ref[
            L["network"]
        ]("OpaqueRef:NULL"),
        evacuate_batch_size: A[int, param("Evacuate batch size", since="23.27.0")] = 0,
    ) -> None:
        """Evacuate."""

    @message(role=POOL_ADMIN, since="26.16.0", asynchronous=False)
    def external_auth_set_ldaps(
        host: A[Ref[L["host"]], "The host to act on"],
        ldaps: A[bool, "Ldaps"],
        force: A[bool, "Force"] = False,
    ) -> None:
        """External auth set ldaps."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def forget_data_source_archives(
        host: A[Ref[L["host"]], "The host to act on"],
        data_source: A[str, "Data source"],
    ) -> None:
        """Forget data source archives."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_data_sources(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> list[Record[L["data_source"]]]:
        """Get data sources."""

    @message(role=READ_ONLY, since="miami", asynchronous=False, hidden=True)
    def get_diagnostic_timing_stats(
        host: A[Ref[L["host"]], "The host to act on"],
        counts: A[bool, param("Counts", since="25.33.0")] = False,
    ) -> dict[str, str]:
        """Get diagnostic timing stats."""

    @message(role=READ_ONLY)
    def get_log(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Get log."""

    @message(role=POOL_OPERATOR, since="tampa", tags=("networking",))
    def get_management_interface(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> Ref[L["PIF"]]:
        """Get management interface."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def get_ntp_servers_status(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> dict[str, str]:
        """Get ntp servers status."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def get_ntp_synchronized(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> bool:
        """Get ntp synchronized."""

    @message(role=LOCAL_ROOT, since="1.271.0")
    def get_sched_gran(
        self: A[Ref[L["host"]], "The host to act on"],
    ) -> enums.HostSchedGran:
        """Get sched gran."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "george"),
            ("Changed", "inverness"),
        ),
    )
    def get_server_certificate(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Get server certificate."""

    @message(role=READ_ONLY, since="cowley", asynchronous=False)
    def get_server_localtime(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> DateTime:
        """Get server localtime."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_servertime(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> DateTime:
        """Get servertime."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def get_sm_diagnostics(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Get sm diagnostics."""

    @message(role=READ_ONLY, since="miami", asynchronous=False)
    def get_system_status_capabilities(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Get system status capabilities."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def get_thread_diagnostics(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> str:
        """Get thread diagnostics."""

    @message(role=READ_ONLY, history=(("Prototyped", "25.34.0"),))
    def get_tracked_user_agents(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> dict[str, str]:
        """Get tracked user agents."""

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
        self: A[Ref[L["host"]], "The host to act on"],
    ) -> list[str]:
        """Get uncooperative domains."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
    )
    def get_uncooperative_resident_VMs(
        self: A[Ref[L["host"]], "The host to act on"],
    ) -> list[Ref[L["VM"]]]:
        """Get uncooperative resident VMs."""

    @message(role=READ_ONLY, since="orlando")
    def get_vms_which_prevent_evacuation(
        self: A[Ref[L["host"]], "The host to act on"],
    ) -> dict[Ref[L["VM"]], list[str]]:
        """Get vms which prevent evacuation."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_disable_failover_decisions(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Ha disable failover decisions."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_disarm_fencing(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Ha disarm fencing."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_join_liveset(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Ha join liveset."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_release_resources(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Ha release resources."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_stop_daemon(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Ha stop daemon."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_wait_for_shutdown_via_statefile(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Ha wait for shutdown via statefile."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False, hidden=True)
    def ha_xapi_healthcheck() -> bool:
        """Ha xapi healthcheck."""

    @message(role=POOL_ADMIN, since="ely")
    def has_extension(
        host: A[Ref[L["host"]], "The host to act on"],
        name: A[str, "Name"],
    ) -> bool:
        """Has extension."""

    @message(role=LOCAL_ROOT, since="1.290.0", pool_internal=True, hidden=True)
    def install_ca_certificate(
        host: A[Ref[L["host"]], "The host to act on"],
        name: A[str, "Name"],
        cert: A[str, "Cert"],
    ) -> None:
        """Install ca certificate."""

    @message(role=POOL_ADMIN, since="stockholm")
    def install_server_certificate(
        host: A[Ref[L["host"]], "The host to act on"],
        certificate: A[str, "Certificate"],
        private_key: A[str, "Private key"],
        certificate_chain: A[str, "Certificate chain"] = "",
    ) -> None:
        """Install server certificate."""

    @message(role=READ_ONLY, since="miami", asynchronous=False, hidden=True)
    def is_in_emergency_mode() -> bool:
        """Is in emergency mode."""

    @message(role=POOL_OPERATOR, since="indigo", errors=("LICENSE_PROCESSING_ERROR",))
    def license_add(
        host: A[Ref[L["host"]], "The host to act on"],
        contents: A[str, "Contents"],
    ) -> None:
        """License add."""

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
        host: A[Ref[L["host"]], "The host to act on"],
        contents: A[str, "Contents"],
    ) -> None:
        """License apply."""

    @message(role=POOL_OPERATOR, since="indigo")
    def license_remove(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """License remove."""

    @message(role=READ_ONLY, asynchronous=False)
    def list_methods() -> list[str]:
        """List methods."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def list_timezones(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> list[str]:
        """List timezones."""

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
        """Local assert healthy."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False)
    def local_management_reconfigure(
        interface: A[str, "Interface"],
    ) -> None:
        """Local management reconfigure."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False, tags=("networking",))
    def management_disable() -> None:
        """Management disable."""

    @message(role=POOL_OPERATOR, since="miami", tags=("networking",))
    def management_reconfigure(
        pif: A[Ref[L["PIF"]], "The PIF to act on"],
    ) -> None:
        """Management reconfigure."""

    @message(role=VM_POWER_ADMIN, since="tampa")
    def migrate_receive(
        host: A[Ref[L["host"]], "The host to act on"],
        network: A[Ref[L["network"]], "The network to act on"],
        options: A[dict[str, str], "Options"],
    ) -> dict[str, str]:
        """Migrate receive."""

    @message(role=VM_OPERATOR, since="falcon", pool_internal=True, hidden=True)
    def mxgpu_vf_setup(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Mxgpu vf setup."""

    @message(role=LOCAL_ROOT, since="miami", pool_internal=True, hidden=True)
    def notify(
        ty: A[str, "Ty"],
        params: A[str, "Params"],
    ) -> None:
        """Notify."""

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def notify_accept_new_pool_secret(
        host: A[Ref[L["host"]], "The host to act on"],
        old_ps: A[Secret, "Old ps"],
        new_ps: A[Secret, "New ps"],
    ) -> None:
        """Notify accept new pool secret."""

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def notify_send_new_pool_secret(
        host: A[Ref[L["host"]], "The host to act on"],
        old_ps: A[Secret, "Old ps"],
        new_ps: A[Secret, "New ps"],
    ) -> None:
        """Notify send new pool secret."""

    @message(role=VM_OPERATOR, since="quebec", pool_internal=True, hidden=True)
    def nvidia_vf_setup(
        host: A[Ref[L["host"]], "The host to act on"],
        pf: A[Ref[L["PCI"]], "Pf"],
        enable: A[bool, "Enable"],
    ) -> None:
        """Nvidia vf setup."""

    @message(role=POOL_OPERATOR, since="orlando")
    def power_on(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Power on."""

    @message(role=LOCAL_ROOT, since="miami", pool_internal=True, hidden=True)
    def preconfigure_ha(
        host: A[Ref[L["host"]], "The host to act on"],
        statefiles: A[list[Ref[L["VDI"]]], "Statefiles"],
        metadata_vdi: A[Ref[L["VDI"]], "Metadata vdi"],
        generation: A[str, "Generation"],
    ) -> None:
        """Preconfigure ha."""

    @message(role=LOCAL_ROOT, since="kolkata", hidden=True)
    def prepare_for_poweroff(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Prepare for poweroff."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def propose_new_master(
        address: A[str, "Address"],
        manual: A[bool, "Manual"],
    ) -> None:
        """Propose new master."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def query_data_source(
        host: A[Ref[L["host"]], "The host to act on"],
        data_source: A[str, "Data source"],
    ) -> float:
        """Query data source."""

    @message(role=POOL_OPERATOR)
    def reboot(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Reboot."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def record_data_source(
        host: A[Ref[L["host"]], "The host to act on"],
        data_source: A[str, "Data source"],
    ) -> None:
        """Record data source."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "ely"),
        ),
    )
    def refresh_pack_info(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Refresh pack info."""

    @message(role=POOL_ADMIN, since="1.307.0")
    def refresh_server_certificate(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Refresh server certificate."""

    @message(role=LOCAL_ROOT, asynchronous=False, pool_internal=True, hidden=True)
    def request_backup(
        host: A[Ref[L["host"]], "The host to act on"],
        generation: A[int, "Generation"],
        force: A[bool, "Force"],
    ) -> None:
        """Request backup."""

    @message(role=LOCAL_ROOT, asynchronous=False, pool_internal=True, hidden=True)
    def request_config_file_sync(
        host: A[Ref[L["host"]], "The host to act on"],
        hash: A[str, "Hash"],
    ) -> None:
        """Request config file sync."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def rescan_drivers(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Rescan drivers."""

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
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Reset cpu features."""

    @message(role=POOL_OPERATOR, since="boston", hidden=True)
    def reset_networking(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Reset networking."""

    @message(role=POOL_ADMIN, since="1.290.0")
    def reset_server_certificate(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Reset server certificate."""

    @message(role=POOL_OPERATOR)
    def restart_agent(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Restart agent."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_evacuate_recommendations(
        self: A[Ref[L["host"]], "The host to act on"],
    ) -> dict[Ref[L["VM"]], list[str]]:
        """Retrieve wlb evacuate recommendations."""

    @message(role=POOL_ADMIN)
    def send_debug_keys(
        host: A[Ref[L["host"]], "The host to act on"],
        keys: A[str, "Keys"],
    ) -> None:
        """Send debug keys."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_console_idle_timeout(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set console idle timeout."""

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
        host: A[Ref[L["host"]], "The host to act on"],
        features: A[str, "Features"],
    ) -> None:
        """Set cpu features."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False, errors=("HOST_NAME_INVALID",))
    def set_hostname_live(
        host: A[Ref[L["host"]], "The host to act on"],
        hostname: A[str, "Hostname"],
    ) -> None:
        """Set hostname live."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.27.0"),))
    def set_https_only(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set https only."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def set_iscsi_iqn(
        host: A[Ref[L["host"]], "The host to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set iscsi iqn."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def set_license_params(
        self: A[Ref[L["host"]], "The host to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set license params."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def set_localdb_key(
        host: A[Ref[L["host"]], "The host to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Set localdb key."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_max_cstate(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[str, param("Value", since=None)],
    ) -> None:
        """Set max cstate."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def set_multipathing(
        host: A[Ref[L["host"]], "The host to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set multipathing."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_ntp_custom_servers(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[list[str], param("Value", since=None)],
    ) -> None:
        """Set ntp custom servers."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_ntp_mode(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[enums.HostNtpMode, param("Value", since=None)],
    ) -> None:
        """Set ntp mode."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.0.0"),))
    def set_numa_affinity_policy(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[enums.HostNumaAffinityPolicy, param("Value", since=None)],
    ) -> None:
        """Set numa affinity policy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Changed", "stockholm"),
            ("Changed", "24.19.0"),
        ),
    )
    def set_power_on_mode(
        self: A[Ref[L["host"]], "The host to act on"],
        power_on_mode: A[str, "Power on mode"],
        power_on_config: A[dict[str, str], "Power on config"],
    ) -> None:
        """Set power on mode."""

    @message(role=LOCAL_ROOT, since="1.271.0")
    def set_sched_gran(
        self: A[Ref[L["host"]], "The host to act on"],
        value: A[enums.HostSchedGran, "Value"],
    ) -> None:
        """Set sched gran."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_servertime(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[DateTime, param("Value", since=None)],
    ) -> None:
        """Set servertime."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.27.0"),))
    def set_ssh_auto_mode(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set ssh auto mode."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_ssh_enabled_timeout(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set ssh enabled timeout."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Changed", "stockholm"),
        ),
    )
    def set_ssl_legacy(
        self: A[Ref[L["host"]], "The host to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set ssl legacy."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_timezone(
        self: A[Ref[L["host"]], param("The host to act on", since=None)],
        value: A[str, param("Value", since=None)],
    ) -> None:
        """Set timezone."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "quebec"),
            ("Deprecated", "22.16.0"),
        ),
    )
    def set_uefi_certificates(
        host: A[Ref[L["host"]], "The host to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set uefi certificates."""

    @message(role=POOL_OPERATOR)
    def shutdown(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Shutdown."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def shutdown_agent() -> None:
        """Shutdown agent."""

    @message(
        role=LOCAL_ROOT,
        since="miami",
        asynchronous=False,
        pool_internal=True,
        hidden=True,
        tags=("networking",),
    )
    def signal_networking_change() -> None:
        """Signal networking change."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def sm_dp_destroy(
        host: A[Ref[L["host"]], "The host to act on"],
        dp: A[str, "Dp"],
        allow_leak: A[bool, "Allow leak"],
    ) -> None:
        """Sm dp destroy."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False)
    def sync_data(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Sync data."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_pif_currently_attached(
        host: A[Ref[L["host"]], "The host to act on"],
        bridges: A[list[str], "Bridges"],
    ) -> None:
        """Sync pif currently attached."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_tunnels(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Sync tunnels."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_vlans(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Sync vlans."""

    @message(role=POOL_OPERATOR, since="miami")
    def syslog_reconfigure(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Syslog reconfigure."""

    @message(role=LOCAL_ROOT, since="orlando", asynchronous=False, pool_internal=True, hidden=True)
    def tickle_heartbeat(
        host: A[Ref[L["host"]], "The host to act on"],
        stuff: A[dict[str, str], "Stuff"],
    ) -> dict[str, str]:
        """Tickle heartbeat."""

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
        host: A[Ref[L["host"]], "The host to act on"],
        name: A[str, "Name"],
        force: A[bool, param("Force", since="24.35.0")] = False,
    ) -> None:
        """Uninstall ca certificate."""

    @message(
        role=POOL_OPERATOR,
        history=(("Prototyped", "25.34.0"),),
        asynchronous=False,
        pool_internal=True,
        hidden=True,
    )
    def update_firewalld_service_status() -> None:
        """Update firewalld service status."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def update_master(
        host: A[Ref[L["host"]], "The host to act on"],
        master_address: A[str, "Master address"],
    ) -> None:
        """Update master."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def update_pool_secret(
        host: A[Ref[L["host"]], "The host to act on"],
        pool_secret: A[Secret, "Pool secret"],
    ) -> None:
        """Update pool secret."""

    @message(role=LOCAL_ROOT, since="22.16.0", pool_internal=True, hidden=True)
    def write_uefi_certificates_to_disk(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Write uefi certificates to disk."""
