"""What a daemon tells the pool: whole states with rising versions, so the newest says it all."""

import threading
from concurrent.futures import Future
from typing import Any

from broker.envelope import Message
from broker.kinds import PROGRESS, REPORT, SIGN_OF_LIFE
from broker.topology import UPDATES_EXCHANGE
from xenops.codec import encode
from xenops.types import Task

from broker import Connection
from daemon.journal import Journal

VERSIONS_A_BLOCK = 1000
# By the first word of their keys; all others are reports.
KINDS = {"task": PROGRESS, "host": SIGN_OF_LIFE}


def publish(broker: Connection, key: str, body: dict[str, Any]) -> "Future[Any]":
    """Tell all who follow updates of this key's kind; see `Connection.publish` for the future."""
    first = key.split(".")[0]
    message = Message(method=first, body=body, kind=KINDS.get(first, REPORT))
    return broker.publish(UPDATES_EXCHANGE, key, message)


class Updates:
    """Threads share it."""

    def __init__(self, broker: Connection, journal: Journal) -> None:
        self._broker = broker
        self._journal = journal
        self._lock = threading.Lock()
        self._next = self._until = 0

    def version(self) -> int:
        """A number larger than all before it, those before a restart included."""
        with self._lock:
            if self._next == self._until:
                self._next = self._journal.next_version(VERSIONS_A_BLOCK)
                self._until = self._next + VERSIONS_A_BLOCK
            self._next += 1
            return self._next - 1

    def publish(self, key: str, body: dict[str, Any]) -> None:
        publish(self._broker, key, body)

    def task(self, task: Task) -> None:
        key = f"task.{task.id.replace('/', '.')}"
        state = encode(Task, task)
        body = {"kind": "task", "id": task.id, "version": self.version(), "state": state}
        self.publish(key, body)
