"""A message that arrived, and what its receiver does with it: acknowledge, reply, refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """Acknowledge exactly once; ``reply`` may come before or after, from any thread."""

    method: str
    body: Any
    message_id: str
    headers: Mapping[str, Any]
    routing_key: str
    ack: Callable[[], None]
    reply: Callable[[Any], None]
    """Send a body back to whoever called; nothing happens when nobody waits."""
    reject: Callable[[str], None]
    """Hand the message to the dead letters with a reason an operator can read."""
