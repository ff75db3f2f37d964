"""The XenAPI class ``Cluster``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Prototyped", "kolkata"),
        ("Published", "lima"),
    ),
)
class Cluster(Object[L["Cluster"]]):
    """Hosts that share storage by a cluster stack."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    cluster_hosts: A[
        list[Ref[L["Cluster_host"]]],
        field(
            "The parts that hosts have in it, one for each member.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    pending_forget: A[
        list[str],
        field(
            "Addresses of members that are being struck from the cluster.", default=[], since="lima"
        ),
    ]
    cluster_token: A[
        str,
        field(
            "The secret that members show each other.",
            STATIC,
            default="",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    cluster_stack: A[
        str,
        field(
            "Name of the software that keeps the cluster together, such as corosync.",
            STATIC,
            default="corosync",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    cluster_stack_version: A[
        int,
        field(
            "Release of the cluster stack, where two cannot work together.",
            STATIC,
            default=2,
            history=(("Prototyped", "24.15.0"),),
        ),
    ]
    is_quorate: A[
        bool,
        field(
            "Whether enough members are in touch for the cluster to act.",
            default=False,
            history=(("Prototyped", "24.3.0"),),
        ),
    ]
    quorum: A[
        int,
        field(
            "How many live members the cluster needs to act.",
            default=0,
            history=(("Prototyped", "24.3.0"),),
        ),
    ]
    live_hosts: A[
        int,
        field(
            "How many members the cluster stack can reach.",
            default=0,
            history=(("Prototyped", "24.3.0"),),
        ),
    ]
    expected_hosts: A[
        int,
        field(
            "How many members the cluster stack counts on.",
            default=0,
            history=(("Prototyped", "25.17.0"),),
        ),
    ]
    allowed_operations: A[
        list[enums.ClusterOperation],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.ClusterOperation],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    pool_auto_join: A[
        bool,
        field(
            "Whether a host that joins the pool joins the cluster too.",
            STATIC,
            default=True,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    token_timeout: A[
        float,
        field(
            "Seconds without the token after which the cluster stack counts a member as lost.",
            STATIC,
            default=20.0,
            history=(
                ("Prototyped", "kolkata"),
                ("Changed", "lima"),
                ("Published", "lima"),
            ),
        ),
    ]
    token_timeout_coefficient: A[
        float,
        field(
            "Seconds by which each member above two makes that time longer.",
            STATIC,
            default=1.0,
            history=(
                ("Prototyped", "kolkata"),
                ("Changed", "lima"),
                ("Published", "lima"),
            ),
        ),
    ]
    cluster_config: A[
        dict[str, str],
        field(
            "Settings of the cluster stack that have no field of their own.",
            STATIC,
            default={},
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=(
            "INVALID_CLUSTER_STACK",
            "INVALID_VALUE",
            "PIF_ALLOWS_UNPLUG",
            "REQUIRED_PIF_IS_UNPLUGGED",
        ),
    )
    def create(
        PIF: A[
            Ref[L["PIF"]],
            "The interface for the cluster's traffic; it must have an address, be plugged and disallow unplugging",
        ],
        cluster_stack: A[
            str, "The software that keeps the cluster together; corosync is the one that is known"
        ],
        pool_auto_join: A[
            bool, "Whether hosts that join the pool later join the cluster by themselves"
        ],
        token_timeout: A[
            float, "Seconds without a sign of life after which a member counts as lost; at least 1"
        ] = 20.0,
        token_timeout_coefficient: A[
            float, "Seconds to add to that for each member above two; at least 0.65"
        ] = 1.0,
    ) -> Ref[L["Cluster"]]:
        """Begin a cluster with one member: the host of the given interface. Other hosts join by
        Cluster_host.create.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_DOES_NOT_HAVE_ONE_NODE", "CLUSTER_STACK_IN_USE"),
    )
    def destroy(
        self: A[Ref[L["Cluster"]], param("The cluster to end; no SR may need it", since="lima")],
    ) -> None:
        """End a cluster that has one member left, together with that member's part."""

    @message(
        role=READ_ONLY,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def get_network(
        self: A[Ref[L["Cluster"]], param("The cluster that is asked about", since="lima")],
    ) -> Ref[L["network"]]:
        """Tell the network that the members' interfaces are on; they must all be on the same one."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def pool_create(
        network: A[
            Ref[L["network"]],
            "The network for its traffic, on which every host must have an interface with an address",
        ],
        cluster_stack: A[
            str, "The software that keeps the cluster together; corosync is the one that is known"
        ],
        token_timeout: A[
            float, "Seconds without a sign of life after which a member counts as lost; at least 1"
        ] = 20.0,
        token_timeout_coefficient: A[
            float, "Seconds to add to that for each member above two; at least 0.65"
        ] = 1.0,
    ) -> Ref[L["Cluster"]]:
        """Begin a cluster with every host of the pool as a member."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_FORCE_DESTROY_FAILED",),
    )
    def pool_force_destroy(
        self: A[Ref[L["Cluster"]], param("The cluster to end", since="lima")],
    ) -> None:
        """End a cluster even where hosts cannot leave it in order; what they keep of it is removed
        as far as it can be.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE", "CLUSTERING_DISABLED", "CLUSTER_HOST_IS_LAST"),
    )
    def pool_destroy(
        self: A[Ref[L["Cluster"]], param("The cluster to end; no SR may need it", since="lima")],
    ) -> None:
        """Have every host leave the cluster in turn, the coordinator last, and end the cluster."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def pool_resync(
        self: A[Ref[L["Cluster"]], param("The cluster to mend", since="lima")],
    ) -> None:
        """Bring the members in line with the pool: every live host gets its part in the cluster and
        runs the stack.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        pool_internal=True,
        hidden=True,
    )
    def cstack_sync(
        self: A[Ref[L["Cluster"]], param("The cluster to read", since="lima")],
    ) -> None:
        """Read anew from the cluster stack which members live and whether they are a quorum, and
        record it; for the pool's own use.
        """


ClusterRef = Ref[L["Cluster"]]
