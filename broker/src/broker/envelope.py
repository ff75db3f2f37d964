"""The envelope of a message: its id, method and deadline. The body is JSON that people can read."""

import math
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pika

from broker.kinds import WORK, Kind

CONTENT_TYPE = "application/json"
TRANSIENT, PERSISTENT = 1, 2
DEADLINE = "deadline"
VERSION, VERSION_HEADER = 1, "version"
"""The version of messages; it grows if receivers of the last version would misread one."""

decode_body = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message to send. ``message_id`` names the operation: a repetition has the same one."""

    method: str
    body: Any
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    headers: Mapping[str, Any] = field(default_factory=dict)
    deadline: float | None = None
    """Unix seconds after which the message must not be acted on."""
    kind: Kind = WORK
    """What the broker is to promise; without a word, all that it can."""

    def encoded(self) -> bytes:
        return _encode(self.body)

    def properties(
        self, reply_to: str | None = None, correlation_id: str | None = None
    ) -> pika.BasicProperties:
        headers = {key: value for key, value in self.headers.items() if value is not None}
        if self.deadline is not None:
            headers[DEADLINE] = f"{self.deadline:.3f}"
        return pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=PERSISTENT if self.kind.is_durable else TRANSIENT,
            type=self.method,
            message_id=self.message_id,
            correlation_id=correlation_id,
            reply_to=reply_to,
            headers={"method": self.method, VERSION_HEADER: VERSION, **headers},
            timestamp=int(time.time()),
        )


def is_late(headers: Mapping[str, Any]) -> bool:
    """Whether a message's deadline has passed; without a deadline it is never late.

    Raises ValueError for a deadline that is no time.
    """
    deadline = headers.get(DEADLINE)
    if deadline is None:
        return False
    if not math.isfinite(float(str(deadline))):
        raise ValueError(f"deadline {deadline}")
    return float(str(deadline)) < time.time()


def unknown_version(headers: Mapping[str, Any]) -> int | None:
    """The version of a message if it is newer than this program, else None.

    Raises ValueError for a version that is no number.
    """
    version = int(str(headers.get(VERSION_HEADER, VERSION)))
    return version if version > VERSION else None
