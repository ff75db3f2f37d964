"""The XenAPI class ``pool``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Ref, Secret, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, READ_ONLY, VM_OPERATOR


@xenapi_class("pool", create_role=POOL_OPERATOR, get_by_name=False)
class Pool:
    """The hosts that are managed as one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[str, field("The name that people gave it; need not be unique.", RW)]
    name_description: A[str, field("What people wrote about it.", RW)]
    master: A[Ref[L["host"]], field("The host that coordinates the pool.")]
    default_SR: A[Ref[L["SR"]], field("Where new disks go when nobody says.", RW)]
    suspend_image_SR: A[Ref[L["SR"]], field("Where suspend images go when nobody says.", RW)]
    crash_dump_SR: A[Ref[L["SR"]], field("Where crash dumps go when nobody says.", RW)]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            key_roles={
                "EMPTY_FOLDERS": VM_OPERATOR,
                "XenCenter.CustomFields.*": VM_OPERATOR,
                "folder": VM_OPERATOR,
            },
        ),
    ]
    ha_enabled: A[
        bool,
        field(
            "Whether high availability restarts VMs of hosts that failed.",
            default=False,
            since="orlando",
        ),
    ]
    ha_configuration: A[
        dict[str, str],
        field("Settings of high availability, such as its time-outs.", default={}, since="orlando"),
    ]
    ha_statefiles: A[
        list[str],
        field("The disks that high availability keeps its state on.", default=[], since="orlando"),
    ]
    ha_host_failures_to_tolerate: A[
        int,
        field(
            "How many hosts may fail at once before protected VMs stay down.",
            default=0,
            since="orlando",
        ),
    ]
    ha_plan_exists_for: A[
        int,
        field("How many failures there is a plan for at the moment.", default=0, since="orlando"),
    ]
    ha_allow_overcommit: A[
        bool,
        field(
            "Whether changes are taken after which the wanted number of failures cannot be survived.",
            RW,
            default=False,
            since="orlando",
        ),
    ]
    ha_overcommitted: A[
        bool,
        field(
            "Whether fewer failures can be survived than are wanted.",
            default=False,
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
    gui_config: A[
        dict[str, str],
        field(
            "Notes of graphical clients; the server gives them no meaning.",
            RW,
            default={},
            role=VM_OPERATOR,
            since="orlando",
        ),
    ]
    health_check_config: A[
        dict[str, str],
        field(
            "Settings of the health check that clients upload reports for.",
            RW,
            default={},
            since="dundee",
        ),
    ]
    wlb_url: A[
        str, field("Where the workload balancer is; empty for none.", default="", since="george")
    ]
    wlb_username: A[
        str, field("Who the pool is to the workload balancer.", default="", since="george")
    ]
    wlb_enabled: A[
        bool,
        field(
            "Whether the workload balancer is asked where VMs shall run.",
            RW,
            default=False,
            since="george",
            client_cert=("setter",),
        ),
    ]
    wlb_verify_cert: A[
        bool,
        field(
            "Whether the workload balancer's certificate is checked.",
            RW,
            default=False,
            history=(
                ("Published", "george"),
                ("Deprecated", "1.290.0"),
            ),
        ),
    ]
    redo_log_enabled: A[
        bool,
        field(
            "Whether changes of the database are also written to a disk that all hosts see.",
            default=False,
            since="midnight-ride",
        ),
    ]
    redo_log_vdi: A[
        Ref[L["VDI"]],
        field(
            "That disk; null for none.",
            default="OpaqueRef:NULL",
            since="midnight-ride",
        ),
    ]
    vswitch_controller: A[
        str,
        field(
            "The address of a network controller, as it was once set; empty for none.",
            default="",
            history=(
                ("Published", "midnight-ride"),
                ("Deprecated", "falcon"),
            ),
        ),
    ]
    restrictions: A[
        dict[str, str],
        field(
            "What a licence would restrict; fixed, as there are no licences.",
            default={},
            since="midnight-ride",
        ),
    ]
    metadata_VDIs: A[
        list[Ref[L["VDI"]]], field("Every VDI that is among its metadata VDIs.", since="boston")
    ]
    ha_cluster_stack: A[
        str, field("The software that tells live hosts from dead ones.", default="", since="dundee")
    ]
    allowed_operations: A[
        list[enums.PoolAllowedOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.PoolAllowedOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    guest_agent_config: A[
        dict[str, str],
        field("Settings that guests' agents are given, by key.", default={}, since="dundee"),
    ]
    cpu_info: A[
        dict[str, str],
        field(
            "What all hosts' CPUs have in common, which a VM can rely on anywhere in the pool.",
            default={},
            since="dundee",
        ),
    ]
    policy_no_vendor_device: A[
        bool,
        field(
            "Whether new VMs go without the device that lets Windows find its drivers, unless they say otherwise.",
            RW,
            default=False,
            history=(
                ("Published", "dundee"),
                ("Deprecated", "24.14.0"),
            ),
        ),
    ]
    live_patching_disabled: A[
        bool,
        field(
            "Whether updates are never applied to running software.", RW, default=False, since="ely"
        ),
    ]
    igmp_snooping_enabled: A[
        bool,
        field(
            "Whether bridges forward multicast only to those that asked for it.",
            default=False,
            since="inverness",
        ),
    ]
    uefi_certificates: A[
        str,
        field(
            "The certificates for secure boot that VMs start with, packed and in Base64.",
            STATIC,
            default="",
            history=(
                ("Published", "quebec"),
                ("Changed", "22.16.0"),
            ),
        ),
    ]
    custom_uefi_certificates: A[
        str,
        field(
            "Certificates for secure boot that stand in for the default ones, packed and in Base64; empty for none.",
            STATIC,
            default="",
            history=(("Prototyped", "24.0.0"),),
        ),
    ]
    is_psr_pending: A[
        bool,
        field(
            "Whether the pool's secret is being changed and hosts still have the old one.",
            RW,
            default=False,
            since="stockholm_psr",
        ),
    ]
    tls_verification_enabled: A[
        bool,
        field(
            "Whether hosts check the certificates of those they connect to.",
            default=False,
            since="1.290.0",
        ),
    ]
    repositories: A[
        list[Ref[L["Repository"]]],
        field(
            "Every Repository that is among its repositories.",
            default=[],
            since="1.301.0",
            ignore_foreign_key=True,
        ),
    ]
    client_certificate_auth_enabled: A[
        bool,
        field(
            "Whether a client may come in with a certificate instead of a password.",
            default=False,
            since="1.318.0",
        ),
    ]
    client_certificate_auth_name: A[
        str, field("The name that such a certificate must carry.", default="", since="1.318.0")
    ]
    repository_proxy_url: A[
        str,
        field(
            "The proxy through which updates are fetched; empty for none.",
            default="",
            since="21.3.0",
        ),
    ]
    repository_proxy_username: A[
        str, field("The account that the proxy for updates asks for.", default="", since="21.3.0")
    ]
    repository_proxy_password: A[
        Ref[L["secret"]],
        field(
            "The password for that proxy; null for none.",
            default="OpaqueRef:NULL",
            history=(
                ("Published", "21.3.0"),
                ("Changed", "23.9.0"),
            ),
        ),
    ]
    migration_compression: A[
        bool,
        field(
            "Whether memory is compressed on its way to another host, unless a migration says otherwise.",
            RW,
            default=False,
            history=(("Prototyped", "22.33.0"),),
        ),
    ]
    coordinator_bias: A[
        bool,
        field(
            "Whether VMs are rather placed on other hosts than on the coordinator.",
            RW,
            default=True,
            history=(
                ("Prototyped", "22.37.0"),
                ("Published", "rio"),
            ),
        ),
    ]
    local_auth_max_threads: A[
        int,
        field(
            "How many local users may be checked at the same time.",
            STATIC,
            default=8,
            history=(("Prototyped", "23.27.0"),),
        ),
    ]
    ext_auth_max_threads: A[
        int,
        field(
            "How many users of the directory may be checked at the same time.",
            STATIC,
            default=1,
            history=(("Prototyped", "23.27.0"),),
        ),
    ]
    ext_auth_cache_enabled: A[
        bool,
        field(
            "Whether the directory's answers are remembered for a while.",
            default=True,
            history=(("Prototyped", "24.31.0"),),
        ),
    ]
    ext_auth_cache_size: A[
        int,
        field(
            "How many users' log-ins by a directory are remembered.",
            default=50,
            history=(("Prototyped", "24.31.0"),),
        ),
    ]
    ext_auth_cache_expiry: A[
        int,
        field(
            "How long they are remembered, in seconds.",
            default=300,
            history=(("Prototyped", "24.31.0"),),
        ),
    ]
    telemetry_uuid: A[
        Ref[L["secret"]],
        field(
            "A secret that names this pool in what it reports of itself; null for none.",
            default="OpaqueRef:NULL",
            history=(("Prototyped", "23.9.0"),),
        ),
    ]
    telemetry_frequency: A[
        enums.TelemetryFrequency,
        field(
            "How often the pool reports of itself.",
            default="weekly",
            history=(("Prototyped", "23.9.0"),),
        ),
    ]
    telemetry_next_collection: A[
        DateTime,
        field(
            "When usage data is to be collected next.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "23.9.0"),),
        ),
    ]
    last_update_sync: A[
        DateTime,
        field(
            "When the updates' repositories were last synchronised.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "23.18.0"),),
        ),
    ]
    update_sync_frequency: A[
        enums.UpdateSyncFrequency,
        field(
            "How often updates are looked for: daily or weekly.",
            default="weekly",
            history=(("Prototyped", "23.18.0"),),
        ),
    ]
    update_sync_day: A[
        int,
        field(
            "The day of the week on which updates are looked for, Sunday being 0.",
            default=0,
            history=(("Prototyped", "23.18.0"),),
        ),
    ]
    update_sync_enabled: A[
        bool,
        field(
            "Whether updates are looked for by themselves.",
            default=False,
            history=(("Prototyped", "23.18.0"),),
        ),
    ]
    recommendations: A[
        dict[str, str],
        field(
            "Limits that its maker recommends, as XML.",
            default={},
            history=(("Prototyped", "24.19.1"),),
        ),
    ]
    license_server: A[
        dict[str, str],
        field(
            "Address and port of a licence server; kept for old clients.",
            RW,
            default={},
            history=(("Prototyped", "25.6.0"),),
        ),
    ]
    ha_reboot_vm_on_internal_shutdown: A[
        bool,
        field(
            "Whether a protected VM that shuts itself down is started again.",
            RW,
            default=True,
            history=(("Prototyped", "25.16.0"),),
        ),
    ]
    limit_console_sessions: A[
        bool,
        field(
            "Whether a VM's console may be open only once.",
            RW,
            default=False,
            history=(("Prototyped", "26.1.0"),),
        ),
    ]
    vm_console_idle_timeout: A[
        int,
        field(
            "After how many idle seconds a VM's console connection is closed; 0 for never.",
            RW,
            default=0,
            history=(("Prototyped", "26.1.0"),),
        ),
    ]
    auto_update_vm_secureboot_certificates: A[
        bool,
        field(
            "Whether VMs get the pool's newer certificates for secure boot by themselves.",
            RW,
            default=False,
            history=(("Prototyped", "26.16.1"),),
        ),
    ]
    wlb_password: A[
        Ref[L["secret"]],
        field(
            "The secret with the password for the workload balancer; null for none.",
            since="george",
            internal_only=True,
        ),
    ]

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def add_repository(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        value: A[Ref[L["Repository"]], "The Repository to take as value"],
    ) -> None:
        """Add to the repository of the pool."""

    @message(role=POOL_ADMIN, since="dundee")
    def add_to_guest_agent_config(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the guest agent config of the pool."""

    @message(role=POOL_OPERATOR, since="clearwater")
    def apply_edition(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        edition: A[str, "The edition"],
    ) -> None:
        """Apply the edition to the pool."""

    @message(role=POOL_ADMIN, since="midnight-ride", pool_internal=True, hidden=True)
    def audit_log_append(
        line: A[str, "The line"],
    ) -> None:
        """Have the pool do this: audit log append."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_install(
        name: A[str, "The name"],
        cert: A[str, "The cert"],
    ) -> None:
        """Have the pool do this: certificate install."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_list() -> list[str]:
        """Have the pool do this: certificate list."""

    @message(role=POOL_OPERATOR, since="george")
    def certificate_sync() -> None:
        """Have the pool do this: certificate sync."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_uninstall(
        name: A[str, "The name"],
    ) -> None:
        """Have the pool do this: certificate uninstall."""

    @message(role=POOL_OPERATOR, since="1.304.0", client_cert=True)
    def check_update_readiness(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        requires_reboot: A[bool, "Whether to: requires reboot"],
    ) -> list[list[str]]:
        """Have the pool do this: check update readiness."""

    @message(role=POOL_OPERATOR, since="21.3.0", client_cert=True)
    def configure_repository_proxy(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        url: A[str, "The url"],
        username: A[str, "The username"],
        password: A[str, "The password"],
    ) -> None:
        """Configure the repository proxy of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.18.0"),))
    def configure_update_sync(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        update_sync_frequency: A[
            enums.UpdateSyncFrequency, param("The update sync frequency", since=None)
        ],
        update_sync_day: A[int, param("The update sync day", since=None)],
    ) -> None:
        """Configure the update sync of the pool."""

    @message(role=POOL_OPERATOR, errors=("VLAN_TAG_INVALID",))
    def create_VLAN(
        device: A[str, "The device"],
        network: A[Ref[L["network"]], "The network that is meant"],
        VLAN: A[int, "The VLAN"],
    ) -> list[Ref[L["PIF"]]]:
        """Make the pool a new VLAN."""

    @message(role=POOL_OPERATOR, errors=("VLAN_TAG_INVALID",))
    def create_VLAN_from_PIF(
        pif: A[Ref[L["PIF"]], "The PIF that is meant"],
        network: A[Ref[L["network"]], "The network that is meant"],
        VLAN: A[int, "The VLAN"],
    ) -> list[Ref[L["PIF"]]]:
        """Make the pool a new VLAN from PIF."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        pool: A[Ref[L["pool"]], "The pool that is meant"],
        name: A[str, "The name"],
        mime_type: A[str, "The mime type"],
        public: A[bool, param("Whether to: public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make the pool a new new blob."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_install(
        name: A[str, "The name"],
        cert: A[str, "The cert"],
    ) -> None:
        """Have the pool do this: crl install."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_list() -> list[str]:
        """Have the pool do this: crl list."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_uninstall(
        name: A[str, "The name"],
    ) -> None:
        """Have the pool do this: crl uninstall."""

    @message(role=POOL_OPERATOR, since="george")
    def deconfigure_wlb() -> None:
        """Have the pool do this: deconfigure wlb."""

    @message(role=POOL_OPERATOR, since="miami")
    def designate_new_master(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the pool do this: designate new master."""

    @message(role=POOL_OPERATOR, since="george", asynchronous=False)
    def detect_nonhomogeneous_external_auth(
        pool: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Have the pool do this: detect nonhomogeneous external auth."""

    @message(role=POOL_OPERATOR, since="orlando", hidden=True)
    def disable_binary_storage() -> None:
        """Switch off the binary storage of the pool."""

    @message(role=POOL_OPERATOR, since="1.318.0", client_cert=True)
    def disable_client_certificate_auth(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Switch off the client certificate auth of the pool."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def disable_external_auth(
        pool: A[Ref[L["pool"]], "The pool that is meant"],
        config: A[dict[str, str], "The config, by key"] = {},
    ) -> None:
        """Switch off the external auth of the pool."""

    @message(role=POOL_OPERATOR, since="miami", client_cert=True)
    def disable_ha() -> None:
        """Switch off the ha of the pool."""

    @message(role=POOL_OPERATOR, since="cowley")
    def disable_local_storage_caching(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Switch off the local storage caching of the pool."""

    @message(role=POOL_OPERATOR, since="midnight-ride")
    def disable_redo_log() -> None:
        """Switch off the redo log of the pool."""

    @message(role=POOL_OPERATOR, since="21.4.0", client_cert=True)
    def disable_repository_proxy(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Switch off the repository proxy of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def disable_ssh(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
    ) -> None:
        """Switch off the ssh of the pool."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Deprecated", "stockholm"),
        ),
    )
    def disable_ssl_legacy(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Switch off the ssl legacy of the pool."""

    @message(role=POOL_OPERATOR)
    def eject(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Take the medium out of the drive."""

    @message(role=POOL_OPERATOR, asynchronous=False)
    def emergency_reset_master(
        master_address: A[str, "The master address"],
    ) -> None:
        """In an emergency: reset master."""

    @message(role=POOL_OPERATOR, asynchronous=False)
    def emergency_transition_to_master() -> None:
        """In an emergency: transition to master."""

    @message(role=POOL_OPERATOR, since="orlando", hidden=True)
    def enable_binary_storage() -> None:
        """Switch on the binary storage of the pool."""

    @message(role=POOL_OPERATOR, since="1.318.0", client_cert=True)
    def enable_client_certificate_auth(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        name: A[str, "The name"],
    ) -> None:
        """Switch on the client certificate auth of the pool."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def enable_external_auth(
        pool: A[Ref[L["pool"]], "The pool that is meant"],
        config: A[dict[str, str], "The config, by key"],
        service_name: A[str, "The service name"],
        auth_type: A[str, "The auth type"],
    ) -> None:
        """Switch on the external auth of the pool."""

    @message(role=POOL_OPERATOR, since="miami", client_cert=True)
    def enable_ha(
        heartbeat_srs: A[list[Ref[L["SR"]]], "All the heartbeat srs"],
        configuration: A[dict[str, str], "The configuration, by key"],
    ) -> None:
        """Switch on the ha of the pool."""

    @message(role=POOL_OPERATOR, since="cowley")
    def enable_local_storage_caching(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Switch on the local storage caching of the pool."""

    @message(role=POOL_OPERATOR, since="midnight-ride")
    def enable_redo_log(
        sr: A[Ref[L["SR"]], "The SR that is meant"],
    ) -> None:
        """Switch on the redo log of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def enable_ssh(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
    ) -> None:
        """Switch on the ssh of the pool."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Deprecated", "dundee"),
            ("Removed", "stockholm"),
        ),
    )
    def enable_ssl_legacy(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> None:
        """Switch on the ssl legacy of the pool."""

    @message(role=POOL_ADMIN, since="1.290.0", asynchronous=False)
    def enable_tls_verification() -> None:
        """Switch on the tls verification of the pool."""

    @message(role=POOL_OPERATOR, since="1.320.0", hidden=True)
    def exchange_ca_certificates_on_join(
        import_: A[dict[str, str], "The import, by key"],
        export: A[list[Ref[L["Certificate"]]], "All the export"],
    ) -> dict[str, str]:
        """Have the pool do this: exchange ca certificates on join."""

    @message(role=POOL_OPERATOR, since="1.298.0", hidden=True)
    def exchange_certificates_on_join(
        uuid: A[str, "The uuid"],
        certificate: A[str, "The certificate"],
    ) -> dict[str, str]:
        """Have the pool do this: exchange certificates on join."""

    @message(
        role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), hidden=True, client_cert=True
    )
    def exchange_crls_on_join(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        import_: A[dict[str, str], param("The import, by key", since=None)],
        export: A[list[str], param("All the export", since=None)],
    ) -> dict[str, str]:
        """Have the pool do this: exchange crls on join."""

    @message(
        role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), hidden=True, client_cert=True
    )
    def exchange_trusted_certificates_on_join(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        ca: A[bool, param("Whether to: ca", since=None)],
        import_: A[dict[str, list[str]], param("The import, by key", since=None)],
        export: A[list[Ref[L["Certificate"]]], param("All the export", since=None)],
    ) -> dict[str, list[str]]:
        """Have the pool do this: exchange trusted certificates on join."""

    @message(role=POOL_ADMIN, since="26.16.0", asynchronous=False)
    def external_auth_set_ldaps(
        pool: A[Ref[L["pool"]], "The pool that is meant"],
        ldaps: A[bool, "Whether to: ldaps"],
        force: A[bool, "Whether to go on where a check says no"] = False,
    ) -> None:
        """Have the pool do this: external auth set ldaps."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.17.0"),), asynchronous=False)
    def get_guest_secureboot_readiness(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
    ) -> enums.PoolGuestSecurebootReadiness:
        """Tell the guest secureboot readiness of the pool."""

    @message(role=READ_ONLY, since="clearwater")
    def get_license_state(
        self: A[Ref[L["pool"]], "The pool that is meant"],
    ) -> dict[str, str]:
        """Tell the license state of the pool."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def ha_compute_hypothetical_max_host_failures_to_tolerate(
        configuration: A[dict[Ref[L["VM"]], str], "The configuration, by key"],
    ) -> int:
        """High availability: compute hypothetical max host failures to tolerate."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_compute_max_host_failures_to_tolerate() -> int:
        """High availability: compute max host failures to tolerate."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_compute_vm_failover_plan(
        failed_hosts: A[list[Ref[L["host"]]], "All the failed hosts"],
        failed_vms: A[list[Ref[L["VM"]]], "All the failed vms"],
    ) -> dict[Ref[L["VM"]], dict[str, str]]:
        """High availability: compute vm failover plan."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_failover_plan_exists(
        n: A[int, "The n"],
    ) -> bool:
        """High availability: failover plan exists."""

    @message(role=POOL_OPERATOR, since="orlando-update-1", asynchronous=False)
    def ha_prevent_restarts_for(
        seconds: A[int, "The seconds"],
    ) -> None:
        """High availability: prevent restarts for."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_schedule_plan_recomputation() -> None:
        """High availability: schedule plan recomputation."""

    @message(role=POOL_ADMIN, since="dundee")
    def has_extension(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        name: A[str, "The name"],
    ) -> bool:
        """Tell whether the pool has extension."""

    @message(role=POOL_OPERATOR, hidden=True)
    def hello(
        host_uuid: A[str, "The host uuid"],
        host_address: A[str, "The host address"],
    ) -> enums.HelloReturn:
        """Have the pool do this: hello."""

    @message(role=POOL_OPERATOR, hidden=True)
    def initial_auth() -> Secret:
        """Have the pool do this: initial auth."""

    @message(role=POOL_OPERATOR, since="george")
    def initialize_wlb(
        wlb_url: A[str, "The wlb url"],
        wlb_username: A[str, "The wlb username"],
        wlb_password: A[str, "The wlb password"],
        xenserver_username: A[str, "The xenserver username"],
        xenserver_password: A[str, "The xenserver password"],
    ) -> None:
        """Have the pool do this: initialize wlb."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.290.0"),
            ("Deprecated", "26.13.0"),
        ),
        client_cert=True,
    )
    def install_ca_certificate(
        name: A[str, "The name"],
        cert: A[str, "The cert"],
    ) -> None:
        """Install the ca certificate on the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), client_cert=True)
    def install_trusted_certificate(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        ca: A[bool, param("Whether to: ca", since=None)],
        cert: A[str, param("The cert", since=None)],
        purpose: A[list[enums.CertificatePurpose], param("All the purpose", since=None)],
    ) -> None:
        """Install the trusted certificate on the pool."""

    @message(role=POOL_ADMIN, asynchronous=False, hidden=True)
    def is_slave(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> bool:
        """Tell whether the pool is slave."""

    @message(role=POOL_OPERATOR, errors=("JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS",))
    def join(
        master_address: A[str, "The master address"],
        master_username: A[str, "The master username"],
        master_password: A[str, "The master password"],
    ) -> None:
        """Make this host a member of another pool."""

    @message(role=POOL_OPERATOR)
    def join_force(
        master_address: A[str, "The master address"],
        master_username: A[str, "The master username"],
        master_password: A[str, "The master password"],
    ) -> None:
        """Have the pool do this: join force."""

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
        network: A[Ref[L["network"]], "The network that is meant"],
    ) -> None:
        """Have the pool do this: management reconfigure."""

    @message(role=POOL_OPERATOR)
    def recover_slaves() -> list[Ref[L["host"]]]:
        """Recover the pool from metadata on storage."""

    @message(role=POOL_ADMIN, since="dundee")
    def remove_from_guest_agent_config(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the guest agent config of the pool."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def remove_repository(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        value: A[Ref[L["Repository"]], "The Repository to take as value"],
    ) -> None:
        """Remove from the repository of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.9.0"),))
    def reset_telemetry_uuid(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
    ) -> None:
        """Put the telemetry uuid of the pool back to what it was at first."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_configuration() -> dict[str, str]:
        """Fetch the wlb configuration of the pool."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_recommendations() -> dict[Ref[L["VM"]], list[str]]:
        """Fetch the wlb recommendations of the pool."""

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
        """Have the pool do this: rotate secret."""

    @message(role=POOL_ADMIN, since="george")
    def send_test_post(
        host: A[str, "The host"],
        port: A[int, "The port"],
        body: A[str, "The body"],
    ) -> str:
        """Send the test post to the pool."""

    @message(role=POOL_OPERATOR, since="george")
    def send_wlb_configuration(
        config: A[dict[str, str], "The config, by key"],
    ) -> None:
        """Send the wlb configuration to the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_console_idle_timeout(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the console idle timeout of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.0.0"),))
    def set_custom_uefi_certificates(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[str, param("The new value", since=None)],
    ) -> None:
        """Set the custom uefi certificates of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_enabled(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the ext auth cache enabled of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_expiry(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the ext auth cache expiry of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_size(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the ext auth cache size of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.27.0"),), asynchronous=False)
    def set_ext_auth_max_threads(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the ext auth max threads of the pool."""

    @message(role=POOL_OPERATOR, since="orlando")
    def set_ha_host_failures_to_tolerate(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the ha host failures to tolerate of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.27.0"),))
    def set_https_only(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the https only of the pool."""

    @message(role=POOL_OPERATOR, since="inverness")
    def set_igmp_snooping_enabled(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the igmp snooping enabled of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.27.0"),), asynchronous=False)
    def set_local_auth_max_threads(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the local auth max threads of the pool."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def set_repositories(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        value: A[list[Ref[L["Repository"]]], "The new value"],
    ) -> None:
        """Set the repositories of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.27.0"),))
    def set_ssh_auto_mode(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the ssh auto mode of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_ssh_enabled_timeout(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[int, param("The new value", since=None)],
    ) -> None:
        """Set the ssh enabled timeout of the pool."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.9.0"),))
    def set_telemetry_next_collection(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[DateTime, param("The new value", since=None)],
    ) -> None:
        """Set the telemetry next collection of the pool."""

    @message(
        role=POOL_ADMIN,
        history=(
            ("Published", "22.16.0"),
            ("Deprecated", "24.0.0"),
        ),
    )
    def set_uefi_certificates(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the uefi certificates of the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.18.0"),))
    def set_update_sync_enabled(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the update sync enabled of the pool."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Extended", "cowley"),
            ("Deprecated", "falcon"),
        ),
    )
    def set_vswitch_controller(
        address: A[str, "The address"],
    ) -> None:
        """Set the vswitch controller of the pool."""

    @message(role=POOL_OPERATOR)
    def sync_database() -> None:
        """Write everything that is recorded to the disk."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.16.0"),), client_cert=True)
    def sync_trusted_certificates_from(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        remote_pool: A[str, param("The remote pool", since=None)],
        remote_session: A[
            Ref[L["session"]], param("The session to take as remote session", since=None)
        ],
        remote_certificate: A[str, param("The remote certificate", since=None)],
        ca: A[bool, param("Whether to: ca", since=None)],
    ) -> list[Ref[L["Certificate"]]]:
        """Bring the trusted certificates from of the pool in step."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.329.0"),
            ("Changed", "25.7.0"),
        ),
        client_cert=True,
    )
    def sync_updates(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        force: A[bool, "Whether to go on where a check says no"],
        token: A[str, "The token"] = "",
        token_id: A[str, "The token id"] = "",
        username: A[str, param("The username", since="25.7.0")] = "",
        password: A[str, param("The password", since="25.7.0")] = "",
    ) -> str:
        """Bring the updates of the pool in step."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def test_archive_target(
        self: A[Ref[L["pool"]], "The pool that is meant"],
        config: A[dict[str, str], "The config, by key"],
    ) -> str:
        """Try the archive target of the pool."""

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
        name: A[str, "The name"],
        force: A[bool, param("Whether to go on where a check says no", since="24.35.0")] = False,
    ) -> None:
        """Remove the ca certificate from the pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), client_cert=True)
    def uninstall_trusted_certificate(
        self: A[Ref[L["pool"]], param("The pool that is meant", since=None)],
        certificate: A[Ref[L["Certificate"]], param("The Certificate that is meant", since=None)],
    ) -> None:
        """Remove the trusted certificate from the pool."""
