"""task.*: what clients do with tasks, their own and others'."""

import math
from collections.abc import Callable

from datamodel import XenAPIError
from datamodel.classes import Task, TaskRef
from datamodel.enums import TaskAllowedOperations, TaskStatusType
from datamodel.refs import new_uuid
from datamodel.values import invalid_value
from pooldb import Transaction
from pooldb.tasks import create as create_task
from pooldb.tasks import now

from xapi import access, tasks
from xapi.context import Context, answers


@answers("task.create")
async def create(context: Context, label: str, description: str) -> TaskRef:
    """Make a task that the client itself is to run and to end."""
    return await context.pool.write(
        lambda tx: create_task(tx, context.user, label, description, cancellable=False)
    )


async def _write(
    context: Context, task: TaskRef, change: Callable[[Transaction, Task], object]
) -> None:
    """Change a task; raises HANDLE_INVALID, or RBAC_PERMISSION_DENIED for somebody else's."""

    def write(tx: Transaction) -> None:
        record = tx.edit(Task, task)
        assert context.session_record is not None
        access.check_task(record, context.session_record)
        change(tx, record)

    await context.pool.write(write)


@answers("task.destroy")
async def destroy(context: Context, self: TaskRef) -> None:
    """Remove a task's record; the call that it was made for goes on all the same."""
    await _write(context, self, lambda tx, task: tx.delete(Task, self))


@answers("task.cancel")
async def cancel(context: Context, task: TaskRef) -> None:
    """Ask whoever runs the task to stop; the task says `cancelled` once they have.

    A client that runs a task of its own sees the wish in ``current_operations``. A task that has
    ended stays as it is.
    """

    def ask(_: Transaction, task: Task) -> None:
        if task.status != TaskStatusType.pending:
            return
        wish = f"DummyRef:|{new_uuid()}|task.cancel"
        task.current_operations = {wish: TaskAllowedOperations.cancel}
        if TaskAllowedOperations.cancel in task.allowed_operations:
            task.status = TaskStatusType.cancelling
            task.allowed_operations = []

    await _write(context, task, ask)


@answers("task.set_status")
async def set_status(context: Context, self: TaskRef, value: TaskStatusType) -> None:
    def change(_: Transaction, task: Task) -> None:
        task.status = value
        if value in tasks.ENDED:
            task.finished = now()
            task.allowed_operations = []

    await _write(context, self, change)


@answers("task.set_progress")
async def set_progress(context: Context, self: TaskRef, value: float) -> None:
    """Set a task's progress to any number that all clients can read back."""
    if not math.isfinite(value):
        raise invalid_value("value", value)

    def change(_: Transaction, task: Task) -> None:
        task.progress = value

    await _write(context, self, change)


@answers("task.set_result")
async def set_result(context: Context, self: TaskRef, value: str) -> None:
    def change(_: Transaction, task: Task) -> None:
        task.result = value

    await _write(context, self, change)


@answers("task.set_error_info")
async def set_error_info(context: Context, self: TaskRef, value: list[str]) -> None:
    def change(_: Transaction, task: Task) -> None:
        task.error_info = value

    await _write(context, self, change)


@answers("task.set_other_config")
async def set_other_config(context: Context, self: TaskRef, value: dict[str, str]) -> None:
    def change(_: Transaction, task: Task) -> None:
        task.other_config = value

    await _write(context, self, change)


@answers("task.add_to_other_config")
async def add_to_other_config(context: Context, self: TaskRef, key: str, value: str) -> None:
    def add(_: Transaction, task: Task) -> None:
        if key in task.other_config:
            raise XenAPIError("MAP_DUPLICATE_KEY", "task", "other_config", self, key)
        task.other_config = {**task.other_config, key: value}

    await _write(context, self, add)


@answers("task.remove_from_other_config")
async def remove_from_other_config(context: Context, self: TaskRef, key: str) -> None:
    def remove(_: Transaction, task: Task) -> None:
        task.other_config = {name: said for name, said in task.other_config.items() if name != key}

    await _write(context, self, remove)
