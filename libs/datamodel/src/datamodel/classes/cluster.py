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
    """A Cluster."""

    allowed_operations: A[
        list[enums.ClusterOperation], field("Allowed operations.", default=[], persist=False)
    ]
    cluster_config: A[
        dict[str, str],
        field(
            "Cluster config.",
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
            "Cluster hosts.",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    cluster_stack: A[
        str,
        field(
            "Cluster stack.",
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
        field("Cluster stack version.", STATIC, default=2, history=(("Prototyped", "24.15.0"),)),
    ]
    cluster_token: A[
        str,
        field(
            "Cluster token.",
            STATIC,
            default="",
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    current_operations: A[
        dict[str, enums.ClusterOperation], field("Current operations.", default={}, persist=False)
    ]
    expected_hosts: A[
        int, field("Expected hosts.", default=0, history=(("Prototyped", "25.17.0"),))
    ]
    is_quorate: A[bool, field("Is quorate.", default=False, history=(("Prototyped", "24.3.0"),))]
    live_hosts: A[int, field("Live hosts.", default=0, history=(("Prototyped", "24.3.0"),))]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            RW,
            default={},
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    pending_forget: A[list[str], field("Pending forget.", default=[], since="lima")]
    pool_auto_join: A[
        bool,
        field(
            "Pool auto join.",
            STATIC,
            default=True,
            history=(
                ("Prototyped", "kolkata"),
                ("Published", "lima"),
            ),
        ),
    ]
    quorum: A[int, field("Quorum.", default=0, history=(("Prototyped", "24.3.0"),))]
    token_timeout: A[
        float,
        field(
            "Token timeout.",
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
            "Token timeout coefficient.",
            STATIC,
            default=1.0,
            history=(
                ("Prototyped", "kolkata"),
                ("Changed", "lima"),
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
        errors=(
            "INVALID_CLUSTER_STACK",
            "INVALID_VALUE",
            "PIF_ALLOWS_UNPLUG",
            "REQUIRED_PIF_IS_UNPLUGGED",
        ),
    )
    def create(
        PIF: A[Ref[L["PIF"]], "PIF"],
        cluster_stack: A[str, "Cluster stack"],
        pool_auto_join: A[bool, "Pool auto join"],
        token_timeout: A[float, "Token timeout"] = 20.0,
        token_timeout_coefficient: A[float, "Token timeout coefficient"] = 1.0,
    ) -> Ref[L["Cluster"]]:
        """Create."""

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
        self: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
    ) -> None:
        """Cstack sync."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_DOES_NOT_HAVE_ONE_NODE", "CLUSTER_STACK_IN_USE"),
    )
    def destroy(
        self: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
    ) -> None:
        """Destroy."""

    @message(
        role=READ_ONLY,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def get_network(
        self: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
    ) -> Ref[L["network"]]:
        """Get network."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def pool_create(
        network: A[Ref[L["network"]], "The network to act on"],
        cluster_stack: A[str, "Cluster stack"],
        token_timeout: A[float, "Token timeout"] = 20.0,
        token_timeout_coefficient: A[float, "Token timeout coefficient"] = 1.0,
    ) -> Ref[L["Cluster"]]:
        """Pool create."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_STACK_IN_USE", "CLUSTERING_DISABLED", "CLUSTER_HOST_IS_LAST"),
    )
    def pool_destroy(
        self: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
    ) -> None:
        """Pool destroy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
        errors=("CLUSTER_FORCE_DESTROY_FAILED",),
    )
    def pool_force_destroy(
        self: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
    ) -> None:
        """Pool force destroy."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Prototyped", "kolkata"),
            ("Published", "lima"),
        ),
    )
    def pool_resync(
        self: A[Ref[L["Cluster"]], param("The Cluster to act on", since="lima")],
    ) -> None:
        """Pool resync."""
