"""Tasks: each call with effects has one, from its birth here to its end in the forwarder."""

import asyncio
import logging
from concurrent.futures import Future
from dataclasses import asdict
from functools import partial
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import Task, TaskRef
from datamodel.model import Message
from datamodel.refs import PREFIX, new_ref
from pooldb import CannotWrite, DatabaseError, Transaction, calls, leases, outcomes
from pooldb.tasks import date

from xapi.context import Context
from xapi.pool import Pool

log = logging.getLogger(__name__)

ENDED = ("success", "failure", "cancelled")
TASKS_KEPT, ENDED_KEPT_S = 1000, 3900.0
"""Beyond this many tasks, those that ended this long ago are deleted: nobody reads them now."""
TRIM_EVERY_S = 60.0

SYNC_TIMEOUT_S = 24 * 3600.0
# After this long, a call that no forwarder has heard of is found in the database by one.
UNHEARD_S = 10.0
# After this long, a synchronous call whose end was not heard of yet is sure to be in the database.
HEARD_S = 2.0
# How often to look for the outcome of a call whose task is gone.
LOOK_S = 1.0
# How long a reply may still come; it is only a shortcut, as the change log tells the end anyway.
REPLY_TIMEOUT_S = 3600.0


async def trim(pool: Pool) -> None:
    """Drop old tasks now and then, for ever, so that no call has to wait for this work."""
    while True:
        try:
            if pool.db.view.count(Task) > TASKS_KEPT:
                await pool.write(drop_old)
        except CannotWrite as error:
            log.warning("ended tasks are looked through later: %s", error)
        except Exception:  # a bug leaves these tasks, and not all that come later
            log.exception("ended tasks were not looked through")
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
    task: TaskRef = new_ref()
    call: dict[str, Any] = {
        "method": message.wire,
        "params": params,
        "task": task,
        "operation": task.removeprefix(PREFIX),
        "session": context.session,
        "subject": context.subject,
        "user": context.user,
        "traceparent": context.caller.traceparent,
        "asynchronous": asynchronous,
    }
    if asynchronous:
        # Other services hear of the task when the forwarder first writes.
        await context.pool.write(partial(_accept, call=call, unheard_s=UNHEARD_S), tell=False)
        context.pool.forward(call, REPLY_TIMEOUT_S)
        return task
    numbered = context.pool.numbers.next()
    reply = context.pool.forward({**call, "numbered": asdict(numbered)}, REPLY_TIMEOUT_S)
    reply.add_done_callback(lambda _: context.pool.numbers.end(numbered.number))
    outcome = await _outcome(context, call, numbered.number, reply)
    context.pool.numbers.fetch(numbered.number, task)
    if outcome["error"] is not None:
        raise XenAPIError(*outcome["error"])
    return outcome["result"]


async def _outcome(
    context: Context, call: dict[str, Any], number: int, reply: "Future[Any]"
) -> dict[str, Any]:
    """What came of a synchronous call, from the forwarder's reply or else from the database."""
    pool, task = context.pool, call["task"]

    def is_told() -> bool:
        return _told(context, reply) is not None

    def has_come() -> bool:
        return is_told() or (reply.done() and _has_no_outcome(reply))

    def is_over() -> bool:
        return is_told() or context.view.find(Task, task) is None

    await pool.until(has_come, HEARD_S)
    if not is_told():
        # Maybe no forwarder has the message: from now on the call does not depend on it.
        unheard_s = 0.0 if reply.done() else UNHEARD_S
        await pool.write(partial(_accept, call=call, unheard_s=unheard_s), tell=False)
        pool.numbers.end(number)
        if not await pool.until(is_over, SYNC_TIMEOUT_S):
            raise XenAPIError("INTERNAL_ERROR", f"task {task} has not ended within a day")
    return await _left(context, task, reply)


def _accept(tx: Transaction, call: dict[str, Any], unheard_s: float) -> None:
    """Accept a call and show its task, unless a forwarder has done so already."""
    if not calls.is_known(tx, call["task"]):
        calls.accept(tx, call, unheard_s)
        calls.show(tx, call)


def _has_no_outcome(reply: "Future[Any]") -> bool:
    """Whether a reply that has come, or failed, leaves open what came of the call."""
    return reply.exception() is not None or reply.result()["outcome"] is None


def _told(context: Context, reply: "Future[Any]") -> dict[str, Any] | None:
    """The outcome that a reply tells, once the view has what the call has changed."""
    if not reply.done() or _has_no_outcome(reply):
        return None
    said = reply.result()
    outcome: dict[str, Any] = said["outcome"]
    return outcome if context.view.generation >= said["generation"] else None


async def _left(context: Context, task: TaskRef, reply: "Future[Any]") -> dict[str, Any]:
    """The outcome of a call that is over, as the reply tells it, or as the database has it.

    Usually it is there when the task is gone; if somebody destroyed the task, it comes later.
    """
    while True:
        told = _told(context, reply)
        if told is not None:
            return told
        read_kv = context.pool.db.read_kv
        try:
            runs = await context.pool.run(read_kv, leases.TASKS, task) is not None
            outcome = await context.pool.run(read_kv, outcomes.OUTCOMES, task)
        except DatabaseError:  # the call itself goes on all the same
            runs, outcome = True, None
        if outcome is not None:
            return dict(outcome)
        if not runs:
            raise XenAPIError("INTERNAL_ERROR", f"what task {task} came to is not known any more")
        await context.pool.moved(LOOK_S)
