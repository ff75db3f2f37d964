"""The XenAPI class ``event``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Record, field, message, xenapi_class
from datamodel.roles import NOBODY, POOL_ADMIN, READ_ONLY


@xenapi_class(
    "event",
    create_role=POOL_ADMIN,
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class Event:
    """A change of an object, told to clients."""

    class_: A[
        str, field("Lower-case name of the class of the object that changed.", STATIC, role=NOBODY)
    ]
    id: A[
        int,
        field(
            "Number of the event in the order in which a server tells them.", STATIC, role=NOBODY
        ),
    ]
    obj_uuid: A[
        str,
        field(
            "Uuid of the object that changed; kept for old clients.",
            STATIC,
            role=NOBODY,
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
        ),
    ]
    operation: A[
        enums.EventOperation,
        field("Which of the known kinds its operation is.", STATIC, role=NOBODY),
    ]
    ref: A[str, field("Reference of the object that changed.", STATIC, role=NOBODY)]
    timestamp: A[
        DateTime,
        field(
            "When it was made.",
            STATIC,
            role=NOBODY,
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
        ),
    ]

    @message(
        role=READ_ONLY,
        since="boston",
        asynchronous=False,
        custom_marshaller=True,
        errors=("EVENT_FROM_TOKEN_PARSE_FAILURE", "EVENT_SUBSCRIPTION_PARSE_FAILURE"),
    )
    def from_(
        classes: A[list[str], "All the classes"],
        token: A[str, "The token"],
        timeout: A[float, "The timeout"],
    ) -> list[Record[L["event"]]]:
        """Wait for changes since a token and tell them."""

    @message(role=READ_ONLY, asynchronous=False)
    def get_current_id() -> int:
        """The number of the latest change."""

    @message(role=READ_ONLY, since="tampa", asynchronous=False)
    def inject(
        class_: A[str, "The class"],
        ref: A[str, "The ref"],
    ) -> str:
        """Make an event for an object without changing it."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
        asynchronous=False,
        custom_marshaller=True,
        errors=("SESSION_NOT_REGISTERED", "EVENTS_LOST", "EVENT_SUBSCRIPTION_PARSE_FAILURE"),
    )
    def next() -> list[Record[L["event"]]]:
        """Tell the changes since the last call."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
    )
    def register(
        classes: A[list[str], "All the classes"],
    ) -> None:
        """Hear of changes in these classes."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
    )
    def unregister(
        classes: A[list[str], "All the classes"],
    ) -> None:
        """Hear no more of changes in these classes."""
