"""How a forced operation begins: it asks the operations that it overrides to stop, and waits."""

import contextlib
from typing import Literal

from datamodel import enums
from datamodel.classes import VM, Task, TaskRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import as_ref, new_uuid
from rules.lifecycle.holds import STOPPED_BY

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.locks import locking
from forwarder.locks.locking import Busy
from forwarder.place import register

ForcedOperation = Literal["hard_shutdown", "hard_reboot"]


def begin_by_force(ctx: Context, vm: VMRef, operation: ForcedOperation) -> None:
    """Begin a forced operation, once those that it overrides were asked to stop and have ended.

    If the forced operation is refused, no other is asked to stop.
    """
    record = ctx.view.get(VM, vm)
    if ctx.task not in record.current_operations:
        with contextlib.suppress(Busy), ctx.transaction() as tx:
            locking.check(tx, name_of(VM), vm, operation)
        cancel_others(ctx, vm, operation)
    ctx.lock(VM, vm, operation)
    with ctx.transaction() as tx:
        register.take(tx, ctx.task, vm)


def cancel_others(ctx: PoolContext, vm: VMRef, operation: str) -> None:
    """Ask the tasks to stop whose operations on a VM the forced ``operation`` overrides."""
    with ctx.transaction() as tx:
        for named, other in tx.get(VM, vm).current_operations.items():
            task: TaskRef = as_ref(named)
            record = tx.find(Task, task)
            if task == ctx.task or other not in STOPPED_BY[operation]:
                continue
            if record is None:  # its client has removed the task
                tx.kv_set(locking.CANCELLED, task, True)
            elif record.status == "pending":
                wish = f"DummyRef:|{new_uuid()}|task.cancel"
                changed_task = tx.edit(Task, task)
                changed_task.status = enums.TaskStatusType.cancelling
                changed_task.current_operations = {wish: enums.TaskAllowedOperations.cancel}
