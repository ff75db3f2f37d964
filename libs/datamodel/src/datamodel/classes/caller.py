"""The XenAPI class ``Caller``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_ADMIN,
    history=(("Prototyped", "26.17.0"),),
    constructor=("name_label", "name_description", "user_agent", "client_ip"),
)
class Caller(Object[L["Caller"]]):
    """A client, as the rate limiter knows it."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            column="name__description",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    user_agent: A[
        str,
        field(
            "What the client calls itself in its HTTP requests.",
            STATIC,
            default="",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    client_ip: A[
        str,
        field(
            "The network address that its calls come from.",
            STATIC,
            default="",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    last_access: A[
        DateTime,
        field(
            "When it last made a call.",
            default="19700101T00:00:00Z",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    groups: A[
        list[str],
        field(
            "Names of the groups that its limits are shared with.",
            default=[],
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    rate_limit: A[
        Ref[L["Rate_limit"]],
        field(
            "The limit that its calls are held to; null for none.",
            default="OpaqueRef:NULL",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    auto_registered: A[
        bool,
        field(
            "Whether the server made the record itself when the client first called.",
            default=False,
            history=(("Prototyped", "26.17.0"),),
        ),
    ]

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.17.0"),))
    def add_group(
        self: A[Ref[L["Caller"]], param("The client to add", since=None)],
        group: A[str, param("Name of the group; it comes to be with its first member", since=None)],
    ) -> None:
        """Count a client's calls in a group too."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.17.0"),))
    def remove_group(
        self: A[Ref[L["Caller"]], param("The client to take out", since=None)],
        group: A[str, param("Name of the group; it need not be a member", since=None)],
    ) -> None:
        """Count a client's calls in a group no longer."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_token_usage(
        self: A[Ref[L["Caller"]], param("The client that is asked about", since=None)],
    ) -> float:
        """Tell how many tokens of the rate limiter a client has spent."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_call_count(
        self: A[Ref[L["Caller"]], param("The client that is asked about", since=None)],
    ) -> int:
        """Tell how many calls a client has made since the server counts them."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_group_token_usage(
        group: A[str, param("Name of the group", since=None)],
    ) -> float:
        """Tell how many tokens of the rate limiter the clients of a group have spent together."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_group_call_count(
        group: A[str, param("Name of the group", since=None)],
    ) -> int:
        """Tell how many calls the clients of a group have made together since the server counts
        them.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.17.0"),))
    def query_all_usage() -> list[list[str]]:
        """Tell how much every known client and group has called, one list of texts for each."""


CallerRef = Ref[L["Caller"]]
