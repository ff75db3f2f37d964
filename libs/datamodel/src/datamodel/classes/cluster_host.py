"""The XenAPI class ``Cluster_host``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "Cluster_host",
    create_role=POOL_OPERATOR,
    history=(
        ("Prototyped", "kolkata"),
        ("Published", "lima"),
    ),
)
class Cluster_host:
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
    allowed_operations: A[
        list[enums.ClusterHostOperation],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.ClusterHostOperation],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
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
    enabled: A[
        bool,
        field(
            "Whether it may be used for something new.",
            default=False,
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
    joined: A[
        bool,
        field(
            "Whether it says yes to: joined.",
            default=True,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
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
    live: A[
        bool,
        field(
            "Whether it was heard of lately.", default=False, history=(("Prototyped", "24.3.0"),)
        ),
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
        cluster: A[Ref[L["Cluster"]], param("The Cluster that is meant", since="lima")],
        host: A[Ref[L["host"]], param("The host that is meant", since="lima")],
        pif: A[Ref[L["PIF"]], param("The PIF that is meant", since="lima")],
    ) -> Ref[L["Cluster_host"]]:
        """Make a new Cluster_host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE", "CLUSTERING_DISABLED", "CLUSTER_HOST_IS_LAST"),
    )
    def destroy(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host that is meant", since="lima")],
    ) -> None:
        """Remove the Cluster_host."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE",),
    )
    def disable(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host that is meant", since="lima")],
    ) -> None:
        """Let it not be used for anything new."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("PIF_ALLOWS_UNPLUG", "REQUIRED_PIF_IS_UNPLUGGED"),
    )
    def enable(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host that is meant", since="lima")],
    ) -> None:
        """Let it be used for something new."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE",),
    )
    def force_destroy(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host that is meant", since="lima")],
    ) -> None:
        """Have the Cluster_host do this: force destroy."""

    @message(role=LOCAL_ROOT, since="lima", hidden=True)
    def forget(
        self: A[Ref[L["Cluster_host"]], "The Cluster_host that is meant"],
    ) -> None:
        """Let the pool forget the Cluster_host, which stays as it is."""
