"""The dead letters of a vhost: looked at without a change, or sent again to their queues.

A service that cannot handle a message puts it there with a reason; the broker itself puts there the
messages that killed their receivers too often.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika
import pika.exceptions

from broker.envelope import DEADLINE
from broker.errors import BrokerError
from broker.settings import BrokerSettings
from broker.topology import DEAD_LETTER, DELIVERY_LIMIT

LIMIT = "delivery_limit"


@dataclass(frozen=True)
class DeadLetter:
    """``id`` is the operation's; ``queue`` is where the message was meant for."""

    vhost: str
    id: str
    method: str
    queue: str
    reason: str
    time: int
    """Unix seconds of when it was sent."""
    headers: dict[str, Any]
    body: str

    def advice(self) -> str:
        """What became of the message, and what sending it again would do."""
        if self.reason == LIMIT:
            return (
                f"It was delivered {DELIVERY_LIMIT} times and never acknowledged: each receiver"
                " died or lost its connection. Read the receiver's log at these times before you"
                " send it again, or it will go on killing."
            )
        return (
            f"Its receiver refused it: {self.reason}. Sent again it is refused again unless the"
            " receiver was mended meanwhile. An operation that took effect takes none again: its"
            " id is known."
        )


def look(settings: BrokerSettings) -> list[DeadLetter]:
    """All dead letters of the settings' vhost, oldest first, left in place. Raises BrokerError."""
    with _channel(settings) as channel:
        letters = [letter for letter, _ in _take_all(channel, settings.vhost)]
        channel.basic_nack(0, multiple=True, requeue=True)
        return letters


def resend(settings: BrokerSettings, wanted: Callable[[DeadLetter], bool]) -> list[DeadLetter]:
    """Send the wanted ones again, removing each once the broker has it safe. Raises BrokerError."""
    with _channel(settings) as channel:
        channel.confirm_delivery()
        sent = []
        for letter, tag in list(_take_all(channel, settings.vhost)):
            if wanted(letter):
                _publish(channel, letter)
                channel.basic_ack(tag)
                sent.append(letter)
        return sent


@contextmanager
def _channel(settings: BrokerSettings) -> Iterator[Any]:
    nodes = [settings.parameters(attempt) for attempt in range(len(settings.addresses))]
    try:
        connection = pika.BlockingConnection(nodes)
    except (pika.exceptions.AMQPError, OSError) as error:
        raise BrokerError(f"vhost {settings.vhost}: {error or type(error).__name__}") from error
    try:
        yield connection.channel()
    finally:
        connection.close()


def _take_all(channel: Any, vhost: str) -> Iterator[tuple[DeadLetter, int]]:
    while True:
        method, properties, body = channel.basic_get(DEAD_LETTER)
        if method is None:
            return
        yield _read(vhost, properties, body), method.delivery_tag


def _read(vhost: str, properties: Any, body: bytes) -> DeadLetter:
    headers = dict(properties.headers or {})
    # This counts how often the letter was looked at.
    headers.pop("x-delivery-count", None)
    queue, reason, text = _story(headers, body)
    return DeadLetter(
        vhost=vhost,
        id=properties.message_id or "",
        method=properties.type or "",
        queue=queue,
        reason=reason,
        time=properties.timestamp or 0,
        headers=headers,
        body=text,
    )


def _story(headers: dict[str, Any], body: bytes) -> tuple[str, str, str]:
    """Queue, reason and body, from the broker's headers or from the service that refused it."""
    text = body.decode(errors="replace")
    if "x-first-death-queue" in headers:
        return headers["x-first-death-queue"], headers["x-first-death-reason"], text
    refusal = json.loads(text)
    return refusal["queue"], refusal["reason"], refusal["body"]


def _publish(channel: Any, letter: DeadLetter) -> None:
    # The old deadline has passed, and nobody waits for the answer any more.
    left_out = {DEADLINE, "reason"}
    headers = {
        name: value
        for name, value in letter.headers.items()
        if name not in left_out and not name.startswith("x-")
    }
    properties = pika.BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        type=letter.method,
        message_id=letter.id,
        headers=headers,
    )
    try:
        channel.basic_publish("", letter.queue, letter.body.encode(), properties, mandatory=True)
    except pika.exceptions.AMQPError as error:
        raise BrokerError(f"{letter.id}: {letter.queue} did not take it: {error}") from error
