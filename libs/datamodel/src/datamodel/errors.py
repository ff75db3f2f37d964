"""The errors of the XenAPI: what every code means and its parameters, and the one exception.

An error on the wire is its ``ErrorDescription``: the code, then the parameters, all strings.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorCode:
    """What a code means, and the names of its parameters: None where the XenAPI does not name them."""

    doc: str
    params: tuple[str, ...] | None = ()


class XenAPIError(Exception):
    """A call failed or was refused; carries the ErrorDescription that the client gets."""

    def __init__(self, code: str, *params: object) -> None:
        super().__init__(code, *params)
        self.code = code
        self.params = tuple(str(param) for param in params)

    @property
    def description(self) -> list[str]:
        return [self.code, *self.params]

    def __str__(self) -> str:
        return f"{self.code}({', '.join(self.params)})"


def handle_invalid(cls: str, ref: str) -> XenAPIError:
    """No object of this class has this reference."""
    return XenAPIError("HANDLE_INVALID", cls, ref)


def internal_error(text: str) -> XenAPIError:
    """A fault in Warren, whose text is for those who mend it."""
    return XenAPIError("INTERNAL_ERROR", text)


def not_implemented(wire: str) -> XenAPIError:
    """The message exists but does not do its job yet."""
    return XenAPIError("NOT_IMPLEMENTED", wire)


ERRORS: Mapping[str, ErrorCode] = {
    "ACTIVATION_WHILE_NOT_FREE": ErrorCode(
        "A licence was activated though the edition in force is not the free one."
    ),
    "ADDRESS_VIOLATES_LOCKING_CONSTRAINT": ErrorCode(
        "The address may not be used on an interface that is locked to others.", ("address",)
    ),
    "APPLY_GUIDANCE_FAILED": ErrorCode(
        "What an update asks to be done after it, such as a restart, could not be done.", ("ref",)
    ),
    "APPLY_LIVEPATCH_FAILED": ErrorCode(
        "The running hypervisor or kernel could not be patched.", ("livepatch",)
    ),
    "APPLY_UPDATES_FAILED": ErrorCode(
        "The packages of the updates could not be installed on the host.", ("ref",)
    ),
    "APPLY_UPDATES_IN_PROGRESS": ErrorCode("Updates are being installed on the host already."),
    "AUTH_ALREADY_ENABLED": ErrorCode(
        "The host uses a directory already; it must leave that one first.",
        ("current auth_type", "current service_name"),
    ),
    "AUTH_DISABLE_FAILED": ErrorCode(
        "The host could not leave its directory, for a reason that the message tells.", ("message",)
    ),
    "AUTH_DISABLE_FAILED_PERMISSION_DENIED": ErrorCode(
        "The account that was given may not take the host out of the directory.", ("message",)
    ),
    "AUTH_DISABLE_FAILED_WRONG_CREDENTIALS": ErrorCode(
        "The directory refused the name and password given for leaving it.", ("message",)
    ),
    "AUTH_ENABLE_FAILED": ErrorCode(
        "The host could not join the directory, for a reason that the message tells.", ("message",)
    ),
    "AUTH_ENABLE_FAILED_DOMAIN_LOOKUP_FAILED": ErrorCode(
        "The directory's domain could not be found by name.", ("message",)
    ),
    "AUTH_ENABLE_FAILED_INVALID_ACCOUNT": ErrorCode(
        "The directory does not take the account that the host would have in it.", ("message",)
    ),
    "AUTH_ENABLE_FAILED_INVALID_OU": ErrorCode(
        "The organisational unit that the host was to join in does not exist.", ("message",)
    ),
    "AUTH_ENABLE_FAILED_INVALID_TRUSTED_CERTS": ErrorCode(
        "The certificates trusted for the directory do not match the one that it presents.",
        ("message",),
    ),
    "AUTH_ENABLE_FAILED_NO_SUPPORT_ENCRYPT_TYPE": ErrorCode(
        "The directory and the host have no kind of encryption in common.", None
    ),
    "AUTH_ENABLE_FAILED_NO_TRUSTED_CERTS": ErrorCode(
        "TLS to the directory was asked for, but no certificate is trusted for that purpose.",
        ("message",),
    ),
    "AUTH_ENABLE_FAILED_PERMISSION_DENIED": ErrorCode(
        "The account that was given may not make the host join the directory.", ("message",)
    ),
    "AUTH_ENABLE_FAILED_UNAVAILABLE": ErrorCode(
        "The directory's servers cannot be reached.", ("message",)
    ),
    "AUTH_ENABLE_FAILED_WRONG_CREDENTIALS": ErrorCode(
        "The directory refused the name and password given for joining it.", ("message",)
    ),
    "AUTH_INVALID_TRUSTED_CERTS": ErrorCode(
        "The certificates trusted for the directory do not match the one that it presents.",
        ("message",),
    ),
    "AUTH_IS_DISABLED": ErrorCode("The host uses no outside directory, so it cannot be asked."),
    "AUTH_NO_TRUSTED_CERTS": ErrorCode(
        "No certificate is trusted for TLS to the directory.", ("message",)
    ),
    "AUTH_SERVICE_ERROR": ErrorCode(
        "The program that speaks to the directory failed.", ("message",)
    ),
    "AUTH_SETUP_TLS_CONNECTION": ErrorCode(
        "No TLS connection to the directory could be made.", ("message",)
    ),
    "AUTH_SET_LDAPS_FAILED": ErrorCode(
        "The host could not change whether it speaks to the directory through TLS.",
        ("host", "message"),
    ),
    "AUTH_UNKNOWN_TYPE": ErrorCode("There is no directory of this kind.", ("type",)),
    "BACKUP_SCRIPT_FAILED": ErrorCode(
        "The backup of the host failed; the log is the script's.", ("log",)
    ),
    "BALLOONING_DISABLED": ErrorCode(
        "The host gives its VMs fixed memory, so it cannot be changed while they run.", None
    ),
    "BALLOONING_TIMEOUT_BEFORE_MIGRATION": ErrorCode(
        "The guest did not give up enough memory in time for its migration.", ("vm",)
    ),
    "BLOCKED_REPO_URL": ErrorCode("Updates may not be fetched from this address.", ("url",)),
    "BOOTLOADER_FAILED": ErrorCode(
        "The boot loader found no kernel to start on the VM's disk; the text is its own.",
        ("vm", "msg"),
    ),
    "BOOT_DEVICE_PASSTHROUGH_DISALLOWED": ErrorCode(
        "The host boots from this device, so it cannot be handed to a VM.", ("device",)
    ),
    "BRIDGE_NAME_EXISTS": ErrorCode("Another network has this bridge already.", ("bridge",)),
    "BRIDGE_NOT_AVAILABLE": ErrorCode(
        "The bridge is not there, or the interface for it is missing.", ("bridge",)
    ),
    "BUNDLE_REPOSITORY_ALREADY_EXISTS": ErrorCode(
        "The pool has its one repository of bundles already.", ("ref",)
    ),
    "BUNDLE_REPO_NOT_ENABLED": ErrorCode(
        "A bundle was uploaded, but the pool does not take updates from bundles."
    ),
    "BUNDLE_SYNC_FAILED": ErrorCode("The updates of the bundle could not be taken up."),
    "BUNDLE_UNPACK_FAILED": ErrorCode(
        "The uploaded bundle is damaged, or is not a bundle.", ("error",)
    ),
    "CANNOT_ADD_TUNNEL_TO_BOND_SLAVE": ErrorCode(
        "A member of a bond cannot carry a tunnel; the bond can.", ("PIF",)
    ),
    "CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL": ErrorCode(
        "The logical side of an SR-IOV network cannot carry a tunnel.", ("PIF",)
    ),
    "CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL": ErrorCode(
        "A VLAN on the logical side of an SR-IOV network cannot carry a tunnel.", ("PIF",)
    ),
    "CANNOT_ADD_VLAN_TO_BOND_SLAVE": ErrorCode(
        "A member of a bond cannot carry a VLAN; the bond can.", ("PIF",)
    ),
    "CANNOT_CHANGE_PIF_PROPERTIES": ErrorCode(
        "An interface of this kind has no properties of its own to change.", ("PIF",)
    ),
    "CANNOT_CONTACT_HOST": ErrorCode(
        "The host did not answer, or the connection broke.", ("host",)
    ),
    "CANNOT_CREATE_STATE_FILE": ErrorCode(
        "The disk for high availability's state could not be made."
    ),
    "CANNOT_DESTROY_DISASTER_RECOVERY_TASK": ErrorCode(
        "The SRs that the recovery introduced could not be removed.", ("reason",)
    ),
    "CANNOT_DESTROY_SYSTEM_NETWORK": ErrorCode(
        "The toolstack needs this network itself.", ("network",)
    ),
    "CANNOT_ENABLE_REDO_LOG": ErrorCode(
        "The redo log could not be started, for a reason that is told.", ("reason",)
    ),
    "CANNOT_EVACUATE_HOST": ErrorCode(
        "Some VMs of the host can run nowhere else; they are listed with reasons, separated by bars.",
        ("errors",),
    ),
    "CANNOT_FETCH_PATCH": ErrorCode("The server does not have the patch.", ("uuid",)),
    "CANNOT_FIND_OEM_BACKUP_PARTITION": ErrorCode(
        "The partition that an embedded edition kept its backup on is missing."
    ),
    "CANNOT_FIND_PATCH": ErrorCode("The file of the patch is not on the coordinator any more."),
    "CANNOT_FIND_STATE_PARTITION": ErrorCode(
        "The partition that an embedded edition kept its state on is missing."
    ),
    "CANNOT_FIND_UPDATE": ErrorCode("The packages of the update are missing."),
    "CANNOT_FORGET_SRIOV_LOGICAL": ErrorCode(
        "The logical side of an SR-IOV network goes with that network, not on its own.", ("PIF",)
    ),
    "CANNOT_PLUG_BOND_SLAVE": ErrorCode(
        "A member of a bond comes up with the bond, not on its own.", ("PIF",)
    ),
    "CANNOT_PLUG_VIF": ErrorCode("The interface could not be connected to its VM.", ("VIF",)),
    "CANNOT_RESET_CONTROL_DOMAIN": ErrorCode(
        "A host's control domain cannot be declared halted.", ("vm",)
    ),
    "CANNOT_RESTART_DEVICE_MODEL": ErrorCode(
        "The program that emulates the VM's devices could not be replaced while the VM runs.",
        ("ref",),
    ),
    "CAN_NOT_PERIODIC_SYNC_UPDATES": ErrorCode(
        "Updates cannot be looked for by themselves with the repositories that are set."
    ),
    "CAN_NOT_SYNC_UPDATES": ErrorCode(
        "Updates cannot be fetched with the repositories that are set."
    ),
    "CA_CERTIFICATE_EXPIRED": ErrorCode("The authority's certificate is past its time.", None),
    "CA_CERTIFICATE_INVALID": ErrorCode("What was given is not a certificate in PEM.", None),
    "CA_CERTIFICATE_NOT_VALID_YET": ErrorCode(
        "The time of the authority's certificate has not come yet.", None
    ),
    "CERTIFICATE_ALREADY_EXISTS": ErrorCode(
        "The pool keeps another certificate under this name.", ("name",)
    ),
    "CERTIFICATE_CORRUPT": ErrorCode("The certificate's file cannot be read as one.", ("name",)),
    "CERTIFICATE_DOES_NOT_EXIST": ErrorCode(
        "The pool keeps no certificate under this name.", ("name",)
    ),
    "CERTIFICATE_LACKS_PURPOSE": ErrorCode("No purpose was given for the trusted certificate."),
    "CERTIFICATE_LIBRARY_CORRUPT": ErrorCode("The files of trusted certificates are damaged."),
    "CERTIFICATE_NAME_INVALID": ErrorCode(
        "The name cannot be a file's: letters, digits, dots, hyphens and underscores can.",
        ("name",),
    ),
    "CERT_REFRESH_IN_PROGRESS": ErrorCode("A host's certificate is being renewed already.", None),
    "CHANGE_PASSWORD_REJECTED": ErrorCode(
        "The password was not changed; the message says why.", ("msg",)
    ),
    "CLIENT_ERROR": ErrorCode("The client was refused by what it sent.", None),
    "CLUSTERED_SR_DEGRADED": ErrorCode("The cluster that the SR needs is not whole.", ("sr",)),
    "CLUSTERING_DISABLED": ErrorCode(
        "The host's part in the cluster is switched off.", ("cluster_host",)
    ),
    "CLUSTERING_ENABLED": ErrorCode(
        "The host's part in the cluster is switched on, which forbids this.", ("cluster_host",)
    ),
    "CLUSTER_ALREADY_EXISTS": ErrorCode("The pool has its one cluster already."),
    "CLUSTER_CREATE_IN_PROGRESS": ErrorCode("A cluster is being made."),
    "CLUSTER_DOES_NOT_HAVE_ONE_NODE": ErrorCode(
        "The cluster can be ended only when one member is left.", ("number_of_nodes",)
    ),
    "CLUSTER_FORCE_DESTROY_FAILED": ErrorCode(
        "Not even force could remove the cluster everywhere.", ("cluster",)
    ),
    "CLUSTER_HAS_NO_CERTIFICATE": ErrorCode(
        "The cluster's members have no certificate to know each other by.", None
    ),
    "CLUSTER_HOST_IS_LAST": ErrorCode(
        "The last member cannot leave the cluster; it ends with the cluster.", ("cluster_host",)
    ),
    "CLUSTER_HOST_NOT_JOINED": ErrorCode(
        "The host has not completed joining the cluster.", ("cluster_host",)
    ),
    "CLUSTER_STACK_IN_USE": ErrorCode(
        "SRs need the cluster, so it must go on.", ("cluster_stack",)
    ),
    "CONFIGURE_REPOSITORIES_IN_PROGRESS": ErrorCode("The pool's repositories are being set."),
    "COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS": ErrorCode(
        "The host has no card with this device name and this Ethernet address.", ("device", "mac")
    ),
    "COULD_NOT_IMPORT_DATABASE": ErrorCode(
        "The copy of a database could not be read in.", ("reason",)
    ),
    "COULD_NOT_UPDATE_IGMP_SNOOPING_EVERYWHERE": ErrorCode(
        "Some hosts did not take the change of how multicast is forwarded."
    ),
    "CPU_FEATURE_MASKING_NOT_SUPPORTED": ErrorCode(
        "The host's CPUs cannot hide what they can do.", ("details",)
    ),
    "CREATEREPO_FAILED": ErrorCode(
        "The fetched updates could not be made into a repository for the hosts.", None
    ),
    "CRL_ALREADY_EXISTS": ErrorCode(
        "The pool keeps another list of revoked certificates under this name.", ("name",)
    ),
    "CRL_CORRUPT": ErrorCode(
        "The file cannot be read as a list of revoked certificates.", ("name",)
    ),
    "CRL_DOES_NOT_EXIST": ErrorCode(
        "The pool keeps no list of revoked certificates under this name.", ("name",)
    ),
    "CRL_NAME_INVALID": ErrorCode("The name of the list cannot be a file's.", ("name",)),
    "DB_UNIQUENESS_CONSTRAINT_VIOLATION": ErrorCode(
        "Another object has this value in a field where each must have its own.",
        ("table", "field", "value"),
    ),
    "DEFAULT_SR_NOT_FOUND": ErrorCode("The pool has no default SR, or it is gone.", ("sr",)),
    "DESIGNATE_NEW_MASTER_IN_PROGRESS": ErrorCode("Another host is being made coordinator.", None),
    "DEVICE_ALREADY_ATTACHED": ErrorCode("The device is plugged in already.", ("device",)),
    "DEVICE_ALREADY_DETACHED": ErrorCode("The device is unplugged already.", ("device",)),
    "DEVICE_ALREADY_EXISTS": ErrorCode("The VM has another device at this position.", ("device",)),
    "DEVICE_ATTACH_TIMEOUT": ErrorCode("The device did not come up in time.", ("type", "ref")),
    "DEVICE_DETACH_REJECTED": ErrorCode(
        "The guest refused to let go of the device, for a reason that the message tells.",
        ("type", "ref", "msg"),
    ),
    "DEVICE_DETACH_TIMEOUT": ErrorCode(
        "The guest did not let go of the device in time.", ("type", "ref")
    ),
    "DEVICE_NOT_ATTACHED": ErrorCode("The device is not plugged in, which this needs.", ("VBD",)),
    "DISABLE_SSH_FAILED": ErrorCode("SSH could not be switched off on the host.", ("host",)),
    "DISABLE_SSH_PARTIALLY_FAILED": ErrorCode(
        "SSH could not be switched off on these hosts; it was on the others.", ("hosts",)
    ),
    "DISK_VBD_MUST_BE_READWRITE_FOR_HVM": ErrorCode(
        "A fully virtual guest cannot be given a disk that it may only read.", ("vbd",)
    ),
    "DOMAIN_BUILDER_ERROR": ErrorCode(
        "The memory of the new domain could not be filled.", ("function", "code", "message")
    ),
    "DOMAIN_EXISTS": ErrorCode("The VM has a domain on the host already.", ("vm", "domid")),
    "DUPLICATE_MAC_SEED": ErrorCode(
        "Another VM of the pool derives its Ethernet addresses from the same seed.", ("seed",)
    ),
    "DUPLICATE_PIF_DEVICE_NAME": ErrorCode(
        "Another interface of the host has this device name.", ("device",)
    ),
    "DUPLICATE_VM": ErrorCode("A VM with this uuid is in the pool already.", ("vm",)),
    "ENABLE_SSH_FAILED": ErrorCode("SSH could not be switched on on the host.", ("host",)),
    "ENABLE_SSH_PARTIALLY_FAILED": ErrorCode(
        "SSH could not be switched on on these hosts; it was on the others.", ("hosts",)
    ),
    "EVENTS_LOST": ErrorCode(
        "The client asked too late, and events that it has not seen are gone; it must read everything anew."
    ),
    "EVENT_FROM_TOKEN_PARSE_FAILURE": ErrorCode(
        "The token did not come from event.from.", ("token",)
    ),
    "EVENT_SUBSCRIPTION_PARSE_FAILURE": ErrorCode(
        "The text is neither a class, an object nor `*`.", ("subscription",)
    ),
    "EXTENSION_PROTOCOL_FAILURE": ErrorCode(
        "An extension of the XenAPI answered what cannot be understood.", None
    ),
    "FAILED_TO_START_EMULATOR": ErrorCode(
        "A program that emulates the VM's devices did not start.", ("vm", "name", "msg")
    ),
    "FEATURE_REQUIRES_HVM": ErrorCode(
        "This needs a host with hardware virtualisation.", ("details",)
    ),
    "FEATURE_RESTRICTED": ErrorCode("This part of the product is switched off."),
    "FIELD_TYPE_ERROR": ErrorCode(
        "The value is not of the field's or parameter's type.", ("field",)
    ),
    "GET_HOST_UPDATES_FAILED": ErrorCode(
        "The host could not tell which updates it lacks.", ("ref",)
    ),
    "GET_UPDATES_FAILED": ErrorCode("The hosts' updates could not be listed."),
    "GET_UPDATES_IN_PROGRESS": ErrorCode("The hosts' updates are being listed already.", None),
    "GPU_GROUP_CONTAINS_NO_PGPUS": ErrorCode(
        "The group has no graphics cards that could serve.", ("gpu_group",)
    ),
    "GPU_GROUP_CONTAINS_PGPU": ErrorCode("The group still has graphics cards.", ("pgpus",)),
    "GPU_GROUP_CONTAINS_VGPU": ErrorCode("The group still serves vGPUs.", ("vgpus",)),
    "HANDLE_INVALID": ErrorCode(
        "No object of this class has this reference, or not any more.", ("class", "handle")
    ),
    "HA_ABORT_NEW_MASTER": ErrorCode(
        "The host does not become coordinator, for a reason that is told.", ("reason",)
    ),
    "HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE": ErrorCode(
        "The management interface cannot be put into a bond or taken out while high availability is on."
    ),
    "HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED": ErrorCode(
        "A VM that is to be protected uses a network that some hosts do not have.", ("network",)
    ),
    "HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED": ErrorCode(
        "A VM that is to be protected has a disk on an SR that some hosts cannot reach.", ("SR",)
    ),
    "HA_DISABLE_IN_PROGRESS": ErrorCode("High availability is being switched off."),
    "HA_ENABLE_IN_PROGRESS": ErrorCode("High availability is being switched on."),
    "HA_FAILED_TO_FORM_LIVESET": ErrorCode(
        "The hosts did not agree in time which of them are alive."
    ),
    "HA_HEARTBEAT_DAEMON_STARTUP_FAILED": ErrorCode(
        "The program that sends heartbeats did not start."
    ),
    "HA_HOST_CANNOT_ACCESS_STATEFILE": ErrorCode("A host cannot reach the heartbeat disk."),
    "HA_HOST_CANNOT_SEE_PEERS": ErrorCode(
        "A host hears only some of the others' heartbeats.", ("host", "all", "subset")
    ),
    "HA_HOST_IS_ARMED": ErrorCode(
        "The host would reset itself on losing the others, which forbids this.", ("host",)
    ),
    "HA_IS_ENABLED": ErrorCode("High availability is on, which forbids this."),
    "HA_LOST_STATEFILE": ErrorCode("The host can reach the heartbeat disk no longer."),
    "HA_NOT_ENABLED": ErrorCode("High availability is off, which this needs on."),
    "HA_NOT_INSTALLED": ErrorCode("The host lacks the programs for high availability.", ("host",)),
    "HA_NO_PLAN": ErrorCode(
        "Protected VMs could not be placed if the wanted number of hosts failed."
    ),
    "HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN": ErrorCode(
        "After this, protected VMs could not all start again when hosts fail."
    ),
    "HA_POOL_IS_ENABLED_BUT_HOST_IS_DISABLED": ErrorCode(
        "High availability is on in the pool but not on this host, which must join it first."
    ),
    "HA_SHOULD_BE_FENCED": ErrorCode(
        "The others have given the host up, so it must reset itself.", ("host",)
    ),
    "HA_TOO_FEW_HOSTS": ErrorCode("High availability needs more hosts than there are."),
    "HOSTS_FAILED_TO_DISABLE_CACHING": ErrorCode(
        "Some hosts could not stop caching on local storage.", None
    ),
    "HOSTS_FAILED_TO_ENABLE_CACHING": ErrorCode(
        "Some hosts could not begin to cache on local storage.", None
    ),
    "HOSTS_NOT_COMPATIBLE": ErrorCode("The hosts differ too much to be in one pool."),
    "HOSTS_NOT_HOMOGENEOUS": ErrorCode(
        "The hosts differ in a way that a pool does not allow; the reason says which.", ("reason",)
    ),
    "HOST_BROKEN": ErrorCode("The host is in a state in which it can take no calls."),
    "HOST_CANNOT_ATTACH_NETWORK": ErrorCode(
        "The host has no interface on the network, or cannot bring it up.", ("host", "network")
    ),
    "HOST_CANNOT_DESTROY_SELF": ErrorCode(
        "A host cannot strike itself out of its pool.", ("host",)
    ),
    "HOST_CANNOT_READ_METRICS": ErrorCode("The figures of the host could not be read."),
    "HOST_CANNOT_SEE_SR": ErrorCode("The host is not connected to the SR.", None),
    "HOST_CD_DRIVE_EMPTY": ErrorCode("There is no disc in the host's drive."),
    "HOST_DISABLED": ErrorCode("The host takes no VMs.", ("host",)),
    "HOST_DISABLED_INDEFINITELY": ErrorCode(
        "The host was disabled for good and is enabled by hand alone.", ("host",)
    ),
    "HOST_DISABLED_UNTIL_REBOOT": ErrorCode(
        "The host must reboot before it takes VMs again.", ("host",)
    ),
    "HOST_DRIVER_NO_HARDWARE": ErrorCode(
        "The host has nothing that this variant of the driver could drive.", ("driver variant",)
    ),
    "HOST_EVACUATE_IN_PROGRESS": ErrorCode(
        "The host is being emptied, so no VM may come.", ("host",)
    ),
    "HOST_EVACUATE_VM_NOT_HA_PROTECTED": ErrorCode(
        "The VM is not protected by high availability, so nothing starts it again elsewhere.",
        ("vm",),
    ),
    "HOST_EVACUATION_IS_REQUIRED": ErrorCode(
        "The host must be emptied before it is updated.", ("host",)
    ),
    "HOST_HAS_NO_MANAGEMENT_IP": ErrorCode("The host has no address to be managed by."),
    "HOST_HAS_RESIDENT_VMS": ErrorCode("VMs still run on the host.", ("host",)),
    "HOST_IN_EMERGENCY_MODE": ErrorCode(
        "The host has lost its coordinator and takes emergency calls alone."
    ),
    "HOST_IN_USE": ErrorCode(
        "Something, named by class and reference, still uses the host.", ("host", "type", "ref")
    ),
    "HOST_IS_LIVE": ErrorCode("The host is alive, so it cannot be treated as gone.", ("host",)),
    "HOST_IS_SLAVE": ErrorCode(
        "The host is a member; the call belongs to the coordinator at this address.",
        ("Master IP address",),
    ),
    "HOST_ITS_OWN_SLAVE": ErrorCode("The host was told to be a member of itself."),
    "HOST_MASTER_CANNOT_TALK_BACK": ErrorCode(
        "The coordinator cannot reach the host at this address.", ("ip",)
    ),
    "HOST_NAME_INVALID": ErrorCode(
        "The name cannot be a host's, for a reason that is told.", ("reason",)
    ),
    "HOST_NOT_DISABLED": ErrorCode("The host must be disabled first, so that no VM starts there."),
    "HOST_NOT_ENOUGH_FREE_MEMORY": ErrorCode(
        "The host lacks memory for this; both figures are bytes.", ("needed", "available")
    ),
    "HOST_NOT_ENOUGH_PCPUS": ErrorCode(
        "The VM has more virtual CPUs than the host has physical ones.", ("vcpus", "pcpus")
    ),
    "HOST_NOT_LIVE": ErrorCode("The host has not been heard of lately."),
    "HOST_OFFLINE": ErrorCode(
        "The host cannot be asked, as it has not been heard of lately.", ("host",)
    ),
    "HOST_PENDING_MANDATORY_GUIDANCE_NOT_EMPTY": ErrorCode(
        "What an update demands, such as a reboot, must be done to the host first.", ("host",)
    ),
    "HOST_POWER_ON_MODE_DISABLED": ErrorCode("No way to switch the host on from afar was set up."),
    "HOST_STILL_BOOTING": ErrorCode("The host's toolstack is starting; try again soon."),
    "HOST_UNKNOWN_TO_MASTER": ErrorCode(
        "The coordinator does not know the host as a member.", ("host",)
    ),
    "HOST_XAPI_VERSION_HIGHER_THAN_COORDINATOR": ErrorCode(
        "The member's toolstack is newer than the coordinator's, which must be updated first.",
        ("host_xapi_version",),
    ),
    "ILLEGAL_IN_FIPS_MODE": ErrorCode("This uses cryptography that the host's mode forbids.", None),
    "ILLEGAL_VBD_DEVICE": ErrorCode(
        "A block device cannot be given this position.", ("vbd", "device")
    ),
    "IMPORT_ERROR": ErrorCode(
        "The export could not be read in, for a reason that the message tells.", ("msg",)
    ),
    "IMPORT_ERROR_ATTACHED_DISKS_NOT_FOUND": ErrorCode(
        "Disks that the VM in the export uses are neither in it nor here."
    ),
    "IMPORT_ERROR_CANNOT_HANDLE_CHUNKED": ErrorCode(
        "The upload came in chunks, which an import cannot take."
    ),
    "IMPORT_ERROR_FAILED_TO_FIND_OBJECT": ErrorCode(
        "The export refers to an object that it does not hold.", ("id",)
    ),
    "IMPORT_ERROR_PREMATURE_EOF": ErrorCode("The upload ended before the export did."),
    "IMPORT_ERROR_SOME_CHECKSUMS_FAILED": ErrorCode(
        "Parts of the export were damaged on their way."
    ),
    "IMPORT_ERROR_UNEXPECTED_FILE": ErrorCode(
        "The export holds another file than the one that is due.",
        ("filename_expected", "filename_found"),
    ),
    "IMPORT_INCOMPATIBLE_VERSION": ErrorCode(
        "The export was made by a release that cannot be read."
    ),
    "INCOMPATIBLE_CLUSTER_STACK_ACTIVE": ErrorCode(
        "Another cluster stack runs than the one that this needs.", ("cluster_stack",)
    ),
    "INCOMPATIBLE_PIF_PROPERTIES": ErrorCode(
        "Interfaces that are to be bonded have different properties."
    ),
    "INCOMPATIBLE_STATEFILE_SR": ErrorCode(
        "SRs of this type cannot hold the heartbeat disk for the cluster stack.", ("SR type",)
    ),
    "INTERFACE_HAS_NO_IP": ErrorCode(
        "The interface has no address, which this needs.", ("interface",)
    ),
    "INTERNAL_ERROR": ErrorCode(
        "A fault in the server; the text is for its developers.",
        ("message",),
    ),
    "INVALID_BASE_URL": ErrorCode("The repository's address cannot be used.", ("url",)),
    "INVALID_CIDR_ADDRESS_SPECIFIED": ErrorCode(
        "The parameter is not an address with prefix length.", ("parameter",)
    ),
    "INVALID_CLUSTER_STACK": ErrorCode(
        "There is no cluster stack of this name.", ("cluster_stack",)
    ),
    "INVALID_DEVICE": ErrorCode("The device's name or number cannot be one.", ("device",)),
    "INVALID_EDITION": ErrorCode("There is no licence edition of this name.", ("edition",)),
    "INVALID_FEATURE_STRING": ErrorCode(
        "The text does not describe what CPUs can do.", ("details",)
    ),
    "INVALID_GPGKEY_PATH": ErrorCode(
        "The key's path is not one that may be used.", ("gpgkey_path",)
    ),
    "INVALID_IP_ADDRESS_SPECIFIED": ErrorCode(
        "The parameter is not an IP address.", ("parameter",)
    ),
    "INVALID_NTP_CONFIG": ErrorCode(
        "The time servers cannot be used so, for a reason that is told.", ("reason",)
    ),
    "INVALID_PATCH": ErrorCode("The uploaded file is not a patch."),
    "INVALID_PATCH_WITH_LOG": ErrorCode(
        "The uploaded file is not a patch; the log tells how that was found.", ("log",)
    ),
    "INVALID_REPOMD_XML": ErrorCode("The repository's index cannot be read."),
    "INVALID_REPOSITORY_DOMAIN_ALLOWLIST": ErrorCode(
        "The list of domains that updates may come from cannot be read.", ("domains",)
    ),
    "INVALID_REPOSITORY_PROXY_CREDENTIAL": ErrorCode(
        "A name for the proxy needs a password, and neither may hold certain characters."
    ),
    "INVALID_REPOSITORY_PROXY_URL": ErrorCode("The address cannot be a proxy's.", ("url",)),
    "INVALID_UPDATE": ErrorCode(
        "The uploaded file is not an update, for a reason that is told.", ("info",)
    ),
    "INVALID_UPDATEINFO_XML": ErrorCode(
        "The repository's description of its updates cannot be read."
    ),
    "INVALID_UPDATE_SYNC_DAY": ErrorCode("The number is not a day of the week.", ("day",)),
    "INVALID_VALUE": ErrorCode(
        "The field or parameter cannot take this value.", ("field", "value")
    ),
    "IS_TUNNEL_ACCESS_PIF": ErrorCode(
        "The interface is a tunnel's own, and so cannot carry another one.", ("PIF",)
    ),
    "JOINING_HOST_CANNOT_BE_MASTER_OF_OTHER_HOSTS": ErrorCode(
        "The host that would join has members of its own."
    ),
    "JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS": ErrorCode(
        "The host that would join has shared SRs, which must be forgotten first."
    ),
    "JOINING_HOST_CANNOT_HAVE_RUNNING_OR_SUSPENDED_VMS": ErrorCode(
        "VMs of the host that would join run or are suspended."
    ),
    "JOINING_HOST_CANNOT_HAVE_RUNNING_VMS": ErrorCode("VMs of the host that would join run."),
    "JOINING_HOST_CANNOT_HAVE_VMS_WITH_CURRENT_OPERATIONS": ErrorCode(
        "Something is being done with VMs of the host that would join."
    ),
    "JOINING_HOST_CONNECTION_FAILED": ErrorCode(
        "The pool's coordinator could not be reached by the host that would join."
    ),
    "JOINING_HOST_SERVICE_FAILED": ErrorCode(
        "The pool's coordinator did not answer the host that would join as it should."
    ),
    "LICENCE_RESTRICTION": ErrorCode("The licence does not grant this.", ("feature",)),
    "LICENSE_CANNOT_DOWNGRADE_WHILE_IN_POOL": ErrorCode(
        "A host cannot take a lower edition than the rest of its pool."
    ),
    "LICENSE_CHECKOUT_ERROR": ErrorCode(
        "The licence server did not give out a licence.", ("code", "message")
    ),
    "LICENSE_DOES_NOT_SUPPORT_POOLING": ErrorCode("The licence grants no pools."),
    "LICENSE_DOES_NOT_SUPPORT_XHA": ErrorCode("The licence grants no high availability."),
    "LICENSE_EXPIRED": ErrorCode("The time of the licence is over."),
    "LICENSE_FILE_DEPRECATED": ErrorCode("Licence files of this kind are taken no longer."),
    "LICENSE_HOST_POOL_MISMATCH": ErrorCode("The host and the pool have different licences."),
    "LICENSE_PROCESSING_ERROR": ErrorCode("The licence cannot be read."),
    "LOCATION_NOT_UNIQUE": ErrorCode(
        "Another disk of the SR is recorded at this location.", ("SR", "location")
    ),
    "MAC_DOES_NOT_EXIST": ErrorCode("The host has no card with this Ethernet address.", ("MAC",)),
    "MAC_INVALID": ErrorCode("The text is not an Ethernet address.", ("MAC",)),
    "MAC_STILL_EXISTS": ErrorCode(
        "The card with this Ethernet address is still in the host.", ("MAC",)
    ),
    "MAP_DUPLICATE_KEY": ErrorCode(
        "The map has an entry of this name already.", ("type", "param_name", "uuid", "key")
    ),
    "MEMORY_CONSTRAINT_VIOLATION": ErrorCode(
        "The VM's memory limits are against the rule that is told.", ("constraint",)
    ),
    "MEMORY_CONSTRAINT_VIOLATION_MAXPIN": ErrorCode(
        "The VM's limits must all be equal, for a reason that is told.", ("reason",)
    ),
    "MEMORY_CONSTRAINT_VIOLATION_ORDER": ErrorCode(
        "The limits must be static_min ≤ dynamic_min ≤ dynamic_max ≤ static_max."
    ),
    "MESSAGE_DEPRECATED": ErrorCode("The message is on its way out and is refused."),
    "MESSAGE_METHOD_UNKNOWN": ErrorCode("There is no message of this name.", ("method",)),
    "MESSAGE_PARAMETER_COUNT_MISMATCH": ErrorCode(
        "The message takes another number of parameters than were sent, the session included.",
        ("method", "expected", "received"),
    ),
    "MESSAGE_REMOVED": ErrorCode("The message existed once and does nothing any more."),
    "MIRROR_FAILED": ErrorCode(
        "Writes to a disk could not be sent to its new place while it was being moved.", ("vdi",)
    ),
    "MISSING_CONNECTION_DETAILS": ErrorCode("No address was given for the remote server."),
    "MULTIPLE_UPDATE_REPOSITORIES_ENABLED": ErrorCode(
        "More than one repository of updates is in use where one must be."
    ),
    "NETWORK_ALREADY_CONNECTED": ErrorCode(
        "The host has an interface on the network already.", ("network", "connected PIF")
    ),
    "NETWORK_CONTAINS_PIF": ErrorCode("Interfaces of hosts are still on the network.", ("pifs",)),
    "NETWORK_CONTAINS_VIF": ErrorCode("Interfaces of VMs are still on the network.", ("vifs",)),
    "NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS": ErrorCode(
        "Another host's SR-IOV interface on the network is of another kind of card.",
        ("PIF", "network"),
    ),
    "NETWORK_HAS_INCOMPATIBLE_VLAN_ON_SRIOV_PIFS": ErrorCode(
        "Another host's VLAN on the network is not on an SR-IOV interface of the same kind.",
        ("PIF", "network"),
    ),
    "NETWORK_INCOMPATIBLE_PURPOSES": ErrorCode(
        "The network has a purpose that this one contradicts.",
        ("new_purpose", "conflicting_purpose"),
    ),
    "NETWORK_INCOMPATIBLE_WITH_BOND": ErrorCode(
        "The network is connected in a way that a bond cannot join.", ("network",)
    ),
    "NETWORK_INCOMPATIBLE_WITH_SRIOV": ErrorCode(
        "The network is connected in a way that SR-IOV cannot join.", ("network",)
    ),
    "NETWORK_INCOMPATIBLE_WITH_TRUNKS": ErrorCode(
        "Guests cannot send VLANs themselves on this network.", ("network",)
    ),
    "NETWORK_INCOMPATIBLE_WITH_TUNNEL": ErrorCode(
        "The network is connected in a way that a tunnel cannot join.", ("network",)
    ),
    "NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE": ErrorCode(
        "The network is connected in a way that a VLAN on a bridge cannot join.", ("network",)
    ),
    "NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV": ErrorCode(
        "The network is connected in a way that a VLAN on SR-IOV cannot join.", ("network",)
    ),
    "NETWORK_SRIOV_ALREADY_ENABLED": ErrorCode(
        "The interface is split into virtual functions already.", ("PIF",)
    ),
    "NETWORK_SRIOV_DISABLE_FAILED": ErrorCode(
        "The card could not be made whole again.", ("PIF", "msg")
    ),
    "NETWORK_SRIOV_ENABLE_FAILED": ErrorCode(
        "The card could not be split into virtual functions.", ("PIF", "msg")
    ),
    "NETWORK_SRIOV_INSUFFICIENT_CAPACITY": ErrorCode(
        "No virtual function of the network is free.", ("network",)
    ),
    "NETWORK_UNMANAGED": ErrorCode("The toolstack does not look after this network.", ("network",)),
    "NOT_ALLOWED_ON_OEM_EDITION": ErrorCode(
        "Embedded editions do not take this call.", ("command",)
    ),
    "NOT_ALLOWED_WHEN_NTP_IS_ENABLED": ErrorCode(
        "The host's clock follows its time servers and cannot be set by hand.", ("host",)
    ),
    "NOT_IMPLEMENTED": ErrorCode("The message exists but does not do its job.", ("function",)),
    "NOT_IN_EMERGENCY_MODE": ErrorCode(
        "The call is for hosts that have lost their coordinator alone."
    ),
    "NOT_SUPPORTED_DURING_UPGRADE": ErrorCode(
        "The hosts of the pool have different releases, which forbids this for now."
    ),
    "NOT_SYSTEM_DOMAIN": ErrorCode("The VM does not serve the toolstack.", ("vm",)),
    "NOT_TRUSTED_CERTIFICATE": ErrorCode(
        "The certificate is not one that was installed to be trusted.", ("ref",)
    ),
    "NO_CLUSTER_HOSTS_REACHABLE": ErrorCode(
        "None of the cluster's members answers, so the host cannot join.", ("cluster",)
    ),
    "NO_COMPATIBLE_CLUSTER_HOST": ErrorCode("No cluster of the host can serve the SR.", ("host",)),
    "NO_HOSTS_AVAILABLE": ErrorCode("No host can take the VM now."),
    "NO_LOCAL_STORAGE": ErrorCode("The host has no local SR that could be used.", None),
    "NO_MORE_REDO_LOGS_ALLOWED": ErrorCode("As many redo logs are open as can be."),
    "NO_REPOSITORIES_CONFIGURED": ErrorCode("The pool has no repository to take updates from."),
    "NO_REPOSITORY_ENABLED": ErrorCode("No repository of the pool is in use."),
    "NVIDIA_SRIOV_MISCONFIGURED": ErrorCode(
        "The card's virtual functions are not set up as its maker's driver needs them.",
        ("host", "device_name"),
    ),
    "NVIDIA_TOOLS_ERROR": ErrorCode("The tools of the card's maker failed on the host.", ("host",)),
    "OBJECT_NOLONGER_EXISTS": ErrorCode("The object went away meanwhile."),
    "ONLY_ALLOWED_ON_OEM_EDITION": ErrorCode(
        "Only embedded editions take this call.", ("command",)
    ),
    "OPENVSWITCH_NOT_ACTIVE": ErrorCode(
        "The host's bridges are not those of Open vSwitch, which this needs."
    ),
    "OPERATION_BLOCKED": ErrorCode(
        "Somebody forbade this operation on the object; the code is their reason.", ("ref", "code")
    ),
    "OPERATION_NOT_ALLOWED": ErrorCode(
        "The object's state or kind forbids this, for a reason that is told.", ("reason",)
    ),
    "OPERATION_PARTIALLY_FAILED": ErrorCode(
        "Some parts of the operation succeeded and some did not.", ("operation",)
    ),
    "OTHER_OPERATION_IN_PROGRESS": ErrorCode(
        "Something that this cannot run beside is being done with the object.",
        ("class", "object", "operation_type", "operation_ref"),
    ),
    "OUT_OF_SPACE": ErrorCode("The file system is full.", ("location",)),
    "PATCH_ALREADY_APPLIED": ErrorCode("The host has the patch installed.", ("patch",)),
    "PATCH_ALREADY_EXISTS": ErrorCode("The patch was uploaded before.", ("uuid",)),
    "PATCH_APPLY_FAILED": ErrorCode(
        "The patch's installer failed; its output is told.", ("output",)
    ),
    "PATCH_APPLY_FAILED_BACKUP_FILES_EXIST": ErrorCode(
        "Backups of an earlier installation are in the patch's way.", ("output",)
    ),
    "PATCH_IS_APPLIED": ErrorCode("A patch that hosts have installed cannot be removed."),
    "PATCH_PRECHECK_FAILED_ISO_MOUNTED": ErrorCode(
        "The disc with the guests' drivers is in use, which the patch replaces.", ("patch",)
    ),
    "PATCH_PRECHECK_FAILED_OUT_OF_SPACE": ErrorCode(
        "The host lacks room for the patch; both figures are bytes.",
        ("patch", "found_space", "required_required"),
    ),
    "PATCH_PRECHECK_FAILED_PREREQUISITE_MISSING": ErrorCode(
        "Patches that this one needs are not installed.", ("patch", "prerequisite_patch_uuid_list")
    ),
    "PATCH_PRECHECK_FAILED_UNKNOWN_ERROR": ErrorCode(
        "The patch's own check failed for a reason that it tells.", ("patch", "info")
    ),
    "PATCH_PRECHECK_FAILED_VM_RUNNING": ErrorCode(
        "VMs run on the host, which the patch does not allow.", ("patch",)
    ),
    "PATCH_PRECHECK_FAILED_WRONG_SERVER_BUILD": ErrorCode(
        "The patch is for another build than the host's.",
        ("patch", "found_build", "required_build"),
    ),
    "PATCH_PRECHECK_FAILED_WRONG_SERVER_VERSION": ErrorCode(
        "The patch is for another release than the host's.",
        ("patch", "found_version", "required_version"),
    ),
    "PBD_EXISTS": ErrorCode(
        "The host is connected to the SR by another PBD.", ("sr", "host", "pbd")
    ),
    "PERMISSION_DENIED": ErrorCode("The caller may not do this.", ("message",)),
    "PGPU_INSUFFICIENT_CAPACITY_FOR_VGPU": ErrorCode(
        "The graphics card has no room left for a vGPU of this type.", ("pgpu", "vgpu_type")
    ),
    "PGPU_IN_USE_BY_VM": ErrorCode("VMs use the graphics card.", ("VMs",)),
    "PGPU_NOT_COMPATIBLE_WITH_GPU_GROUP": ErrorCode(
        "The card is of another kind than the group's cards.", ("type", "group_types")
    ),
    "PIF_ALLOWS_UNPLUG": ErrorCode(
        "The interface may be unplugged, which would break what is to depend on it.", ("PIF",)
    ),
    "PIF_ALREADY_BONDED": ErrorCode("The interface is in a bond already.", ("PIF",)),
    "PIF_BOND_MORE_THAN_ONE_IP": ErrorCode("More than one interface of the bond has an address."),
    "PIF_BOND_NEEDS_MORE_MEMBERS": ErrorCode("A bond needs two interfaces at least."),
    "PIF_CANNOT_BOND_CROSS_HOST": ErrorCode("All interfaces of a bond must be on one host."),
    "PIF_CONFIGURATION_ERROR": ErrorCode(
        "The interface cannot be configured so; the message says why.", ("PIF", "msg")
    ),
    "PIF_DEVICE_NOT_FOUND": ErrorCode("The host has no such card."),
    "PIF_DOES_NOT_ALLOW_UNPLUG": ErrorCode(
        "The interface refuses to be unplugged, as something depends on it.", ("PIF",)
    ),
    "PIF_HAS_FCOE_SR_IN_USE": ErrorCode(
        "An SR that is in use is reached through the interface.", ("PIF", "SR")
    ),
    "PIF_HAS_NO_NETWORK_CONFIGURATION": ErrorCode(
        "The interface is not set up to have an address.", ("PIF",)
    ),
    "PIF_HAS_NO_V6_NETWORK_CONFIGURATION": ErrorCode(
        "The interface is not set up to have an IPv6 address.", ("PIF",)
    ),
    "PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE": ErrorCode(
        "The interface has no address of the family that its host is reached by.", ("PIF",)
    ),
    "PIF_IS_MANAGEMENT_INTERFACE": ErrorCode(
        "The host is managed through the interface, which forbids this.", ("PIF",)
    ),
    "PIF_IS_NOT_PHYSICAL": ErrorCode(
        "The interface is no network card, which this needs.", ("PIF",)
    ),
    "PIF_IS_NOT_SRIOV_CAPABLE": ErrorCode(
        "The card cannot be split into virtual functions.", ("PIF",)
    ),
    "PIF_IS_PHYSICAL": ErrorCode(
        "The interface is a network card, which cannot be removed so.", ("PIF",)
    ),
    "PIF_IS_SRIOV_LOGICAL": ErrorCode(
        "The interface is the logical side of an SR-IOV network, which forbids this.", ("PIF",)
    ),
    "PIF_IS_VLAN": ErrorCode(
        "The interface is a VLAN's, and so cannot carry another one.", ("PIF",)
    ),
    "PIF_NOT_ATTACHED_TO_HOST": ErrorCode(
        "The interface belongs to another host.", ("pif", "host")
    ),
    "PIF_NOT_PRESENT": ErrorCode("The host has no interface on the network.", ("host", "network")),
    "PIF_SRIOV_STILL_EXISTS": ErrorCode(
        "The interface is still split into virtual functions.", ("PIF",)
    ),
    "PIF_TUNNEL_STILL_EXISTS": ErrorCode("The interface still carries tunnels.", ("PIF",)),
    "PIF_UNMANAGED": ErrorCode("The toolstack does not look after this interface.", ("PIF",)),
    "PIF_VLAN_EXISTS": ErrorCode("The interface carries a VLAN of this number already.", ("PIF",)),
    "PIF_VLAN_STILL_EXISTS": ErrorCode("The interface still carries VLANs.", ("PIF",)),
    "POOL_AUTH_ALREADY_ENABLED": ErrorCode(
        "A host of the pool uses a directory already.", ("host",)
    ),
    "POOL_AUTH_DISABLE_FAILED": ErrorCode(
        "A host of the pool could not leave its directory.", ("host", "message")
    ),
    "POOL_AUTH_DISABLE_FAILED_INVALID_ACCOUNT": ErrorCode(
        "The directory did not know a host's account when that left.", ("host", "message")
    ),
    "POOL_AUTH_DISABLE_FAILED_PERMISSION_DENIED": ErrorCode(
        "The account that was given may not take a host out of the directory.", ("host", "message")
    ),
    "POOL_AUTH_DISABLE_FAILED_WRONG_CREDENTIALS": ErrorCode(
        "The directory refused the name and password when a host left.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED": ErrorCode(
        "A host of the pool could not join the directory; those that had have left again.",
        ("host", "message"),
    ),
    "POOL_AUTH_ENABLE_FAILED_DOMAIN_LOOKUP_FAILED": ErrorCode(
        "A host could not find the directory's domain by name.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_DUPLICATE_HOSTNAME": ErrorCode(
        "Two hosts of the pool have the same name, which the directory cannot tell apart.",
        ("host", "message"),
    ),
    "POOL_AUTH_ENABLE_FAILED_INVALID_ACCOUNT": ErrorCode(
        "The directory does not take the account that a host would have in it.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_INVALID_OU": ErrorCode(
        "The organisational unit that the hosts were to join in does not exist.",
        ("host", "message"),
    ),
    "POOL_AUTH_ENABLE_FAILED_INVALID_TRUSTED_CERTS": ErrorCode(
        "The certificates that a host trusts for the directory do not match the one that it presents.",
        ("host", "message"),
    ),
    "POOL_AUTH_ENABLE_FAILED_NO_SUPPORT_ENCRYPT_TYPE": ErrorCode(
        "The directory and a host have no kind of encryption in common.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_NO_TRUSTED_CERTS": ErrorCode(
        "A host trusts no certificate for TLS to the directory.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_PERMISSION_DENIED": ErrorCode(
        "The account that was given may not make a host join the directory.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_SETUP_TLS_CONNECTION": ErrorCode(
        "A host could not make a TLS connection to the directory.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_UNAVAILABLE": ErrorCode(
        "A host cannot reach the directory's servers.", ("host", "message")
    ),
    "POOL_AUTH_ENABLE_FAILED_WRONG_CREDENTIALS": ErrorCode(
        "The directory refused the name and password when a host joined.", ("host", "message")
    ),
    "POOL_JOINING_EXTERNAL_AUTH_MISMATCH": ErrorCode(
        "The host and the pool use different directories."
    ),
    "POOL_JOINING_HOST_CA_CERTIFICATES_CONFLICT": ErrorCode(
        "The host and the pool trust different certificates of the same name."
    ),
    "POOL_JOINING_HOST_HAS_BONDS": ErrorCode("The host has bonds that the pool does not have."),
    "POOL_JOINING_HOST_HAS_NETWORK_SRIOVS": ErrorCode(
        "The host has interfaces split into virtual functions, which must be undone first."
    ),
    "POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS": ErrorCode(
        "The host has VLANs besides the one that it is managed through."
    ),
    "POOL_JOINING_HOST_HAS_TUNNELS": ErrorCode(
        "The host has tunnels, which must be removed first."
    ),
    "POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH": ErrorCode(
        "The host and the pool are managed through different VLANs.", ("local", "remote")
    ),
    "POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK": ErrorCode(
        "The host must have exactly one address on the cluster's network."
    ),
    "POOL_JOINING_HOST_MUST_HAVE_PHYSICAL_MANAGEMENT_NIC": ErrorCode(
        "The host must be managed through a network card itself."
    ),
    "POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION": ErrorCode(
        "The host speaks another version of the XenAPI than the pool.",
        ("host_api_version", "master_api_version"),
    ),
    "POOL_JOINING_HOST_MUST_HAVE_SAME_DB_SCHEMA": ErrorCode(
        "The host's database has another form than the pool's.",
        ("host_db_schema", "master_db_schema"),
    ),
    "POOL_JOINING_HOST_MUST_HAVE_SAME_PRODUCT_VERSION": ErrorCode(
        "The host has another release than the pool."
    ),
    "POOL_JOINING_HOST_MUST_ONLY_HAVE_PHYSICAL_PIFS": ErrorCode(
        "The host has bonds, VLANs or tunnels, which must be removed first."
    ),
    "POOL_JOINING_HOST_TLS_VERIFICATION_MISMATCH": ErrorCode(
        "One of host and pool checks certificates and the other does not."
    ),
    "POOL_JOINING_HOST_TRUSTED_CERTIFICATES_CONFLICT": ErrorCode(
        "The host and the pool trust the same certificate for different things.",
        ("ref_in_pool", "ref_on_host"),
    ),
    "POOL_JOINING_MASTER_CERTIFICATE_NOT_IN_POOL_BUNDLE": ErrorCode(
        "The coordinator's certificate is missing among those that members get.", ("master_uuid",)
    ),
    "POOL_JOINING_POOL_BUNDLE_EMPTY_AFTER_IMPORT": ErrorCode(
        "No certificate of the pool arrived at the host.", ("bundle_path",)
    ),
    "POOL_JOINING_POOL_CANNOT_ENABLE_CLUSTERING_ON_VLAN_NETWORK": ErrorCode(
        "The pool's cluster is on a VLAN, which the host cannot join by itself.", ("vlan",)
    ),
    "POOL_JOINING_SM_FEATURES_INCOMPATIBLE": ErrorCode(
        "A storage driver can do less on the host than in the pool.",
        ("pool_sm_ref", "candidate_sm_ref"),
    ),
    "POOL_SECRET_ROTATION_PENDING": ErrorCode(
        "The last change of the pool secret was not completed; try it again.", None
    ),
    "PROVISION_FAILED_OUT_OF_SPACE": ErrorCode("The SRs lack room for the template's disks."),
    "PROVISION_ONLY_ALLOWED_ON_TEMPLATE": ErrorCode(
        "Only what was cloned from a template can be provisioned."
    ),
    "PUSB_VDI_CONFLICT": ErrorCode(
        "The USB device serves as a disk, so it cannot be handed through as well.", ("PUSB", "VDI")
    ),
    "PVS_CACHE_STORAGE_ALREADY_PRESENT": ErrorCode(
        "The host has a cache for this site already.", ("site", "host")
    ),
    "PVS_CACHE_STORAGE_IS_IN_USE": ErrorCode(
        "Proxies that run use the cache.", ("PVS_cache_storage",)
    ),
    "PVS_PROXY_ALREADY_PRESENT": ErrorCode("The interface has a proxy already.", ("proxies",)),
    "PVS_PROXY_PRESENT_ON_HIGHER_VIF_DEVICE": ErrorCode(
        "A later interface of the VM has a proxy, which only the first may have.", ("device",)
    ),
    "PVS_SERVER_ADDRESS_IN_USE": ErrorCode(
        "Another provisioning server has this address.", ("address",)
    ),
    "PVS_SITE_CONTAINS_RUNNING_PROXIES": ErrorCode("Proxies of the site still run.", ("proxies",)),
    "PVS_SITE_CONTAINS_SERVERS": ErrorCode("The site still has servers.", ("servers",)),
    "PVS_VIF_MUST_BE_FIRST_DEVICE": ErrorCode("Only a VM's first interface can have a proxy."),
    "RBAC_PERMISSION_DENIED": ErrorCode(
        "None of the caller's roles grants this permission.", ("permission", "message")
    ),
    "REDO_LOG_IS_ENABLED": ErrorCode("The redo log is on, which forbids this."),
    "REPOSITORY_ALREADY_EXISTS": ErrorCode(
        "Another repository has this name or address.", ("ref",)
    ),
    "REPOSITORY_CLEANUP_FAILED": ErrorCode(
        "What was fetched from the repository could not be removed."
    ),
    "REPOSITORY_IS_IN_USE": ErrorCode("The pool takes updates from the repository."),
    "REPOSYNC_FAILED": ErrorCode("The repository's packages could not be fetched."),
    "REPO_SHOULD_BE_SINGLE_ONE_ENABLED": ErrorCode(
        "A repository of this kind must be the only one in use."
    ),
    "REQUIRED_PIF_IS_UNPLUGGED": ErrorCode("The interface that this depends on is down.", ("PIF",)),
    "RESTORE_INCOMPATIBLE_VERSION": ErrorCode(
        "The backup is of another release than can be restored."
    ),
    "RESTORE_SCRIPT_FAILED": ErrorCode(
        "The host could not be restored; the log is the script's.", ("log",)
    ),
    "RESTORE_TARGET_MGMT_IF_NOT_IN_BACKUP": ErrorCode(
        "The interface that the host is managed through is not in the backup."
    ),
    "RESTORE_TARGET_MISSING_DEVICE": ErrorCode(
        "The host lacks a device that is in the backup.", ("device",)
    ),
    "REVERT_ONLY_ALLOWED_ON_SNAPSHOT": ErrorCode("Only a snapshot can be gone back to.", None),
    "ROLE_ALREADY_EXISTS": ErrorCode("The user or group has this role already."),
    "ROLE_NOT_FOUND": ErrorCode("The user or group does not have this role."),
    "SERVER_CERTIFICATE_CHAIN_INVALID": ErrorCode(
        "The certificates that should lead to an authority cannot be read."
    ),
    "SERVER_CERTIFICATE_EXPIRED": ErrorCode(
        "The certificate is past its time.", ("now", "not_after")
    ),
    "SERVER_CERTIFICATE_INVALID": ErrorCode("What was given is not a certificate in PEM."),
    "SERVER_CERTIFICATE_KEY_ALGORITHM_NOT_SUPPORTED": ErrorCode(
        "The key is of a kind that cannot be used; RSA can.", ("algorithm_oid",)
    ),
    "SERVER_CERTIFICATE_KEY_INVALID": ErrorCode("What was given is not a private key in PEM."),
    "SERVER_CERTIFICATE_KEY_MISMATCH": ErrorCode(
        "The private key does not belong to the certificate."
    ),
    "SERVER_CERTIFICATE_KEY_RSA_LENGTH_NOT_SUPPORTED": ErrorCode(
        "The key must have 2048 to 4096 bits.", ("length",)
    ),
    "SERVER_CERTIFICATE_KEY_RSA_MULTI_NOT_SUPPORTED": ErrorCode(
        "The key has more than two primes, which cannot be used."
    ),
    "SERVER_CERTIFICATE_NOT_VALID_YET": ErrorCode(
        "The time of the certificate has not come yet.", ("now", "not_before")
    ),
    "SERVER_CERTIFICATE_SIGNATURE_NOT_SUPPORTED": ErrorCode(
        "The certificate is signed with a hash that is not taken; SHA-256 and SHA-512 are."
    ),
    "SESSION_AUTHENTICATION_FAILED": ErrorCode("Name or password is wrong."),
    "SESSION_AUTHORIZATION_FAILED": ErrorCode(
        "The user is known but has no role here.", ("username", "msg")
    ),
    "SESSION_INVALID": ErrorCode("The session has ended, expired or never existed.", ("handle",)),
    "SESSION_NOT_REGISTERED": ErrorCode(
        "The session asked for events without having registered for any.", ("handle",)
    ),
    "SET_CONSOLE_TIMEOUT_PARTIALLY_FAILED": ErrorCode(
        "These hosts did not take the console's new limit; the others did.", ("hosts",)
    ),
    "SET_SSH_AUTO_MODE_PARTIALLY_FAILED": ErrorCode(
        "These hosts did not take the change of how SSH comes on; the others did.", ("hosts",)
    ),
    "SET_SSH_TIMEOUT_PARTIALLY_FAILED": ErrorCode(
        "These hosts did not take the new limit for SSH; the others did.", ("hosts",)
    ),
    "SLAVE_REQUIRES_MANAGEMENT_INTERFACE": ErrorCode(
        "A member must have an interface that it is managed through."
    ),
    "SM_PLUGIN_COMMUNICATION_FAILURE": ErrorCode(
        "The storage driver answered what cannot be understood, or nothing.", ("sm",)
    ),
    "SR_ATTACHED": ErrorCode("Hosts still have the SR plugged.", None),
    "SR_ATTACH_FAILED": ErrorCode("The SR could not be plugged.", ("sr",)),
    "SR_BACKEND_FAILURE": ErrorCode(
        "The storage driver failed; its words are told.", ("status", "stdout", "stderr")
    ),
    "SR_DEVICE_IN_USE": ErrorCode("Something else uses the device that the SR was to be on."),
    "SR_DOES_NOT_SUPPORT_MIGRATION": ErrorCode(
        "Disks cannot be moved to or from this SR while they are in use.", ("sr", "capabilities")
    ),
    "SR_FULL": ErrorCode(
        "The SR lacks room for this; both figures are bytes.", ("requested", "maximum")
    ),
    "SR_HAS_MULTIPLE_PBDS": ErrorCode(
        "More than one host is connected to the SR, which forbids this.", ("PBD",)
    ),
    "SR_HAS_NO_PBDS": ErrorCode("No host is connected to the SR.", ("sr",)),
    "SR_HAS_PBD": ErrorCode(
        "Hosts still have the SR plugged; their PBDs must be unplugged first.", ("sr",)
    ),
    "SR_INDESTRUCTIBLE": ErrorCode(
        "The SR is marked as indestructible: it can be neither destroyed nor forgotten.", ("sr",)
    ),
    "SR_IS_CACHE_SR": ErrorCode("The host caches disks on the SR.", ("host",)),
    "SR_NOT_ATTACHED": ErrorCode("The SR is plugged nowhere, or not where it is needed.", ("sr",)),
    "SR_NOT_EMPTY": ErrorCode("The SR still has disks."),
    "SR_NOT_SHARABLE": ErrorCode(
        "The SR is not shared and another host has it already.", ("sr", "host")
    ),
    "SR_NOT_SHARED": ErrorCode("The SR is one host's own, which this cannot do with.", None),
    "SR_OPERATION_NOT_SUPPORTED": ErrorCode("The SR's driver cannot do this.", ("sr",)),
    "SR_REQUIRES_UPGRADE": ErrorCode(
        "The SR is in an older form that must be converted first.", ("SR",)
    ),
    "SR_SOURCE_SPACE_INSUFFICIENT": ErrorCode(
        "The SR that disks are moved from lacks room for the snapshot that moving takes.", ("sr",)
    ),
    "SR_SUSPEND_SPACE_INSUFFICIENT": ErrorCode(
        "The SR lacks room for the memory of the VM that is to be suspended.", ("sr",)
    ),
    "SR_UNHEALTHY": ErrorCode(
        "The storage is not well; the fix tells what helps.", ("sr", "health", "fix")
    ),
    "SR_UNKNOWN_DRIVER": ErrorCode("There is no storage driver of this name.", ("driver",)),
    "SR_UUID_EXISTS": ErrorCode("The pool has an SR with this uuid already.", ("uuid",)),
    "SR_VDI_LOCKING_FAILED": ErrorCode(
        "The disk could not be locked, as another host may hold it."
    ),
    "SSL_VERIFY_ERROR": ErrorCode(
        "The far end's certificate was refused, for a reason that is told.", ("reason",)
    ),
    "SUBJECT_ALREADY_EXISTS": ErrorCode("The user or group is recorded already."),
    "SUBJECT_CANNOT_BE_RESOLVED": ErrorCode("The directory does not know the user or group."),
    "SUSPEND_IMAGE_NOT_ACCESSIBLE": ErrorCode(
        "The host cannot reach the disk with the VM's memory.", ("vdi",)
    ),
    "SUSPEND_VDI_REPLACEMENT_IS_NOT_IDENTICAL": ErrorCode(
        "The disk that was to stand in does not hold the same memory.", None
    ),
    "SYNC_BUNDLE_IN_PROGRESS": ErrorCode("A bundle of updates is being taken up."),
    "SYNC_UPDATES_IN_PROGRESS": ErrorCode("Updates are being fetched already."),
    "SYSPREP": ErrorCode(
        "The Windows guest could not be prepared; the message says why.", ("vm", "message")
    ),
    "SYSTEM_STATUS_MUST_USE_TAR_ON_OEM": ErrorCode(
        "An embedded edition gives its state as tar alone."
    ),
    "SYSTEM_STATUS_RETRIEVAL_FAILED": ErrorCode(
        "The report of the host's state could not be made.", ("reason",)
    ),
    "TASK_CANCELLED": ErrorCode("The task was stopped because somebody asked for it.", ("task",)),
    "TELEMETRY_NEXT_COLLECTION_TOO_LATE": ErrorCode(
        "The moment is further away than the frequency of reports allows.", ("timestamp",)
    ),
    "TLS_CONNECTION_FAILED": ErrorCode(
        "No TLS connection to the address could be made.", ("address", "port")
    ),
    "TLS_VERIFICATION_ENABLE_IN_PROGRESS": ErrorCode(
        "The hosts are being told to check certificates.", None
    ),
    "TLS_VERIFICATION_NOT_ENABLED_IN_POOL": ErrorCode(
        "The hosts do not check certificates, which this needs."
    ),
    "TOO_BUSY": ErrorCode("The server has too much to do; try again later."),
    "TOO_MANY_GROUPS": ErrorCode("A VM can be in only one group."),
    "TOO_MANY_PENDING_TASKS": ErrorCode(
        "More tasks are open than the server keeps; try again later."
    ),
    "TOO_MANY_STORAGE_MIGRATES": ErrorCode(
        "As many disks are being moved at once as is possible.", ("number",)
    ),
    "TOO_MANY_VUSBS": ErrorCode("A VM can have no more USB devices than this.", ("number",)),
    "TRANSPORT_PIF_NOT_CONFIGURED": ErrorCode(
        "The interface that is to carry the tunnel has no address.", ("PIF",)
    ),
    "TRUSTED_CERTIFICATE_ALREADY_EXISTS": ErrorCode(
        "The pool trusts this certificate already.", ("fingerprint",)
    ),
    "TRUSTED_CERTIFICATE_EXPIRED": ErrorCode(
        "The certificate to trust is past its time.", ("now", "not_after")
    ),
    "TRUSTED_CERTIFICATE_INVALID": ErrorCode(
        "What was given to trust is not a certificate in PEM."
    ),
    "TRUSTED_CERTIFICATE_NOT_VALID_YET": ErrorCode(
        "The time of the certificate to trust has not come yet.", ("now", "not_before")
    ),
    "UNIMPLEMENTED_IN_SM_BACKEND": ErrorCode(
        "The SR's driver has not learned to do this.", ("message",)
    ),
    "UNKNOWN_BOOTLOADER": ErrorCode(
        "The host has no boot loader of this name.", ("vm", "bootloader")
    ),
    "UPDATEINFO_HASH_MISMATCH": ErrorCode(
        "The updates are other ones than the caller named; fetch them anew."
    ),
    "UPDATE_ALREADY_APPLIED": ErrorCode("The host has the update installed.", ("update",)),
    "UPDATE_ALREADY_APPLIED_IN_POOL": ErrorCode(
        "All hosts have the update installed.", ("update",)
    ),
    "UPDATE_ALREADY_EXISTS": ErrorCode("The update was introduced before.", ("uuid",)),
    "UPDATE_APPLY_FAILED": ErrorCode(
        "The update's installer failed; its output is told.", ("output",)
    ),
    "UPDATE_IS_APPLIED": ErrorCode("An update that hosts have installed cannot be removed."),
    "UPDATE_POOL_APPLY_FAILED": ErrorCode(
        "The update could not be installed on these hosts.", ("hosts",)
    ),
    "UPDATE_PRECHECK_FAILED_CONFLICT_PRESENT": ErrorCode(
        "An update that this one cannot be beside is installed.", ("update", "conflict_update")
    ),
    "UPDATE_PRECHECK_FAILED_GPGKEY_NOT_IMPORTED": ErrorCode(
        "The host does not know the key that the update is signed with.", ("update",)
    ),
    "UPDATE_PRECHECK_FAILED_OUT_OF_SPACE": ErrorCode(
        "The host lacks room for the update; both figures are bytes.",
        ("update", "available_space", "required_space "),
    ),
    "UPDATE_PRECHECK_FAILED_PREREQUISITE_MISSING": ErrorCode(
        "An update that this one needs is not installed.", ("update", "prerequisite_update")
    ),
    "UPDATE_PRECHECK_FAILED_UNKNOWN_ERROR": ErrorCode(
        "The update's own check failed for a reason that it tells.", ("update", "info")
    ),
    "UPDATE_PRECHECK_FAILED_WRONG_SERVER_VERSION": ErrorCode(
        "The update is for another release than the host's.",
        ("update", "installed_version", "required_version "),
    ),
    "UPDATE_SYNCING_REMOTE_POOL_COORDINATOR_CONNECTION_FAILED": ErrorCode(
        "The other pool that serves the updates could not be reached."
    ),
    "UPDATE_SYNCING_REMOTE_POOL_COORDINATOR_SERVICE_FAILED": ErrorCode(
        "The other pool that serves the updates did not answer as it should."
    ),
    "USB_ALREADY_ATTACHED": ErrorCode("Another VM has the USB device.", ("PUSB", "VM")),
    "USB_GROUP_CONFLICT": ErrorCode("The VM has a device of this group already.", ("USB_group",)),
    "USB_GROUP_CONTAINS_NO_PUSBS": ErrorCode(
        "The group has no USB device that could be handed through.", ("usb_group",)
    ),
    "USB_GROUP_CONTAINS_PUSB": ErrorCode("The group still has devices of hosts.", ("pusbs",)),
    "USB_GROUP_CONTAINS_VUSB": ErrorCode("The group still has devices of VMs.", ("vusbs",)),
    "USER_IS_NOT_LOCAL_SUPERUSER": ErrorCode("Only the local superuser may do this.", ("msg",)),
    "UUID_INVALID": ErrorCode(
        "No object of this class has this uuid, or not any more.", ("type", "uuid")
    ),
    "V6D_FAILURE": ErrorCode("The licence service failed."),
    "VALUE_NOT_SUPPORTED": ErrorCode(
        "The field or parameter cannot take this value, for a reason that is told.",
        ("field", "value", "reason"),
    ),
    "VBD_CDS_MUST_BE_READONLY": ErrorCode("A CD drive cannot be written to."),
    "VBD_IS_EMPTY": ErrorCode("There is no medium in the drive.", ("vbd",)),
    "VBD_MISSING": ErrorCode("The VM has no such block device.", None),
    "VBD_NOT_EMPTY": ErrorCode("There is a medium in the drive already.", ("vbd",)),
    "VBD_NOT_REMOVABLE_MEDIA": ErrorCode(
        "The device is a disk, which has no medium to change.", ("vbd",)
    ),
    "VBD_NOT_UNPLUGGABLE": ErrorCode("The device cannot be unplugged while its VM runs.", ("vbd",)),
    "VBD_TRAY_LOCKED": ErrorCode("The guest holds the drive's tray closed.", ("vbd",)),
    "VCPU_MAX_NOT_CORES_PER_SOCKET_MULTIPLE": ErrorCode(
        "The VM's CPUs do not fill whole sockets.", ("vcpu_max", "cores_per_socket")
    ),
    "VDI_CBT_ENABLED": ErrorCode(
        "The disk's changed blocks are tracked, which forbids this.", ("vdi",)
    ),
    "VDI_CONTAINS_METADATA_OF_THIS_POOL": ErrorCode(
        "The disk holds the database of the pool itself, not of another one.", ("vdi", "pool")
    ),
    "VDI_CONTENT_ID_MISSING": ErrorCode(
        "It is not known what the disk's bytes are a copy of.", None
    ),
    "VDI_COPY_FAILED": ErrorCode("The disk's bytes could not all be copied."),
    "VDI_HAS_RRDS": ErrorCode("The disk holds recorded figures, which forbids this.", ("vdi",)),
    "VDI_INCOMPATIBLE_TYPE": ErrorCode(
        "This cannot be done with a disk of this type.", ("vdi", "type")
    ),
    "VDI_IN_USE": ErrorCode(
        "The disk is plugged in, or something is being done with it.", ("vdi", "operation")
    ),
    "VDI_IO_ERROR": ErrorCode("The disk's storage failed to read or write.", None),
    "VDI_IS_A_PHYSICAL_DEVICE": ErrorCode(
        "The disk is a drive of the host, which forbids this.", ("vdi",)
    ),
    "VDI_IS_ENCRYPTED": ErrorCode("The disk is encrypted, which forbids this.", ("vdi",)),
    "VDI_IS_NOT_ISO": ErrorCode("Only an ISO image can be put into a CD drive.", ("vdi", "type")),
    "VDI_IS_SHARABLE": ErrorCode("Several VMs may write to the disk, which forbids this.", None),
    "VDI_LOCATION_MISSING": ErrorCode("The SR has nothing at this location.", ("sr", "location")),
    "VDI_MISSING": ErrorCode("The disk is not on its storage any more.", ("sr", "vdi")),
    "VDI_NEEDS_VM_FOR_MIGRATE": ErrorCode(
        "The disk can be moved only while a VM that runs has it.", ("vdi",)
    ),
    "VDI_NOT_AVAILABLE": ErrorCode("The host cannot reach the disk now.", ("vdi",)),
    "VDI_NOT_IN_MAP": ErrorCode("No destination was given for the disk.", ("vdi",)),
    "VDI_NOT_MANAGED": ErrorCode(
        "The disk is one of the driver's own, which clients may not touch.", ("vdi",)
    ),
    "VDI_NOT_SPARSE": ErrorCode(
        "The format of the disk does not tell which blocks are used.", ("vdi",)
    ),
    "VDI_NO_CBT_METADATA": ErrorCode(
        "It was not tracked which blocks of the disk changed.", ("vdi",)
    ),
    "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION": ErrorCode(
        "The disk is reset when its VM boots, which forbids this."
    ),
    "VDI_READONLY": ErrorCode("The disk may not be written.", ("vdi",)),
    "VDI_TOO_LARGE": ErrorCode(
        "The disk is larger than allowed; the figure is bytes.", ("vdi", "maximum size")
    ),
    "VDI_TOO_SMALL": ErrorCode(
        "The disk is smaller than allowed; the figure is bytes.", ("vdi", "minimum size")
    ),
    "VGPU_DESTINATION_INCOMPATIBLE": ErrorCode(
        "The destination's graphics card cannot take the vGPU over.", ("reason", "vgpu", "host")
    ),
    "VGPU_GUEST_DRIVER_LIMIT": ErrorCode(
        "The guest's graphics driver cannot be moved.", ("reason", "vm", "host")
    ),
    "VGPU_SUSPENSION_NOT_SUPPORTED": ErrorCode(
        "The graphics card cannot save the vGPU's state.", ("reason", "vgpu", "host")
    ),
    "VGPU_TYPE_NOT_COMPATIBLE": ErrorCode(
        "The VM has a vGPU that one of this type cannot be beside.", ("type",)
    ),
    "VGPU_TYPE_NOT_COMPATIBLE_WITH_RUNNING_TYPE": ErrorCode(
        "The card holds vGPUs of a type that this one cannot be beside.",
        ("pgpu", "type", "running_type"),
    ),
    "VGPU_TYPE_NOT_ENABLED": ErrorCode(
        "Administrators do not let vGPUs of this type on the card.", ("type", "enabled_types")
    ),
    "VGPU_TYPE_NOT_SUPPORTED": ErrorCode(
        "The card cannot hold vGPUs of this type.", ("type", "supported_types")
    ),
    "VGPU_TYPE_NO_LONGER_SUPPORTED": ErrorCode(
        "The maker's driver does not know the type any more.", ("type",)
    ),
    "VIF_IN_USE": ErrorCode("A running VM's interface is on the network.", ("network", "VIF")),
    "VIF_NOT_IN_MAP": ErrorCode("No network was given for the interface.", ("vif",)),
    "VLAN_IN_USE": ErrorCode(
        "The device carries a VLAN of this number outside the pool's knowledge.", ("device", "vlan")
    ),
    "VLAN_TAG_INVALID": ErrorCode("A VLAN's number must be from 0 to 4094.", ("VLAN",)),
    "VMPP_ARCHIVE_MORE_FREQUENT_THAN_BACKUP": ErrorCode(
        "A protection policy cannot archive more often than it takes backups."
    ),
    "VMPP_HAS_VM": ErrorCode("VMs are still under the protection policy."),
    "VMSS_HAS_VM": ErrorCode("VMs are still under the snapshot schedule."),
    "VMS_FAILED_TO_COOPERATE": ErrorCode(
        "These VMs did not give up memory that was asked of them."
    ),
    "VM_ASSIGNED_TO_PROTECTION_POLICY": ErrorCode(
        "The VM is under a protection policy, which forbids this.", ("vm", "vmpp")
    ),
    "VM_ASSIGNED_TO_SNAPSHOT_SCHEDULE": ErrorCode(
        "The VM is under a snapshot schedule, which forbids this.", ("vm", "vmss")
    ),
    "VM_ATTACHED_TO_MORE_THAN_ONE_VDI_WITH_TIMEOFFSET_MARKED_AS_RESET_ON_BOOT": ErrorCode(
        "More than one disk of the VM would set its clock back at boot.", ("vm",)
    ),
    "VM_BAD_POWER_STATE": ErrorCode(
        "The VM is not in a power state that this can be done in.", ("vm", "expected", "actual")
    ),
    "VM_BIOS_STRINGS_ALREADY_SET": ErrorCode(
        "What the VM's firmware says of the machine can be set but once."
    ),
    "VM_CALL_PLUGIN_RATE_LIMIT": ErrorCode(
        "The VM's guest was called too often; wait is the seconds until it may be again.",
        ("VM", "interval", "wait"),
    ),
    "VM_CANNOT_DELETE_DEFAULT_TEMPLATE": ErrorCode(
        "Templates that came with the pool cannot be destroyed.", ("vm",)
    ),
    "VM_CHECKPOINT_RESUME_FAILED": ErrorCode(
        "The VM could not go on after its checkpoint was taken.", ("vm",)
    ),
    "VM_CHECKPOINT_SUSPEND_FAILED": ErrorCode(
        "The VM's memory could not be written for its checkpoint.", ("vm",)
    ),
    "VM_CRASHED": ErrorCode("The guest crashed meanwhile.", ("vm",)),
    "VM_DUPLICATE_VBD_DEVICE": ErrorCode(
        "Two block devices of the VM have the same position.", ("vm", "vbd", "device")
    ),
    "VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT": ErrorCode(
        "The guest did not answer that it will halt.", ("vm",)
    ),
    "VM_FAILED_SUSPEND_ACKNOWLEDGMENT": ErrorCode(
        "The guest did not answer that it will stand still.", ("vm",)
    ),
    "VM_HALTED": ErrorCode("The guest halted meanwhile.", ("vm",)),
    "VM_HAS_CHECKPOINT": ErrorCode("A checkpoint of the VM forbids this.", ("vm",)),
    "VM_HAS_NO_SUSPEND_VDI": ErrorCode(
        "The memory of the suspended VM is lost, so it cannot be resumed.", ("vm",)
    ),
    "VM_HAS_PCI_ATTACHED": ErrorCode(
        "A PCI device of the host is handed to the VM, which forbids this.", ("vm",)
    ),
    "VM_HAS_SRIOV_VIF": ErrorCode(
        "An interface of the VM is a virtual function of a card, which forbids this.", ("vm",)
    ),
    "VM_HAS_TOO_MANY_SNAPSHOTS": ErrorCode(
        "The VM has more snapshots than this can be done with.", ("vm",)
    ),
    "VM_HAS_VGPU": ErrorCode("The VM has a vGPU that forbids this.", ("vm",)),
    "VM_HAS_VUSBS": ErrorCode("A USB device is handed to the VM, which forbids this.", ("VM",)),
    "VM_HOST_INCOMPATIBLE_VERSION": ErrorCode(
        "The host has an older release than the one that the VM runs on.", ("host", "vm")
    ),
    "VM_HOST_INCOMPATIBLE_VERSION_MIGRATE": ErrorCode(
        "The destination has an older release than the VM's host.", ("host", "vm")
    ),
    "VM_HOST_INCOMPATIBLE_VIRTUAL_HARDWARE_PLATFORM_VERSION": ErrorCode(
        "The host does not know the version of virtual hardware that the VM has.",
        ("host", "host_versions", "vm", "vm_version"),
    ),
    "VM_HVM_REQUIRED": ErrorCode("The VM needs a host with hardware virtualisation.", ("vm",)),
    "VM_INCOMPATIBLE_WITH_THIS_HOST": ErrorCode(
        "The VM uses something, such as CPU features, that the host does not have.",
        ("vm", "host", "reason"),
    ),
    "VM_IS_IMMOBILE": ErrorCode(
        "The VM was started so that it can be neither moved nor suspended.", ("VM",)
    ),
    "VM_IS_PART_OF_AN_APPLIANCE": ErrorCode(
        "The VM belongs to an appliance, which must be treated as a whole.", ("vm", "appliance")
    ),
    "VM_IS_PROTECTED": ErrorCode(
        "High availability keeps the VM running, which forbids this.", ("vm",)
    ),
    "VM_IS_SNAPSHOT": ErrorCode("The VM is a snapshot, which forbids this.", None),
    "VM_IS_TEMPLATE": ErrorCode("The VM is a template, which forbids this.", ("vm",)),
    "VM_IS_USING_NESTED_VIRT": ErrorCode(
        "The guest uses virtualisation itself, which forbids this.", ("VM",)
    ),
    "VM_LACKS_FEATURE": ErrorCode("The guest's agent or drivers cannot do this.", ("vm",)),
    "VM_MEMORY_SIZE_TOO_LOW": ErrorCode("The VM has less memory than its guest needs.", ("vm",)),
    "VM_MEMORY_TARGET_WAIT_TIMEOUT": ErrorCode(
        "The guest did not reach the memory that it was told to have in time.", None
    ),
    "VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED": ErrorCode("The destination could not be reached."),
    "VM_MIGRATE_FAILED": ErrorCode(
        "The VM could not be moved; the message says why.", ("vm", "source", "destination", "msg")
    ),
    "VM_MISSING_PV_DRIVERS": ErrorCode(
        "The guest has no drivers for Xen, which this needs.", ("vm",)
    ),
    "VM_NON_SUSPENDABLE": ErrorCode(
        "The guest says that it cannot be suspended now, for a reason that is told.",
        ("vm", "reason"),
    ),
    "VM_NOT_RESIDENT_HERE": ErrorCode("The VM does not run on this host.", ("vm", "host")),
    "VM_NO_CRASHDUMP_SR": ErrorCode(
        "There is no SR that the dump of the crashed VM could be kept on.", ("vm",)
    ),
    "VM_NO_EMPTY_CD_VBD": ErrorCode("The VM has no CD drive that is empty.", ("vm",)),
    "VM_NO_SUSPEND_SR": ErrorCode(
        "There is no SR that the memory of the VM could be written to.", ("vm",)
    ),
    "VM_NO_VCPUS": ErrorCode("The VM has no virtual CPU.", ("vm",)),
    "VM_OLD_PV_DRIVERS": ErrorCode(
        "The guest's drivers are too old for this.", ("vm", "major", "minor")
    ),
    "VM_PCI_BUS_FULL": ErrorCode("The VM's PCI bus has no room for another device.", ("VM",)),
    "VM_PV_DRIVERS_IN_USE": ErrorCode(
        "The guest's own drivers serve its devices, which forbids this.", ("vm",)
    ),
    "VM_REBOOTED": ErrorCode("The guest restarted meanwhile.", ("vm",)),
    "VM_REQUIRES_GPU": ErrorCode(
        "The host has no graphics card of the group that the VM needs.", ("vm", "GPU_group")
    ),
    "VM_REQUIRES_IOMMU": ErrorCode("The host cannot hand devices to VMs.", ("host",)),
    "VM_REQUIRES_NETWORK": ErrorCode(
        "The host does not have a network that the VM needs.", ("vm", "network")
    ),
    "VM_REQUIRES_SR": ErrorCode("The host cannot reach an SR that the VM needs.", ("vm", "sr")),
    "VM_REQUIRES_VDI": ErrorCode("A disk that the VM needs is missing.", ("vm", "vdi")),
    "VM_REQUIRES_VGPU": ErrorCode(
        "No graphics card of the host has room for the vGPU that the VM needs.",
        ("vm", "GPU_group", "vGPU_type"),
    ),
    "VM_REQUIRES_VUSB": ErrorCode(
        "The host does not have the USB device that the VM needs.", ("vm", "USB_group")
    ),
    "VM_REVERT_FAILED": ErrorCode(
        "The VM could not be brought back to its snapshot.", ("vm", "snapshot")
    ),
    "VM_SHUTDOWN_TIMEOUT": ErrorCode(
        "The guest did not halt in time; timeout is in seconds.", ("vm", "timeout")
    ),
    "VM_SNAPSHOT_FAILED": ErrorCode("The snapshot could not be made.", None),
    "VM_SNAPSHOT_WITH_QUIESCE_FAILED": ErrorCode(
        "The guest could not write everything out for its snapshot.", ("vm",)
    ),
    "VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED": ErrorCode(
        "The guest cannot be made quiet for a snapshot.", ("vm", "error")
    ),
    "VM_SNAPSHOT_WITH_QUIESCE_PLUGIN_DEOS_NOT_RESPOND": ErrorCode(
        "The guest's part for quiet snapshots does not answer.", ("vm",)
    ),
    "VM_SNAPSHOT_WITH_QUIESCE_TIMEOUT": ErrorCode(
        "The guest did not become quiet in time.", ("vm",)
    ),
    "VM_SUSPEND_TIMEOUT": ErrorCode(
        "The guest did not stand still in time; timeout is in seconds.", ("vm", "timeout")
    ),
    "VM_TOO_MANY_VCPUS": ErrorCode("The VM has more virtual CPUs than allowed.", ("vm",)),
    "VM_TO_IMPORT_IS_NOT_NEWER_VERSION": ErrorCode(
        "The VM that is here has been recovered as often as the one to import, or more often.",
        ("vm", "existing_version", "version_to_import"),
    ),
    "VM_UNSAFE_BOOT": ErrorCode(
        "The VM may still run on a host that was lost, so starting it could ruin its disks.",
        ("vm",),
    ),
    "VTPM_MAX_AMOUNT_REACHED": ErrorCode(
        "The VM has as many virtual TPMs as are allowed.", ("amount",)
    ),
    "WLB_AUTHENTICATION_FAILED": ErrorCode("The workload balancer refused the pool's account."),
    "WLB_CONNECTION_REFUSED": ErrorCode("Nothing listens at the workload balancer's address."),
    "WLB_CONNECTION_RESET": ErrorCode("The connection to the workload balancer broke."),
    "WLB_DISABLED": ErrorCode("The workload balancer is not to be asked."),
    "WLB_INTERNAL_ERROR": ErrorCode("The workload balancer failed."),
    "WLB_MALFORMED_REQUEST": ErrorCode("The workload balancer could not read what it was asked."),
    "WLB_MALFORMED_RESPONSE": ErrorCode(
        "The workload balancer answered what cannot be understood.",
        ("method", "reason", "response"),
    ),
    "WLB_NOT_INITIALIZED": ErrorCode("The pool has no workload balancer."),
    "WLB_TIMEOUT": ErrorCode(
        "The workload balancer did not answer in time; the figure is seconds.",
        ("configured_timeout",),
    ),
    "WLB_UNKNOWN_HOST": ErrorCode("The workload balancer's name could not be found."),
    "WLB_URL_INVALID": ErrorCode("The address cannot be a workload balancer's.", ("url",)),
    "WLB_XENSERVER_AUTHENTICATION_FAILED": ErrorCode(
        "The pool refused the account that the workload balancer was given."
    ),
    "WLB_XENSERVER_CONNECTION_REFUSED": ErrorCode(
        "The workload balancer found nothing listening at the pool's address."
    ),
    "WLB_XENSERVER_MALFORMED_RESPONSE": ErrorCode(
        "The workload balancer could not understand the pool's answer."
    ),
    "WLB_XENSERVER_TIMEOUT": ErrorCode("The pool did not answer the workload balancer in time."),
    "WLB_XENSERVER_UNKNOWN_HOST": ErrorCode(
        "The workload balancer could not find the pool's name."
    ),
    "XAPI_HOOK_FAILED": ErrorCode(
        "A script that administrators hung into the toolstack failed.",
        ("hook_name", "reason", "stdout", "exit_code"),
    ),
    "XENAPI_MISSING_PLUGIN": ErrorCode("The host has no plugin of this name.", ("name",)),
    "XENAPI_PLUGIN_FAILURE": ErrorCode(
        "The plugin failed; its words are told.", ("status", "stdout", "stderr")
    ),
    "XEN_INCOMPATIBLE": ErrorCode(
        "The toolstack does not know the running hypervisor's interface."
    ),
    "XEN_VSS_REQ_ERROR_ADDING_VOLUME_TO_SNAPSET_FAILED": ErrorCode(
        "A quiet snapshot failed: Windows did not take one of the disks into the set.",
        ("vm", "error_code"),
    ),
    "XEN_VSS_REQ_ERROR_CREATING_SNAPSHOT": ErrorCode(
        "A quiet snapshot failed: Windows could not have it made.", ("vm", "error_code")
    ),
    "XEN_VSS_REQ_ERROR_CREATING_SNAPSHOT_XML_STRING": ErrorCode(
        "A quiet snapshot failed: Windows could not describe it.", ("vm", "error_code")
    ),
    "XEN_VSS_REQ_ERROR_INIT_FAILED": ErrorCode(
        "A quiet snapshot failed: the guest's part of it did not start.", ("vm", "error_code")
    ),
    "XEN_VSS_REQ_ERROR_NO_VOLUMES_SUPPORTED": ErrorCode(
        "A quiet snapshot failed: none of the guest's disks can take part.", ("vm", "error_code")
    ),
    "XEN_VSS_REQ_ERROR_PREPARING_WRITERS": ErrorCode(
        "A quiet snapshot failed: a program of the guest did not write out in time.",
        ("vm", "error_code"),
    ),
    "XEN_VSS_REQ_ERROR_PROV_NOT_LOADED": ErrorCode(
        "A quiet snapshot failed: the guest lacks the provider for Xen.", ("vm", "error_code")
    ),
    "XEN_VSS_REQ_ERROR_START_SNAPSHOT_SET_FAILED": ErrorCode(
        "A quiet snapshot failed: Windows did not begin the set of disks.", ("vm", "error_code")
    ),
    "XMLRPC_UNMARSHAL_FAILURE": ErrorCode(
        "A parameter is not what the message takes there: what was due, and what came.",
        ("expected", "received"),
    ),
}
