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
    """A message."""

    body: A[str, field("Body.")]
    cls: A[
        enums.Cls,
        field(
            "Cls.",
            history=(
                ("Published", "orlando"),
                ("Extended", "1.313.0"),
            ),
        ),
    ]
    name: A[str, field("Name.")]
    obj_uuid: A[str, field("Obj uuid.")]
    priority: A[int, field("Priority.")]
    timestamp: A[DateTime, field("Timestamp.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def create(
        name: A[str, "Name"],
        priority: A[int, "Priority"],
        cls: A[enums.Cls, "Cls"],
        obj_uuid: A[str, "Obj uuid"],
        body: A[str, "Body"],
    ) -> Ref[L["message"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="orlando", asynchronous=False)
    def destroy(
        self: A[Ref[L["message"]], "The message to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "26.6.0"),))
    def destroy_all(
        filters: A[dict[str, str], param("Filters", since=None)],
    ) -> None:
        """Destroy all."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.19.0"),))
    def destroy_many(
        messages: A[list[Ref[L["message"]]], param("Messages", since=None)],
    ) -> None:
        """Destroy many."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get(
        cls: A[enums.Cls, "Cls"],
        obj_uuid: A[str, "Obj uuid"],
        since: A[DateTime, "Since"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Get."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all() -> list[Ref[L["message"]]]:
        """Get all."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all_records() -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Get all records."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_all_records_where(
        expr: A[str, "Expr"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Get all records where."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_by_uuid(
        uuid: A[str, "Uuid"],
    ) -> Ref[L["message"]]:
        """Get by uuid."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_record(
        self: A[Ref[L["message"]], "The message to act on"],
    ) -> Record[L["message"]]:
        """Get record."""

    @message(role=READ_ONLY, since="orlando", asynchronous=False)
    def get_since(
        since: A[DateTime, "Since"],
    ) -> dict[Ref[L["message"]], Record[L["message"]]]:
        """Get since."""
