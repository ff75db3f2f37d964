"""The XenAPI class ``message``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import DateTime, Record, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(
    "message",
    create_role=POOL_OPERATOR,
    since="orlando",
    in_database=False,
    persistent=False,
    get_all=False,
)
class Message:
    """Something that operators should know."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name: A[str, field("What happened, as a word that clients look for, such as VM_STARTED.")]
    priority: A[int, field("How urgent it is: 1 for data loss, 5 for what is only good to know.")]
    cls: A[
        enums.Cls,
        field(
            "Which of the known kinds its cls is.",
            history=(
                ("Published", "orlando"),
                ("Extended", "1.313.0"),
            ),
        ),
    ]
    obj_uuid: A[str, field("Uuid of the object that it is about.")]
    timestamp: A[DateTime, field("When it was made.")]
    body: A[str, field("What happened, in words or in XML.")]

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def create(
        name: A[str, "The name"],
        priority: A[int, "The priority"],
        cls: A[enums.Cls, "The cls"],
        obj_uuid: A[str, "The obj uuid"],
        body: A[str, "The body"],
    ) -> Ref[L["message"]]:
        """Make a new message."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def destroy(
        self: A[Ref[L["message"]], "The message that is meant"],
    ) -> None:
        """Remove the message."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.6.0"),))
    def destroy_all(
        filters: A[dict[str, str], param("The filters, by key", since=None)],
    ) -> None:
        """Remove the all of the message."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.19.0"),))
    def destroy_many(
        messages: A[list[Ref[L["message"]]], param("All the messages", since=None)],
    ) -> None:
        """Remove the many of the message."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get(
        cls: A[enums.Cls, "The cls"],
        obj_uuid: A[str, "The obj uuid"],
        since: A[DateTime, "The since"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Have the message do this: get."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all() -> list[Ref[L["message"]]]:
        """Tell the all of the message."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all_records() -> dict[Ref[L["message"]], Record[L["message"]]]:
        """List the records of every message."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all_records_where(
        expr: A[str, "The expr"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """List the records where of every message."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_by_uuid(
        uuid: A[str, "The uuid"],
    ) -> Ref[L["message"]]:
        """Find every message by its uuid."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_record(
        self: A[Ref[L["message"]], "The message that is meant"],
    ) -> Record[L["message"]]:
        """Tell the record of the message."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_since(
        since: A[DateTime, "The since"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Tell the since of the message."""
