"""The hosts' xenopsd: a connection to each host's vhost, calls, and the ends of work."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from broker.envelope import Message
from broker.topology import UPDATES_EXCHANGE, UPDATES_QUEUE, XENOPSD_QUEUE, host_vhost
from datamodel import XenAPIError
from pooldb import View
from xenops.client import Client
from xenops.codec import decode
from xenops.envelope import XENOPSD
from xenops.types import Task

from broker import BrokerError, BrokerSettings, CallTimeout, Connection, Delivery
from forwarder.context import Context

log = logging.getLogger(__name__)

ANSWER_TIMEOUT_S = 30.0
ASK_ANYWAY_S = 3.0
# A host that has been silent for so long while work is under way is given up.
SILENCE_MAX_S = 60.0
CONNECT_WAIT_S = 10.0


class Hosts:
    """Made once; ``on_update`` hears what hosts say of VMs and of themselves."""

    def __init__(
        self,
        view: View,
        settings: BrokerSettings,
        updates_executor: Executor,
        on_update: Callable[[str, Delivery], None],
    ) -> None:
        self._view = view
        self._settings = settings
        self._updates_executor = updates_executor
        self._on_update = on_update
        self._connections: dict[str, Connection] = {}
        self._waiting: dict[str, queue.Queue[Task]] = {}
        self._told: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._lock = threading.Lock()

    def connect_all(self) -> None:
        """Listen to every host of the pool; hosts that joined since come in."""
        for ref in self._view.refs("host"):
            self.connection(ref)

    def connection(self, host: str) -> Connection:
        with self._lock:
            found = self._connections.get(host)
            if found is None:
                uuid = self._view.get("host", host)["uuid"]
                settings = replace(self._settings, vhost=host_vhost(uuid))
                found = self._connections[host] = Connection(settings)
                found.subscribe(
                    UPDATES_EXCHANGE, ["task.#", "vm.#"], lambda said: self._hear(host, said)
                )
                found.serve(
                    UPDATES_QUEUE,
                    lambda delivery: self._on_update(host, delivery),
                    self._updates_executor,
                )
        return found

    def _hear(self, host: str, body: dict[str, Any]) -> None:
        if body["kind"] == "vm":
            if (host, body["id"]) in self._told:
                self._told[host, body["id"]] = body
            return
        waiting = self._waiting.get(body["id"])
        if waiting is not None:
            waiting.put(decode(Task, body["state"]))

    def told(self, host: str, vm: str) -> dict[str, Any] | None:
        """What a host said of a VM at the end of the work just run for it; once, None if unheard.

        ``vm`` is the uuid. A host says it before it says that the work has ended.
        """
        return self._told.pop((host, vm), None)

    def ask(self, host: str, wire: str, operation: str, debug: str, **params: Any) -> Any:
        """A question, answered at once; raises XenopsError, XenAPIError for a silent host."""
        return self._client(host, debug)(wire, operation, **params)

    def _client(self, host: str, debug: str) -> Client:
        connection = self.connection(host)
        if not connection.wait_ready(CONNECT_WAIT_S):
            raise XenAPIError("CANNOT_CONTACT_HOST", host)

        def transport(wire: str, body: dict[str, Any], operation: str) -> Any:
            headers = {"task": debug.split(" ")[0], "host": host, "vm": _subject(body)}
            traceparent = debug.partition(" ")[2]
            message = Message(
                method=wire,
                body=body,
                message_id=operation,
                headers={**headers, "traceparent": traceparent or None},
            )
            try:
                return connection.call(XENOPSD_QUEUE, message, timeout_s=ANSWER_TIMEOUT_S)
            except CallTimeout as error:
                raise XenAPIError("HOST_OFFLINE", host) from error
            except BrokerError as error:
                raise XenAPIError("CANNOT_CONTACT_HOST", host) from error

        return Client(transport, debug)

    def run(
        self, context: Context, host: str, wire: str, operation: str, **params: Any
    ) -> dict[str, str]:
        """Work, to its end; raises XenopsError, XenAPIError when the host is gone meanwhile."""
        updates: queue.Queue[Task] = queue.Queue()
        self._waiting[operation] = updates
        subject = params["id"] if isinstance(params["id"], str) else params["id"][0]
        self._told[host, subject] = None
        cancelled = False
        try:
            self.ask(host, wire, operation, context.debug, **params)
            silent_s = 0.0
            while True:
                try:
                    task = updates.get(timeout=ASK_ANYWAY_S)
                    silent_s = 0.0
                except queue.Empty:
                    silent_s += ASK_ANYWAY_S
                    found = self._stat(context, host, operation, silent_s)
                    if found is None:
                        continue
                    task, silent_s = found, 0.0
                    # What was missed may have been the VM's last state: it is asked for then.
                    self._told[host, subject] = None
                match task.state.tag:
                    case "Completed":
                        return task.debug_info
                    case "Failed":
                        raise XENOPSD.read_error(task.state.value)
                context.progress(task.state.value)
                if not cancelled and _asked_to_stop(context):
                    cancelled = True
                    stop = f"{operation}/cancel"
                    self.ask(host, "Task.cancel", stop, context.debug, id=operation)
        finally:
            self._waiting.pop(operation, None)

    def _stat(self, context: Context, host: str, operation: str, silent_s: float) -> Task | None:
        """Ask after work that was not heard of for a while; None when nobody answers yet."""
        try:
            found: Task = self.ask(
                host, "Task.stat", f"{operation}/stat", context.debug, id=operation
            )
        except XenAPIError:
            if silent_s < SILENCE_MAX_S:
                return None
            raise
        return found


def _asked_to_stop(context: Context) -> bool:
    try:
        context.check_cancelled()
    except XenAPIError:
        return True
    return False


def _subject(body: dict[str, Any]) -> str | None:
    """The VM that a call is about, for the header that operators read."""
    given = body["params"][0].get("id")
    return None if given is None else str(given[0] if isinstance(given, list) else given)
