"""The XenAPI class ``Caller``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "Caller",
    create_role=POOL_ADMIN,
    history=(("Prototyped", "26.17.0"),),
    constructor=("name_label", "name_description", "user_agent", "client_ip"),
)
class Caller:
    """A Caller."""

    auto_registered: A[
        bool, field("Auto registered.", default=False, history=(("Prototyped", "26.17.0"),))
    ]
    client_ip: A[str, field("Client ip.", STATIC, default="", history=(("Prototyped", "26.17.0"),))]
    groups: A[list[str], field("Groups.", default=[], history=(("Prototyped", "26.17.0"),))]
    last_access: A[
        DateTime,
        field("Last access.", default="19700101T00:00:00Z", history=(("Prototyped", "26.17.0"),)),
    ]
    name_description: A[
        str,
        field(
            "Name description.",
            RW,
            default="",
            column="name__description",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    name_label: A[
        str,
        field(
            "Name label.",
            RW,
            default="",
            column="name__label",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    rate_limit: A[
        Ref[L["Rate_limit"]],
        field("Rate limit.", default="OpaqueRef:NULL", history=(("Prototyped", "26.17.0"),)),
    ]
    user_agent: A[
        str, field("User agent.", STATIC, default="", history=(("Prototyped", "26.17.0"),))
    ]
    uuid: A[str, field("Uuid.", history=(("Prototyped", "26.17.0"),))]

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.17.0"),))
    def add_group(
        self: A[Ref[L["Caller"]], param("The Caller to act on", since=None)],
        group: A[str, param("Group", since=None)],
    ) -> None:
        """Add group."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.17.0"),))
    def query_all_usage() -> list[list[str]]:
        """Query all usage."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_call_count(
        self: A[Ref[L["Caller"]], param("The Caller to act on", since=None)],
    ) -> int:
        """Query call count."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_group_call_count(
        group: A[str, param("Group", since=None)],
    ) -> int:
        """Query group call count."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_group_token_usage(
        group: A[str, param("Group", since=None)],
    ) -> float:
        """Query group token usage."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.15.0"),))
    def query_token_usage(
        self: A[Ref[L["Caller"]], param("The Caller to act on", since=None)],
    ) -> float:
        """Query token usage."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.17.0"),))
    def remove_group(
        self: A[Ref[L["Caller"]], param("The Caller to act on", since=None)],
        group: A[str, param("Group", since=None)],
    ) -> None:
        """Remove group."""
