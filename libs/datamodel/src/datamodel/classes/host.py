"""The XenAPI class ``host``."""

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
    VM_OPERATOR,
    VM_POWER_ADMIN,
)


@xenapi_class(create_role=POOL_OPERATOR)
class Host(Object[L["host"]]):
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
            "Memory that Xen and the host itself take, in bytes.",
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
    enabled: A[bool, field("Whether VMs may be started here or brought here.")]
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
        list[Ref[L["PIF"]]],
        field(
            "The network interfaces that the host has, with its bonds, VLANs and tunnels.",
            tags=("networking",),
        ),
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
        list[Ref[L["host_crashdump"]]],
        field("The dumps of the host itself that were kept when it crashed."),
    ]
    patches: A[
        list[Ref[L["host_patch"]]],
        field(
            "The updates of the old kind that are on the host.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "ely"),
            ),
        ),
    ]
    updates: A[
        list[Ref[L["pool_update"]]],
        field("The updates that are applied to the host.", since="ely"),
    ]
    PBDs: A[list[Ref[L["PBD"]]], field("The host's connections to storage.")]
    host_CPUs: A[list[Ref[L["host_cpu"]]], field("Its processors.")]
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
            "How it can be switched on from afar, such as wake-on-lan; empty if it cannot be.",
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
    PCIs: A[list[Ref[L["PCI"]]], field("Its PCI devices that a VM could be given.", since="boston")]
    PGPUs: A[list[Ref[L["PGPU"]]], field("Its graphics cards.", since="boston")]
    PUSBs: A[
        list[Ref[L["PUSB"]]], field("The USB devices that are plugged into it.", since="inverness")
    ]
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
            "The updates that take effect only when the host reboots.",
            since="ely",
            ignore_foreign_key=True,
        ),
    ]
    features: A[
        list[Ref[L["Feature"]]],
        field("The parts of the product that it has switched on or off.", since="falcon"),
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
        field("The certificates that it presents.", since="stockholm"),
    ]
    editions: A[
        list[str],
        field("The editions that it could be licensed as.", default=[], since="stockholm"),
    ]
    pending_guidances: A[
        list[enums.UpdateGuidances],
        field(
            "What must still be done to it for its updates to be in order, such as a reboot.",
            default=[],
            since="1.303.0",
        ),
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

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "rio"),
            ("Changed", "25.31.0"),
        ),
        client_cert=True,
    )
    def disable(
        host: A[Ref[L["host"]], "The host to close"],
        auto_enable: A[
            bool,
            param(
                "Whether it is enabled again by itself when the toolstack or the host restarts",
                since="25.31.0",
            ),
        ] = True,
    ) -> None:
        """Let no VM be started on or brought to a host; those that run there go on."""

    @message(role=POOL_OPERATOR, client_cert=True)
    def enable(
        host: A[Ref[L["host"]], "The host to open; nothing that updates demand may be outstanding"],
    ) -> None:
        """Let VMs be started on and brought to a host."""

    @message(role=POOL_OPERATOR)
    def shutdown(
        host: A[Ref[L["host"]], "The host to switch off"],
    ) -> None:
        """Switch a host off, which must be disabled and without VMs that run."""

    @message(role=POOL_OPERATOR)
    def reboot(
        host: A[Ref[L["host"]], "The host to restart"],
    ) -> None:
        """Restart a host, which must be disabled and without VMs that run."""

    @message(role=LOCAL_ROOT, since="kolkata", hidden=True)
    def prepare_for_poweroff(
        host: A[Ref[L["host"]], "The host that goes down"],
    ) -> None:
        """Have a host's services get ready for its power to go; called while it shuts down."""

    @message(role=POOL_OPERATOR)
    def dmesg(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> str:
        """Tell the messages of a host's hypervisor."""

    @message(role=POOL_OPERATOR)
    def dmesg_clear(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> str:
        """Tell the messages of a host's hypervisor, and have it forget them."""

    @message(role=READ_ONLY)
    def get_log(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> str:
        """Tell the end of a host's log."""

    @message(role=POOL_ADMIN)
    def send_debug_keys(
        host: A[Ref[L["host"]], "The host to send them to"],
        keys: A[str, "The keys, one letter each"],
    ) -> None:
        """Press debug keys of a host's hypervisor; what they print is found by host.dmesg."""

    @message(role=POOL_OPERATOR)
    def bugreport_upload(
        host: A[Ref[L["host"]], "The host to report of"],
        url: A[str, "Where to, by FTP; empty for the maker's address"],
        options: A[dict[str, str], "Further settings by name, such as http_proxy"],
    ) -> None:
        """Collect a host's logs and settings and upload them."""

    @message(role=READ_ONLY, asynchronous=False)
    def list_methods() -> list[str]:
        """List the names of all messages that the server takes."""

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
        host: A[Ref[L["host"]], "The host to license"],
        contents: A[str, "The file in Base64"],
    ) -> None:
        """Took up a licence file; removed."""

    @message(role=POOL_OPERATOR, since="indigo", errors=("LICENSE_PROCESSING_ERROR",))
    def license_add(
        host: A[Ref[L["host"]], "The host to license"],
        contents: A[str, "The file in Base64"],
    ) -> None:
        """Take up a licence file, in old releases."""

    @message(role=POOL_OPERATOR, since="indigo")
    def license_remove(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> None:
        """Give up the licence file of a host, in old releases."""

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
        uuid: A[str, "Uuid that the host keeps for ever"],
        name_label: A[str, "The name that people see"],
        name_description: A[str, "What people say about it"],
        hostname: A[str, "The name that it has on the network"],
        address: A[str, "The address that others reach it at"],
        external_auth_type: A[
            str,
            param("The kind of directory that its users come from; empty for none", since="george"),
        ] = "",
        external_auth_service_name: A[
            str, param("The name of that directory", since="george")
        ] = "",
        external_auth_configuration: A[
            dict[str, str], param("Settings of the directory, by name", since="george")
        ] = {},
        license_params: A[
            dict[str, str], param("What the licence grants, by name", since="midnight-ride")
        ] = {},
        edition: A[str, param("The licence's edition", since="midnight-ride")] = "",
        license_server: A[
            dict[str, str], param("Address and port of a licence server", since="midnight-ride")
        ] = {"address": "localhost", "port": "27000"},
        local_cache_sr: A[
            Ref[L["SR"]],
            param("Where it caches disks that allow it; null for nowhere", since="cowley"),
        ] = Ref[L["SR"]]("OpaqueRef:NULL"),
        chipset_info: A[
            dict[str, str], param("What its chipset can do, by name", since="boston")
        ] = {},
        ssl_legacy: A[
            bool,
            param(
                "Whether it once took outdated versions of TLS; it has no effect", since="dundee"
            ),
        ] = True,
        last_software_update: A[
            DateTime, param("When packages were last updated", since="dundee")
        ] = DateTime("19700101T00:00:00Z"),
        last_update_hash: A[
            str, param("Names the set of updates that was last applied to it", since="24.40.0")
        ] = "",
        ssh_enabled: A[bool, param("Whether it takes SSH connections", since="25.21.0")] = True,
        ssh_enabled_timeout: A[
            int,
            param(
                "For how many seconds SSH stays on once it was enabled; 0 for always",
                since="25.21.0",
            ),
        ] = 0,
        ssh_expiry: A[
            DateTime,
            param("The moment at which SSH goes off again; the epoch for never", since="25.21.0"),
        ] = DateTime("19700101T00:00:00Z"),
        console_idle_timeout: A[
            int,
            param(
                "After how many idle seconds the local console logs its user out; 0 for never",
                since="25.21.0",
            ),
        ] = 0,
        ssh_auto_mode: A[
            bool,
            param(
                "Whether SSH is switched on by itself when the toolstack does not answer",
                since="25.27.0",
            ),
        ] = False,
        secure_boot: A[
            bool, param("Whether it was itself booted with secure boot", since="25.32.0")
        ] = False,
        software_version: A[
            dict[str, str],
            param(
                "Releases of the toolstack and of what it runs on, by component", since="25.33.0"
            ),
        ] = {},
        https_only: A[
            bool, param("Whether it refuses plain HTTP from other machines", since="25.39.0")
        ] = False,
        max_cstate: A[
            str,
            param(
                "The deepest idle state that its processors may enter; empty for no limit",
                since="26.0.0",
            ),
        ] = "",
        ntp_mode: A[
            enums.HostNtpMode, param("Where its time servers come from", since="26.0.0")
        ] = enums.HostNtpMode("Factory"),
        ntp_custom_servers: A[
            list[str], param("The time servers that were set for it", since="26.0.0")
        ] = [],
        timezone: A[str, param("Its time zone, such as Europe/Zurich", since="26.0.0")] = "UTC",
        numa_affinity_policy: A[
            enums.HostNumaAffinityPolicy,
            param("Whether its VMs' memory is kept on one node of a NUMA machine", since="26.0.0"),
        ] = enums.HostNumaAffinityPolicy("default_policy"),
        latest_synced_updates_applied: A[
            enums.LatestSyncedUpdatesAppliedState,
            param("Whether it has all updates that the pool last fetched", since="26.0.0"),
        ] = [],
        pending_guidances_full: A[
            list[enums.UpdateGuidances],
            param(
                "What would have to be done to it for an update to take effect wholly",
                since="26.0.0",
            ),
        ] = [],
        pending_guidances_recommended: A[
            list[enums.UpdateGuidances],
            param("What an update recommends to be done to it", since="26.0.0"),
        ] = [],
    ) -> Ref[L["host"]]:
        """Write the record of a host that joins the pool, as given. Answers its reference."""

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[
            Ref[L["host"]],
            "The host to strike out; no VM may run on it and it must not be the coordinator",
        ],
    ) -> None:
        """Remove the records of a host that is gone for ever, with its PBDs, PIFs and local SRs. A
        host that lives leaves by pool.eject.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def power_on(
        host: A[Ref[L["host"]], "The host to switch on; it must be off, or at least not heard of"],
    ) -> None:
        """Switch on a host that is off, in the way that its power_on_mode says."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def set_license_params(
        self: A[Ref[L["host"]], "The host to change"],
        value: A[dict[str, str], "All of it by name"],
    ) -> None:
        """Record what a host's licence grants."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def emergency_ha_disable(
        soft: A[bool, param("Whether to do so until the next boot alone", since="ely")] = False,
    ) -> None:
        """Switch high availability off on the host that the call is sent to, when it cannot reach
        its pool. Other hosts must be down, or VMs may run twice.
        """

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_disarm_fencing(
        host: A[Ref[L["host"]], "The host to disarm"],
    ) -> None:
        """Have a host no longer reset itself when it loses the others; a step of pool.disable_ha."""

    @message(role=LOCAL_ROOT, since="miami", pool_internal=True, hidden=True)
    def preconfigure_ha(
        host: A[Ref[L["host"]], "The host to prepare"],
        statefiles: A[list[Ref[L["VDI"]]], "The disks for heartbeats"],
        metadata_vdi: A[Ref[L["VDI"]], "The disk for a copy of the database; null for none"],
        generation: A[str, "Names this time of enabling, so that old files are not taken for it"],
    ) -> None:
        """Have a host attach the disks of high availability and write its settings; a step of
        pool.enable_ha.
        """

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_join_liveset(
        host: A[Ref[L["host"]], "The host to arm"],
    ) -> None:
        """Have a host be counted among the live ones and arm its fencing; a step of pool.enable_ha."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_disable_failover_decisions(
        host: A[Ref[L["host"]], "The host to hold back"],
    ) -> None:
        """Keep a host from deciding on restarts until high availability is armed again; a step of
        pool.disable_ha.
        """

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_wait_for_shutdown_via_statefile(
        host: A[Ref[L["host"]], "The host to wait"],
    ) -> None:
        """Wait until the heartbeat disk tells a host that high availability is off; a step of
        pool.disable_ha.
        """

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_stop_daemon(
        host: A[Ref[L["host"]], "The host that carries it out"],
    ) -> None:
        """Stop the program that sends a host's heartbeats; a step of pool.disable_ha."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def ha_release_resources(
        host: A[Ref[L["host"]], "The host that carries it out"],
    ) -> None:
        """Have a host let go of the heartbeat disks; a step of pool.disable_ha."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False, hidden=True)
    def ha_xapi_healthcheck() -> bool:
        """Tell whether the toolstack of the host that the call is sent to is well, as high
        availability asks every few seconds.
        """

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
        """Raise the error that tells what is wrong with the host that the call is sent to, without
        asking the coordinator.
        """

    @message(role=LOCAL_ROOT, asynchronous=False, pool_internal=True, hidden=True)
    def request_backup(
        host: A[Ref[L["host"]], "The host to keep the copy"],
        generation: A[int, "The number of the database's state"],
        force: A[bool, "Whether to do so though the copy is recent"],
    ) -> None:
        """Have a host fetch a copy of the pool database from the coordinator."""

    @message(role=LOCAL_ROOT, asynchronous=False, pool_internal=True, hidden=True)
    def request_config_file_sync(
        host: A[Ref[L["host"]], "The host to bring in line"],
        hash: A[str, "What the files add up to; nothing is fetched where it agrees"],
    ) -> None:
        """Have a host fetch the files that all members share from the coordinator."""

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def propose_new_master(
        address: A[str, "Address of the host that is proposed"],
        manual: A[bool, "Whether an administrator asks; else high availability does"],
    ) -> None:
        """Ask a member whether it could take a host as its coordinator; the first phase of a change
        of coordinator.
        """

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def commit_new_master(
        address: A[str, "Address of the host that was proposed"],
    ) -> None:
        """Have a member take a proposed host as its coordinator; the second phase of a change of
        coordinator.
        """

    @message(role=LOCAL_ROOT, since="miami", asynchronous=False, pool_internal=True, hidden=True)
    def abort_new_master(
        address: A[str, "Address of the host that was proposed"],
    ) -> None:
        """Tell a member that a proposed coordinator does not become one after all; the second phase
        of a change of coordinator.
        """

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_data_sources(
        host: A[Ref[L["host"]], "The host that is asked about"],
    ) -> list[Record[L["data_source"]]]:
        """List the figures of a host that can be recorded over time."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def record_data_source(
        host: A[Ref[L["host"]], "The host that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> None:
        """Begin to record one figure of a host over time."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def query_data_source(
        host: A[Ref[L["host"]], "The host that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> float:
        """Tell the present value of one figure of a host."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def forget_data_source_archives(
        host: A[Ref[L["host"]], "The host that the figure is of"],
        data_source: A[str, "Name of the figure"],
    ) -> None:
        """Throw away what was recorded of one figure of a host."""

    @message(role=POOL_OPERATOR, since="miami")
    def assert_can_evacuate(
        host: A[Ref[L["host"]], "The host to judge"],
    ) -> None:
        """Raise an error unless every VM that runs on a host can move to another one."""

    @message(role=READ_ONLY, since="orlando")
    def get_vms_which_prevent_evacuation(
        self: A[Ref[L["host"]], "The host to look at"],
    ) -> dict[Ref[L["VM"]], list[str]]:
        """Tell which VMs on a host can go nowhere else, each with the error that says why."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "tampa"),
        ),
    )
    def get_uncooperative_resident_VMs(
        self: A[Ref[L["host"]], "The host to ask"],
    ) -> list[Ref[L["VM"]]]:
        """Always tells none: once the VMs that did not obey the balloon."""

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
        self: A[Ref[L["host"]], "The host to ask"],
    ) -> list[str]:
        """Always tells none: once the uuids of domains that did not obey the balloon."""

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
        host: A[Ref[L["host"]], "The host to empty"],
        network: A[
            Ref[L["network"]],
            param(
                "The network to move them over; null for the management network", since="1.297.0"
            ),
        ] = Ref[L["network"]]("OpaqueRef:NULL"),
        evacuate_batch_size: A[
            int, param("How many to move at once; 0 for the host's own choice", since="23.27.0")
        ] = 0,
    ) -> None:
        """Move every VM that runs on a host to others, and fail before the first when one cannot
        go. Disable the host first, so that none comes back.
        """

    @message(
        role=LOCAL_ROOT,
        since="miami",
        asynchronous=False,
        pool_internal=True,
        hidden=True,
        tags=("networking",),
    )
    def signal_networking_change() -> None:
        """Tell the toolstack of the host that the call is sent to that its address has changed;
        scripts of the network call it.
        """

    @message(role=LOCAL_ROOT, since="miami", pool_internal=True, hidden=True)
    def notify(
        ty: A[str, "The kind of thing"],
        params: A[str, "What the kind needs, as text"],
    ) -> None:
        """Tell a host that a thing has changed which it keeps a copy of."""

    @message(role=POOL_OPERATOR, since="miami")
    def syslog_reconfigure(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> None:
        """Have a host send its logs where its field `logging` says, from now on."""

    @message(role=POOL_OPERATOR, since="miami", tags=("networking",))
    def management_reconfigure(
        pif: A[
            Ref[L["PIF"]], "The interface to use; plugged, with an address, and no member of a bond"
        ],
    ) -> None:
        """Have the host that the interface is on be managed through it; the connection that this
        call came by may break.
        """

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False)
    def local_management_reconfigure(
        interface: A[str, "Name of the bridge or interface in dom0, such as xenbr0"],
    ) -> None:
        """Have the host that the call is sent to be managed through another interface, without
        asking the coordinator; for when the network is broken.
        """

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False, tags=("networking",))
    def management_disable() -> None:
        """Have the host that the call is sent to be managed through no interface; it is reached by
        its console alone.
        """

    @message(role=POOL_OPERATOR, since="tampa", tags=("networking",))
    def get_management_interface(
        host: A[Ref[L["host"]], "The host that is asked about"],
    ) -> Ref[L["PIF"]]:
        """Tell the interface through which a host is managed."""

    @message(role=READ_ONLY, since="miami", asynchronous=False)
    def get_system_status_capabilities(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> str:
        """Tell which parts a report of a host's state can have, as XML."""

    @message(role=READ_ONLY, since="miami", asynchronous=False, hidden=True)
    def get_diagnostic_timing_stats(
        host: A[Ref[L["host"]], "The host that is asked about"],
        counts: A[bool, param("Whether to tell how often they ran, too", since="25.33.0")] = False,
    ) -> dict[str, str]:
        """Tell how long the parts of a host's toolstack took, by part."""

    @message(role=POOL_OPERATOR)
    def restart_agent(
        host: A[Ref[L["host"]], "The host that carries it out"],
    ) -> None:
        """Restart the toolstack of a host; its VMs run on."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def shutdown_agent() -> None:
        """Stop the toolstack of the host that the call is sent to; its VMs run on."""

    @message(role=POOL_OPERATOR, since="miami", asynchronous=False, errors=("HOST_NAME_INVALID",))
    def set_hostname_live(
        host: A[Ref[L["host"]], "The host to rename"],
        hostname: A[str, "The new name: letters, digits and hyphens, without a domain"],
    ) -> None:
        """Change the name that a host has on the network, at once."""

    @message(role=READ_ONLY, since="miami", asynchronous=False, hidden=True)
    def is_in_emergency_mode() -> bool:
        """Tell whether the host that the call is sent to has lost its coordinator and only takes
        emergency calls.
        """

    @message(role=READ_ONLY, since="orlando", tags=("memory",))
    def compute_free_memory(
        host: A[Ref[L["host"]], "The host to compute for"],
    ) -> int:
        """Tell how many bytes a host could give to new VMs if all that run were at their least
        memory.
        """

    @message(role=READ_ONLY, since="midnight-ride", tags=("memory",))
    def compute_memory_overhead(
        host: A[Ref[L["host"]], "The host to compute for"],
    ) -> int:
        """Tell how much memory Xen and a host itself take, in bytes."""

    @message(role=LOCAL_ROOT, since="orlando", asynchronous=False, pool_internal=True, hidden=True)
    def tickle_heartbeat(
        host: A[Ref[L["host"]], "The host that lives"],
        stuff: A[dict[str, str], "What it tells of itself, by name, such as its time"],
    ) -> dict[str, str]:
        """Tell the coordinator that a host lives, which each does every 30 seconds. Answers what
        the coordinator has for it, by name.
        """

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False)
    def sync_data(
        host: A[Ref[L["host"]], "The host that carries it out"],
    ) -> None:
        """Have a host write its cached state where a restart finds it."""

    @message(role=POOL_ADMIN, since="orlando", asynchronous=False)
    def backup_rrds(
        host: A[Ref[L["host"]], "The host whose figures are kept"],
        delay: A[float, "Seconds to wait before it"],
    ) -> None:
        """Have a host send its recorded figures to the coordinator, or write them to its own disk,
        so that a reboot does not lose them.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        host: A[Ref[L["host"]], "The host to keep it with"],
        name: A[str, "The key under which it is found in the host's blobs"],
        mime_type: A[str, "The media type of what it will hold; empty for unknown"],
        public: A[bool, param("Whether it may be read without a session", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make an empty piece of binary data beside a host; HTTP fills and reads it."""

    @message(role=POOL_ADMIN, since="orlando")
    def call_plugin(
        host: A[Ref[L["host"]], "The host to call it on"],
        plugin: A[str, "File name of the plugin"],
        fn: A[str, "Name of the plugin's function"],
        args: A[dict[str, str], "What the function is given, by name"],
    ) -> str:
        """Call a function of a plugin, a program in dom0 of a host. Answers what it prints;
        XENAPI_PLUGIN_FAILURE tells its failure.
        """

    @message(role=POOL_ADMIN, since="ely")
    def has_extension(
        host: A[Ref[L["host"]], "The host to ask"],
        name: A[str, "Name of the extension"],
    ) -> bool:
        """Tell whether a host has a program that extends the XenAPI."""

    @message(role=POOL_ADMIN, since="ely", asynchronous=False, custom_marshaller=True)
    def call_extension(
        host: A[Ref[L["host"]], "The host to call it on"],
        call: A[str, "The whole call in JSON-RPC: the extension's name and its parameters"],
    ) -> str:
        """Call a program that extends the XenAPI in dom0 of a host. Answers what it answers, as
        text.
        """

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_servertime(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> DateTime:
        """Tell the time of a host's clock, in UTC."""

    @message(role=READ_ONLY, since="cowley", asynchronous=False)
    def get_server_localtime(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> DateTime:
        """Tell the time of a host's clock in its own time zone."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def enable_binary_storage(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> None:
        """Have a host keep binary data beside objects, such as recorded figures."""

    @message(role=LOCAL_ROOT, since="orlando", pool_internal=True, hidden=True)
    def disable_binary_storage(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> None:
        """Have a host remove the binary data that it keeps and take no more, as one with little
        room.
        """

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def enable_external_auth(
        host: A[Ref[L["host"]], "The host to change"],
        config: A[
            dict[str, str],
            "What joining needs, by name, such as `domain`, `user` and `pass` of an administrator of the directory",
        ],
        service_name: A[str, "Name of the directory, such as the domain"],
        auth_type: A[str, "The kind of directory: `AD` is the one that is known"],
    ) -> None:
        """Have a host join an outside directory and let the users log in that are recorded as
        subjects. pool.enable_external_auth does so everywhere.
        """

    @message(role=POOL_ADMIN, since="george", asynchronous=False)
    def disable_external_auth(
        host: A[Ref[L["host"]], "The host to change"],
        config: A[
            dict[str, str],
            "What leaving needs, by name, such as `user` and `pass` of an administrator of the directory",
        ] = {},
        force: A[
            bool, param("Whether to go on where the directory refuses", since="26.2.0-next")
        ] = False,
    ) -> None:
        """Let no users of the outside directory log in at a host any more, and have it leave the
        directory.
        """

    @message(role=POOL_ADMIN, since="26.16.0", asynchronous=False)
    def external_auth_set_ldaps(
        host: A[Ref[L["host"]], "The host to change"],
        ldaps: A[bool, "Whether to use TLS"],
        force: A[bool, "Whether to go on where the directory cannot be reached that way"] = False,
    ) -> None:
        """Choose whether a host speaks to its directory through TLS."""

    @message(role=READ_ONLY, since="george")
    def retrieve_wlb_evacuate_recommendations(
        self: A[Ref[L["host"]], "The host to be emptied"],
    ) -> dict[Ref[L["VM"]], list[str]]:
        """Ask the workload balancer where each VM of a host should go. Answers for each VM `WLB`
        with a host's uuid and an id, or the reason against it.
        """

    @message(role=LOCAL_ROOT, since="1.290.0", pool_internal=True, hidden=True)
    def install_ca_certificate(
        host: A[Ref[L["host"]], "The host to write to"],
        name: A[str, "File name of the certificate"],
        cert: A[str, "The certificate in PEM"],
    ) -> None:
        """Write the certificate of an authority to a host's disk; a step of
        pool.install_ca_certificate.
        """

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
        host: A[Ref[L["host"]], "The host to remove it from"],
        name: A[str, "File name of the certificate"],
        force: A[
            bool, param("Whether to go on where the file is not there", since="24.35.0")
        ] = False,
    ) -> None:
        """Remove the certificate of an authority from a host's disk; a step of
        pool.uninstall_ca_certificate.
        """

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
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> list[str]:
        """List the names of the certificates that a host trusts."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_install(
        host: A[Ref[L["host"]], "The host to write to"],
        name: A[str, "File name of the list"],
        crl: A[str, "The list in PEM"],
    ) -> None:
        """Write a list of revoked certificates to a host's disk; a step of pool.crl_install."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_uninstall(
        host: A[Ref[L["host"]], "The host to remove it from"],
        name: A[str, "File name of the list"],
    ) -> None:
        """Remove a list of revoked certificates from a host's disk; a step of pool.crl_uninstall."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def crl_list(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> list[str]:
        """List the names of the lists of revoked certificates on a host's disk."""

    @message(role=LOCAL_ROOT, since="george", pool_internal=True, hidden=True)
    def certificate_sync(
        host: A[Ref[L["host"]], "The host to bring in line"],
    ) -> None:
        """Bring the trusted certificates and revocation lists on a host's disk in line with the
        coordinator's.
        """

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "george"),
            ("Changed", "inverness"),
        ),
    )
    def get_server_certificate(
        host: A[Ref[L["host"]], "The host that is asked about"],
    ) -> str:
        """Tell the certificate that a host presents, in PEM."""

    @message(role=POOL_ADMIN, since="1.307.0")
    def refresh_server_certificate(
        host: A[Ref[L["host"]], "The host to renew it on"],
    ) -> None:
        """Give a host a new certificate for its calls within the pool, with every member knowing it
        before it is used.
        """

    @message(role=POOL_ADMIN, since="stockholm")
    def install_server_certificate(
        host: A[Ref[L["host"]], "The host to change"],
        certificate: A[str, "The certificate in PEM, its key RSA of 2048 to 4096 bits"],
        private_key: A[str, "The key in PKCS#8, not encrypted"],
        certificate_chain: A[
            str, "The certificates that lead to a known authority, in PEM; empty for none"
        ] = "",
    ) -> None:
        """Have a host present another certificate to clients, for which its own toolstack restarts."""

    @message(role=LOCAL_ROOT, since="stockholm", asynchronous=False)
    def emergency_reset_server_certificate() -> None:
        """Give the host that the call is sent to a new self-signed certificate, when it cannot
        reach its pool.
        """

    @message(role=POOL_ADMIN, since="1.290.0")
    def reset_server_certificate(
        host: A[Ref[L["host"]], "The host to renew it on"],
    ) -> None:
        """Give a host a new self-signed certificate to present to clients."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def update_pool_secret(
        host: A[Ref[L["host"]], "The member to tell"],
        pool_secret: A[Secret, "The secret by which members know each other"],
    ) -> None:
        """Have a member use another pool secret; a step of joining."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def update_master(
        host: A[Ref[L["host"]], "The member to tell"],
        master_address: A[str, "The coordinator's address"],
    ) -> None:
        """Have a member use another address of its coordinator."""

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def attach_static_vdis(
        host: A[Ref[L["host"]], "The host to attach them on"],
        vdi_reason_map: A[
            dict[Ref[L["VDI"]], str], "The disks, each with the word under which it is kept"
        ],
    ) -> None:
        """Have a host attach disks now and at each boot, before the toolstack runs, as those of
        high availability need it.
        """

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def detach_static_vdis(
        host: A[Ref[L["host"]], "The host to detach them on"],
        vdis: A[list[Ref[L["VDI"]]], "The disks to detach"],
    ) -> None:
        """Have a host detach disks that it attached by host.attach_static_vdis, now and for later
        boots.
        """

    @message(role=LOCAL_ROOT, since="midnight-ride", pool_internal=True, hidden=True)
    def set_localdb_key(
        host: A[Ref[L["host"]], "The host to write to"],
        key: A[str, "Name of the entry"],
        value: A[str, "What it holds"],
    ) -> None:
        """Write an entry of the small database that a host keeps for times without a coordinator."""

    @message(role=POOL_OPERATOR, since="midnight-ride", asynchronous=False)
    def apply_edition(
        host: A[Ref[L["host"]], "The host to license"],
        edition: A[str, "Name of the edition; empty for the one that needs none"],
        force: A[bool, param("Whether to go on where a check says no", since="clearwater")] = False,
    ) -> None:
        """Take up a licence edition. Warren has no licences; the call is there for clients that
        expect it.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "midnight-ride"),
            ("Deprecated", "ely"),
        ),
    )
    def refresh_pack_info(
        host: A[Ref[L["host"]], "The host to look at"],
    ) -> None:
        """Look at what supplemental packs a host has, and record that. pool_update.resync_host has
        taken its place.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Changed", "stockholm"),
            ("Changed", "24.19.0"),
        ),
    )
    def set_power_on_mode(
        self: A[Ref[L["host"]], "The host to change"],
        power_on_mode: A[str, "`wake-on-lan`, `DRAC`, the name of a script, or empty for none"],
        power_on_config: A[
            dict[str, str],
            "What the mode needs, by name, such as address and account of the management board",
        ],
    ) -> None:
        """Choose how a host is switched on from afar."""

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
        host: A[Ref[L["host"]], "The host to change"],
        features: A[str, "The features to show, in hexadecimal words"],
    ) -> None:
        """Masked what a host's CPUs show; removed, as masks are found by themselves."""

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
        host: A[Ref[L["host"]], "The host to change"],
    ) -> None:
        """Took back a mask on what a host's CPUs show; removed, as masks are found by themselves."""

    @message(role=POOL_OPERATOR, since="boston", hidden=True)
    def reset_networking(
        host: A[Ref[L["host"]], "The host to clear"],
    ) -> None:
        """Remove the records of a host's interfaces, bonds and VLANs, after its network was set up
        anew by hand; a scan finds the cards again.
        """

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def enable_local_storage_caching(
        host: A[Ref[L["host"]], "The host to change"],
        sr: A[Ref[L["SR"]], "The SR to cache on: local to the host, and of a driver that can"],
    ) -> None:
        """Let a host cache disks that allow it on a local SR; the host must be disabled."""

    @message(role=POOL_OPERATOR, since="cowley", asynchronous=False)
    def disable_local_storage_caching(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> None:
        """Cache disks on a host's local storage no longer; no VM may run there that does."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def get_sm_diagnostics(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> str:
        """Tell the state of a host's storage connections, as text for developers."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def get_thread_diagnostics(
        host: A[Ref[L["host"]], "The host to ask"],
    ) -> str:
        """Tell what the threads of a host's toolstack do, as text for developers."""

    @message(role=POOL_OPERATOR, since="boston", asynchronous=False, hidden=True)
    def sm_dp_destroy(
        host: A[Ref[L["host"]], "The host to clean up"],
        dp: A[str, "Name of the connection"],
        allow_leak: A[bool, "Whether to forget it though it cannot be disconnected"],
    ) -> None:
        """Remove what a host's storage keeps of a connection to a disk that was left over."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_vlans(
        host: A[Ref[L["host"]], "The host to bring in line"],
    ) -> None:
        """Give a host that joined the VLANs that the coordinator has."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_tunnels(
        host: A[Ref[L["host"]], "The host to bring in line"],
    ) -> None:
        """Give a host that joined the tunnels that the pool's networks ask for."""

    @message(
        role=POOL_OPERATOR, since="boston", asynchronous=False, pool_internal=True, hidden=True
    )
    def sync_pif_currently_attached(
        host: A[Ref[L["host"]], "The host to look at"],
        bridges: A[list[str], "Names of the bridges that are up"],
    ) -> None:
        """Record which of a host's interfaces are up, after its bridges were looked at when it
        booted.
        """

    @message(role=VM_POWER_ADMIN, since="tampa")
    def migrate_receive(
        host: A[Ref[L["host"]], "The host that is to receive"],
        network: A[
            Ref[L["network"]],
            "The network that memory and disks come over; the host must have an address there",
        ],
        options: A[dict[str, str], "Further settings by name; none is known"],
    ) -> dict[str, str]:
        """Prepare a host to receive a VM. Answers what the sender needs to know, for
        VM.migrate_send: addresses and a session, by name.
        """

    @message(role=POOL_OPERATOR, since="clearwater")
    def declare_dead(
        host: A[Ref[L["host"]], "The host that is off for certain"],
    ) -> None:
        """Declare that a host which cannot be reached is off, so that its VMs count as halted and
        can be started elsewhere. If it is not off after all, their disks are lost.
        """

    @message(role=POOL_OPERATOR, since="cream")
    def enable_display(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> enums.HostDisplay:
        """Show a host's own screen again from its next boot. Answers what holds now and after that
        boot.
        """

    @message(role=POOL_OPERATOR, since="cream")
    def disable_display(
        host: A[Ref[L["host"]], "The host to change"],
    ) -> enums.HostDisplay:
        """Show nothing on a host's own screen from its next boot, so that its graphics card can be
        handed to a VM. Answers what holds now and after that boot.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "dundee"),
            ("Changed", "stockholm"),
        ),
    )
    def set_ssl_legacy(
        self: A[Ref[L["host"]], "The host to change"],
        value: A[bool, "It must be false"],
    ) -> None:
        """Chose whether outdated versions of TLS are taken; no longer possible."""

    @message(role=POOL_ADMIN, since="dundee", hidden=True)
    def apply_guest_agent_config(
        host: A[Ref[L["host"]], "The host whose guests are told"],
    ) -> None:
        """Write the pool's settings for guests' agents to the xenstore of a host's VMs; a step of
        pool.add_to_guest_agent_config.
        """

    @message(role=VM_OPERATOR, since="falcon", pool_internal=True, hidden=True)
    def mxgpu_vf_setup(
        host: A[Ref[L["host"]], "The host that carries it out"],
    ) -> None:
        """Split a host's AMD cards into virtual functions."""

    @message(role=VM_OPERATOR, since="quebec", pool_internal=True, hidden=True)
    def nvidia_vf_setup(
        host: A[Ref[L["host"]], "The host that carries it out"],
        pf: A[Ref[L["PCI"]], "The card's physical function"],
        enable: A[bool, "Whether to split it"],
    ) -> None:
        """Split an NVIDIA card of a host into virtual functions, or undo that."""

    @message(role=VM_OPERATOR, since="inverness", hidden=True)
    def allocate_resources_for_vm(
        self: A[Ref[L["host"]], "The host that it comes to"],
        vm: A[Ref[L["VM"]], "The VM that comes"],
        live: A[bool, "Whether it arrives running"],
    ) -> None:
        """Reserve memory, graphics cards and virtual functions on a host for a VM that is about to
        arrive from another pool.
        """

    @message(role=POOL_OPERATOR, since="kolkata")
    def set_iscsi_iqn(
        host: A[Ref[L["host"]], "The host to change"],
        value: A[str, "A name of the form iqn.<year>-<month>.<domain backwards>:<rest>"],
    ) -> None:
        """Choose the name by which iSCSI targets know a host."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def set_multipathing(
        host: A[Ref[L["host"]], "The host to change"],
        value: A[bool, "Whether several paths are used"],
    ) -> None:
        """Choose whether a host reaches its storage over several paths at once; its PBDs must be
        plugged anew to follow.
        """

    @message(role=LOCAL_ROOT, since="22.16.0", pool_internal=True, hidden=True)
    def write_uefi_certificates_to_disk(
        host: A[Ref[L["host"]], "The host to write to"],
    ) -> None:
        """Write the pool's certificates for secure boot where a host's firmware for VMs reads them."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "quebec"),
            ("Deprecated", "22.16.0"),
        ),
    )
    def set_uefi_certificates(
        host: A[Ref[L["host"]], "The host to change"],
        value: A[str, "The certificates, packed as tar and in Base64"],
    ) -> None:
        """Choose the certificates for secure boot on one host. pool.set_custom_uefi_certificates
        has taken its place.
        """

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def notify_accept_new_pool_secret(
        host: A[Ref[L["host"]], "The host that carries it out"],
        old_ps: A[Secret, "The secret that holds now"],
        new_ps: A[Secret, "The secret that is to follow"],
    ) -> None:
        """Have a host accept the new pool secret beside the old one; the first phase of
        pool.rotate_secret.
        """

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def notify_send_new_pool_secret(
        host: A[Ref[L["host"]], "The host that carries it out"],
        old_ps: A[Secret, "The secret that held before"],
        new_ps: A[Secret, "The secret to use"],
    ) -> None:
        """Have a host use the new pool secret when it calls others; the second phase of
        pool.rotate_secret.
        """

    @message(role=LOCAL_ROOT, since="stockholm_psr", hidden=True)
    def cleanup_pool_secret(
        host: A[Ref[L["host"]], "The host that carries it out"],
        old_ps: A[Secret, "The secret that has had its day"],
        new_ps: A[Secret, "The secret that holds from now on"],
    ) -> None:
        """Have a host forget the old pool secret; the last phase of pool.rotate_secret."""

    @message(role=LOCAL_ROOT, since="1.271.0")
    def set_sched_gran(
        self: A[Ref[L["host"]], "The host to change"],
        value: A[enums.HostSchedGran, "A thread (cpu), a core or a socket"],
    ) -> None:
        """Choose what a host's hypervisor schedules as one, from its next boot. Cores or sockets
        keep VMs from sharing one.
        """

    @message(role=LOCAL_ROOT, since="1.271.0")
    def get_sched_gran(
        self: A[Ref[L["host"]], "The host that is asked about"],
    ) -> enums.HostSchedGran:
        """Tell what a host's hypervisor schedules as one: a thread, a core or a socket."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "24.0.0"),))
    def set_numa_affinity_policy(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[
            enums.HostNumaAffinityPolicy,
            param(
                "On any node, on one where that is possible, or as the hypervisor does by default",
                since=None,
            ),
        ],
    ) -> None:
        """Choose whether the memory of VMs that start from now on is kept on one node of a NUMA
        machine.
        """

    @message(role=LOCAL_ROOT, since="1.290.0", asynchronous=False)
    def emergency_disable_tls_verification() -> None:
        """Have the host that the call is sent to check nobody's certificate, when wrong ones keep
        it from its pool.
        """

    @message(role=LOCAL_ROOT, since="1.298.0", asynchronous=False)
    def emergency_reenable_tls_verification() -> None:
        """Have the host that the call is sent to check certificates again after an emergency."""

    @message(role=LOCAL_ROOT, since="1.295.0", pool_internal=True, hidden=True)
    def cert_distrib_atom(
        host: A[Ref[L["host"]], "The host that carries it out"],
        command: A[str, "The step with its arguments, encoded"],
    ) -> str:
        """Have a host do one step of passing certificates round the pool. Answers the step's result
        as text.
        """

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def apply_updates(
        self: A[
            Ref[L["host"]],
            "The host to update; it must be disabled and empty where an update needs that",
        ],
        hash: A[
            str,
            "The updates' hash as pool.sync_updates answered it, so that no others are installed",
        ],
    ) -> list[list[str]]:
        """Install the updates that the pool last fetched on a host. Answers what went wrong with
        their guidance, one list of texts for each.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def rescan_drivers(
        self: A[Ref[L["host"]], param("The host to look at", since=None)],
    ) -> None:
        """Look at a host's drivers and their variants anew and record what is there."""

    @message(role=POOL_ADMIN, since="1.307.0", pool_internal=True, hidden=True)
    def copy_primary_host_certs(
        host: A[Ref[L["host"]], "The host to send them to"],
    ) -> None:
        """Have the host that receives the call send the certificates of all members to another."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.27.0"),))
    def set_https_only(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[bool, param("Whether to refuse", since=None)],
    ) -> None:
        """Choose whether a host refuses plain HTTP from other machines."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "23.18.0"),
            ("Removed", "23.25.0"),
        ),
    )
    def apply_recommended_guidances(
        self: A[Ref[L["host"]], param("The host to treat", since=None)],
    ) -> None:
        """Did on a host what its last updates recommended; removed."""

    @message(role=LOCAL_ROOT, history=(("Prototyped", "24.10.0"),), asynchronous=False)
    def emergency_clear_mandatory_guidance() -> None:
        """Strike out what updates ask to be done to the host that the call is sent to, so that it
        can be enabled without.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def enable_ssh(
        self: A[Ref[L["host"]], param("The host to open", since=None)],
    ) -> None:
        """Have a host take SSH connections, for as long as its ssh_enabled_timeout says."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.13.0"),))
    def disable_ssh(
        self: A[Ref[L["host"]], param("The host to close", since=None)],
    ) -> None:
        """Have a host refuse SSH connections from now on."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_ssh_enabled_timeout(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[int, param("Seconds, up to two days; 0 for always", since=None)],
    ) -> None:
        """Choose for how long SSH stays on at a host once it was enabled."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.21.0"),))
    def set_console_idle_timeout(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[int, param("Idle seconds; 0 for never", since=None)],
    ) -> None:
        """Choose when a host's local console logs its idle user out."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.27.0"),))
    def set_ssh_auto_mode(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[bool, param("Whether it is switched on so", since=None)],
    ) -> None:
        """Choose whether SSH is switched on by itself when a host's toolstack does not answer."""

    @message(role=READ_ONLY, history=(("Prototyped", "25.34.0"),))
    def get_tracked_user_agents(
        self: A[Ref[L["host"]], param("The host to ask", since=None)],
    ) -> dict[str, str]:
        """Tell what clients have called a host lately: each with its name and version."""

    @message(
        role=POOL_OPERATOR,
        history=(("Prototyped", "25.34.0"),),
        asynchronous=False,
        pool_internal=True,
        hidden=True,
    )
    def update_firewalld_service_status() -> None:
        """Open and close ports of the firewall of the host that the call is sent to, as the
        services that run need it.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_max_cstate(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[
            str,
            param("The state as the hypervisor names it; empty for no limit", since=None),
        ],
    ) -> None:
        """Choose the deepest idle state that a host's processors may enter; effective at once."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_ntp_mode(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[
            enums.HostNtpMode,
            param(
                "From DHCP, those set for it (Custom), the maker's (Factory), or nowhere",
                since=None,
            ),
        ],
    ) -> None:
        """Choose where a host's time servers come from."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_ntp_custom_servers(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[list[str], param("Names or addresses of them", since=None)],
    ) -> None:
        """Choose the time servers that a host uses in the mode Custom."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def get_ntp_servers_status(
        self: A[Ref[L["host"]], param("The host that is asked about", since=None)],
    ) -> dict[str, str]:
        """Tell how a host stands with each of its time servers, by server."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_timezone(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[str, param("A name that host.list_timezones tells", since=None)],
    ) -> None:
        """Choose the time zone of a host."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def list_timezones(
        self: A[Ref[L["host"]], param("The host to ask", since=None)],
    ) -> list[str]:
        """List the time zones that a host can be set to."""

    @message(role=READ_ONLY, history=(("Prototyped", "26.0.0"),))
    def get_ntp_synchronized(
        self: A[Ref[L["host"]], param("The host that is asked about", since=None)],
    ) -> bool:
        """Tell whether a host's clock follows its time servers."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.0.0"),))
    def set_servertime(
        self: A[Ref[L["host"]], param("The host to change", since=None)],
        value: A[DateTime, param("The time", since=None)],
    ) -> None:
        """Set a host's clock; its time servers must be off."""


HostRef = Ref[L["host"]]
