"""The hosts' daemons: a connection to each host's vhost, calls, and the ends of work."""

import logging
import math
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

from broker.envelope import Message
from broker.kinds import QUESTION, WORK, Kind
from broker.topology import UPDATES_EXCHANGE, UPDATES_QUEUE, host_vhost
from datamodel import XenAPIError
from datamodel.classes import Host, HostRef
from pooldb import View
from xenops.codec import NULL, decode
from xenops.envelope import XENOPSD, Call, call_of
from xenops.errors import DETAIL, Failure
from xenops.extensions import Ended, Place
from xenops.idl import Declared, P, R
from xenops.types import Task

from broker import BrokerError, BrokerSettings, CallTimeout, Connection, Delivery

log = logging.getLogger(__name__)

ANSWER_TIMEOUT_S = 30.0
ASK_ANYWAY_S = 3.0
# A host that has been silent for this long while work is under way is given up.
SILENCE_MAX_S = 60.0
# How long the broker is waited for while it is away, which says nothing about the host.
CONNECT_WAIT_S, PURGE_WAIT_S = 60.0, 10.0
# Longer than it takes to notice that a node of the broker has vanished: see `broker.settings`.
LISTENED_S = 15.0
# Work has no time limit: while nothing is heard of it, the host is asked about it.
WORK_MAX_S = math.inf

# The calls that every working daemon has.
RUN, CANCEL, STAT = "WORK.run", "Task.cancel", "Task.stat"
News: TypeAlias = "Task | Future[Any]"
"""News of work: its progress, or the answer at its end."""


