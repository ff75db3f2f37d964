"""task.*: what clients do with tasks, their own and others'."""

from typing import Any

from datamodel import XenAPIError
from pooldb import Transaction

from xapi import tasks
from xapi.context import Context, answers

SETTABLE_BY_CLIENTS = ("pending", "success", "failure", "cancelled")


@answers("task.create")
async def create(context: Context, label: str, description: str) -> str:
    return await context.pool.write(lambda tx: tasks.create(tx, label, description))


@answers("task.destroy")
async def destroy(context: Context, self: str) -> None:
    def remove(tx: Transaction) -> None:
        tx.delete("task", self)
        tx.kv_delete(tasks.RESULTS, self)

    await context.pool.write(remove)


@answers("task.cancel")
async def cancel(context: Context, task: str) -> None:
    """Ask whoever runs the task to stop; it says `cancelled` once it has."""

    def ask(tx: Transaction) -> None:
        record = tx.get("task", task)
        if "cancel" not in record["allowed_operations"]:
            raise XenAPIError("OPERATION_NOT_ALLOWED", f"{task} cannot be cancelled")
        if record["status"] == "pending":
            tx.update("task", task, {"status": "cancelling", "allowed_operations": []})

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
