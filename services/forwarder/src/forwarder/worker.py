"""Takes calls from the queue, makes them its own by a lease, runs them, and ends their tasks."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import telemetry
from broker.envelope import Message
from broker.news import News
from broker.topology import FORWARDER_QUEUE
from datamodel import XenAPIError, api, internal_error
from datamodel.classes import Task, TaskRef
from datamodel.objects import name_of
from datamodel.refs import as_ref
from datamodel.wire import xmlrpc
from pooldb import CannotWrite, Database, DatabaseError, Transaction, calls, leases, outcomes
from rules.values.dates import date

from broker import AtOnce, BrokerError, Connection, Delivery
from forwarder.core import announcements, registry
from forwarder.core.context import Context, Parked
from forwarder.core.lanes import Lane, LaneName, Lanes
from forwarder.daemons.affairs import Settling
from forwarder.daemons.hosts import Hosts
from forwarder.doubts import keeping, settling
from forwarder.locks import locking
from forwarder.storage import tending
from forwarder.updates import census

log = logging.getLogger(__name__)

LEASE_S = 20.0
RENEW_EVERY_S = 5.0
TAKE_OVER_EVERY_S = 3.0
SETTLE_EVERY_S = 3.0
LOOK_EVERY_S = 1.0
XML = xmlrpc.Codec(api.classes)

Reply = Callable[[Any], None]


class _Call:
    """A call that this forwarder has taken, from its arrival to its end."""

    def __init__(self, body: dict[str, Any], lane: Lane, context: Context, reply: Reply) -> None:
        self.body, self.lane, self.context, self.reply = body, lane, context, reply
        self.task: TaskRef = body["task"]
        self.wire: str = body["method"]
        self.is_ours = False
        self.began = 0.0


class Worker:
    """One forwarder's work; several forwarders share the queue."""

    def __init__(
        self, db: Database, broker: Connection, hosts: Hosts, lanes: Lanes, service: str
    ) -> None:
        self._db = db
        self._broker = broker
        self.publish = News(broker).tell
        """Tell everybody that the change log has moved."""
        self._hosts = hosts
        self._lanes = lanes
        self._service = service
        self._owner = f"{service} {uuid.uuid4()}"
        self._mine: set[str] = set()
        self._is_stopping = False
        self._lock = threading.Lock()
        self._settling = Settling(lanes[LaneName.HOUSEKEEPING].begin)

    def start(self) -> None:
        # Each arrival is only handed to its lane, and needs no thread for that.
        self._broker.serve(FORWARDER_QUEUE, self._take, AtOnce())
        for work, every_s in (
            (self._renew, RENEW_EVERY_S),
            (self._take_over, TAKE_OVER_EVERY_S),
            (self._settle, SETTLE_EVERY_S),
            (self._db.watches.wake_overdue, LOOK_EVERY_S),
        ):
            name, arguments = work.__name__, (work, every_s)
            threading.Thread(target=_for_ever, name=name, args=arguments, daemon=True).start()

    def stop(self) -> None:
        """Begin nothing more, and hand over what has not ended: to another, or to the next start.

        What goes on here until the process ends finds its lease lost. If the database is away, the
        leases expire.
        """
        with self._lock:
            self._is_stopping = True
            # None of them is renewed here any more.
            mine, self._mine = self._mine, set()
        if not mine:
            return
        try:
            with self._db.transaction() as tx:
                for task in mine:
                    leases.hand_over(tx, leases.TASKS, task, self._owner)
        except CannotWrite as error:
            log.warning("%d calls are not handed over: %s", len(mine), error)

    def _take(self, delivery: Delivery) -> None:
        """Have a call run. It is in the database already, so its message is no longer needed."""
        delivery.ack()
        self._begin(delivery.body, delivery.reply)

    def _begin(self, body: dict[str, Any], reply: Reply) -> None:
        """Have the call's lane run it, unless the call waits or runs here already."""
        if self._is_new(body["task"]):
            lane = self._lanes[registry.lane(body["method"])]
            call = _Call(body, lane, self._context(body, lane), reply)
            lane.begin(lambda: self._run(call))

    def _is_new(self, task: str) -> bool:
        """Note that a task waits or runs here; False if it does already, or this process ends."""
        with self._lock:
            if task in self._mine or self._is_stopping:
                return False
            self._mine.add(task)
        return True

    def _run(self, call: _Call) -> None:
        """Run a call, unless it is over, until it has ended or waits without a thread.

        If its end cannot be written, the call is found again by its lease.
        """
        outcome, parked = None, None
        try:
            outcome = self._run_ours(call)
        except Parked as wait:
            parked = wait
        except leases.LeaseLost as lost:
            log.warning("%s", lost)
        except Exception:  # its end could not be written: the disk is full, say
            log.exception("%s of task %s could not be ended", call.wire, call.task)
        finally:
            call.context.abandon()
            if parked is None:
                with self._lock:
                    self._mine.discard(call.task)
        if parked is not None:
            again = partial(call.lane.begin, partial(self._run, call))
            self._db.watches.call(parked.watched, parked.since, parked.timeout_s, again)
            return
        generation = self._db.view.generation
        call.reply({"task": call.task, "generation": generation, "outcome": outcome})

    def _run_ours(self, call: _Call) -> dict[str, Any] | None:
        """Run a call if it is ours; the outcome of a synchronous one. Raises Parked."""
        context = call.context
        if not call.is_ours:
            if not context.claim(LEASE_S, call.body):
                return None
            call.is_ours, call.began = True, time.perf_counter()
            context.hop(queue=FORWARDER_QUEUE, message=call.wire, step="taken")
            if context.take_overs.are_too_many:
                return self._give_up(context, call.body)
        return self._work(call)

    def _context(self, body: dict[str, Any], lane: Lane) -> Context:
        return Context(
            db=self._db,
            hosts=self._hosts,
            task=body["task"],
            operation=body["operation"],
            owner=self._owner,
            service=self._service,
            publish=self.publish,
            slots=lane.slots,
            session=body.get("session"),
            subject=body.get("subject", ""),
            traceparent=body.get("traceparent"),
        )

    def _work(self, call: _Call) -> dict[str, Any] | None:
        """Run a call that is ours, and end its task; the outcome of a synchronous call."""
        context = call.context
        result, error = None, None
        try:
            result = registry.run(context, call.wire, call.body["params"])
        except XenAPIError as failure:
            error = failure
        except (leases.LeaseLost, CannotWrite, DatabaseError):
            raise  # whoever finds the call next does what the database does not take now
        except Exception as failure:  # a bug fails this task, and its client is told
            log.exception("%s failed", call.wire)
            error = XenAPIError("INTERNAL_ERROR", f"{type(failure).__name__}: {failure}")
        outcome = self._end(context, call.body, result, error)
        telemetry.hop(
            service=self._service,
            message=call.wire,
            task=call.task,
            result="success" if error is None else str(error),
            ms=(time.perf_counter() - call.began) * 1000,
            traceparent=context.traceparent,
        )
        return outcome

    def _give_up(self, context: Context, body: dict[str, Any]) -> dict[str, Any] | None:
        """End a call that was taken over again and again, and leave it for people to look into."""
        reason = (
            f"{body['method']} was taken over {context.take_overs.total - 1} times, the last"
            f" {context.take_overs.vain - 1} without progress: its forwarder died each time, or"
            " could not end its task"
        )
        try:
            self._broker.bury(FORWARDER_QUEUE, _letter(body), reason).result()
        except BrokerError:  # the log has the reason, and the client is waiting
            log.exception("%s is no dead letter", body["method"])
        with context.transaction() as tx:
            context.adrift = keeping.left_by(tx, body["task"])
        return self._end(context, body, None, internal_error(reason))

    def _end(
        self, context: Context, body: dict[str, Any], result: Any, error: XenAPIError | None
    ) -> dict[str, Any] | None:
        """End the task and its locks in the transaction that commits the task's last changes."""
        with context.transaction() as tx:
            if error is not None:
                # A run before this one may have had hosts work, of which this one has not heard.
                for subject, doubts in keeping.left_by(tx, body["task"]).items():
                    if subject not in context.followed:
                        context.adrift.setdefault(subject, doubts)
            keeping.note(tx, body["task"], context.adrift)
            _note_work(tx, body["task"], context.work_facts)
            outcome = _finish(tx, body, result, error)
            for announcement in context.announcements if error is None else ():
                announcements.write(tx, announcement)
        context.commit(ends=True)
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
            calls.drop_old(tx)
        for body in bodies:
            if body is not None and body["task"] not in self._mine:
                log.warning("taking over %s of task %s", body["method"], body["task"])
                self._begin(body, lambda answer: None)

    def _settle(self) -> None:
        """Settle objects adrift, VMs that are not where they should be, and SRs."""
        before = self._db.view.generation
        affairs = (
            *settling.affairs(self._db),
            *census.affairs(self._db),
            *tending.affairs(self._db),
        )
        self._settling.begin(affairs, self._hosts.ask, lambda: self._publish_since(before))

    def _publish_since(self, before: int) -> None:
        if self._db.view.generation != before:
            self.publish(self._db.view.generation)


