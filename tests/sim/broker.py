"""A RabbitMQ of the simulation's own, behind the interface of `broker.Connection`.

Queues, bindings and their bounds are those of `broker.topology`. What a service meets at the real
broker it may meet here: messages take their time; a connection breaks, or hangs for a while before
anybody notices; what was sent and not confirmed is sent again, what was taken and not acknowledged
comes again, out of its order; answers and news are lost with the connection.
"""

import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from broker.envelope import Message, decode_body, is_late, unknown_version
from broker.kinds import DEAD_LETTER as DEAD_LETTER_KIND
from broker.topology import DEAD_LETTER, DELIVERY_LIMIT, definitions

from broker import BrokerError, BrokerSettings, CallTimeout, Delivery, Unroutable
from tests.sim import threads
from tests.sim.scheduler import Process, Scheduler, process, scheduler

log = logging.getLogger(__name__)

PREFETCH = 64
RECONNECT_S = 0.2
# How long a cut connection may hang before its ends notice: heartbeats are 20 s apart.
UNNOTICED_MAX_S = 40.0
QUICK_S = 0.002


@dataclass
class Envelope:
    """A message on its way."""

    message: Message
    body: bytes
    headers: dict[str, Any]
    routing_key: str
    reply_to: "tuple[Session, str] | None" = None
    taken: int = 0
    """How often it was delivered and not acknowledged."""


@dataclass
class Queue:
    name: str
    vhost: str
    single: bool = False
    is_brief: bool = False
    """Whether it keeps only what is durable when the broker dies."""
    waiting: "deque[Envelope]" = field(default_factory=deque)
    consumers: "list[Consumer]" = field(default_factory=list)
    turn: int = 0


@dataclass(eq=False)
class Consumer:
    session: "Session"
    queue: Queue
    handler: Callable[[Any], None]
    executor: Executor | None
    unacked: dict[int, Envelope] = field(default_factory=dict)


class Broker:
    """``slow`` of all messages take up to ``slow_s``; ``cut`` are the machines it cannot reach."""

    def __init__(self, found: Scheduler, seed: int, hosts: Iterable[str]) -> None:
        self.scheduler = found
        self.random = Random(f"broker {seed}")
        self.slow, self.slow_s = 0.0, 0.0
        self.is_up = True
        self.cut: set[str] = set()
        self.sessions: list[Session] = []
        self.queues: dict[tuple[str, str], Queue] = {}
        self.bindings: dict[tuple[str, str], list[tuple[str, Queue]]] = {}
        self.counts: dict[str, int] = {}
        self._tags = itertools.count(1)
        said = definitions(lambda _: "", {uuid: uuid for uuid in hosts}, "operator")
        for queue in said["queues"]:
            arguments = queue["arguments"]
            self.queues[queue["vhost"], queue["name"]] = Queue(
                queue["name"],
                queue["vhost"],
                single=bool(arguments.get("x-single-active-consumer")),
                is_brief=arguments["x-queue-type"] == "classic",
            )
        for exchange in said["exchanges"]:
            self.bindings[exchange["vhost"], exchange["name"]] = []
        for binding in said["bindings"]:
            queue = self.queues[binding["vhost"], binding["destination"]]
            self.bind(binding["vhost"], binding["source"], binding["routing_key"], queue)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def delay(self) -> float:
        if self.slow and self.random.random() < self.slow:
            self.count("messages delayed")
            return self.random.random() * self.slow_s
        return self.random.random() * QUICK_S

    # --- faults -----------------------------------------------------------------------------

    def restart(self, away_s: float) -> None:
        """The broker dies, and comes back with what it had on disk."""
        self.is_up = False
        for session in list(self.sessions):
            session.break_off()
        for queue in self.queues.values():
            if queue.is_brief:
                queue.waiting = deque(one for one in queue.waiting if one.message.kind.is_durable)

        def back() -> None:
            self.is_up = True

        self.scheduler.at(self.scheduler.now + away_s, back)

    def cut_off(self, place: str) -> None:
        """Nothing goes between a machine and the broker any more, and nobody is told."""
        self.cut.add(place)
        for session in self._sessions_of(place):
            session.hang()

    def heal(self, place: str) -> None:
        self.cut.discard(place)

    def flap(self, place: str) -> None:
        """The connections of a machine break."""
        for session in self._sessions_of(place):
            session.break_off()

    def _sessions_of(self, place: str) -> "list[Session]":
        return [one for one in self.sessions if one.connection.process.place == place]

    def reaches(self, place: str) -> bool:
        return self.is_up and place not in self.cut

    # --- what a broker does -----------------------------------------------------------------

    def bind(self, vhost: str, exchange: str, key: str, queue: Queue) -> None:
        self.bindings[vhost, exchange].append((key, queue))

    def route(self, vhost: str, exchange: str, key: str, envelope: Envelope) -> bool:
        """Put a message where it belongs; False when that is nowhere."""
        if exchange == "":
            queue = self.queues.get((vhost, key))
            queues = [] if queue is None else [queue]
        else:
            bound = self.bindings[vhost, exchange]
            queues = [queue for pattern, queue in bound if _matches(pattern, key)]
        for queue in queues:
            queue.waiting.append(replace(envelope))
            self.pump(queue)
        return bool(queues)

    def pump(self, queue: Queue) -> None:
        """Give out what waits to who consumes."""
        while queue.waiting:
            consumer = self._consumer(queue)
            if consumer is None:
                return
            envelope = queue.waiting.popleft()
            if envelope.taken > DELIVERY_LIMIT:
                dead = self.queues.get((queue.vhost, DEAD_LETTER))
                if dead is not None:
                    dead.waiting.append(envelope)
                continue
            tag = next(self._tags)
            consumer.unacked[tag] = envelope
            consumer.session.deliver(consumer, tag, envelope)

    def _consumer(self, queue: Queue) -> Consumer | None:
        found = queue.consumers[:1] if queue.single else queue.consumers
        free = [one for one in found if len(one.unacked) < PREFETCH]
        if not free:
            return None
        queue.turn += 1
        return free[queue.turn % len(free)]


