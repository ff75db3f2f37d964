"""A connection that lasts: it reconnects, sends unconfirmed messages again, and makes calls.

The methods may be called from any thread; one thread of this process does all AMQP. A message may
be sent more than once: its ``message_id`` lets the receiver recognise a repetition.
"""

import dataclasses
import functools
import itertools
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
import pika
import pika.exceptions

from broker.acks import Acks
from broker.delivery import Delivery
from broker.envelope import CONTENT_TYPE, Message, decode_body, is_late, unknown_version
from broker.errors import BrokerError, CallTimeout, Unroutable
from broker.kinds import DEAD_LETTER as DEAD_LETTER_KIND
from broker.loop import Action, loop
from broker.settings import BrokerSettings
from broker.topology import DEAD_LETTER

log = logging.getLogger(__name__)

REPLY_TO = "amq.rabbitmq.reply-to"
HEARTBEAT_S = 20
RETRY_MIN_S, RETRY_MAX_S = 0.1, 3.0
CLOSE_WAIT_S = 5.0
LOOK_FOR_EXPIRED_S = 0.25
# A process that has not looked for this long was suspended, so answers may wait unread.
AWAY_S = 5.0
REFUSED_RETRY_S = 0.2
PREFETCH = 64


@dataclass
class _Outgoing:
    """A message on its way, kept until it is confirmed or, for a call, answered."""

    exchange: str
    routing_key: str
    message: Message
    future: "Future[Any]"
    expires: float
    mandatory: bool
    wants_reply: bool
    sent: bool = False


@dataclass(frozen=True)
class _Consumer:
    """The consumer of a durable queue."""

    queue: str
    handler: Callable[[Delivery], None]
    executor: Executor


@dataclass(frozen=True)
class _Listener:
    """The consumer of an exchange, through a queue that lives as long as the connection.

    The queue's name begins with ``prefix``. Each connection has a new queue, since a broker of
    several nodes may hold on to the old one for a while.
    """

    prefix: str
    handler: Callable[[Any], None]
    exchange: str
    keys: tuple[str, ...]


def connect(settings: BrokerSettings, timeout_s: float = 30.0) -> "Connection":
    """Connect; raises BrokerError if the broker has not answered within ``timeout_s``."""
    connection = Connection(settings)
    if not connection.wait_ready(timeout_s):
        connection.close()
        raise BrokerError(
            f"no connection to the broker at {settings.addresses},"
            f" vhost {settings.vhost}, as {settings.user} within {timeout_s:.0f} s"
        )
    return connection


