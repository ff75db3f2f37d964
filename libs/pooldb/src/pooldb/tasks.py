"""The records of tasks, which clients see and cancel calls by."""

import time
from datetime import UTC, datetime

from datamodel import XenAPIError
from datamodel.classes import HostRef, Pool, Task, TaskRef
from datamodel.enums import TaskAllowedOperations, TaskStatusType
from datamodel.idl import DateTime
from datamodel.objects import ref_of
from datamodel.refs import NULL_REF

from pooldb.transaction import Transaction

TIME = "%Y%m%dT%H:%M:%SZ"


def date(seconds: float) -> DateTime:
    return DateTime(datetime.fromtimestamp(seconds, UTC).strftime(TIME))


def now() -> DateTime:
    return date(time.time())


def coordinator(tx: Transaction) -> HostRef:
    for pool in tx.all(Pool).values():
        return pool.master
    return NULL_REF


def create(
    tx: Transaction,
    user: str,
    name: str,
    description: str = "",
    *,
    ref: TaskRef | None = None,
    cancellable: bool = True,
) -> TaskRef:
    """Make a pending task that a user owns."""
    task = tx.new(Task, ref=ref)
    task.name_label = name
    task.name_description = description
    task.created = now()
    task.type = "<none/>"
    task.resident_on = coordinator(tx)
    task.allowed_operations = [TaskAllowedOperations.cancel] if cancellable else []
    task.backtrace = "()"
    task.owner = user
    return ref_of(task)


def end(tx: Transaction, task: TaskRef, ending: XenAPIError | None, result: str = "") -> None:
    """End a task that no forwarder works on, with ``ending`` if it is an error, else a result."""
    ended = tx.edit(Task, task)
    ended.finished = now()
    ended.progress = 1.0
    ended.allowed_operations = []
    if ending is None:
        ended.status = TaskStatusType.success
        ended.result = result
    else:
        is_cancelled = ending.code == "TASK_CANCELLED"
        ended.status = TaskStatusType.cancelled if is_cancelled else TaskStatusType.failure
        ended.error_info = ending.description
        ended.current_operations = {}