def _matches(pattern: str, key: str) -> bool:
    """Whether a topic pattern matches; those of ours end with ``#`` at most."""
    if pattern.endswith("#"):
        return key.startswith(pattern[:-1].rstrip("."))
    return pattern in (key, "")


class Session:
    """One connection to the broker from its opening to its end, as both ends see it."""

    def __init__(self, connection: "Connection", broker: Broker) -> None:
        self.connection = connection
        self.broker = broker
        self.hangs = False
        self.client_open = self.server_open = True
        self.consumers: list[Consumer] = []
        self.listening: list[tuple[tuple[str, str], str, Queue]] = []
        self._up_at = self._down_at = 0.0
        broker.sessions.append(self)

    # --- faults -----------------------------------------------------------------------------

    def break_off(self) -> None:
        """Both ends notice now; what is under way arrives or not."""
        self._close_client()
        self._close_server()

    def hang(self) -> None:
        """Nothing arrives any more; either end notices some time."""
        if not self.hangs:
            self.hangs = True
            now, draw = self.broker.scheduler.now, self.broker.random.random
            self.broker.scheduler.at(now + draw() * UNNOTICED_MAX_S, self._close_server)
            self.broker.scheduler.at(now + draw() * UNNOTICED_MAX_S, self._close_client)

    def _close_client(self) -> None:
        if self.client_open:
            self.client_open = False
            self.connection.lost(self)

    def _close_server(self) -> None:
        """What was taken and not acknowledged comes again, before what waits."""
        if not self.server_open:
            return
        self.server_open = False
        self.broker.sessions.remove(self)
        for where, key, queue in self.listening:
            self.broker.bindings[where].remove((key, queue))
        touched = []
        for consumer in self.consumers:
            consumer.queue.consumers.remove(consumer)
            for envelope in reversed(consumer.unacked.values()):
                self.broker.count("messages redelivered")
                envelope.taken += 1
                consumer.queue.waiting.appendleft(envelope)
            consumer.unacked.clear()
            touched.append(consumer.queue)
        for queue in touched:
            self.broker.pump(queue)

    # --- what goes through it ---------------------------------------------------------------

    def up(self, do: Callable[[], None]) -> None:
        """Have something happen at the broker, after what was sent before."""
        found = self.broker.scheduler
        self._up_at = max(self._up_at, found.now + self.broker.delay())

        def arrived() -> None:
            if self.hangs or not self.broker.is_up:
                self.broker.count("messages lost")
            elif self.server_open or self.broker.random.random() < 0.5:
                do()
            else:
                self.broker.count("messages lost")

        found.at(self._up_at, arrived)

    def down(self, do: Callable[[], None]) -> None:
        """Have something happen in the client's thread, after what was sent it before."""
        found = self.broker.scheduler
        self._down_at = max(self._down_at, found.now + self.broker.delay())

        def arrived() -> None:
            if self.client_open and not self.hangs:
                self.connection.post(do)

        found.at(self._down_at, arrived)

    def consume(self, queue: Queue, handler: Callable[[Any], None], executor: Any) -> None:
        consumer = Consumer(self, queue, handler, executor)
        self.consumers.append(consumer)
        queue.consumers.append(consumer)
        self.broker.pump(queue)

    def deliver(self, consumer: Consumer, tag: int, envelope: Envelope) -> None:
        self.down(lambda: self.connection.arrived(self, consumer, tag, envelope))

    def ack(self, consumer: Consumer, tag: int) -> None:
        def at_broker() -> None:
            if consumer.unacked.pop(tag, None) is not None:
                self.broker.pump(consumer.queue)

        if self.client_open:
            self.up(at_broker)


