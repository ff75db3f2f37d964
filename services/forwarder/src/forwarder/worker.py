"""Takes calls from the queue, makes them its own by a lease, runs them, and ends their tasks."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

import telemetry
from broker.envelope import Message
from broker.topology import EVENTS_EXCHANGE, FORWARDER_QUEUE
from datamodel import XenAPIError, api, internal_error
from datamodel.classes import Task, TaskRef
from datamodel.objects import name_of
from datamodel.refs import as_ref
from datamodel.wire import xmlrpc
from pooldb import CannotWrite, Database, DatabaseError, Transaction, leases, outcomes

from broker import BrokerError, Connection, Delivery
from forwarder.core import announcements, registry
from forwarder.core.context import Context
from forwarder.daemons.hosts import Hosts
from forwarder.locks import locking
from forwarder.placement import adrift
from forwarder.updates import census
from forwarder.values.dates import date

log = logging.getLogger(__name__)

LEASE_S = 20.0
RENEW_EVERY_S = 5.0
TAKE_OVER_EVERY_S = 3.0
SETTLE_EVERY_S = 3.0
XML = xmlrpc.Codec(api.classes)


class Worker:
    """One forwarder's work; several forwarders share the queue."""

    def __init__(
        self,
        db: Database,
        broker: Connection,
        hosts: Hosts,
        pool: Executor,
        service: str,
        at_once: int = 1,
    ) -> None:
        """``at_once`` calls work at a time; as many as ``pool`` has threads are begun and wait."""
        self._db = db
        self._broker = broker
        self._hosts = hosts
        self._pool = pool
        self._service = service
        self._owner = f"{service} {uuid.uuid4()}"
        self._mine: set[str] = set()
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(at_once)

    def start(self) -> None:
        self._broker.serve(FORWARDER_QUEUE, self._take, self._pool)
        for work, every_s in (
            (self._renew, RENEW_EVERY_S),
            (self._take_over, TAKE_OVER_EVERY_S),
            (self._settle, SETTLE_EVERY_S),
        ):
            name, arguments = work.__name__, (work, every_s)
            threading.Thread(target=_for_ever, name=name, args=arguments, daemon=True).start()

    def publish(self, generation: int) -> None:
        """Tell everybody that the change log has moved."""
        body = {"generation": generation}
        self._broker.publish(EVENTS_EXCHANGE, "", Message(method="event", body=body))

    def _take(self, delivery: Delivery) -> None:
        """Run a call. It stands in the database, so its message has done its work on arrival."""
        delivery.ack()
        body: dict[str, Any] = delivery.body
        if self._is_new(body["task"]):
            outcome = self._run(body)
            generation = self._db.view.generation
            delivery.reply({"task": body["task"], "generation": generation, "outcome": outcome})

    def _is_new(self, task: str) -> bool:
        """Note a task as one that waits or runs here, unless it is."""
        with self._lock:
            if task in self._mine:
                return False
            self._mine.add(task)
        return True

    def _run(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Run a call unless it is over; the outcome of a synchronous one.

        One that could not be ended is found again by its lease.
        """
        context = self._context(body)
        self._slots.acquire()
        try:
            if context.claim(LEASE_S, body):
                work = self._give_up if context.take_overs.are_too_many else self._work
                return work(context, body)
        except leases.LeaseLost as lost:
            log.warning("%s", lost)
        except Exception:  # its end could not be written: the disk is full, say
            log.exception("%s of task %s could not be ended", body["method"], body["task"])
        finally:
            context.abandon()
            self._slots.release()
            with self._lock:
                self._mine.discard(body["task"])
        return None

    def _context(self, body: dict[str, Any]) -> Context:
        return Context(
            db=self._db,
            hosts=self._hosts,
            task=body["task"],
            operation=body["operation"],
            owner=self._owner,
            service=self._service,
            publish=self.publish,
            slots=self._slots,
            session=body.get("session"),
            subject=body.get("subject", ""),
            traceparent=body.get("traceparent"),
        )

    def _work(self, context: Context, body: dict[str, Any]) -> dict[str, Any] | None:
        """Run a call that is ours and end its task; the outcome of a synchronous one."""
        task, wire = body["task"], body["method"]
        began = time.perf_counter()
        context.hop(queue=FORWARDER_QUEUE, message=wire, step="taken")
        result, error = None, None
        try:
            result = registry.run(context, wire, body["params"])
        except XenAPIError as failure:
            error = failure
        except (leases.LeaseLost, CannotWrite, DatabaseError):
            raise  # what the database does not take now is done by whoever finds the call next
        except Exception as failure:  # a bug fails this task, and its client is told
            log.exception("%s failed", wire)
            error = XenAPIError("INTERNAL_ERROR", f"{type(failure).__name__}: {failure}")
        outcome = self._end(context, body, result, error)
        telemetry.hop(
            service=self._service,
            message=wire,
            task=task,
            result="success" if error is None else str(error),
            ms=(time.perf_counter() - began) * 1000,
            traceparent=context.traceparent,
        )
        return outcome

    def _give_up(self, context: Context, body: dict[str, Any]) -> dict[str, Any] | None:
        """End a call that was taken over again and again: it is for people to look into."""
        reason = (
            f"{body['method']} was taken over {context.take_overs.total - 1} times, the last"
            f" {context.take_overs.vain - 1} without progress: its forwarder died each time, or"
            " could not end its task"
        )
        try:
            self._broker.bury(FORWARDER_QUEUE, _letter(body), reason).result()
        except BrokerError:  # its reason stands in the log, and its client waits
            log.exception("%s is no dead letter", body["method"])
        with context.transaction() as tx:
            context.adrift = adrift.left_by(tx, body["task"])
        return self._end(context, body, None, internal_error(reason))

    def _end(
        self, context: Context, body: dict[str, Any], result: Any, error: XenAPIError | None
    ) -> dict[str, Any] | None:
        """End the task and its locks in one transaction, with all that it has not committed yet."""
        with context.transaction() as tx:
            adrift.note(tx, body["task"], context.adrift)
            _note_work(tx, body["task"], context.work_facts)
            outcome = _finish(tx, body, result, error)
            for announcement in context.announcements if error is None else ():
                announcements.write(tx, announcement)
        context.commit()
        return outcome

    def _renew(self) -> None:
        with self._lock:
            mine = list(self._mine)
        if mine:
            with self._db.transaction() as tx:
                for task in mine:
                    leases.renew(tx, leases.TASKS, task, self._owner, LEASE_S)

    def _take_over(self) -> None:
        """Run tasks that nobody runs: their forwarder died, or their message never came."""
        with self._db.transaction() as tx:
            bodies = list(leases.expired(tx, leases.TASKS).values())
            _clear_ghosts(tx)
            outcomes.drop_old(tx)
        for body in bodies:
            if body is not None and self._is_new(body["task"]):
                log.warning("taking over %s of task %s", body["method"], body["task"])
                self._pool.submit(self._run, body)

    def _settle(self) -> None:
        """Look after VMs whose hosts were silent, and those that are not where they should be."""
        before = self._db.view.generation
        adrift.settle(self._db, self._hosts.ask)
        census.settle(self._db, self._hosts.ask)
        if self._db.view.generation != before:
            self.publish(self._db.view.generation)


def _for_ever(work: Callable[[], None], every_s: float) -> None:
    """Do something now and then; a failure now says nothing of the next time."""
    while True:
        time.sleep(every_s)
        try:
            work()
        except Exception:
            log.exception("%s failed and is tried again", work.__name__)


def _finish(
    tx: Transaction, call: dict[str, Any], result: Any, error: XenAPIError | None
) -> dict[str, Any] | None:
    """End a task and its locks; the outcome of a synchronous call, whose task goes."""
    task: TaskRef = call["task"]
    adrift.end(tx, task)
    locking.end_all(tx, task)
    leases.release(tx, leases.TASKS, task)
    is_there = tx.find(Task, task) is not None
    if not call["asynchronous"]:
        if is_there:
            tx.delete(Task, task)
        return outcomes.leave(tx, task, result, error.description if error else None)
    if is_there:
        tx.update(name_of(Task), task, _ending(call["method"], result, error))
    return None


def _ending(wire: str, result: Any, error: XenAPIError | None) -> dict[str, Any]:
    """What an ended task says."""
    ended = {"finished": date(time.time()), "progress": 1.0, "allowed_operations": []}
    if error is None:
        message = api.message(wire)
        type_ = message.result if message is not None else None
        return {**ended, "status": "success", "result": XML.encode(type_, result)}
    if error.code == "TASK_CANCELLED":
        return {**ended, "status": "cancelled"}
    return {**ended, "status": "failure", "error_info": error.description}


def _note_work(tx: Transaction, task: TaskRef, facts: Mapping[str, str]) -> None:
    """What hosts told of their work, for whoever looks into the task."""
    record = tx.find(Task, task)
    if record is not None and facts:
        noted = {f"debug_info:{name}": said for name, said in facts.items()}
        tx.edit(Task, task).other_config = {**record.other_config, **noted}


def _clear_ghosts(tx: Transaction) -> None:
    """Operations whose task has no lease are ghosts: nobody works on them, or ever will."""
    leased = tx.kv_items(leases.TASKS)
    for named in tx.kv_items(locking.LOCKS):
        if named not in leased:
            task: TaskRef = as_ref(named)
            adrift.note(tx, task, adrift.left_by(tx, task))
            adrift.end(tx, task)
            locking.end_all(tx, task)


def _letter(call: dict[str, Any]) -> Message:
    """A call as it lies with the dead letters."""
    headers = {"task": call["task"], "session subject": call.get("subject")}
    return Message(method=call["method"], body=call, message_id=call["operation"], headers=headers)
