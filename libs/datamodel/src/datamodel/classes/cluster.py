"""The XenAPI class ``Cluster``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(
    "Cluster",
    create_role=POOL_OPERATOR,
    history=(
        ("Prototyped", "kolkata"),
        ("Published", "lima"),
    ),
)
class Cluster:
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
    allowed_operations: A[
        list[enums.ClusterOperation],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.ClusterOperation],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
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
    cluster_hosts: A[
        list[Ref[L["Cluster_host"]]],
        field(
            "Every Cluster_host that is among its cluster hosts.",
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
    expected_hosts: A[
        int,
        field(
            "How many members the cluster stack counts on.",
            default=0,
            history=(("Prototyped", "25.17.0"),),
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
    live_hosts: A[
        int,
        field(
            "How many members the cluster stack can reach.",
            default=0,
            history=(("Prototyped", "24.3.0"),),
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
    pending_forget: A[
        list[str],
        field(
            "Addresses of members that are being struck from the cluster.", default=[], since="lima"
        ),
    ]
    pool_auto_join: A[
        bool,
        field(
            "Whether it says yes to: pool auto join.",
            STATIC,
            default=True,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
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
    token_timeout: A[
        float,
        field(
            "Its token timeout, as a fraction or a rate.",
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
            "Its token timeout coefficient, as a fraction or a rate.",
            STATIC,
            default=1.0,
            history=(
                ("Prototyped", "kolkata"),
                ("Changed", "lima"),
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
        PIF: A[Ref[L["PIF"]], "The PIF that is meant"],
        cluster_stack: A[str, "The cluster stack"],
        pool_auto_join: A[bool, "Whether to: pool auto join"],
        token_timeout: A[float, "The token timeout"] = 20.0,
        token_timeout_coefficient: A[float, "The token timeout coefficient"] = 1.0,
    ) -> Ref[L["Cluster"]]:
        """Make a new Cluster."""

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
        self: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
    ) -> None:
        """Have the Cluster do this: cstack sync."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_DOES_NOT_HAVE_ONE_NODE", "CLUSTER_STACK_IN_USE"),
    )
    def destroy(
        self: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
    ) -> None:
        """Remove the Cluster."""

    @message(
        role=READ_ONLY,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def get_network(
        self: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
    ) -> Ref[L["network"]]:
        """Tell the network of the Cluster."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def pool_create(
        network: A[Ref[L["network"]], "The network that is meant"],
        cluster_stack: A[str, "The cluster stack"],
        token_timeout: A[float, "The token timeout"] = 20.0,
        token_timeout_coefficient: A[float, "The token timeout coefficient"] = 1.0,
    ) -> Ref[L["Cluster"]]:
        """For the whole pool: create."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE", "CLUSTERING_DISABLED", "CLUSTER_HOST_IS_LAST"),
    )
    def pool_destroy(
        self: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
    ) -> None:
        """For the whole pool: destroy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_FORCE_DESTROY_FAILED",),
    )
    def pool_force_destroy(
        self: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
    ) -> None:
        """For the whole pool: force destroy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def pool_resync(
        self: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
    ) -> None:
        """For the whole pool: resync."""