@dataclass
class _Outgoing:
    exchange: str
    routing_key: str
    message: Message
    future: "Future[Any]"
    expires: float
    mandatory: bool
    wants_reply: bool
    body: bytes
    sent: bool = False


BROKER: list[Broker] = []
"""The one of this run."""


class Connection:
    """`broker.Connection`."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._broker = BROKER[-1]
        self._settings = settings
        self.process: Process = process()
        self.vhost = settings.vhost
        self._outgoing: dict[str, _Outgoing] = {}
        self._consumers: list[tuple[Any, ...]] = []
        self._session: Session | None = None
        self._ready = threads.Event()
        self._ready_since = 0.0
        self._inbox: deque[Callable[[], None]] = deque()
        self._come = threads.Event()
        self._closed = False
        self._keys = itertools.count(1)
        self.process.at_death.append(self._died)
        threads.Thread(target=self._run, name=f"broker {self.vhost[:9]}").start()
        self._connect_in(0.01)

    # --- from any thread --------------------------------------------------------------------

    def wait_ready(self, timeout_s: float) -> bool:
        return self._ready.wait(timeout_s)

    @property
    def connected(self) -> bool:
        return self._ready.is_set()

    def connected_for(self, seconds: float) -> bool:
        return self._ready.is_set() and self._broker.scheduler.now - self._ready_since >= seconds

    def send(self, queue: str, message: Message, *, timeout_s: float = 30.0) -> None:
        self._post("", queue, message, timeout_s, wants_reply=False, mandatory=True).result()

    def publish(self, exchange: str, routing_key: str, message: Message) -> "Future[Any]":
        return self._post(exchange, routing_key, message, 30.0, wants_reply=False, mandatory=False)

    def call_async(self, queue: str, message: Message, *, timeout_s: float) -> "Future[Any]":
        return self._post("", queue, message, timeout_s, wants_reply=True, mandatory=True)

    def call(self, queue: str, message: Message, *, timeout_s: float) -> Any:
        return self.call_async(queue, message, timeout_s=timeout_s).result()

    def serve(self, queue: str, handler: Callable[[Delivery], None], executor: Executor) -> None:
        self._add((queue, handler, executor))

    def subscribe(self, exchange: str, keys: Iterable[str], handler: Callable[[Any], None]) -> None:
        self._add((exchange, handler, tuple(keys), None))

    def purge(self, queue: str) -> "Future[Any]":
        future: Future[Any] = Future()
        session = self._session

        def at_broker() -> None:
            self._broker.queues[self.vhost, queue].waiting.clear()
            assert session is not None
            session.down(lambda: _succeed(future, None))

        if session is None:
            future.set_exception(BrokerError("the broker cannot be reached"))
        else:
            session.up(at_broker)
        return future

    def bury(self, queue: str, message: Message, reason: str) -> "Future[Any]":
        return self._dead_letter(message.encoded(), message, queue, reason)

    def close(self) -> None:
        self._closed = True
        self._died()
        for outgoing in list(self._outgoing.values()):
            _fail(outgoing.future, BrokerError("the connection was closed"))

    def _post(
        self,
        exchange: str,
        routing_key: str,
        message: Message,
        timeout_s: float,
        *,
        wants_reply: bool,
        mandatory: bool,
    ) -> "Future[Any]":
        future: Future[Any] = Future()
        found, key = scheduler(), f"{next(self._keys)}"
        expires = found.now + timeout_s
        self._outgoing[key] = _Outgoing(
            exchange,
            routing_key,
            message,
            future,
            expires,
            mandatory,
            wants_reply,
            message.encoded(),
        )
        if timeout_s != float("inf"):
            found.at(expires, lambda: self.post(lambda: self._expire(key)))
        self._transmit(key)
        found.point()
        return future

    def _add(self, consumer: tuple[Any, ...]) -> None:
        self._consumers.append(consumer)
        if self._session is not None:
            self._start(self._session, consumer)
        scheduler().point()

    # --- in its own thread ------------------------------------------------------------------

    def post(self, do: Callable[[], None]) -> None:
        """Have something done in the connection's thread."""
        if self.process.alive:
            self._inbox.append(do)
            self._come.set()

    def _run(self) -> None:
        while not self._closed:
            self._come.wait()
            self._come.clear()
            while self._inbox:
                self._inbox.popleft()()

    def _died(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.client_open = False
            session._close_server()

    def lost(self, session: Session) -> None:
        """The connection is gone: from a timer."""
        if self._session is session:
            self._session = None
            self._ready.clear()
            self._connect_in(RECONNECT_S)

    def _connect_in(self, seconds: float) -> None:
        found = self._broker.scheduler
        wait = seconds * (0.5 + self._broker.random.random())

        def attempt() -> None:
            if not self.process.alive or self._closed or self._session is not None:
                return
            if self._broker.reaches(self.process.place):
                self.post(self._opened)
            else:
                self._connect_in(min(seconds * 2, 3.0))

        found.at(found.now + wait, attempt)

    def _opened(self) -> None:
        if self._session is not None or not self._broker.reaches(self.process.place):
            self._connect_in(RECONNECT_S)
            return
        session = self._session = Session(self, self._broker)
        for consumer in self._consumers:
            self._start(session, consumer)
        self._ready_since = self._broker.scheduler.now
        self._ready.set()
        for key, outgoing in list(self._outgoing.items()):
            if outgoing.sent:
                self._broker.count("messages sent again")
            outgoing.sent = False
            self._transmit(key)

    def _start(self, session: Session, consumer: tuple[Any, ...]) -> None:
        if len(consumer) == 3:
            name, handler, executor = consumer
            session.up(
                lambda: (
                    session.consume(self._broker.queues[self.vhost, name], handler, executor)
                    if session.server_open
                    else None
                )
            )
            return
        exchange, hears, keys, _ = consumer

        def listen() -> None:
            if not session.server_open:
                return
            queue = Queue(f"{exchange}.{self.process}", self.vhost)
            for key in keys:
                self._broker.bind(self.vhost, exchange, key, queue)
                session.listening.append(((self.vhost, exchange), key, queue))
            session.consume(queue, hears, None)

        session.up(listen)

    def _transmit(self, key: str) -> None:
        outgoing, session = self._outgoing.get(key), self._session
        if outgoing is None or outgoing.sent or session is None or not self._ready.is_set():
            return
        outgoing.sent = True
        message = outgoing.message
        # The real properties, with what they do to headers.
        properties = message.properties(None, key)
        headers = dict(properties.headers)
        if outgoing.wants_reply:
            left = max(outgoing.expires - scheduler().now, 0.0)
            headers.setdefault("deadline", f"{threads._time() + left:.3f}")
        envelope = Envelope(
            message,
            outgoing.body,
            headers,
            outgoing.routing_key,
            (session, key) if outgoing.wants_reply else None,
        )

        def at_broker() -> None:
            exchange, where = outgoing.exchange, outgoing.routing_key
            found = self._broker.route(self.vhost, exchange, where, envelope)
            if not found and outgoing.mandatory:
                session.down(lambda: self._returned(key))
            elif message.kind.is_confirmed and not outgoing.wants_reply:
                session.down(lambda: self._confirmed(key))

        session.up(at_broker)
        if not message.kind.is_confirmed and not outgoing.wants_reply:
            self._confirmed(key)

    def _confirmed(self, key: str) -> None:
        outgoing = self._outgoing.pop(key, None)
        if outgoing is not None:
            _succeed(outgoing.future, None)

    def _returned(self, key: str) -> None:
        outgoing = self._outgoing.pop(key, None)
        if outgoing is not None:
            _fail(outgoing.future, Unroutable(f"there is no queue {outgoing.routing_key}"))

    def _replied(self, key: str, body: bytes) -> None:
        outgoing = self._outgoing.pop(key, None)
        if outgoing is not None:
            _succeed(outgoing.future, decode_body(body))

    def _expire(self, key: str) -> None:
        outgoing = self._outgoing.pop(key, None)
        if outgoing is not None:
            text = f"{outgoing.message.method}: no answer from {outgoing.routing_key} in time"
            _fail(outgoing.future, CallTimeout(text))

    def arrived(self, session: Session, consumer: Consumer, tag: int, envelope: Envelope) -> None:
        """What `broker.connection` does with a delivery."""
        if consumer.executor is None:
            session.ack(consumer, tag)
            try:
                consumer.handler(decode_body(envelope.body))
            except Exception:
                log.exception("what %s said was not understood", consumer.queue.name)
            return
        message = envelope.message

        def ack() -> None:
            session.ack(consumer, tag)
            scheduler().point()

        def reply(answer: Any) -> None:
            if envelope.reply_to is not None and self._session is not None:
                asker, key = envelope.reply_to
                body = Message(method="", body=answer, message_id="").encoded()
                self._session.up(
                    lambda: (
                        asker.down(lambda: asker.connection._replied(key, body))
                        if asker.server_open
                        else None
                    )
                )
            scheduler().point()

        def reject(reason: str) -> None:
            letter = Message(
                method=message.method,
                body=None,
                message_id=message.message_id,
                headers=envelope.headers,
            )
            self._dead_letter(
                envelope.body, letter, envelope.routing_key, reason
            ).add_done_callback(lambda _: ack())

        if is_late(envelope.headers):
            log.warning("%s came after its deadline and is not begun", message.method)
            ack()
            return
        assert unknown_version(envelope.headers) is None
        delivery = Delivery(
            message.method,
            decode_body(envelope.body),
            message.message_id,
            envelope.headers,
            envelope.routing_key,
            ack,
            reply,
            reject,
        )
        consumer.executor.submit(_guarded, consumer.handler, delivery)

    def _dead_letter(self, body: bytes, message: Message, queue: str, reason: str) -> "Future[Any]":
        self._broker.count("dead letters")
        letter = replace(
            message,
            body={"reason": reason, "queue": queue, "body": body.decode(errors="replace")},
            headers={**message.headers, "reason": reason},
            kind=DEAD_LETTER_KIND,
        )
        log.error("%s goes to the dead letters: %s", letter.method, reason)
        return self._post("", DEAD_LETTER, letter, 30.0, wants_reply=False, mandatory=True)


def connect(settings: BrokerSettings, timeout_s: float = 30.0) -> Connection:
    """`broker.connect`."""
    connection = Connection(settings)
    if not connection.wait_ready(timeout_s):
        connection.close()
        raise BrokerError(f"no connection to the broker within {timeout_s:.0f} s")
    return connection


def _guarded(handler: Callable[[Delivery], None], delivery: Delivery) -> None:
    try:
        handler(delivery)
    except Exception as error:
        log.exception("%s failed in its handler", delivery.method)
        delivery.reject(f"{type(error).__name__}: {error}")


def _succeed(future: "Future[Any]", value: Any) -> None:
    with suppress(InvalidStateError):  # its owner has cancelled it, just now perhaps
        future.set_result(value)


def _fail(future: "Future[Any]", error: Exception) -> None:
    with suppress(InvalidStateError):
        future.set_exception(error)
