"""message.*: the pool's messages to its operators, kept as rows like everything else."""

from collections.abc import Callable

from datamodel import XenAPIError, api, dates
from datamodel.classes import Host, Message, MessageRef, Pool
from datamodel.enums import Cls
from datamodel.model import IntType
from datamodel.objects import ClassName, name_of, ref_of
from datamodel.values import invalid_value, to_native
from pooldb import Transaction
from pooldb.reader import Record
from pooldb.tasks import now

from xapi.context import Context, answers
from xapi.results import RecordOf, RecordsOf

TABLE_OF = {Cls.Host: name_of(Host), Cls.Pool: name_of(Pool)}
"""The wire names of classes that have other names in messages."""


def _table_of(cls: Cls) -> ClassName:
    return TABLE_OF.get(cls, ClassName(cls))


@answers("message.create")
async def create(
    context: Context, name: str, priority: int, cls: Cls, obj_uuid: str, body: str
) -> MessageRef:
    # The object must exist: a message about nothing helps nobody.
    context.view.by_uuid(_table_of(cls), obj_uuid)

    def write(tx: Transaction) -> MessageRef:
        message = tx.new(Message)
        message.name = name
        message.priority = priority
        message.cls = cls
        message.obj_uuid = obj_uuid
        message.timestamp = now()
        message.body = body
        return ref_of(message)

    return await context.pool.write(write)


@answers("message.destroy")
async def destroy(context: Context, self: MessageRef) -> None:
    await context.pool.write(lambda tx: tx.delete(Message, self))


@answers("message.destroy_many")
async def destroy_many(context: Context, messages: list[MessageRef]) -> None:
    def remove(tx: Transaction) -> None:
        for ref in messages:
            tx.delete(Message, ref)

    await context.pool.write(remove)


@answers("message.destroy_all")
async def destroy_all(context: Context, filters: dict[str, str]) -> None:
    """Remove the messages for which all filters hold; raises INVALID_VALUE for a wrong filter."""
    chosen = [_filter(name, said) for name, said in filters.items()]

    def remove(tx: Transaction) -> None:
        for ref, record in tx.all(Message).items():
            if all(holds(record) for holds in chosen):
                tx.delete(Message, ref)

    await context.pool.write(remove)


def _filter(name: str, said: str) -> Callable[[Message], bool]:
    try:
        match name:
            case "before":
                before = dates.canonical(said)
                return lambda record: bool(record.timestamp < before)
            case "after":
                after = dates.canonical(said)
                return lambda record: bool(record.timestamp > after)
            case "priority":
                priority = to_native(IntType(), said, api.classes)
                return lambda record: bool(record.priority == priority)
    except (ValueError, XenAPIError):
        raise invalid_value(name, said) from None
    raise invalid_value("filters", name)


@answers("message.get_all")
async def get_all(context: Context) -> list[MessageRef]:
    return context.view.refs(Message)


@answers("message.get_all_records")
async def get_all_records(context: Context) -> RecordsOf:
    return RecordsOf(name_of(Message), context.view.rows(Message))


@answers("message.get_all_records_where")
async def get_all_records_where(context: Context, expr: str) -> RecordsOf:
    return RecordsOf(name_of(Message), context.view.where(Message, expr))


@answers("message.get_record")
async def get_record(context: Context, self: MessageRef) -> RecordOf:
    return RecordOf(name_of(Message), context.view.get_row(Message, self))


@answers("message.get_by_uuid")
async def get_by_uuid(context: Context, uuid: str) -> MessageRef:
    return context.view.by_uuid(Message, uuid)


@answers("message.get")
async def get(context: Context, cls: Cls, obj_uuid: str, since: str) -> RecordsOf:
    context.view.by_uuid(_table_of(cls), obj_uuid)
    about = (cls, obj_uuid)
    return _since(context, since, lambda record: (record["cls"], record["obj_uuid"]) == about)


@answers("message.get_since")
async def get_since(context: Context, since: str) -> RecordsOf:
    return _since(context, since, lambda record: True)


def _since(context: Context, since: str, wanted: Callable[[Record], bool]) -> RecordsOf:
    begin = dates.canonical(since)
    rows = context.view.rows(Message).items()
    told = {r: row for r, row in rows if row.record["timestamp"] >= begin and wanted(row.record)}
    return RecordsOf(name_of(Message), told)
