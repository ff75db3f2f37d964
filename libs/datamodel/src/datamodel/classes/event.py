"""The XenAPI class ``event``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, DateTime, Object, Record, Ref, field, message, xenapi_class
from datamodel.roles import NOBODY, POOL_ADMIN, READ_ONLY


@xenapi_class(
    create_role=POOL_ADMIN,
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class Event(Object[L["event"]]):
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
        field("Whether the object was added, changed or removed.", STATIC, role=NOBODY),
    ]
    ref: A[str, field("Reference of the object that changed.", STATIC, role=NOBODY)]
    timestamp: A[
        DateTime,
        field(
            "Kept for old clients and without meaning; the object's own record tells what is known.",
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
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
    )
    def register(
        classes: A[list[str], "Names of classes; `*` for all"],
    ) -> None:
        """Have event.next tell this session of changes in some classes. event.from needs no
        registration.
        """

    @message(
        role=READ_ONLY,
        history=(
            ("Published", "rio"),
            ("Deprecated", "boston"),
        ),
    )
    def unregister(
        classes: A[list[str], "Names of classes; `*` for all"],
    ) -> None:
        """Have event.next tell this session no more of changes in some classes."""

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
        """Wait for changes of the classes that the session registered for, and tell all since the
        last call. event.from has taken its place; here events are lost when a client is slow.
        """

    @message(
        role=READ_ONLY,
        since="boston",
        asynchronous=False,
        custom_marshaller=True,
        errors=("EVENT_FROM_TOKEN_PARSE_FAILURE", "EVENT_SUBSCRIPTION_PARSE_FAILURE"),
    )
    def from_(
        classes: A[
            list[str], "Names of classes, `class/reference` for single objects, or `*` for all"
        ],
        token: A[str, "Where to go on from; empty for everything that exists now"],
        timeout: A[float, "The longest wait in seconds; then an answer without events comes"],
    ) -> list[Record[L["event"]]]:
        """Wait until objects of some classes have changed since a token, and tell each once, with
        its latest state and a token to go on from. Answers earlier than the timeout as soon as
        there is a change.
        """

    @message(role=READ_ONLY, asynchronous=False)
    def get_current_id() -> int:
        """Tell the number of the latest change of any object."""

    @message(role=READ_ONLY, since="tampa", asynchronous=False)
    def inject(
        class_: A[str, "Name of the object's class"],
        ref: A[str, "Reference of the object"],
    ) -> str:
        """Have an object appear in events as if it had changed. Answers a token; event.from from a
        token before it tells the object.
        """


EventRef = Ref[L["event"]]
