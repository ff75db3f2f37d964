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
    """A Cluster host."""

    PIF: A[
        Ref[L["PIF"]],
        field(
            "PIF.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    allowed_operations: A[
        list[enums.ClusterHostOperation], field("Allowed operations.", default=[], persist=False)
    ]
    cluster: A[
        Ref[L["Cluster"]],
        field(
            "Cluster.",
            STATIC,
            default="OpaqueRef:NULL",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    current_operations: A[
        dict[str, enums.ClusterHostOperation],
        field("Current operations.", default={}, persist=False),
    ]
    enabled: A[
        bool,
        field(
            "Enabled.",
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
            "Host.",
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
            "Joined.",
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
            "Last update live.", default="19700101T00:00:00Z", history=(("Prototyped", "24.3.0"),)
        ),
    ]
    live: A[bool, field("Live.", default=False, history=(("Prototyped", "24.3.0"),))]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            STATIC,
            default={},
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    uuid: A[
        str,
        field(
            "Uuid.",
            role=POOL_ADMIN,
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
        cluster: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
        host: A[Ref[L["host"]], param("The host to act on", since="lima")],
        pif: A[Ref[L["PIF"]], param("The PIF to act on", since="lima")],
    ) -> Ref[L["Cluster_host"]]:
        """Create."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE", "CLUSTERING_DISABLED", "CLUSTER_HOST_IS_LAST"),
    )
    def destroy(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host to act on", since="lima")],
    ) -> None:
        """Destroy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE",),
    )
    def disable(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host to act on", since="lima")],
    ) -> None:
        """Disable."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("PIF_ALLOWS_UNPLUG", "REQUIRED_PIF_IS_UNPLUGGED"),
    )
    def enable(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host to act on", since="lima")],
    ) -> None:
        """Enable."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE",),
    )
    def force_destroy(
        self: A[Ref[L["Cluster_host"]], param("The Cluster_host to act on", since="lima")],
    ) -> None:
        """Force destroy."""

    @message(role=LOCAL_ROOT, since="lima", hidden=True)
    def forget(
        self: A[Ref[L["Cluster_host"]], "The Cluster_host to act on"],
    ) -> None:
        """Forget."""