class Ask(Protocol):
    """Asks a daemon of a host under an operation's id, and returns what the call declares.

    Raises the interface's error, or XenAPIError for a host that is silent for ``timeout_s``.
    """

    def __call__(
        self,
        host: HostRef,
        call: Declared[P, R],
        operation: str,
        debug: str,
        timeout_s: float = ANSWER_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R: ...


@dataclass(frozen=True)
class Surroundings:
    """What comes with an operation; see `xenops.extensions.Work`.

    ``metadata`` is what the host must know of the VM. Once the work has succeeded, with ``forget``
    the host forgets the VM, and with ``unpause`` the VM runs.
    """

    metadata: str | None = None
    forget: bool = False
    unpause: bool = False


ALONE = Surroundings()


@dataclass(frozen=True)
class Work:
    """An operation for a daemon of a host; see `xenops.extensions.Work`."""

    call: Call
    operation: str
    params: Mapping[str, Any]
    around: Surroundings = ALONE
    place: Place | None = None

    @property
    def wire(self) -> str:
        return self.call.wire

    @property
    def subject(self) -> str:
        """The id of the object that the operation is about; for a device, that of its VM."""
        id_ = self.params[self.call.subject]
        return str(id_ if isinstance(id_, str) else id_[0])


class Follower(Protocol):
    """The run of a task, for which a host works."""

    told: dict[tuple[str, str], dict[str, Any] | None]
    """What each host said of a VM, by its uuid, at the end of work; None if unheard."""

    @property
    def debug(self) -> str: ...
    def progress(self, fraction: float) -> None: ...
    def check_cancelled(self) -> None: ...


class Hosts:
    """All hosts, for one forwarder; ``on_update`` gets what they say about VMs and themselves."""

    def __init__(
        self,
        view: View,
        settings: BrokerSettings,
        on_update: Callable[[HostRef, Delivery], None],
    ) -> None:
        self._view = view
        self._settings = settings
        self._on_update = on_update
        self._connections: dict[str, Connection] = {}
        self._waiting: dict[str, queue.Queue[News]] = {}
        self._lock = threading.Lock()

    def keep_up(self) -> None:
        """Listen to all hosts that are in the pool now, and no longer to those removed."""
        hosts = self._view.refs(Host)
        for ref in hosts:
            self.connection(ref)
        with self._lock:
            gone = [self._connections.pop(ref) for ref in set(self._connections) - set(hosts)]
        for connection in gone:
            connection.close()

    def connection(self, host: HostRef) -> Connection:
        with self._lock:
            known = self._connections.get(host)
            if known is None:
                vhost = host_vhost(self._view.get(Host, host).uuid)
                settings = replace(self._settings, vhost=vhost)
                known = self._connections[host] = Connection(settings)
                known.subscribe(UPDATES_EXCHANGE, ["task.#"], lambda body: self._hear(host, body))
                known.serve(
                    UPDATES_QUEUE,
                    lambda delivery: self._on_update(host, delivery),
                    # One thread for each host, so that its reports are applied in their order.
                    ThreadPoolExecutor(1, thread_name_prefix="reports"),
                )
        return known

    def _hear(self, host: str, body: dict[str, Any]) -> None:
        waiting = self._waiting.get(body["id"])
        if waiting is not None:
            waiting.put(decode(Task, body["state"]))

    def ask(
        self,
        host: HostRef,
        call: Declared[P, R],
        operation: str,
        debug: str,
        timeout_s: float = ANSWER_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        """See `Ask`."""
        declared = call_of(call)
        answer: R = self._ask(
            host, declared, operation, debug, timeout_s, declared.bind(*args, **params)
        )
        return answer

    def _ask(
        self,
        host: HostRef,
        call: Call,
        operation: str,
        debug: str,
        timeout_s: float,
        params: Mapping[str, Any],
    ) -> Any:
        body = call.request(operation, debug, params)
        about = params.get("id")
        message = _message(QUESTION, host, debug, call.wire, body, operation, about)
        try:
            ready = self._ready(host)
            reply = ready.call(call.interface.queue, message, timeout_s=timeout_s)
        except CallTimeout as error:
            raise XenAPIError("HOST_OFFLINE", host) from error
        except BrokerError as error:
            raise XenAPIError("CANNOT_CONTACT_HOST", host) from error
        return call.read_reply(reply)

    def answering(self, hosts: Iterable[HostRef], timeout_s: float) -> dict[HostRef, bool]:
        """Whether each of the hosts answers a question in time; all are asked at once.

        A silent host is left out if our connection to the broker is down, or was a moment ago: then
        its silence says nothing about the host.
        """
        connections = {host: self.connection(host) for host in hosts}
        asked, query = {}, call_of(XENOPSD.SERVICE.query)
        for host, connection in connections.items():
            operation = f"look/{uuid.uuid4()}"
            body = query.request(operation, "look", {"unit": None})
            message = _message(QUESTION, host, "look", query.wire, body, operation)
            asked[host] = connection.call_async(XENOPSD.queue, message, timeout_s=timeout_s)
        answering = {host: answer.exception() is None for host, answer in asked.items()}
        return {
            host: answers
            for host, answers in answering.items()
            if answers or connections[host].connected_for(LISTENED_S)
        }

    def drop_work(self, host: HostRef) -> None:
        """Drop the messages that a host has not taken; raises BrokerError if that fails."""
        try:
            self.connection(host).purge(XENOPSD.queue).result(PURGE_WAIT_S)
        except TimeoutError as error:
            raise BrokerError(f"the work for host {host} is not dropped") from error

    def _ready(self, host: HostRef) -> Connection:
        connection = self.connection(host)
        if not connection.wait_ready(CONNECT_WAIT_S):
            raise XenAPIError("CANNOT_CONTACT_HOST", host)
        return connection

    def run(self, context: Follower, host: HostRef, work: Work) -> dict[str, str]:
        """Have a host work, and wait for the end; raises the interface's error if the work failed.

        Raises XenAPIError if the host is lost meanwhile; the work may then be done all the same.
        """
        news: queue.Queue[News] = queue.Queue()
        self._waiting[work.operation] = news
        try:
            answer = self._send(host, work, context.debug)
            answer.add_done_callback(news.put)
            try:
                return self._follow(context, host, work, news)
            finally:
                answer.cancel()
        finally:
            self._waiting.pop(work.operation, None)

    def _send(self, host: HostRef, work: Work, debug: str) -> "Future[Any]":
        """Send work off; the answer comes at its end."""
        run = work.call.beside(RUN)
        call = work.call.request(work.operation, debug, work.params)
        params = {
            "id": work.subject,
            "call": call,
            "forget": work.around.forget,
            "metadata": work.around.metadata,
            "unpause": work.around.unpause or None,
            "place": work.place,
        }
        body = run.request(work.operation, debug, params)
        deadline = time.time() + ANSWER_TIMEOUT_S
        about = work.operation, work.subject
        message = _message(WORK, host, debug, work.wire, body, *about, deadline)
        return self._ready(host).call_async(run.interface.queue, message, timeout_s=WORK_MAX_S)

    def _follow(
        self, context: Follower, host: HostRef, work: Work, news: "queue.Queue[News]"
    ) -> dict[str, str]:
        """Follow work until it has ended, and ask about it when nothing is heard for a while."""
        heard, has_begun, cancelled = time.monotonic(), False, False
        while True:
            try:
                task = self._read(context, host, work, news.get(timeout=ASK_ANYWAY_S))
            except queue.Empty:
                asked = self._stat(context, host, work)
                if asked is None:
                    silence_max_s = SILENCE_MAX_S if has_begun else ANSWER_TIMEOUT_S
                    if time.monotonic() - heard > silence_max_s:
                        raise XenAPIError("HOST_OFFLINE", host) from None
                    continue
                task = asked
            heard, has_begun = time.monotonic(), True
            match task.state.tag:
                case "Completed":
                    return task.debug_info
                case "Failed":
                    detail = task.debug_info.get(DETAIL, "")
                    raise work.call.interface.read_error(task.state.value, detail)
            context.progress(task.state.value)
            if not cancelled and _asked_to_stop(context):
                cancelled = self._cancel(context, host, work)

    def _read(self, context: Follower, host: str, work: Work, news: News) -> Task:
        """The task that the news tells of; an answer's state of the VM is noted in the context."""
        if isinstance(news, Task):
            return news
        try:
            run = work.call.beside(RUN)
            ended: Ended = run.interface.read_reply(run.method, news.result())
        except BrokerError as error:
            raise XenAPIError("CANNOT_CONTACT_HOST", host) from error
        context.told[host, work.subject] = None if ended.vm is NULL else ended.vm
        return ended.task

    def _cancel(self, context: Follower, host: HostRef, work: Work) -> bool:
        """Ask for work to stop; False if nobody answers, which says nothing about the work."""
        try:
            self._ask_about(context, host, work, CANCEL)
        except (XenAPIError, Failure):
            return False
        return True

    def _stat(self, context: Follower, host: HostRef, work: Work) -> Task | None:
        """Ask about work of which nothing was heard; None if nobody can tell."""
        try:
            task: Task = self._ask_about(context, host, work, STAT)
        except (XenAPIError, Failure):
            return None
        return task

    def _ask_about(self, context: Follower, host: HostRef, work: Work, wire: str) -> Any:
        """Ask the daemon that works on an operation about the operation's task."""
        question = f"{work.operation}/{wire.removeprefix('Task.')}"
        params = {"id": work.operation}
        call = work.call.beside(wire)
        return self._ask(host, call, question, context.debug, ANSWER_TIMEOUT_S, params)


def _asked_to_stop(context: Follower) -> bool:
    try:
        context.check_cancelled()
    except XenAPIError:
        return True
    return False


def _message(
    kind: Kind,
    host: str,
    debug: str,
    wire: str,
    body: dict[str, Any],
    operation: str,
    about: Any = None,
    deadline: float | None = None,
) -> Message:
    """A message for a host, with the headers that operators read."""
    task, _, traceparent = debug.partition(" ")
    vm = None if about is None else str(about[0] if isinstance(about, tuple) else about)
    headers = {"task": task, "host": host, "vm": vm, "traceparent": traceparent or None}
    return Message(
        method=wire,
        body=body,
        message_id=operation,
        headers=headers,
        deadline=deadline,
        kind=kind,
    )
