"""message.*: what the pool has to tell its operators, kept as rows like everything else."""

from collections.abc import Callable

from datamodel import XenAPIError, api, dates
from datamodel.model import IntType
from datamodel.refs import new_uuid
from datamodel.values import invalid_value, to_native
from pooldb import Transaction
from pooldb.view import Record

from xapi.context import Context, answers
from xapi.results import RecordOf, RecordsOf
from xapi.tasks import now

TABLE_OF = {"Host": "host", "Pool": "pool"}
"""Classes whose names in messages are not their wire names."""


@answers("message.create")
async def create(
    context: Context, name: str, priority: int, cls: str, obj_uuid: str, body: str
) -> str:
    # The object must be there, as a message about nothing helps nobody.
    context.view.by_uuid(TABLE_OF.get(cls, cls), obj_uuid)
    return await context.pool.write(
        lambda tx: tx.create(
            "message",
            {
                "uuid": new_uuid(),
                "name": name,
                "priority": priority,
                "cls": cls,
                "obj_uuid": obj_uuid,
                "timestamp": now(),
                "body": body,
            },
        )
    )


@answers("message.destroy")
async def destroy(context: Context, self: str) -> None:
    await context.pool.write(lambda tx: tx.delete("message", self))


@answers("message.destroy_many")
async def destroy_many(context: Context, messages: list[str]) -> None:
    def remove(tx: Transaction) -> None:
        for ref in messages:
            tx.delete("message", ref)

    await context.pool.write(remove)


@answers("message.destroy_all")
async def destroy_all(context: Context, filters: dict[str, str]) -> None:
    """Remove the messages for which all filters hold; raises INVALID_VALUE for what is none."""
    chosen = [_filter(name, said) for name, said in filters.items()]

    def remove(tx: Transaction) -> None:
        for ref, record in tx.all("message").items():
            if all(holds(record) for holds in chosen):
                tx.delete("message", ref)

    await context.pool.write(remove)


def _filter(name: str, said: str) -> Callable[[Record], bool]:
    try:
        match name:
            case "before":
                before = dates.canonical(said)
                return lambda record: bool(record["timestamp"] < before)
            case "after":
                after = dates.canonical(said)
                return lambda record: bool(record["timestamp"] > after)
            case "priority":
                priority = to_native(IntType(), said, api.classes)
                return lambda record: bool(record["priority"] == priority)
    except (ValueError, XenAPIError):
        raise invalid_value(name, said) from None
    raise invalid_value("filters", name)


@answers("message.get_all")
async def get_all(context: Context) -> list[str]:
    return context.view.refs("message")


@answers("message.get_all_records")
async def get_all_records(context: Context) -> RecordsOf:
    return RecordsOf("message", context.view.rows("message"))


@answers("message.get_all_records_where")
async def get_all_records_where(context: Context, expr: str) -> RecordsOf:
    return RecordsOf("message", context.view.where("message", expr))


@answers("message.get_record")
async def get_record(context: Context, self: str) -> RecordOf:
    return RecordOf("message", context.view.get_row("message", self))


@answers("message.get_by_uuid")
async def get_by_uuid(context: Context, uuid: str) -> str:
    return context.view.by_uuid("message", uuid)


@answers("message.get")
async def get(context: Context, cls: str, obj_uuid: str, since: str) -> RecordsOf:
    context.view.by_uuid(TABLE_OF.get(cls, cls), obj_uuid)
    about = (cls, obj_uuid)
    return _since(context, since, lambda record: (record["cls"], record["obj_uuid"]) == about)


@answers("message.get_since")
async def get_since(context: Context, since: str) -> RecordsOf:
    return _since(context, since, lambda record: True)


def _since(context: Context, since: str, wanted: Callable[[Record], bool]) -> RecordsOf:
    begin = dates.canonical(since)
    rows = context.view.rows("message").items()
    told = {r: row for r, row in rows if row.record["timestamp"] >= begin and wanted(row.record)}
    return RecordsOf("message", told)
