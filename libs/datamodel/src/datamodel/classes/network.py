"""The XenAPI class ``network``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, VM_ADMIN, VM_OPERATOR, VM_POWER_ADMIN


@xenapi_class(
    "network",
    create_role=VM_ADMIN,
    constructor=(
        "name_label",
        "name_description",
        "MTU",
        "other_config",
        "bridge",
        "managed",
        "tags",
    ),
    tags=("networking",),
)
class Network:
    """A network."""

    MTU: A[int, field("MTU.", RW, default=1500, since="midnight-ride")]
    PIFs: A[list[Ref[L["PIF"]]], field("PIFs.")]
    VIFs: A[list[Ref[L["VIF"]]], field("VIFs.")]
    allowed_operations: A[
        list[enums.NetworkOperations],
        field("Allowed operations.", default=[], role=POOL_OPERATOR, persist=False),
    ]
    assigned_ips: A[dict[Ref[L["VIF"]], str], field("Assigned ips.", default={}, since="creedence")]
    blobs: A[dict[str, Ref[L["blob"]]], field("Blobs.", default={}, since="orlando")]
    bridge: A[
        str,
        field(
            "Bridge.",
            STATIC,
            default="",
            history=(
                ("Published", "rio"),
                ("Changed", "falcon"),
            ),
        ),
    ]
    current_operations: A[
        dict[str, enums.NetworkOperations],
        field("Current operations.", default={}, role=POOL_OPERATOR, persist=False),
    ]
    default_locking_mode: A[
        enums.NetworkDefaultLockingMode,
        field("Default locking mode.", default="unlocked", since="tampa"),
    ]
    managed: A[bool, field("Managed.", STATIC, default=True, since="falcon")]
    name_description: A[
        str,
        field("Name description.", RW, default="", role=POOL_OPERATOR, column="name__description"),
    ]
    name_label: A[
        str, field("Name label.", RW, default="", role=POOL_OPERATOR, column="name__label")
    ]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            RW,
            role=POOL_OPERATOR,
            key_roles={
                "XenCenter.CustomFields.*": VM_OPERATOR,
                "XenCenterCreateInProgress": VM_OPERATOR,
                "folder": VM_OPERATOR,
            },
        ),
    ]
    purpose: A[list[enums.NetworkPurpose], field("Purpose.", default=[], since="inverness")]
    tags: A[list[str], field("Tags.", RW, default=[], role=VM_OPERATOR, since="orlando")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_ADMIN, since="inverness", errors=("NETWORK_INCOMPATIBLE_PURPOSES",))
    def add_purpose(
        self: A[Ref[L["network"]], "The network to act on"],
        value: A[enums.NetworkPurpose, "Value"],
    ) -> None:
        """Add purpose."""

    @message(role=POOL_OPERATOR, since="miami", hidden=True)
    def attach(
        network: A[Ref[L["network"]], "The network to act on"],
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Attach."""

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True)
    def attach_for_vm(
        host: A[Ref[L["host"]], "The host to act on"],
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Attach for vm."""

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        network: A[Ref[L["network"]], "The network to act on"],
        name: A[str, "Name"],
        mime_type: A[str, "Mime type"],
        public: A[bool, param("Public", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Create new blob."""

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True)
    def detach_for_vm(
        host: A[Ref[L["host"]], "The host to act on"],
        vm: A[Ref[L["VM"]], "The VM to act on"],
    ) -> None:
        """Detach for vm."""

    @message(role=POOL_OPERATOR, hidden=True)
    def pool_introduce(
        name_label: A[str, param("Name label", since="miami")],
        name_description: A[str, param("Name description", since="miami")],
        MTU: A[int, param("MTU", since="miami")],
        other_config: A[dict[str, str], param("Other config", since="miami")],
        bridge: A[str, param("Bridge", since="miami")],
        managed: A[bool, param("Managed", since="falcon")],
        purpose: A[list[enums.NetworkPurpose], param("Purpose", since="inverness")],
    ) -> Ref[L["network"]]:
        """Pool introduce."""

    @message(role=POOL_ADMIN, since="inverness")
    def remove_purpose(
        self: A[Ref[L["network"]], "The network to act on"],
        value: A[enums.NetworkPurpose, "Value"],
    ) -> None:
        """Remove purpose."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_default_locking_mode(
        network: A[Ref[L["network"]], "The network to act on"],
        value: A[enums.NetworkDefaultLockingMode, "Value"],
    ) -> None:
        """Set default locking mode."""
