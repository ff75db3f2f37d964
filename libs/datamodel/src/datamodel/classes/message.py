"""The XenAPI class ``message``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import DateTime, Object, Record, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(
    create_role=POOL_OPERATOR,
    since="orlando",
    in_database=False,
    persistent=False,
    get_all=False,
)
class Message(Object[L["message"]]):
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
            "The kind of object that it is about.",
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
        name: A[str, "What happened, as a word that clients look for"],
        priority: A[
            int, "How urgent it is, from 1 for data loss to 5 for what is only good to know"
        ],
        cls: A[enums.Cls, "The kind of object that it is about"],
        obj_uuid: A[str, "Uuid of that object, which must exist"],
        body: A[str, "What happened, in words or in XML"],
    ) -> Ref[L["message"]]:
        """Leave a message about an object for operators, who see it until somebody destroys it."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def destroy(
        self: A[Ref[L["message"]], "The message to remove"],
    ) -> None:
        """Remove a message."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.19.0"),))
    def destroy_many(
        messages: A[list[Ref[L["message"]]], param("The messages to remove", since=None)],
    ) -> None:
        """Remove several messages at once, or none when one of them does not exist."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.6.0"),))
    def destroy_all(
        filters: A[
            dict[str, str],
            param(
                "`before` and `after` with a date, `priority` with a number; empty for all",
                since=None,
            ),
        ],
    ) -> None:
        """Remove all messages, or those that filters choose. Each filter narrows the choice."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get(
        cls: A[enums.Cls, "The kind of object"],
        obj_uuid: A[str, "Uuid of the object"],
        since: A[DateTime, "That moment"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Tell the record of every message about one object since a moment; a moment in the future
        tells none.
        """

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all() -> list[Ref[L["message"]]]:
        """List every message that nobody has destroyed yet."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_since(
        since: A[DateTime, "That moment"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Tell the record of every message since a moment; a moment in the future tells none."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_record(
        self: A[Ref[L["message"]], "The message that is asked about"],
    ) -> Record[L["message"]]:
        """Tell all fields of a message."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_by_uuid(
        uuid: A[str, "Uuid to look for"],
    ) -> Ref[L["message"]]:
        """Find the message with a uuid."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all_records() -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Tell all fields of every message that nobody has destroyed yet."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all_records_where(
        expr: A[
            str,
            "The expression, by names and values of fields, as all get_all_records_where take it",
        ],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Tell the record of every message for which an expression holds."""


MessageRef = Ref[L["message"]]