def _for_ever(work: Callable[[], None], every_s: float) -> None:
    """Do something again and again; after a failure it is tried again the next time."""
    while True:
        time.sleep(every_s)
        try:
            work()
        except Exception:
            log.exception("%s failed and is tried again", work.__name__)


def _finish(
    tx: Transaction, call: dict[str, Any], result: Any, error: XenAPIError | None
) -> dict[str, Any] | None:
    """End a task and its locks; the outcome of a synchronous call, whose task is removed."""
    task: TaskRef = call["task"]
    keeping.end(tx, task)
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
    """The fields of an ended task."""
    ended = {"finished": date(time.time()), "progress": 1.0, "allowed_operations": []}
    if error is None:
        message = api.message(wire)
        type_ = message.result if message is not None else None
        return {**ended, "status": "success", "result": XML.encode(type_, result)}
    if error.code == "TASK_CANCELLED":
        return {**ended, "status": "cancelled"}
    return {**ended, "status": "failure", "error_info": error.description}


def _note_work(tx: Transaction, task: TaskRef, facts: Mapping[str, str]) -> None:
    """Show in the task what hosts told about their work, for whoever looks into it."""
    record = tx.find(Task, task)
    if record is not None and facts:
        noted = {f"debug_info:{name}": fact for name, fact in facts.items()}
        tx.edit(Task, task).other_config = {**record.other_config, **noted}


def _clear_ghosts(tx: Transaction) -> None:
    """End the operations whose task has no lease: nobody works on them, or ever will."""
    leased = tx.kv_items(leases.TASKS)
    for named in tx.kv_items(locking.LOCKS):
        if named not in leased:
            task: TaskRef = as_ref(named)
            keeping.note(tx, task, keeping.left_by(tx, task))
            keeping.end(tx, task)
            locking.end_all(tx, task)


def _letter(call: dict[str, Any]) -> Message:
    """A call in the form that the dead letters have."""
    headers = {"task": call["task"], "session subject": call.get("subject")}
    return Message(method=call["method"], body=call, message_id=call["operation"], headers=headers)