class Connection:
    """See the module; made by ``connect``."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        self._loop = loop()
        self._outgoing: dict[str, _Outgoing] = {}
        self._confirms: dict[int, str] = {}
        self._consumers: list[_Consumer | _Listener] = []
        self._acks: dict[_Consumer, Acks] = {}
        self._channel: Any = None  # of messages that are confirmed
        self._plain: Any = None  # of those that are not
        self._connection: Any = None
        self._published = 0
        self._keys = itertools.count()
        self._attempts = itertools.count()
        self._looked = time.monotonic()
        self._is_looking = False
        self._ready = threading.Event()
        self._ready_since = 0.0
        self._is_closing = False
        self._closed = threading.Event()
        self._retry_s = RETRY_MIN_S
        self._in_loop(self._attempt)

    # --- from any thread -------------------------------------------------------------------

    def wait_ready(self, timeout_s: float) -> bool:
        return self._ready.wait(timeout_s)

    @property
    def connected(self) -> bool:
        return self._ready.is_set()

    def connected_for(self, seconds: float) -> bool:
        """Whether the connection has lasted for this long, without a break."""
        return self._ready.is_set() and time.monotonic() - self._ready_since >= seconds

    def send(self, queue: str, message: Message, *, timeout_s: float = 30.0) -> None:
        """Put a message into a queue; returns once it is safe there. Raises BrokerError."""
        self._post("", queue, message, timeout_s, wants_reply=False, mandatory=True).result()

    def publish(self, exchange: str, routing_key: str, message: Message) -> "Future[Any]":
        """Give a message to all who listen; it is no error if nobody does.

        The future is done once the broker has a message that is confirmed, and otherwise once the
        message is sent.
        """
        return self._post(exchange, routing_key, message, 30.0, wants_reply=False, mandatory=False)

    def call_async(self, queue: str, message: Message, *, timeout_s: float) -> "Future[Any]":
        """Send and expect a reply; the future has its body, or raises CallTimeout or Unroutable."""
        return self._post("", queue, message, timeout_s, wants_reply=True, mandatory=True)

    def call(self, queue: str, message: Message, *, timeout_s: float) -> Any:
        """Like ``call_async``, but wait for the reply."""
        return self.call_async(queue, message, timeout_s=timeout_s).result()

    def serve(self, queue: str, handler: Callable[[Delivery], None], executor: Executor) -> None:
        """Have ``handler`` called in ``executor`` for each message of a durable queue.

        With `AtOnce` it runs in the thread of all connections.
        """
        self._add_consumer(_Consumer(queue, handler, executor))

    def subscribe(self, exchange: str, keys: Iterable[str], handler: Callable[[Any], None]) -> None:
        """Receive an exchange's messages from now on, except those sent while we are away.

        ``handler`` gets the bodies one after the other in the thread of all connections, so it must
        be quick, and wait for nothing. That is why messages do not pile up here, although none is
        acknowledged.
        """
        prefix = f"{exchange}.{self._settings.name}"
        self._add_consumer(_Listener(prefix, handler, exchange, tuple(keys)))

    def purge(self, queue: str) -> "Future[Any]":
        """Drop the messages that wait in a queue, but not those that a receiver has already."""
        future: Future[Any] = Future()

        def in_loop() -> None:
            if self._ready.is_set():
                self._channel.queue_purge(queue, callback=lambda _: _succeed(future, None))
            else:
                _fail(future, BrokerError("the broker cannot be reached"))

        self._in_loop(in_loop)
        return future

    def bury(self, queue: str, message: Message, reason: str) -> "Future[Any]":
        """Put a message that was meant for ``queue`` among the dead letters."""
        return self._dead_letter(message.encoded(), message, queue, reason)

    def close(self) -> None:
        """Close; messages that are still unconfirmed fail with BrokerError."""
        self._is_closing = True
        self._in_loop(self._close)
        self._closed.wait(CLOSE_WAIT_S)
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
        outgoing = _Outgoing(
            exchange,
            routing_key,
            message,
            future,
            time.monotonic() + timeout_s,
            mandatory,
            wants_reply,
        )
        key = str(next(self._keys))
        self._outgoing[key] = outgoing
        self._in_loop(lambda: self._transmit(key))
        return future

    def _add_consumer(self, consumer: _Consumer | _Listener) -> None:
        def add() -> None:
            # Here, so that a connection that opens meanwhile does not start it as well.
            self._consumers.append(consumer)
            self._start_again(consumer)

        self._in_loop(add)

    def _in_loop(self, action: Action) -> None:
        self._loop.soon(action)

    # --- in the loop's thread ---------------------------------------------------------------

    def _attempt(self) -> None:
        """Begin to connect; when this fails, or the connection ends, it is tried again."""
        if self._is_closing:
            self._closed.set()
            return
        try:
            parameters = self._settings.parameters(next(self._attempts), heartbeat=HEARTBEAT_S)
        except OSError as error:  # its certificates cannot be read
            self._ended(None, error)
            return
        self._connection = pika.SelectConnection(
            parameters,
            on_open_callback=self._opened,
            on_open_error_callback=self._ended,
            on_close_callback=self._ended,
            custom_ioloop=self._loop,
        )

    def _close(self) -> None:
        if self._connection is None or self._connection.is_closed:
            self._closed.set()
        elif not self._connection.is_closing:
            self._send_acks()
            self._connection.close()

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Any) -> None:
        self._channel = channel
        self._published = 0
        self._confirms.clear()
        channel.confirm_delivery(self._confirmed, callback=lambda _: None)
        self._prepare(
            channel, lambda: self._connection.channel(on_open_callback=self._plain_opened)
        )

    def _plain_opened(self, channel: Any) -> None:
        self._plain = channel
        self._prepare(channel, self._begin)

    def _prepare(self, channel: Any, then: Action) -> None:
        """Have replies to what is sent on a channel come.

        The broker closes a channel on which a call comes before the consumer of its reply.
        """
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_return_callback(self._returned)
        channel.basic_consume(REPLY_TO, self._replied, auto_ack=True, callback=lambda _: then())

    def _begin(self) -> None:
        self._ready_since = time.monotonic()
        self._ready.set()
        self._retry_s = RETRY_MIN_S
        for consumer in self._consumers:
            self._start_consumer(consumer)
        for key, outgoing in list(self._outgoing.items()):
            outgoing.sent = False
            self._transmit(key)

    def _channel_closed(self, channel: Any, reason: Exception) -> None:
        self._ready.clear()
        if not self._is_closing:
            log.warning("channel on %s closed: %s", self._settings.vhost, reason)
            if self._connection.is_open:
                self._connection.close()

    def _ended(self, connection: Any, reason: object) -> None:
        was_ready = self._ready.is_set()
        self._ready.clear()
        self._channel = self._plain = None
        if self._is_closing:
            self._closed.set()
            return
        if was_ready:
            log.warning("connection to vhost %s lost: %s", self._settings.vhost, reason)
        self._later(self._retry_s * random.uniform(0.5, 1.0), self._attempt)
        self._retry_s = min(self._retry_s * 2, RETRY_MAX_S)

    def _later(self, seconds: float, action: Action) -> None:
        self._loop.call_later(seconds, action)

    def _transmit(self, key: str) -> None:
        self._look_for_expired()
        outgoing = self._outgoing.get(key)
        if outgoing is None or outgoing.sent or not self._ready.is_set():
            return
        outgoing.sent = True
        self._send_acks()
        left = max(outgoing.expires - time.monotonic(), 0.0)
        message = outgoing.message
        properties = message.properties(REPLY_TO if outgoing.wants_reply else None, key)
        if outgoing.wants_reply:
            properties.headers.setdefault("deadline", f"{time.time() + left:.3f}")
        channel = self._channel if message.kind.is_confirmed else self._plain
        channel.basic_publish(
            outgoing.exchange,
            outgoing.routing_key,
            message.encoded(),
            properties,
            mandatory=outgoing.mandatory,
        )
        if message.kind.is_confirmed:
            self._published += 1
            self._confirms[self._published] = key
        elif not outgoing.wants_reply:
            self._outgoing.pop(key, None)
            _succeed(outgoing.future, None)

    def _confirmed(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        nacked = isinstance(frame.method, pika.spec.Basic.Nack)
        upto = itertools.takewhile(lambda number: number <= tag, self._confirms)
        tags = list(upto) if multiple else [tag]
        for number in tags:
            key = self._confirms.pop(number, "")
            outgoing = self._outgoing.get(key)
            if outgoing is None:
                continue
            if nacked:
                # The queue is full, or lost its leading node: try again until the message expires.
                outgoing.sent = False
                self._later(REFUSED_RETRY_S, functools.partial(self._transmit, key))
            elif not outgoing.wants_reply:
                del self._outgoing[key]
                _succeed(outgoing.future, None)

    def _returned(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        outgoing = self._outgoing.pop(properties.correlation_id or "", None)
        if outgoing is not None:
            error = Unroutable(
                f"there is no queue {method.routing_key} in vhost {self._settings.vhost}"
            )
            _fail(outgoing.future, error)

    def _replied(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        outgoing = self._outgoing.pop(properties.correlation_id or "", None)
        if outgoing is None:
            return
        try:
            _succeed(outgoing.future, decode_body(body))
        except msgspec.DecodeError as error:
            _fail(outgoing.future, BrokerError(f"{outgoing.message.method}: no answer: {error}"))

    def _look_for_expired(self) -> None:
        """Look now and then for messages whose time is over, as long as there are messages."""
        if not self._is_looking:
            self._is_looking = True
            self._looked = time.monotonic()
            self._later(LOOK_FOR_EXPIRED_S, self._expire)

    def _expire(self) -> None:
        self._expire_overdue()
        self._is_looking = bool(self._outgoing) and not self._is_closing
        if self._is_looking:
            self._later(LOOK_FOR_EXPIRED_S, self._expire)

    def _expire_overdue(self) -> None:
        now, before = time.monotonic(), self._looked
        self._looked = now
        if now - before > AWAY_S:
            return
        for key, outgoing in list(self._outgoing.items()):
            if outgoing.future.cancelled():  # nobody waits for the reply any more
                self._outgoing.pop(key, None)
            elif outgoing.expires < now:
                self._outgoing.pop(key, None)
                where = outgoing.routing_key
                text = f"{outgoing.message.method}: no answer from {where} in time"
                _fail(outgoing.future, CallTimeout(text))

    def _start_consumer(self, consumer: _Consumer | _Listener) -> None:
        """Start a consumer on a channel of its own, so that its end is that of no other."""
        self._connection.channel(on_open_callback=functools.partial(self._consume, consumer))

    def _consume(self, consumer: _Consumer | _Listener, channel: Any) -> None:
        channel.add_on_close_callback(functools.partial(self._consumer_ended, consumer))
        channel.add_on_cancel_callback(lambda _: channel.close())  # its queue was deleted
        channel.basic_qos(prefetch_count=PREFETCH)
        if isinstance(consumer, _Consumer):
            acks = self._acks[consumer] = Acks(channel, self._loop)
            on_message = functools.partial(self._arrived, consumer, acks)
            channel.basic_consume(consumer.queue, on_message, auto_ack=False)
            return
        queue = f"{consumer.prefix}.{uuid.uuid4().hex[:8]}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        for key in consumer.keys:
            channel.queue_bind(queue, consumer.exchange, key)
        on_news = functools.partial(self._heard, consumer)
        channel.basic_consume(queue, on_news, auto_ack=True)

    def _consumer_ended(
        self, consumer: _Consumer | _Listener, channel: Any, reason: Exception
    ) -> None:
        """Try again until the queue exists; a new connection starts all consumers anyway."""
        if self._ready.is_set() and self._connection.is_open and not self._is_closing:
            log.warning("no messages on %s for now: %s", self._settings.vhost, reason)
            self._later(RETRY_MAX_S, lambda: self._start_again(consumer))

    def _start_again(self, consumer: _Consumer | _Listener) -> None:
        """Start a consumer, unless the connection is down: the next one will start it."""
        if self._ready.is_set():
            self._start_consumer(consumer)

    def _heard(
        self, listener: _Listener, channel: Any, method: Any, properties: Any, body: bytes
    ) -> None:
        try:
            listener.handler(decode_body(body))
        except Exception:  # a bad message or a bad handler must not end the connection
            log.exception("what %s said was not understood: %.200r", listener.exchange, body)

    def _arrived(
        self,
        consumer: _Consumer,
        acks: Acks,
        channel: Any,
        method: Any,
        properties: Any,
        body: bytes,
    ) -> None:
        headers = dict(properties.headers or {})
        acks.take(method.delivery_tag)
        ack = functools.partial(acks.give, method.delivery_tag)

        def reply(answer: Any) -> None:
            if properties.reply_to:
                self._in_loop(
                    lambda: self._send_reply(properties.reply_to, properties.correlation_id, answer)
                )

        def reject(reason: str) -> None:
            envelope = Message(
                method=properties.type or "unknown",
                body=None,
                message_id=properties.message_id or str(uuid.uuid4()),
                headers=headers,
            )
            self._dead_letter(body, envelope, method.routing_key, reason).add_done_callback(
                lambda _: ack()
            )

        try:
            late, version = is_late(headers), unknown_version(headers)
        except ValueError as error:
            reject(f"its headers cannot be read: {error}")
            return
        if late:
            log.warning("%s came after its deadline and is not begun", properties.type)
            ack()
            return
        if version is not None:
            reject(f"a newer Warren wrote it, version {version}: upgrade this service first")
            return
        try:
            decoded = decode_body(body)
        except msgspec.DecodeError as error:
            reject(f"the body is no JSON: {error}")
            return
        delivery = Delivery(
            properties.type or "",
            decoded,
            properties.message_id or "",
            headers,
            method.routing_key,
            ack,
            reply,
            reject,
        )
        consumer.executor.submit(_guarded, consumer.handler, delivery)

    def _send_acks(self) -> None:
        for acks in self._acks.values():
            acks.ride()

    def _send_reply(self, reply_to: str, correlation_id: str, answer: Any) -> None:
        if self._ready.is_set():
            self._send_acks()
            self._plain.basic_publish(
                "",
                reply_to,
                msgspec.json.encode(answer),
                pika.BasicProperties(content_type=CONTENT_TYPE, correlation_id=correlation_id),
            )

    def _dead_letter(
        self, body: bytes, envelope: Message, queue: str, reason: str
    ) -> "Future[Any]":
        letter = dataclasses.replace(
            envelope,
            body={"reason": reason, "queue": queue, "body": body.decode(errors="replace")},
            headers={**envelope.headers, "reason": reason},
            kind=DEAD_LETTER_KIND,
        )
        log.error("%s goes to the dead letters: %s", letter.method, reason)
        return self._post("", DEAD_LETTER, letter, 30.0, wants_reply=False, mandatory=True)


def _guarded(handler: Callable[[Delivery], None], delivery: Delivery) -> None:
    try:
        handler(delivery)
    except Exception as error:  # the last line of defence: the message is kept for the operator
        log.exception("%s failed in its handler", delivery.method)
        delivery.reject(f"{type(error).__name__}: {error}")


def _succeed(future: "Future[Any]", value: Any) -> None:
    with suppress(InvalidStateError):  # its owner may just have cancelled it
        future.set_result(value)


def _fail(future: "Future[Any]", error: Exception) -> None:
    with suppress(InvalidStateError):
        future.set_exception(error)
