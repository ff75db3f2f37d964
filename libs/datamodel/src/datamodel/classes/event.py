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
    """A event."""

    class_: A[str, field("Class.", STATIC, role=NOBODY)]
    id: A[int, field("Id.", STATIC, role=NOBODY)]
    obj_uuid: A[
        str,
        field(
            "Obj uuid.",
            STATIC,
            role=NOBODY,
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
        ),
    ]
    operation: A[enums.EventOperation, field("Operation.", STATIC, role=NOBODY)]
    ref: A[str, field("Ref.", STATIC, role=NOBODY)]
    timestamp: A[
        DateTime,
        field(
            "Timestamp.",
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
        classes: A[list[str], "Classes"],
        token: A[str, "Token"],
        timeout: A[float, "Timeout"],
    ) -> list[Record[L["event"]]]:
        """From."""

    @message(role=READ_ONLY, asynchronous=False)
    def get_current_id() -> int:
        """Get current id."""

    @message(role=READ_ONLY, since="tampa", asynchronous=False)
    def inject(
        class_: A[str, "Class"],
        ref: A[str, "Ref"],
    ) -> str:
        """Inject."""

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
        """Next."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
    )
    def register(
        classes: A[list[str], "Classes"],
    ) -> None:
        """Register."""

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
    )
    def unregister(
        classes: A[list[str], "Classes"],
    ) -> None:
        """Unregister."""
