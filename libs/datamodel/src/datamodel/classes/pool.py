"""The XenAPI class ``pool``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Ref, Secret, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, READ_ONLY, VM_OPERATOR


@xenapi_class("pool", create_role=POOL_OPERATOR, get_by_name=False)
class Pool:
    """A pool."""

    allowed_operations: A[
        list[enums.PoolAllowedOperations], field("Allowed operations.", default=[], persist=False)
    ]
    auto_update_vm_secureboot_certificates: A[
        bool,
        field(
            "Auto update vm secureboot certificates.",
            RW,
            default=False,
            history=(("Prototyped", "26.16.1"),),
        ),
    ]
    blobs: A[dict[str, Ref[L["blob"]]], field("Blobs.", default={}, since="orlando")]
    client_certificate_auth_enabled: A[
        bool, field("Client certificate auth enabled.", default=False, since="1.318.0")
    ]
    client_certificate_auth_name: A[
        str, field("Client certificate auth name.", default="", since="1.318.0")
    ]
    coordinator_bias: A[
        bool,
        field(
            "Coordinator bias.",
            RW,
            default=True,
            history=(
                ("Prototyped", "22.37.0"),
                ("Published", "rio"),
            ),
        ),
    ]
    cpu_info: A[dict[str, str], field("Cpu info.", default={}, since="dundee")]
    crash_dump_SR: A[Ref[L["SR"]], field("Crash dump SR.", RW)]
    current_operations: A[
        dict[str, enums.PoolAllowedOperations],
        field("Current operations.", default={}, persist=False),
    ]
    custom_uefi_certificates: A[
        str,
        field("Custom uefi certificates.", STATIC, default="", history=(("Prototyped", "24.0.0"),)),
    ]
    default_SR: A[Ref[L["SR"]], field("Default SR.", RW)]
    ext_auth_cache_enabled: A[
        bool, field("Ext auth cache enabled.", default=True, history=(("Prototyped", "24.31.0"),))
    ]
    ext_auth_cache_expiry: A[
        int, field("Ext auth cache expiry.", default=300, history=(("Prototyped", "24.31.0"),))
    ]
    ext_auth_cache_size: A[
        int, field("Ext auth cache size.", default=50, history=(("Prototyped", "24.31.0"),))
    ]
    ext_auth_max_threads: A[
        int, field("Ext auth max threads.", STATIC, default=1, history=(("Prototyped", "23.27.0"),))
    ]
    guest_agent_config: A[dict[str, str], field("Guest agent config.", default={}, since="dundee")]
    gui_config: A[
        dict[str, str], field("Gui config.", RW, default={}, role=VM_OPERATOR, since="orlando")
    ]
    ha_allow_overcommit: A[bool, field("Ha allow overcommit.", RW, default=False, since="orlando")]
    ha_cluster_stack: A[str, field("Ha cluster stack.", default="", since="dundee")]
    ha_configuration: A[dict[str, str], field("Ha configuration.", default={}, since="orlando")]
    ha_enabled: A[bool, field("Ha enabled.", default=False, since="orlando")]
    ha_host_failures_to_tolerate: A[
        int, field("Ha host failures to tolerate.", default=0, since="orlando")
    ]
    ha_overcommitted: A[bool, field("Ha overcommitted.", default=False, since="orlando")]
    ha_plan_exists_for: A[int, field("Ha plan exists for.", default=0, since="orlando")]
    ha_reboot_vm_on_internal_shutdown: A[
        bool,
        field(
            "Ha reboot vm on internal shutdown.",
            RW,
            default=True,
            history=(("Prototyped", "25.16.0"),),
        ),
    ]
    ha_statefiles: A[list[str], field("Ha statefiles.", default=[], since="orlando")]
    health_check_config: A[
        dict[str, str], field("Health check config.", RW, default={}, since="dundee")
    ]
    igmp_snooping_enabled: A[
        bool, field("Igmp snooping enabled.", default=False, since="inverness")
    ]
    is_psr_pending: A[bool, field("Is psr pending.", RW, default=False, since="stockholm_psr")]
    last_update_sync: A[
        DateTime,
        field(
            "Last update sync.", default="19700101T00:00:00Z", history=(("Prototyped", "23.18.0"),)
        ),
    ]
    license_server: A[
        dict[str, str],
        field("License server.", RW, default={}, history=(("Prototyped", "25.6.0"),)),
    ]
    limit_console_sessions: A[
        bool,
        field("Limit console sessions.", RW, default=False, history=(("Prototyped", "26.1.0"),)),
    ]
    live_patching_disabled: A[
        bool, field("Live patching disabled.", RW, default=False, since="ely")
    ]
    local_auth_max_threads: A[
        int,
        field("Local auth max threads.", STATIC, default=8, history=(("Prototyped", "23.27.0"),)),
    ]
    master: A[Ref[L["host"]], field("Master.")]
    metadata_VDIs: A[list[Ref[L["VDI"]]], field("Metadata VDIs.", since="boston")]
    migration_compression: A[
        bool,
        field("Migration compression.", RW, default=False, history=(("Prototyped", "22.33.0"),)),
    ]
    name_description: A[str, field("Name description.", RW)]
    name_label: A[str, field("Name label.", RW)]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            RW,
            key_roles={
                "EMPTY_FOLDERS": VM_OPERATOR,
                "XenCenter.CustomFields.*": VM_OPERATOR,
                "folder": VM_OPERATOR,
            },
        ),
    ]
    policy_no_vendor_device: A[
        bool,
        field(
            "Policy no vendor device.",
            RW,
            default=False,
            history=(
                ("Published", "dundee"),
                ("Deprecated", "24.14.0"),
            ),
        ),
    ]
    recommendations: A[
        dict[str, str], field("Recommendations.", default={}, history=(("Prototyped", "24.19.1"),))
    ]
    redo_log_enabled: A[bool, field("Redo log enabled.", default=False, since="midnight-ride")]
    redo_log_vdi: A[
        Ref[L["VDI"]], field("Redo log vdi.", default="OpaqueRef:NULL", since="midnight-ride")
    ]
    repositories: A[
        list[Ref[L["Repository"]]],
        field("Repositories.", default=[], since="1.301.0", ignore_foreign_key=True),
    ]
    repository_proxy_password: A[
        Ref[L["secret"]],
        field(
            "Repository proxy password.",
            default="OpaqueRef:NULL",
            history=(
                ("Published", "21.3.0"),
                ("Changed", "23.9.0"),
            ),
        ),
    ]
    repository_proxy_url: A[str, field("Repository proxy url.", default="", since="21.3.0")]
    repository_proxy_username: A[
        str, field("Repository proxy username.", default="", since="21.3.0")
    ]
    restrictions: A[dict[str, str], field("Restrictions.", default={}, since="midnight-ride")]
    suspend_image_SR: A[Ref[L["SR"]], field("Suspend image SR.", RW)]
    tags: A[list[str], field("Tags.", RW, default=[], role=VM_OPERATOR, since="orlando")]
    telemetry_frequency: A[
        enums.TelemetryFrequency,
        field("Telemetry frequency.", default="weekly", history=(("Prototyped", "23.9.0"),)),
    ]
    telemetry_next_collection: A[
        DateTime,
        field(
            "Telemetry next collection.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "23.9.0"),),
        ),
    ]
    telemetry_uuid: A[
        Ref[L["secret"]],
        field("Telemetry uuid.", default="OpaqueRef:NULL", history=(("Prototyped", "23.9.0"),)),
    ]
    tls_verification_enabled: A[
        bool, field("Tls verification enabled.", default=False, since="1.290.0")
    ]
    uefi_certificates: A[
        str,
        field(
            "Uefi certificates.",
            STATIC,
            default="",
            history=(
                ("Published", "quebec"),
                ("Changed", "22.16.0"),
            ),
        ),
    ]
    update_sync_day: A[
        int, field("Update sync day.", default=0, history=(("Prototyped", "23.18.0"),))
    ]
    update_sync_enabled: A[
        bool, field("Update sync enabled.", default=False, history=(("Prototyped", "23.18.0"),))
    ]
    update_sync_frequency: A[
        enums.UpdateSyncFrequency,
        field("Update sync frequency.", default="weekly", history=(("Prototyped", "23.18.0"),)),
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
    vm_console_idle_timeout: A[
        int, field("Vm console idle timeout.", RW, default=0, history=(("Prototyped", "26.1.0"),))
    ]
    vswitch_controller: A[
        str,
        field(
            "Vswitch controller.",
            default="",
            history=(
                ("Published", "midnight-ride"),
                ("Deprecated", "falcon"),
            ),
        ),
    ]
    wlb_enabled: A[
        bool, field("Wlb enabled.", RW, default=False, since="george", client_cert=("setter",))
    ]
    wlb_password: A[Ref[L["secret"]], field("Wlb password.", since="george", internal_only=True)]
    wlb_url: A[str, field("Wlb url.", default="", since="george")]
    wlb_username: A[str, field("Wlb username.", default="", since="george")]
    wlb_verify_cert: A[
        bool,
        field(
            "Wlb verify cert.",
            RW,
            default=False,
            history=(
                ("Published", "george"),
                ("Deprecated", "1.290.0"),
            ),
        ),
    ]

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def add_repository(
        self: A[Ref[L["pool"]], "The pool to act on"],
        value: A[Ref[L["Repository"]], "Value"],
    ) -> None:
        """Add repository."""

    @message(role=POOL_ADMIN, since="dundee")
    def add_to_guest_agent_config(
        self: A[Ref[L["pool"]], "The pool to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to guest agent config."""

    @message(role=POOL_OPERATOR, since="clearwater")
    def apply_edition(
        self: A[Ref[L["pool"]], "The pool to act on"],
        edition: A[str, "Edition"],
    ) -> None:
        """Apply edition."""

    @message(role=POOL_ADMIN, since="midnight-ride", pool_internal=True, hidden=True)
    def audit_log_append(
        line: A[str, "Line"],
    ) -> None:
        """Audit log append."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_install(
        name: A[str, "Name"],
        cert: A[str, "Cert"],
    ) -> None:
        """Certificate install."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_list() -> list[str]:
        """Certificate list."""

    @message(role=POOL_OPERATOR, since="george")
    def certificate_sync() -> None:
        """Certificate sync."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_uninstall(
        name: A[str, "Name"],
    ) -> None:
        """Certificate uninstall."""

    @message(role=POOL_OPERATOR, since="1.304.0", client_cert=True)
    def check_update_readiness(
        self: A[Ref[L["pool"]], "The pool to act on"],
        requires_reboot: A[bool, "Requires reboot"],
    ) -> list[list[str]]:
        """Check update readiness."""

    @message(role=POOL_OPERATOR, since="21.3.0", client_cert=True)
    def configure_repository_proxy(
        self: A[Ref[L["pool"]], "The pool to act on"],
        url: A[str, "Url"],
        username: A[str, "Username"],
        password: A[str, "Password"],
    ) -> None:
        """Configure repository proxy."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.18.0"),))
    def configure_update_sync(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        update_sync_frequency: A[
            enums.UpdateSyncFrequency, param("Update sync frequency", since=None)
        ],
        update_sync_day: A[int, param("Update sync day", since=None)],
    ) -> None:
        """Configure update sync."""

    @message(role=POOL_OPERATOR, errors=("VLAN_TAG_INVALID",))
    def create_VLAN(
        device: A[str, "Device"],
        network: A[Ref[L["network"]], "The network to act on"],
        VLAN: A[int, "VLAN"],
    ) -> list[Ref[L["PIF"]]]:
        """Create VLAN."""

    @message(role=POOL_OPERATOR, errors=("VLAN_TAG_INVALID",))
    def create_VLAN_from_PIF(
        pif: A[Ref[L["PIF"]], "The PIF to act on"],
        network: A[Ref[L["network"]], "The network to act on"],
        VLAN: A[int, "VLAN"],
    ) -> list[Ref[L["PIF"]]]:
        """Create VLAN from PIF."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        pool: A[Ref[L["pool"]], "The pool to act on"],
        name: A[str, "Name"],
        mime_type: A[str, "Mime type"],
        public: A[bool, param("Public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Create new blob."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_install(
        name: A[str, "Name"],
        cert: A[str, "Cert"],
    ) -> None:
        """Crl install."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_list() -> list[str]:
        """Crl list."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_uninstall(
        name: A[str, "Name"],
    ) -> None:
        """Crl uninstall."""

    @message(role=POOL_OPERATOR, since="george")
    def deconfigure_wlb() -> None:
        """Deconfigure wlb."""

    @message(role=POOL_OPERATOR, since="miami")
    def designate_new_master(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Designate new master."""

    @message(role=POOL_OPERATOR, since="george", asynchronous=False)
    def detect_nonhomogeneous_external_auth(
        pool: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Detect nonhomogeneous external auth."""

    @message(role=POOL_OPERATOR, since="orlando", hidden=True)
    def disable_binary_storage() -> None:
        """Disable binary storage."""

    @message(role=POOL_OPERATOR, since="1.318.0", client_cert=True)
    def disable_client_certificate_auth(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Disable client certificate auth."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def disable_external_auth(
        pool: A[Ref[L["pool"]], "The pool to act on"],
        config: A[dict[str, str], "Config"] = {},
    ) -> None:
        """Disable external auth."""

    @message(role=POOL_OPERATOR, since="miami", client_cert=True)
    def disable_ha() -> None:
        """Disable ha."""

    @message(role=POOL_OPERATOR, since="cowley")
    def disable_local_storage_caching(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Disable local storage caching."""

    @message(role=POOL_OPERATOR, since="midnight-ride")
    def disable_redo_log() -> None:
        """Disable redo log."""

    @message(role=POOL_OPERATOR, since="21.4.0", client_cert=True)
    def disable_repository_proxy(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Disable repository proxy."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def disable_ssh(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
    ) -> None:
        """Disable ssh."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Deprecated", "stockholm"),
        ),
    )
    def disable_ssl_legacy(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Disable ssl legacy."""

    @message(role=POOL_OPERATOR)
    def eject(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Eject."""

    @message(role=POOL_OPERATOR, asynchronous=False)
    def emergency_reset_master(
        master_address: A[str, "Master address"],
    ) -> None:
        """Emergency reset master."""

    @message(role=POOL_OPERATOR, asynchronous=False)
    def emergency_transition_to_master() -> None:
        """Emergency transition to master."""

    @message(role=POOL_OPERATOR, since="orlando", hidden=True)
    def enable_binary_storage() -> None:
        """Enable binary storage."""

    @message(role=POOL_OPERATOR, since="1.318.0", client_cert=True)
    def enable_client_certificate_auth(
        self: A[Ref[L["pool"]], "The pool to act on"],
        name: A[str, "Name"],
    ) -> None:
        """Enable client certificate auth."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def enable_external_auth(
        pool: A[Ref[L["pool"]], "The pool to act on"],
        config: A[dict[str, str], "Config"],
        service_name: A[str, "Service name"],
        auth_type: A[str, "Auth type"],
    ) -> None:
        """Enable external auth."""

    @message(role=POOL_OPERATOR, since="miami", client_cert=True)
    def enable_ha(
        heartbeat_srs: A[list[Ref[L["SR"]]], "Heartbeat srs"],
        configuration: A[dict[str, str], "Configuration"],
    ) -> None:
        """Enable ha."""

    @message(role=POOL_OPERATOR, since="cowley")
    def enable_local_storage_caching(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Enable local storage caching."""

    @message(role=POOL_OPERATOR, since="midnight-ride")
    def enable_redo_log(
        sr: A[Ref[L["SR"]], "The SR to act on"],
    ) -> None:
        """Enable redo log."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def enable_ssh(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
    ) -> None:
        """Enable ssh."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Deprecated", "dundee"),
            ("Removed", "stockholm"),
        ),
    )
    def enable_ssl_legacy(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> None:
        """Enable ssl legacy."""

    @message(role=POOL_ADMIN, since="1.290.0", asynchronous=False)
    def enable_tls_verification() -> None:
        """Enable tls verification."""

    @message(role=POOL_OPERATOR, since="1.320.0", hidden=True)
    def exchange_ca_certificates_on_join(
        import_: A[dict[str, str], "Import"],
        export: A[list[Ref[L["Certificate"]]], "Export"],
    ) -> dict[str, str]:
        """Exchange ca certificates on join."""

    @message(role=POOL_OPERATOR, since="1.298.0", hidden=True)
    def exchange_certificates_on_join(
        uuid: A[str, "Uuid"],
        certificate: A[str, "Certificate"],
    ) -> dict[str, str]:
        """Exchange certificates on join."""

    @message(
        role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), hidden=True, client_cert=True
    )
    def exchange_crls_on_join(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        import_: A[dict[str, str], param("Import", since=None)],
        export: A[list[str], param("Export", since=None)],
    ) -> dict[str, str]:
        """Exchange crls on join."""

    @message(
        role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), hidden=True, client_cert=True
    )
    def exchange_trusted_certificates_on_join(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        ca: A[bool, param("Ca", since=None)],
        import_: A[dict[str, list[str]], param("Import", since=None)],
        export: A[list[Ref[L["Certificate"]]], param("Export", since=None)],
    ) -> dict[str, list[str]]:
        """Exchange trusted certificates on join."""

    @message(role=POOL_ADMIN, since="26.16.0", asynchronous=False)
    def external_auth_set_ldaps(
        pool: A[Ref[L["pool"]], "The pool to act on"],
        ldaps: A[bool, "Ldaps"],
        force: A[bool, "Force"] = False,
    ) -> None:
        """External auth set ldaps."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.17.0"),), asynchronous=False)
    def get_guest_secureboot_readiness(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
    ) -> enums.PoolGuestSecurebootReadiness:
        """Get guest secureboot readiness."""

    @message(role=READ_ONLY, since="clearwater")
    def get_license_state(
        self: A[Ref[L["pool"]], "The pool to act on"],
    ) -> dict[str, str]:
        """Get license state."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def ha_compute_hypothetical_max_host_failures_to_tolerate(
        configuration: A[dict[Ref[L["VM"]], str], "Configuration"],
    ) -> int:
        """Ha compute hypothetical max host failures to tolerate."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_compute_max_host_failures_to_tolerate() -> int:
        """Ha compute max host failures to tolerate."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_compute_vm_failover_plan(
        failed_hosts: A[list[Ref[L["host"]]], "Failed hosts"],
        failed_vms: A[list[Ref[L["VM"]]], "Failed vms"],
    ) -> dict[Ref[L["VM"]], dict[str, str]]:
        """Ha compute vm failover plan."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_failover_plan_exists(
        n: A[int, "N"],
    ) -> bool:
        """Ha failover plan exists."""

    @message(role=POOL_OPERATOR, since="orlando-update-1", asynchronous=False)
    def ha_prevent_restarts_for(
        seconds: A[int, "Seconds"],
    ) -> None:
        """Ha prevent restarts for."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_schedule_plan_recomputation() -> None:
        """Ha schedule plan recomputation."""

    @message(role=POOL_ADMIN, since="dundee")
    def has_extension(
        self: A[Ref[L["pool"]], "The pool to act on"],
        name: A[str, "Name"],
    ) -> bool:
        """Has extension."""

    @message(role=POOL_OPERATOR, hidden=True)
    def hello(
        host_uuid: A[str, "Host uuid"],
        host_address: A[str, "Host address"],
    ) -> enums.HelloReturn:
        """Hello."""

    @message(role=POOL_OPERATOR, hidden=True)
    def initial_auth() -> Secret:
        """Initial auth."""

    @message(role=POOL_OPERATOR, since="george")
    def initialize_wlb(
        wlb_url: A[str, "Wlb url"],
        wlb_username: A[str, "Wlb username"],
        wlb_password: A[str, "Wlb password"],
        xenserver_username: A[str, "Xenserver username"],
        xenserver_password: A[str, "Xenserver password"],
    ) -> None:
        """Initialize wlb."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.290.0"),
            ("Deprecated", "26.13.0"),
        ),
        client_cert=True,
    )
    def install_ca_certificate(
        name: A[str, "Name"],
        cert: A[str, "Cert"],
    ) -> None:
        """Install ca certificate."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), client_cert=True)
    def install_trusted_certificate(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        ca: A[bool, param("Ca", since=None)],
        cert: A[str, param("Cert", since=None)],
        purpose: A[list[enums.CertificatePurpose], param("Purpose", since=None)],
    ) -> None:
        """Install trusted certificate."""

    @message(role=POOL_ADMIN, asynchronous=False, hidden=True)
    def is_slave(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> bool:
        """Is slave."""

    @message(role=POOL_OPERATOR, errors=("JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS",))
    def join(
        master_address: A[str, "Master address"],
        master_username: A[str, "Master username"],
        master_password: A[str, "Master password"],
    ) -> None:
        """Join."""

    @message(role=POOL_OPERATOR)
    def join_force(
        master_address: A[str, "Master address"],
        master_username: A[str, "Master username"],
        master_password: A[str, "Master password"],
    ) -> None:
        """Join force."""

    @message(
        role=POOL_OPERATOR,
        since="inverness",
        errors=(
            "HA_IS_ENABLED",
            "PIF_NOT_PRESENT",
            "CANNOT_PLUG_BOND_SLAVE",
            "PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE",
            "PIF_HAS_NO_NETWORK_CONFIGURATION",
            "PIF_HAS_NO_V6_NETWORK_CONFIGURATION",
        ),
    )
    def management_reconfigure(
        network: A[Ref[L["network"]], "The network to act on"],
    ) -> None:
        """Management reconfigure."""

    @message(role=POOL_OPERATOR)
    def recover_slaves() -> list[Ref[L["host"]]]:
        """Recover slaves."""

    @message(role=POOL_ADMIN, since="dundee")
    def remove_from_guest_agent_config(
        self: A[Ref[L["pool"]], "The pool to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from guest agent config."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def remove_repository(
        self: A[Ref[L["pool"]], "The pool to act on"],
        value: A[Ref[L["Repository"]], "Value"],
    ) -> None:
        """Remove repository."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.9.0"),))
    def reset_telemetry_uuid(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
    ) -> None:
        """Reset telemetry uuid."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_configuration() -> dict[str, str]:
        """Retrieve wlb configuration."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_recommendations() -> dict[Ref[L["VM"]], list[str]]:
        """Retrieve wlb recommendations."""

    @message(
        role=POOL_ADMIN,
        since="stockholm_psr",
        errors=(
            "INTERNAL_ERROR",
            "HOST_IS_SLAVE",
            "CANNOT_CONTACT_HOST",
            "HA_IS_ENABLED",
            "NOT_SUPPORTED_DURING_UPGRADE",
        ),
    )
    def rotate_secret() -> None:
        """Rotate secret."""

    @message(role=POOL_ADMIN, since="george")
    def send_test_post(
        host: A[str, "Host"],
        port: A[int, "Port"],
        body: A[str, "Body"],
    ) -> str:
        """Send test post."""

    @message(role=POOL_OPERATOR, since="george")
    def send_wlb_configuration(
        config: A[dict[str, str], "Config"],
    ) -> None:
        """Send wlb configuration."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_console_idle_timeout(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set console idle timeout."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.0.0"),))
    def set_custom_uefi_certificates(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[str, param("Value", since=None)],
    ) -> None:
        """Set custom uefi certificates."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_enabled(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set ext auth cache enabled."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_expiry(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set ext auth cache expiry."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_size(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set ext auth cache size."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.27.0"),), asynchronous=False)
    def set_ext_auth_max_threads(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set ext auth max threads."""

    @message(role=POOL_OPERATOR, since="orlando")
    def set_ha_host_failures_to_tolerate(
        self: A[Ref[L["pool"]], "The pool to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set ha host failures to tolerate."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.27.0"),))
    def set_https_only(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set https only."""

    @message(role=POOL_OPERATOR, since="inverness")
    def set_igmp_snooping_enabled(
        self: A[Ref[L["pool"]], "The pool to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set igmp snooping enabled."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.27.0"),), asynchronous=False)
    def set_local_auth_max_threads(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set local auth max threads."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def set_repositories(
        self: A[Ref[L["pool"]], "The pool to act on"],
        value: A[list[Ref[L["Repository"]]], "Value"],
    ) -> None:
        """Set repositories."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.27.0"),))
    def set_ssh_auto_mode(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set ssh auto mode."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_ssh_enabled_timeout(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[int, param("Value", since=None)],
    ) -> None:
        """Set ssh enabled timeout."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.9.0"),))
    def set_telemetry_next_collection(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[DateTime, param("Value", since=None)],
    ) -> None:
        """Set telemetry next collection."""

    @message(
        role=POOL_ADMIN,
        history=(
            ("Published", "22.16.0"),
            ("Deprecated", "24.0.0"),
        ),
    )
    def set_uefi_certificates(
        self: A[Ref[L["pool"]], "The pool to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set uefi certificates."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.18.0"),))
    def set_update_sync_enabled(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set update sync enabled."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Extended", "cowley"),
            ("Deprecated", "falcon"),
        ),
    )
    def set_vswitch_controller(
        address: A[str, "Address"],
    ) -> None:
        """Set vswitch controller."""

    @message(role=POOL_OPERATOR)
    def sync_database() -> None:
        """Sync database."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.16.0"),), client_cert=True)
    def sync_trusted_certificates_from(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        remote_pool: A[str, param("Remote pool", since=None)],
        remote_session: A[Ref[L["session"]], param("Remote session", since=None)],
        remote_certificate: A[str, param("Remote certificate", since=None)],
        ca: A[bool, param("Ca", since=None)],
    ) -> list[Ref[L["Certificate"]]]:
        """Sync trusted certificates from."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.329.0"),
            ("Changed", "25.7.0"),
        ),
        client_cert=True,
    )
    def sync_updates(
        self: A[Ref[L["pool"]], "The pool to act on"],
        force: A[bool, "Force"],
        token: A[str, "Token"] = "",
        token_id: A[str, "Token id"] = "",
        username: A[str, param("Username", since="25.7.0")] = "",
        password: A[str, param("Password", since="25.7.0")] = "",
    ) -> str:
        """Sync updates."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def test_archive_target(
        self: A[Ref[L["pool"]], "The pool to act on"],
        config: A[dict[str, str], "Config"],
    ) -> str:
        """Test archive target."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.290.0"),
            ("Changed", "24.35.0"),
            ("Deprecated", "26.13.0"),
        ),
        client_cert=True,
    )
    def uninstall_ca_certificate(
        name: A[str, "Name"],
        force: A[bool, param("Force", since="24.35.0")] = False,
    ) -> None:
        """Uninstall ca certificate."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), client_cert=True)
    def uninstall_trusted_certificate(
        self: A[Ref[L["pool"]], param("The pool to act on", since=None)],
        certificate: A[Ref[L["Certificate"]], param("The Certificate to act on", since=None)],
    ) -> None:
        """Uninstall trusted certificate."""
