"""The XenAPI class ``network``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, VM_ADMIN, VM_OPERATOR, VM_POWER_ADMIN


@xenapi_class(
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
class Network(Object[L["network"]]):
    """A network that interfaces connect to."""

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
            role=POOL_OPERATOR,
            column="name__label",
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            role=POOL_OPERATOR,
            column="name__description",
        ),
    ]
    allowed_operations: A[
        list[enums.NetworkOperations],
        field(
            "The operations that may be begun on it now.",
            default=[],
            role=POOL_OPERATOR,
            persist=False,
        ),
    ]
    current_operations: A[
        dict[str, enums.NetworkOperations],
        field(
            "The operations in progress, by the task that does them.",
            default={},
            role=POOL_OPERATOR,
            persist=False,
        ),
    ]
    VIFs: A[list[Ref[L["VIF"]]], field("The network interfaces that are connected to it.")]
    PIFs: A[
        list[Ref[L["PIF"]]],
        field("The interfaces of hosts that are on it, one for each host that has it."),
    ]
    MTU: A[
        int,
        field(
            "The largest packet that it takes, in bytes.", RW, default=1500, since="midnight-ride"
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            role=POOL_OPERATOR,
            key_roles={
                "XenCenter.CustomFields.*": VM_OPERATOR,
                "XenCenterCreateInProgress": VM_OPERATOR,
                "folder": VM_OPERATOR,
            },
        ),
    ]
    bridge: A[
        str,
        field(
            "The bridge that carries it on each host.",
            STATIC,
            default="",
            history=(
                ("Published", "rio"),
                ("Changed", "falcon"),
            ),
        ),
    ]
    managed: A[
        bool,
        field(
            "Whether the toolstack makes its bridge; else it exists on the hosts already.",
            STATIC,
            default=True,
            since="falcon",
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
    default_locking_mode: A[
        enums.NetworkDefaultLockingMode,
        field(
            "The locking mode of its VIFs that leave it to their network.",
            default="unlocked",
            since="tampa",
        ),
    ]
    assigned_ips: A[
        dict[Ref[L["VIF"]], str],
        field(
            "Addresses that were given to VIFs on a network that the host manages alone.",
            default={},
            since="creedence",
        ),
    ]
    purpose: A[
        list[enums.NetworkPurpose],
        field(
            "What else it is for, such as serving disks to other machines.",
            default=[],
            since="inverness",
        ),
    ]

    @message(role=POOL_OPERATOR, since="miami", hidden=True)
    def attach(
        network: A[Ref[L["network"]], "The network to bring up"],
        host: A[Ref[L["host"]], "The host that carries it out"],
    ) -> None:
        """Make a network usable on a host: its interface and bridge are brought up."""

    @message(role=POOL_OPERATOR, hidden=True)
    def pool_introduce(
        name_label: A[str, param("The name that people see", since="miami")],
        name_description: A[str, param("What people say about it", since="miami")],
        MTU: A[int, param("The largest packet that it takes, in bytes", since="miami")],
        other_config: A[
            dict[str, str], param("Settings and notes of clients, by key", since="miami")
        ],
        bridge: A[str, param("The bridge that carries it on each host", since="miami")],
        managed: A[bool, param("Whether the toolstack makes that bridge", since="falcon")],
        purpose: A[
            list[enums.NetworkPurpose], param("What it is for besides VMs", since="inverness")
        ],
    ) -> Ref[L["network"]]:
        """Write the record of a network of a host that joins the pool, as given. Answers its
        reference.
        """

    @message(role=POOL_OPERATOR, since="orlando")
    def create_new_blob(
        network: A[Ref[L["network"]], "The network to keep it with"],
        name: A[str, "The key under which it is found in the network's blobs"],
        mime_type: A[str, "The media type of what it will hold; empty for unknown"],
        public: A[bool, param("Whether it may be read without a session", since="tampa")] = False,
    ) -> Ref[L["blob"]]:
        """Make an empty piece of binary data beside a network; HTTP fills and reads it."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_default_locking_mode(
        network: A[Ref[L["network"]], "The network to change"],
        value: A[enums.NetworkDefaultLockingMode, "Any traffic (unlocked) or none (disabled)"],
    ) -> None:
        """Choose what traffic is let through for those VIFs that leave it to their network. None of
        them may be plugged.
        """

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True)
    def attach_for_vm(
        host: A[Ref[L["host"]], "The host that carries it out"],
        vm: A[Ref[L["VM"]], "The VM that comes"],
    ) -> None:
        """Make all networks of a VM usable on a host where it is about to run."""

    @message(role=VM_POWER_ADMIN, since="tampa", hidden=True)
    def detach_for_vm(
        host: A[Ref[L["host"]], "The host that carries it out"],
        vm: A[Ref[L["VM"]], "The VM that has left"],
    ) -> None:
        """Let go of the networks that were made usable on a host for a VM and that nobody needs
        there now.
        """

    @message(role=POOL_ADMIN, since="inverness", errors=("NETWORK_INCOMPATIBLE_PURPOSES",))
    def add_purpose(
        self: A[Ref[L["network"]], "The network to change"],
        value: A[enums.NetworkPurpose, "The purpose; not one that contradicts those that it has"],
    ) -> None:
        """Let a network be used for something besides its VMs."""

    @message(role=POOL_ADMIN, since="inverness")
    def remove_purpose(
        self: A[Ref[L["network"]], "The network to change"],
        value: A[enums.NetworkPurpose, "The purpose"],
    ) -> None:
        """Take a purpose from a network; it need not have it."""


NetworkRef = Ref[L["network"]]
