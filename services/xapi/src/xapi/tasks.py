"""Tasks: each call with effects has one, from its birth here to its end in the forwarder."""

import asyncio
import logging
import time
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from datamodel import XenAPIError, classes
from datamodel.classes import HostRef, Task, TaskRef
from datamodel.enums import TaskAllowedOperations, TaskStatusType
from datamodel.idl import DateTime
from datamodel.model import Message
from datamodel.objects import ref_of
from datamodel.refs import NULL_REF, PREFIX
from pooldb import CannotWrite, DatabaseError, Transaction, leases, outcomes

from xapi.context import Context
from xapi.pool import Pool

log = logging.getLogger(__name__)

TIME = "%Y%m%dT%H:%M:%SZ"
ENDED = ("success", "failure", "cancelled")
TASKS_KEPT, ENDED_KEPT_S = 1000, 3900.0
"""Beyond this many tasks, those that ended this long ago are deleted: nobody reads them now."""
TRIM_EVERY_S = 60.0

SYNC_TIMEOUT_S = 24 * 3600.0
# After this long, a call that no forwarder has heard of is found in the database by one.
UNHEARD_S = 10.0
# How often to look for the outcome of a call whose task is gone.
LOOK_S = 1.0
# How long a reply may still come; it is only a shortcut, as the change log tells the end anyway.
REPLY_TIMEOUT_S = 3600.0


def date(seconds: float) -> DateTime:
    return DateTime(datetime.fromtimestamp(seconds, UTC).strftime(TIME))


def now() -> DateTime:
    return date(time.time())


def coordinator(tx: Transaction) -> HostRef:
    for pool in tx.all(classes.Pool).values():
        return pool.master
    return NULL_REF


def create(
    tx: Transaction, user: str, name: str, description: str = "", *, cancellable: bool = True
) -> TaskRef:
    """Make a pending task that a user owns."""
    task = tx.new(Task)
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


async def trim(pool: Pool) -> None:
    """Drop old tasks now and then, for ever, so that no call has to wait for this work."""
    while True:
        try:
            if pool.db.view.count(Task) > TASKS_KEPT:
                await pool.write(drop_old)
        except CannotWrite as error:
            log.warning("ended tasks are looked through later: %s", error)
        await asyncio.sleep(TRIM_EVERY_S)


def drop_old(tx: Transaction) -> None:
    """Delete the tasks that ended long ago."""
    oldest = date(tx.now() - ENDED_KEPT_S)
    for ref, record in tx.all(Task).items():
        if record.status in ENDED and record.finished < oldest:
            tx.delete(Task, ref)


async def forward(context: Context, params: list[Any], *, asynchronous: bool) -> Any:
    """Have a forwarder run the call; returns its task's reference at once, or else its result."""
    message: Message = context.message
    name = f"Async.{message.wire}" if asynchronous else message.wire
    traceparent = context.caller.traceparent
    call: dict[str, Any] = {
        "method": message.wire,
        "params": params,
        "session": context.session,
        "subject": context.subject,
        "traceparent": traceparent,
        "asynchronous": asynchronous,
    }

    def begin(tx: Transaction) -> TaskRef:
        context.pool.forget_answered(tx)
        task = create(tx, context.user, name)
        operation, accepted = task.removeprefix(PREFIX), tx.position()
        call.update(task=task, operation=operation, accepted=accepted)
        leases.offer(tx, leases.TASKS, task, UNHEARD_S, call)
        return task

    # Other services hear of the task when the forwarder first writes.
    task = await context.pool.write(begin, tell=False)
    context.task = task
    headers = {"task": task, "traceparent": traceparent, "session subject": context.subject}
    reply = context.pool.forward(call, headers, REPLY_TIMEOUT_S)
    return task if asynchronous else await _answer(context, task, reply)


async def _answer(context: Context, task: TaskRef, reply: "Future[Any]") -> Any:
    """The result of a call, once its task has gone; raises its error."""

    def gone() -> bool:
        return context.view.find(Task, task) is None

    if not await context.pool.until(gone, SYNC_TIMEOUT_S):
        raise XenAPIError("INTERNAL_ERROR", f"task {task} has not ended within a day")
    outcome = await _outcome(context, task, reply)
    context.pool.answered.append(task)
    if outcome["error"] is not None:
        raise XenAPIError(*outcome["error"])
    return outcome["result"]


async def _outcome(context: Context, task: TaskRef, reply: "Future[Any]") -> Any:
    """The call's outcome, from the forwarder's reply or else from the database.

    Usually it is there when the task is gone; if somebody destroyed the task, it comes later.
    """
    while True:
        if reply.done() and reply.exception() is None and reply.result()["outcome"] is not None:
            return reply.result()["outcome"]
        read_kv = context.pool.db.read_kv
        try:
            runs = await context.pool.run(read_kv, leases.TASKS, task) is not None
            outcome = await context.pool.run(read_kv, outcomes.OUTCOMES, task)
        except DatabaseError:  # the call itself goes on all the same
            runs, outcome = True, None
        if outcome is not None:
            return outcome
        if not runs:
            raise XenAPIError("INTERNAL_ERROR", f"what task {task} came to is not known any more")
        await context.pool.moved(LOOK_S)
