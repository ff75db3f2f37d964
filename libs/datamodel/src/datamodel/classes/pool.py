"""The XenAPI class ``pool``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import (
    RW,
    STATIC,
    DateTime,
    Object,
    Ref,
    Secret,
    field,
    message,
    param,
    xenapi_class,
)
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, READ_ONLY, VM_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, get_by_name=False)
class Pool(Object[L["pool"]]):
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
    default_SR: A[Ref[L["SR"]], field("The default for new disks.", RW)]
    suspend_image_SR: A[Ref[L["SR"]], field("The default for suspend images.", RW)]
    crash_dump_SR: A[Ref[L["SR"]], field("The default for crash dumps.", RW)]
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
            "Whether changes of the database are also written to a disk that all hosts share.",
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
        list[Ref[L["VDI"]]],
        field(
            "The disks that hold a copy of a pool's database, its own or another's.", since="boston"
        ),
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
            "The features that all hosts' CPUs share, on which a VM can rely anywhere in the pool.",
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
            "The repositories that its updates come from.",
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
            "Settings that its makers recommend, by name.",
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

    @message(role=POOL_OPERATOR, errors=("JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS",))
    def join(
        master_address: A[str, "Address of the other pool's coordinator"],
        master_username: A[str, "An account there"],
        master_password: A[str, "Password of that account"],
    ) -> None:
        """Have the host that the call is sent to join another pool: its own database is given up
        for the other's.
        """

    @message(role=POOL_OPERATOR)
    def join_force(
        master_address: A[str, "Address of the other pool's coordinator"],
        master_username: A[str, "An account there"],
        master_password: A[str, "Password of that account"],
    ) -> None:
        """Have the host that the call is sent to join another pool though checks of its hardware
        and settings say no.
        """

    @message(role=POOL_OPERATOR)
    def eject(
        host: A[
            Ref[L["host"]],
            "The host to leave; not the coordinator, disabled, and without VMs that run",
        ],
    ) -> None:
        """Have a host leave the pool. It reboots as a pool of its own and loses its local storage
        with all that is on it.
        """

    @message(role=POOL_OPERATOR, hidden=True)
    def initial_auth() -> Secret:
        """Tell the pool secret to a host that is about to join and has logged in by name and
        password.
        """

    @message(role=POOL_OPERATOR, since="1.298.0", hidden=True)
    def exchange_certificates_on_join(
        uuid: A[str, "Uuid of the host"],
        certificate: A[str, "Its certificate in PEM"],
    ) -> dict[str, str]:
        """Take the certificate of a host that is about to join, and answer those of all members, by
        host's uuid.
        """

    @message(role=POOL_OPERATOR, since="1.320.0", hidden=True)
    def exchange_ca_certificates_on_join(
        import_: A[dict[str, str], "The host's certificates in PEM, by name"],
        export: A[list[Ref[L["Certificate"]]], "The pool's certificates to answer"],
    ) -> dict[str, str]:
        """Take the trusted certificates of a host that is about to join, and answer those of the
        pool, by name.
        """

    @message(role=POOL_OPERATOR, asynchronous=False)
    def emergency_transition_to_master() -> None:
        """Have the member that the call is sent to become coordinator, when the old one is gone for
        ever. pool.recover_slaves then brings the others.
        """

    @message(role=POOL_OPERATOR, asynchronous=False)
    def emergency_reset_master(
        master_address: A[str, "Address of that host"],
    ) -> None:
        """Have the member that the call is sent to take another host as its coordinator, when it
        has lost its own.
        """

    @message(role=POOL_OPERATOR)
    def recover_slaves() -> list[Ref[L["host"]]]:
        """Have members that still look for another coordinator take this one. Answers those that
        do.
        """

    @message(role=POOL_OPERATOR, hidden=True)
    def hello(
        host_uuid: A[str, "Uuid of the member"],
        host_address: A[str, "Address at which the member is reached"],
    ) -> enums.HelloReturn:
        """Tell the coordinator that a member's toolstack has started. Answers whether the
        coordinator knows it and can reach it.
        """

    @message(role=POOL_ADMIN, asynchronous=False, hidden=True)
    def is_slave(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> bool:
        """Tell whether a host is a member that is not the coordinator."""

    @message(role=POOL_OPERATOR, errors=("VLAN_TAG_INVALID",))
    def create_VLAN(
        device: A[str, "Name of the physical interface, such as eth0"],
        network: A[Ref[L["network"]], "The network to connect to the VLANs"],
        VLAN: A[int, "The tag, from 0 to 4094"],
    ) -> list[Ref[L["PIF"]]]:
        """Tag a VLAN onto the interface of a device name on every host. Answers the VLANs' own
        interfaces.
        """

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
        network: A[
            Ref[L["network"]],
            "The network; each host must have a plugged interface with an address on it",
        ],
    ) -> None:
        """Have every host be managed through its interface on a network; connections may break.
        High availability must be off.
        """

    @message(role=POOL_OPERATOR, errors=("VLAN_TAG_INVALID",))
    def create_VLAN_from_PIF(
        pif: A[Ref[L["PIF"]], "The interface on one of the hosts"],
        network: A[Ref[L["network"]], "The network to connect to the VLANs"],
        VLAN: A[int, "The tag, from 0 to 4094"],
    ) -> list[Ref[L["PIF"]]]:
        """Tag a VLAN onto an interface and those of the same network on all other hosts. Answers
        the VLANs' own interfaces.
        """

    @message(role=POOL_OPERATOR, since="miami", client_cert=True)
    def enable_ha(
        heartbeat_srs: A[
            list[Ref[L["SR"]]],
            "The SRs for heartbeats, shared and plugged everywhere; empty for one that will do",
        ],
        configuration: A[
            dict[str, str], "Settings by name, such as `timeout` in seconds; empty for the defaults"
        ],
    ) -> None:
        """Switch high availability on: hosts watch each other, one that loses the others resets
        itself, and protected VMs start elsewhere.
        """

    @message(role=POOL_OPERATOR, since="miami", client_cert=True)
    def disable_ha() -> None:
        """Switch high availability off on every host; VMs run on and are no longer restarted."""

    @message(role=POOL_OPERATOR)
    def sync_database() -> None:
        """Return once everything that is recorded is on the disks of those that keep copies."""

    @message(role=POOL_OPERATOR, since="miami")
    def designate_new_master(
        host: A[Ref[L["host"]], "The host that becomes coordinator; it must be enabled and alive"],
    ) -> None:
        """Hand the coordinator's part over to another host, in order."""

    @message(role=POOL_OPERATOR, since="orlando-update-1", asynchronous=False)
    def ha_prevent_restarts_for(
        seconds: A[int, "For how long; 0 to let it start them again at once"],
    ) -> None:
        """Have high availability start no VM for a while, as when a whole pool is brought up again."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_failover_plan_exists(
        n: A[int, "How many hosts would fail"],
    ) -> bool:
        """Tell whether all protected VMs would start again if a number of hosts failed at once."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_compute_max_host_failures_to_tolerate() -> int:
        """Tell how many hosts could fail at once so that all protected VMs start again."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def ha_compute_hypothetical_max_host_failures_to_tolerate(
        configuration: A[
            dict[Ref[L["VM"]], str],
            "The VMs that would be protected, each with its ha_restart_priority",
        ],
    ) -> int:
        """Tell how many hosts could fail at once so that all protected VMs start again, if other
        VMs were protected than now.
        """

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def ha_compute_vm_failover_plan(
        failed_hosts: A[list[Ref[L["host"]]], "The hosts that would fail"],
        failed_vms: A[list[Ref[L["VM"]]], "The VMs that would have to start again"],
    ) -> dict[Ref[L["VM"]], dict[str, str]]:
        """Tell where each VM would start again if some hosts failed: `host` with its uuid, or
        `error_code`, by VM.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def set_ha_host_failures_to_tolerate(
        self: A[Ref[L["pool"]], "The pool to change"],
        value: A[int, "How many; 0 for none"],
    ) -> None:
        """Choose how many hosts may fail at once so that protected VMs still start. What would make
        that impossible is then refused.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        pool: A[Ref[L["pool"]], "The pool to keep it with"],
        name: A[str, "The key under which it is found in the pool's blobs"],
        mime_type: A[str, "The media type of what it will hold; empty for unknown"],
        public: A[bool, param("Whether it may be read without a session", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make an empty piece of binary data beside the pool; HTTP fills and reads it."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_schedule_plan_recomputation() -> None:
        """Have the coordinator work out soon how many failures can be survived."""

    @message(role=POOL_OPERATOR, since="orlando", hidden=True)
    def enable_binary_storage() -> None:
        """Have every host keep binary data beside objects."""

    @message(role=POOL_OPERATOR, since="orlando", hidden=True)
    def disable_binary_storage() -> None:
        """Have no host keep binary data beside objects; what is kept is removed."""

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def enable_external_auth(
        pool: A[Ref[L["pool"]], "The pool to change"],
        config: A[
            dict[str, str],
            "What joining needs, by name, such as `domain`, `user` and `pass` of an administrator of the directory",
        ],
        service_name: A[str, "Name of the directory, such as the domain"],
        auth_type: A[str, "The kind of directory: `AD` is the one that is known"],
    ) -> None:
        """Have every host join an outside directory and let the users log in that are recorded as
        subjects.
        """

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def disable_external_auth(
        pool: A[Ref[L["pool"]], "The pool to change"],
        config: A[
            dict[str, str],
            "What leaving needs, by name, such as `user` and `pass` of an administrator of the directory",
        ] = {},
    ) -> None:
        """Let no users of the outside directory log in any more, and have every host leave the
        directory.
        """

    @message(role=POOL_ADMIN, since="26.16.0", asynchronous=False)
    def external_auth_set_ldaps(
        pool: A[Ref[L["pool"]], "The pool to change"],
        ldaps: A[bool, "Whether to use TLS"],
        force: A[bool, "Whether to go on where the directory cannot be reached that way"] = False,
    ) -> None:
        """Choose whether every host speaks to the directory through TLS."""

    @message(role=POOL_OPERATOR, since="george", asynchronous=False)
    def detect_nonhomogeneous_external_auth(
        pool: A[Ref[L["pool"]], "The pool to look at"],
    ) -> None:
        """Look whether all hosts use the same directory, and leave a message where one does not."""

    @message(role=POOL_OPERATOR, since="george")
    def initialize_wlb(
        wlb_url: A[str, "Address and port of the balancer"],
        wlb_username: A[str, "The account there"],
        wlb_password: A[str, "Password of that account"],
        xenserver_username: A[str, "The account by which the balancer logs in here"],
        xenserver_password: A[str, "Password of that account"],
    ) -> None:
        """Have a workload balancer watch the pool and advise it, and record its address and
        account.
        """

    @message(role=POOL_OPERATOR, since="george")
    def deconfigure_wlb() -> None:
        """Leave the workload balancer and forget its address and account."""

    @message(role=POOL_OPERATOR, since="george")
    def send_wlb_configuration(
        config: A[dict[str, str], "The settings by name"],
    ) -> None:
        """Change settings of the workload balancer."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_configuration() -> dict[str, str]:
        """Ask the workload balancer for its settings, by name."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_recommendations() -> dict[Ref[L["VM"]], list[str]]:
        """Ask the workload balancer which VMs should move. Answers for each VM `WLB` with a host's
        uuid, an id and the reason.
        """

    @message(role=POOL_ADMIN, since="george")
    def send_test_post(
        host: A[str, "Name or address to send to"],
        port: A[int, "TCP port there"],
        body: A[str, "The body of the request"],
    ) -> str:
        """Send a body by HTTPS from the coordinator, and answer what came back."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_install(
        name: A[str, "File name of the certificate"],
        cert: A[str, "The certificate in PEM"],
    ) -> None:
        """Have every host trust the certificate of an authority. pool.install_trusted_certificate
        has taken its place.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_uninstall(
        name: A[str, "File name of the certificate"],
    ) -> None:
        """Have no host trust the certificate of an authority. pool.uninstall_trusted_certificate
        has taken its place.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "george"),
            ("Deprecated", "1.290.0"),
        ),
    )
    def certificate_list() -> list[str]:
        """List the names of the certificates that the pool trusts. Objects of the class Certificate
        have taken its place.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.290.0"),
            ("Deprecated", "26.13.0"),
        ),
        client_cert=True,
    )
    def install_ca_certificate(
        name: A[str, "File name of the certificate"],
        cert: A[str, "The certificate in PEM"],
    ) -> None:
        """Have every host trust the certificate of an authority. pool.install_trusted_certificate
        has taken its place.
        """

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
        name: A[str, "File name of the certificate"],
        force: A[
            bool, param("Whether to go on where a file is not there", since="24.35.0")
        ] = False,
    ) -> None:
        """Have no host trust the certificate of an authority. pool.uninstall_trusted_certificate
        has taken its place.
        """

    @message(role=POOL_OPERATOR, since="george")
    def crl_install(
        name: A[str, "File name of the list"],
        cert: A[str, "The list in PEM"],
    ) -> None:
        """Have every host refuse the certificates on a list of revoked ones."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_uninstall(
        name: A[str, "File name of the list"],
    ) -> None:
        """Remove a list of revoked certificates from every host."""

    @message(role=POOL_OPERATOR, since="george")
    def crl_list() -> list[str]:
        """List the names of the lists of revoked certificates that the pool keeps."""

    @message(role=POOL_OPERATOR, since="george")
    def certificate_sync() -> None:
        """Bring the trusted certificates and revocation lists of every host in line with the
        coordinator's.
        """

    @message(role=POOL_ADMIN, since="1.290.0", asynchronous=False)
    def enable_tls_verification() -> None:
        """Have every host check the certificates of those that it connects to, from now on. It
        cannot be undone but in an emergency.
        """

    @message(role=POOL_OPERATOR, since="midnight-ride")
    def enable_redo_log(
        sr: A[Ref[L["SR"]], "The SR for that disk: shared and plugged everywhere"],
    ) -> None:
        """Write each change of the database also to a disk that all hosts share, so that a new
        coordinator misses none.
        """

    @message(role=POOL_OPERATOR, since="midnight-ride")
    def disable_redo_log() -> None:
        """Write changes of the database no longer to a shared disk, unless high availability needs
        it.
        """

    @message(role=POOL_ADMIN, since="midnight-ride", pool_internal=True, hidden=True)
    def audit_log_append(
        line: A[str, "The line as it is written"],
    ) -> None:
        """Write a line of a member to the pool's audit log."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Extended", "cowley"),
            ("Deprecated", "falcon"),
        ),
    )
    def set_vswitch_controller(
        address: A[str, "IP address of the controller; empty for none"],
    ) -> None:
        """Have the virtual switches of every host obey a controller. SDN_controller.introduce has
        taken its place.
        """

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def test_archive_target(
        self: A[Ref[L["pool"]], "The pool that carries it out"],
        config: A[dict[str, str], "The share, by name of the setting"],
    ) -> str:
        """Tried whether a share could take archives of protection policies; none exists any more.
        Answers the outcome as text.
        """

    @message(role=POOL_OPERATOR, since="cowley")
    def enable_local_storage_caching(
        self: A[Ref[L["pool"]], "The pool to change"],
    ) -> None:
        """Let every host cache disks that allow it on its local storage."""

    @message(role=POOL_OPERATOR, since="cowley")
    def disable_local_storage_caching(
        self: A[Ref[L["pool"]], "The pool to change"],
    ) -> None:
        """Cache disks on local storage no longer, on every host."""

    @message(role=READ_ONLY, since="clearwater")
    def get_license_state(
        self: A[Ref[L["pool"]], "The pool that is asked about"],
    ) -> dict[str, str]:
        """Tell the lowest edition of all hosts and when it runs out, under `edition` and `expiry`.
        Warren's never does.
        """

    @message(role=POOL_OPERATOR, since="clearwater")
    def apply_edition(
        self: A[Ref[L["pool"]], "The pool to license"],
        edition: A[str, "Name of the edition; empty for the one that needs none"],
    ) -> None:
        """Take up a licence edition on all hosts. Warren has no licences; the call is there for
        clients that expect it.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Deprecated", "dundee"),
            ("Removed", "stockholm"),
        ),
    )
    def enable_ssl_legacy(
        self: A[Ref[L["pool"]], "The pool to change"],
    ) -> None:
        """Had every host take outdated versions of TLS; removed."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Deprecated", "stockholm"),
        ),
    )
    def disable_ssl_legacy(
        self: A[Ref[L["pool"]], "The pool to change"],
    ) -> None:
        """Have every host refuse outdated versions of TLS, which all do anyway."""

    @message(role=POOL_OPERATOR, since="inverness")
    def set_igmp_snooping_enabled(
        self: A[Ref[L["pool"]], "The pool to change"],
        value: A[bool, "Whether they do"],
    ) -> None:
        """Choose whether bridges forward multicast only to those that asked for it, on every host."""

    @message(role=POOL_ADMIN, since="dundee")
    def has_extension(
        self: A[Ref[L["pool"]], "The pool to ask"],
        name: A[str, "Name of the extension"],
    ) -> bool:
        """Tell whether every host has a program that extends the XenAPI."""

    @message(role=POOL_ADMIN, since="dundee")
    def add_to_guest_agent_config(
        self: A[Ref[L["pool"]], "The pool to change"],
        key: A[str, "Name of the setting; it must not be there yet"],
        value: A[str, "What it is set to"],
    ) -> None:
        """Add a setting for the agents of all guests, and tell it to those that run."""

    @message(role=POOL_ADMIN, since="dundee")
    def remove_from_guest_agent_config(
        self: A[Ref[L["pool"]], "The pool to change"],
        key: A[str, "Name of the setting"],
    ) -> None:
        """Remove a setting for the agents of all guests, and tell those that run; it need not be
        there.
        """

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
        """Have all hosts change the secret by which members know each other. High availability must
        be off and every host alive.
        """

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def set_repositories(
        self: A[Ref[L["pool"]], "The pool to change"],
        value: A[list[Ref[L["Repository"]]], "All of them; a bundle or another pool stands alone"],
    ) -> None:
        """Choose the repositories that a pool takes its updates from; what was fetched from others
        is removed.
        """

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def add_repository(
        self: A[Ref[L["pool"]], "The pool to change"],
        value: A[Ref[L["Repository"]], "The repository; not of another kind than the others"],
    ) -> None:
        """Have a pool take its updates from one repository more."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def remove_repository(
        self: A[Ref[L["pool"]], "The pool to change"],
        value: A[Ref[L["Repository"]], "The repository"],
    ) -> None:
        """Have a pool take its updates from one repository less; what was fetched from it is
        removed.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "1.329.0"),
            ("Changed", "25.7.0"),
        ),
        client_cert=True,
    )
    def sync_updates(
        self: A[Ref[L["pool"]], "The pool that carries it out"],
        force: A[bool, "Whether to fetch everything anew though it seems unchanged"],
        token: A[str, "A token by which the repository admits the pool; empty for none"] = "",
        token_id: A[str, "The id under which the repository knows that token"] = "",
        username: A[
            str,
            param(
                "The account by which another pool admits this one; empty for none", since="25.7.0"
            ),
        ] = "",
        password: A[str, param("Password of that account", since="25.7.0")] = "",
    ) -> str:
        """Fetch what the pool's repositories have. Answers the hash that names these updates, for
        host.apply_updates.
        """

    @message(role=POOL_OPERATOR, since="1.304.0", client_cert=True)
    def check_update_readiness(
        self: A[Ref[L["pool"]], "The pool to look at"],
        requires_reboot: A[bool, "Whether the updates need hosts to reboot, and so to be emptied"],
    ) -> list[list[str]]:
        """Tell what stands against updating the hosts of a pool now: a list for each problem with
        the host and the error.
        """

    @message(role=POOL_OPERATOR, since="1.318.0", client_cert=True)
    def enable_client_certificate_auth(
        self: A[Ref[L["pool"]], "The pool to change"],
        name: A[str, "The name that the certificate must carry"],
    ) -> None:
        """Let a client come in by a certificate instead of a password."""

    @message(role=POOL_OPERATOR, since="1.318.0", client_cert=True)
    def disable_client_certificate_auth(
        self: A[Ref[L["pool"]], "The pool to change"],
    ) -> None:
        """Let no client come in by a certificate any more."""

    @message(role=POOL_OPERATOR, since="21.3.0", client_cert=True)
    def configure_repository_proxy(
        self: A[Ref[L["pool"]], "The pool to change"],
        url: A[str, "The proxy, by HTTP or HTTPS"],
        username: A[str, "The account there; empty for none"],
        password: A[str, "Its password; empty for none"],
    ) -> None:
        """Have a pool fetch its updates through a proxy."""

    @message(role=POOL_OPERATOR, since="21.4.0", client_cert=True)
    def disable_repository_proxy(
        self: A[Ref[L["pool"]], "The pool to change"],
    ) -> None:
        """Have a pool fetch its updates without a proxy."""

    @message(
        role=POOL_ADMIN,
        history=(
            ("Published", "22.16.0"),
            ("Deprecated", "24.0.0"),
        ),
    )
    def set_uefi_certificates(
        self: A[Ref[L["pool"]], "The pool to change"],
        value: A[str, "The certificates, packed as tar and in Base64"],
    ) -> None:
        """Choose the certificates for secure boot. pool.set_custom_uefi_certificates has taken its
        place.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.0.0"),))
    def set_custom_uefi_certificates(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[
            str,
            param(
                "The certificates, packed as tar and in Base64; empty for the default ones",
                since=None,
            ),
        ],
    ) -> None:
        """Choose certificates for secure boot that stand in for the default ones, for VMs that
        start from now on.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.27.0"),))
    def set_https_only(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[bool, param("Whether to refuse", since=None)],
    ) -> None:
        """Choose whether every host refuses plain HTTP from other machines."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.9.0"),))
    def set_telemetry_next_collection(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[
            DateTime,
            param("When to report; not too far away for the frequency of reports", since=None),
        ],
    ) -> None:
        """Put off the next report of a pool's use."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.9.0"),))
    def reset_telemetry_uuid(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
    ) -> None:
        """Give a pool a new name in what it reports of itself, so that later reports cannot be
        joined to earlier ones.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.18.0"),))
    def configure_update_sync(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        update_sync_frequency: A[
            enums.UpdateSyncFrequency, param("Every day or every week", since=None)
        ],
        update_sync_day: A[
            int,
            param("The day of the week, Sunday being 0; has no meaning with every day", since=None),
        ],
    ) -> None:
        """Choose how often a pool looks for updates by itself."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.18.0"),))
    def set_update_sync_enabled(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[bool, param("Whether it looks by itself", since=None)],
    ) -> None:
        """Choose whether a pool looks for updates by itself."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.27.0"),), asynchronous=False)
    def set_local_auth_max_threads(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[int, param("How many, from 1 to 8", since=None)],
    ) -> None:
        """Choose how many local users may be checked at the same time."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "23.27.0"),), asynchronous=False)
    def set_ext_auth_max_threads(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[int, param("How many, from 1 to 8", since=None)],
    ) -> None:
        """Choose how many users of the directory may be checked at the same time."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_enabled(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[bool, param("Whether they are", since=None)],
    ) -> None:
        """Choose whether log-ins that the directory has granted are remembered for a while."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_size(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[int, param("How many; more than 0", since=None)],
    ) -> None:
        """Choose how many users' log-ins are remembered at most."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.31.0"),))
    def set_ext_auth_cache_expiry(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[int, param("Seconds; more than 0", since=None)],
    ) -> None:
        """Choose for how long log-ins that the directory has granted are remembered."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.17.0"),), asynchronous=False)
    def get_guest_secureboot_readiness(
        self: A[Ref[L["pool"]], param("The pool to look at", since=None)],
    ) -> enums.PoolGuestSecurebootReadiness:
        """Tell whether the pool has all certificates that guests need for secure boot."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def enable_ssh(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
    ) -> None:
        """Have every host take SSH connections, for as long as its ssh_enabled_timeout says."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def disable_ssh(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
    ) -> None:
        """Have every host refuse SSH connections from now on."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_ssh_enabled_timeout(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[int, param("Seconds, up to two days; 0 for always", since=None)],
    ) -> None:
        """Choose for how long SSH stays on at every host once it was enabled."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_console_idle_timeout(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[int, param("Idle seconds; 0 for never", since=None)],
    ) -> None:
        """Choose when the local console of every host logs its idle user out."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.27.0"),))
    def set_ssh_auto_mode(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        value: A[bool, param("Whether it is switched on so", since=None)],
    ) -> None:
        """Choose whether SSH is switched on by itself at a host whose toolstack does not answer."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), client_cert=True)
    def install_trusted_certificate(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        ca: A[
            bool,
            param(
                "Whether it is of an authority, and so whatever that has signed is trusted",
                since=None,
            ),
        ],
        cert: A[str, param("The certificate in PEM", since=None)],
        purpose: A[
            list[enums.CertificatePurpose],
            param("What it is trusted for; empty for everything", since=None),
        ],
    ) -> None:
        """Have every host trust a certificate."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), client_cert=True)
    def uninstall_trusted_certificate(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        certificate: A[Ref[L["Certificate"]], param("The certificate to remove", since=None)],
    ) -> None:
        """Have no host trust a certificate any more."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.16.0"),), client_cert=True)
    def sync_trusted_certificates_from(
        self: A[Ref[L["pool"]], param("The pool to change", since=None)],
        remote_pool: A[str, param("Address of the other pool's coordinator", since=None)],
        remote_session: A[Ref[L["session"]], param("A session there", since=None)],
        remote_certificate: A[
            str, param("The certificate that it must present, in PEM", since=None)
        ],
        ca: A[
            bool,
            param(
                "Whether to take those of authorities; else those that are trusted one by one",
                since=None,
            ),
        ],
    ) -> list[Ref[L["Certificate"]]]:
        """Trust the certificates that another pool trusts, beside the present ones. Answers those
        that were added.
        """

    @message(
        role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), hidden=True, client_cert=True
    )
    def exchange_trusted_certificates_on_join(
        self: A[Ref[L["pool"]], param("The pool that it joins", since=None)],
        ca: A[
            bool,
            param("Whether they are of authorities; else they are trusted one by one", since=None),
        ],
        import_: A[
            dict[str, list[str]],
            param("The host's certificates in PEM, each with what it is for", since=None),
        ],
        export: A[
            list[Ref[L["Certificate"]]], param("The pool's certificates to answer", since=None)
        ],
    ) -> dict[str, list[str]]:
        """Take the certificates that a host about to join trusts, and answer those of the pool, by
        certificate with what each is for.
        """

    @message(
        role=POOL_OPERATOR, history=(("Prototyped", "26.13.0"),), hidden=True, client_cert=True
    )
    def exchange_crls_on_join(
        self: A[Ref[L["pool"]], param("The pool that it joins", since=None)],
        import_: A[dict[str, str], param("The host's lists in PEM, by name", since=None)],
        export: A[list[str], param("Names of the pool's lists to answer", since=None)],
    ) -> dict[str, str]:
        """Take the lists of revoked certificates of a host that is about to join, and answer those
        of the pool, by name.
        """


PoolRef = Ref[L["pool"]]
