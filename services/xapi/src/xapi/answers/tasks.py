"""task.*: what clients do with tasks, their own and others'."""

import math
from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import new_uuid
from datamodel.values import invalid_value
from pooldb import Transaction
from pooldb.view import Record

from xapi import access, tasks
from xapi.context import Context, answers


@answers("task.create")
async def create(context: Context, label: str, description: str) -> str:
    """A task of the client's own: nobody but the client ends it, or stops it."""
    return await context.pool.write(
        lambda tx: tasks.create(tx, context.user, label, description, cancellable=False)
    )


async def _write(
    context: Context, task: str, change: Callable[[Transaction, Record], object]
) -> None:
    """Change a task; raises HANDLE_INVALID, or RBAC_PERMISSION_DENIED for somebody else's."""

    def write(tx: Transaction) -> None:
        record = tx.get("task", task)
        assert context.session_record is not None
        access.check_task(record, context.session_record)
        change(tx, record)

    await context.pool.write(write)


async def _set(context: Context, task: str, **changes: Any) -> None:
    await _write(context, task, lambda tx, record: tx.update("task", task, changes))


@answers("task.destroy")
async def destroy(context: Context, self: str) -> None:
    """Remove a task's record. A call that it was made for is done all the same."""
    await _write(context, self, lambda tx, record: tx.delete("task", self))


@answers("task.cancel")
async def cancel(context: Context, task: str) -> None:
    """Ask whoever runs the task to stop; it says `cancelled` once it has.

    A client that runs a task of its own sees the wish in ``current_operations``. One that has ended
    is left alone.
    """

    def ask(tx: Transaction, record: Record) -> None:
        if record["status"] != "pending":
            return
        wish = f"DummyRef:|{new_uuid()}|task.cancel"
        changes: dict[str, Any] = {"current_operations": {wish: "cancel"}}
        if "cancel" in record["allowed_operations"]:
            changes |= {"status": "cancelling", "allowed_operations": []}
        tx.update("task", task, changes)

    await _write(context, task, ask)


@answers("task.set_status")
async def set_status(context: Context, self: str, value: str) -> None:
    ended = {"finished": tasks.now(), "allowed_operations": []} if value in tasks.ENDED else {}
    await _set(context, self, status=value, **ended)


@answers("task.set_progress")
async def set_progress(context: Context, self: str, value: float) -> None:
    """Any number that all clients can read back."""
    if not math.isfinite(value):
        raise invalid_value("value", value)
    await _set(context, self, progress=value)


@answers("task.set_result")
async def set_result(context: Context, self: str, value: str) -> None:
    await _set(context, self, result=value)


@answers("task.set_error_info")
async def set_error_info(context: Context, self: str, value: list[str]) -> None:
    await _set(context, self, error_info=value)


@answers("task.set_other_config")
async def set_other_config(context: Context, self: str, value: dict[str, str]) -> None:
    await _set(context, self, other_config=value)


@answers("task.add_to_other_config")
async def add_to_other_config(context: Context, self: str, key: str, value: str) -> None:
    def add(tx: Transaction, record: Record) -> None:
        if key in record["other_config"]:
            raise XenAPIError("MAP_DUPLICATE_KEY", "task", "other_config", self, key)
        tx.update("task", self, {"other_config": {**record["other_config"], key: value}})

    await _write(context, self, add)


@answers("task.remove_from_other_config")
async def remove_from_other_config(context: Context, self: str, key: str) -> None:
    def remove(tx: Transaction, record: Record) -> None:
        kept = {name: said for name, said in record["other_config"].items() if name != key}
        tx.update("task", self, {"other_config": kept})

    await _write(context, self, remove)
