"""A message that arrived, which its receiver may acknowledge, reply to or refuse."""

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
    """Send a body back to the caller; nothing happens if the caller does not wait."""
    reject: Callable[[str], None]
    """Put the message among the dead letters, with a reason for operators to read."""
