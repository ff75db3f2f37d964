"""message.*: what the pool has to tell its operators, kept as rows like everything else."""

import time
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import new_uuid
from pooldb import Transaction

from xapi.context import Context, RecordOf, RecordsOf, answers
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
    """Remove the messages that match: ``before`` and ``after`` a date, ``priority``."""
    unknown = set(filters) - {"before", "after", "priority"}
    if unknown:
        raise XenAPIError("INVALID_VALUE", "filters", ", ".join(sorted(unknown)))

    def matches(record: Any) -> bool:
        when = record["timestamp"]
        return (
            when < filters.get("before", "9")
            and when > filters.get("after", "0")
            and str(record["priority"]) == filters.get("priority", str(record["priority"]))
        )

    def remove(tx: Transaction) -> None:
        for ref, record in tx.all("message").items():
            if matches(record):
                tx.delete("message", ref)

    await context.pool.write(remove)


@answers("message.get_all")
async def get_all(context: Context) -> list[str]:
    return context.view.refs("message")


@answers("message.get_all_records")
async def get_all_records(context: Context) -> RecordsOf:
    return RecordsOf("message", context.view.refs("message"))


@answers("message.get_all_records_where")
async def get_all_records_where(context: Context, expr: str) -> RecordsOf:
    return RecordsOf("message", context.view.where("message", expr))


@answers("message.get_record")
async def get_record(context: Context, self: str) -> RecordOf:
    context.view.get("message", self)
    return RecordOf("message", self)


@answers("message.get_by_uuid")
async def get_by_uuid(context: Context, uuid: str) -> str:
    return context.view.by_uuid("message", uuid)


@answers("message.get")
async def get(context: Context, cls: str, obj_uuid: str, since: str) -> RecordsOf:
    context.view.by_uuid(TABLE_OF.get(cls, cls), obj_uuid)
    found = {
        ref: record
        for ref, record in context.view.all("message").items()
        if record["cls"] == cls and record["obj_uuid"] == obj_uuid and _newer(record, since)
    }
    return RecordsOf("message", list(found))


@answers("message.get_since")
async def get_since(context: Context, since: str) -> RecordsOf:
    records = context.view.all("message")
    return RecordsOf("message", [ref for ref, found in records.items() if _newer(found, since)])


def _newer(record: Any, since: str) -> bool:
    """Dates of one form compare as text; a date in the future can be nothing's."""
    if since > time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime()):
        return False
    return bool(record["timestamp"] >= since)
