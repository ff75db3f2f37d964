"""task.*: what clients do with tasks, their own and others'."""

from typing import Any

from datamodel import XenAPIError
from datamodel.refs import new_uuid
from pooldb import Transaction

from xapi import tasks
from xapi.context import Context, answers


@answers("task.create")
async def create(context: Context, label: str, description: str) -> str:
    """A task of the client's own: nobody but the client ends it, or stops it."""
    return await context.pool.write(
        lambda tx: tasks.create(tx, label, description, cancellable=False)
    )


@answers("task.destroy")
async def destroy(context: Context, self: str) -> None:
    await context.pool.write(lambda tx: tx.delete("task", self))


@answers("task.cancel")
async def cancel(context: Context, task: str) -> None:
    """Ask whoever runs the task to stop; it says `cancelled` once it has.

    A client that runs a task of its own sees the wish in ``current_operations``. One that has ended
    is left alone.
    """

    def ask(tx: Transaction) -> None:
        record = tx.get("task", task)
        if record["status"] != "pending":
            return
        wish = f"DummyRef:|{new_uuid()}|task.cancel"
        changes: dict[str, Any] = {"current_operations": {wish: "cancel"}}
        if "cancel" in record["allowed_operations"]:
            changes |= {"status": "cancelling", "allowed_operations": []}
        tx.update("task", task, changes)

    await context.pool.write(ask)


async def _update(context: Context, task: str, changes: dict[str, Any]) -> None:
    await context.pool.write(lambda tx: tx.update("task", task, changes))


@answers("task.set_status")
async def set_status(context: Context, self: str, value: str) -> None:
    ended = value in tasks.ENDED
    changes: dict[str, Any] = {"status": value}
    if ended:
        changes |= {"finished": tasks.now(), "allowed_operations": []}
    await _update(context, self, changes)


@answers("task.set_progress")
async def set_progress(context: Context, self: str, value: float) -> None:
    await _update(context, self, {"progress": value})


@answers("task.set_result")
async def set_result(context: Context, self: str, value: str) -> None:
    await _update(context, self, {"result": value})


@answers("task.set_error_info")
async def set_error_info(context: Context, self: str, value: list[str]) -> None:
    await _update(context, self, {"error_info": value})


@answers("task.set_resident_on")
async def set_resident_on(context: Context, self: str, value: str) -> None:
    await _update(context, self, {"resident_on": value})


@answers("task.set_other_config")
async def set_other_config(context: Context, self: str, value: dict[str, str]) -> None:
    await _update(context, self, {"other_config": value})


@answers("task.add_to_other_config")
async def add_to_other_config(context: Context, self: str, key: str, value: str) -> None:
    def add(tx: Transaction) -> None:
        record = tx.get("task", self)
        if key in record["other_config"]:
            raise XenAPIError("MAP_DUPLICATE_KEY", "task", "other_config", self, key)
        tx.update("task", self, {"other_config": {**record["other_config"], key: value}})

    await context.pool.write(add)


@answers("task.remove_from_other_config")
async def remove_from_other_config(context: Context, self: str, key: str) -> None:
    def remove(tx: Transaction) -> None:
        kept = {k: v for k, v in tx.get("task", self)["other_config"].items() if k != key}
        tx.update("task", self, {"other_config": kept})

    await context.pool.write(remove)
