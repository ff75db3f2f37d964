"""The XenAPI class ``Cluster_host``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Prototyped", "kolkata"),
        ("Published", "lima"),
    ),
)
class Cluster_host(Object[L["Cluster_host"]]):
    """A host's part in a cluster."""

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
    cluster: A[
        Ref[L["Cluster"]],
        field(
            "The cluster that it is a member of.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    host: A[
        Ref[L["host"]],
        field(
            "The host that takes part in the cluster.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    enabled: A[
        bool,
        field(
            "Whether the cluster stack runs on the host.",
            default=False,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface that its cluster traffic takes.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    joined: A[
        bool,
        field(
            "Whether the host has completed joining; until then the cluster does not count on it.",
            default=True,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    live: A[
        bool,
        field(
            "Whether it was heard of lately.", default=False, history=(("Prototyped", "24.3.0"),)
        ),
    ]
    last_update_live: A[
        DateTime,
        field(
            "When `live` was last confirmed.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "24.3.0"),),
        ),
    ]
    allowed_operations: A[
        list[enums.ClusterHostOperation],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.ClusterHostOperation],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            STATIC,
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
        errors=("PIF_NOT_ATTACHED_TO_HOST", "NO_CLUSTER_HOSTS_REACHABLE"),
    )
    def create(
        cluster: A[Ref[L["Cluster"]], param("The cluster to join", since="lima")],
        host: A[Ref[L["host"]], param("The host that joins", since="lima")],
        pif: A[
            Ref[L["PIF"]],
            param(
                "The host's interface on the cluster's network; it must have an address, be plugged and disallow unplugging",
                since="lima",
            ),
        ],
    ) -> Ref[L["Cluster_host"]]:
        """Let a host join a cluster and run its stack there."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE", "CLUSTERING_DISABLED", "CLUSTER_HOST_IS_LAST"),
    )
    def destroy(
        self: A[
            Ref[L["Cluster_host"]],
            param("The part to give up; no SR on this host may need the cluster", since="lima"),
        ],
    ) -> None:
        """Have a host leave its cluster in order; the last member cannot leave but by
        Cluster.destroy.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("PIF_ALLOWS_UNPLUG", "REQUIRED_PIF_IS_UNPLUGGED"),
    )
    def enable(
        self: A[
            Ref[L["Cluster_host"]],
            param(
                "The part to switch on; its interface must be plugged and disallow unplugging",
                since="lima",
            ),
        ],
    ) -> None:
        """Start the cluster stack on a host that is a member but was switched off."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE",),
    )
    def force_destroy(
        self: A[Ref[L["Cluster_host"]], param("The part to give up", since="lima")],
    ) -> None:
        """Remove a host from its cluster without its help or that of the others; what the others
        hold of it may stay behind.
        """

    @message(role=LOCAL_ROOT, since="lima", hidden=True)
    def forget(
        self: A[Ref[L["Cluster_host"]], "The part of the dead host"],
    ) -> None:
        """Strike a dead host from the cluster's member list and remove the record; called when the
        host is declared dead for ever.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE",),
    )
    def disable(
        self: A[
            Ref[L["Cluster_host"]],
            param("The part to switch off; no SR on this host may need the cluster", since="lima"),
        ],
    ) -> None:
        """Stop the cluster stack on a host, which stays a member."""


Cluster_hostRef = Ref[L["Cluster_host"]]
