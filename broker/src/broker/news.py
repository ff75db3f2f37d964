"""Telling all services how far the change log has come."""

import threading
import time
from typing import Any, Protocol

from broker.envelope import Message
from broker.kinds import NEWS
from broker.topology import EVENTS_EXCHANGE

BETWEEN_S = 0.01
"""The time between two messages: each wakes all gateways and forwarders."""


class Publisher(Protocol):
    """What `Connection` does for it."""

    def publish(self, exchange: str, routing_key: str, message: Message) -> Any: ...


class News:
    """Tells of the first commit after a quiet moment at once, and of a crowd of commits together.

    Any thread may use it. Who waits for the end of a call hears it with the reply.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._lock = threading.Lock()
        self._reached = 0
        self._told = 0
        self._told_at = float("-inf")
        self._crowd = threading.Event()
        threading.Thread(target=self._tell_of_crowds, name="news", daemon=True).start()

    def tell(self, generation: int) -> None:
        """Tell, now or in a moment, that the change log has reached a commit."""
        with self._lock:
            if generation <= self._reached:
                return
            self._reached = generation
            if time.monotonic() < self._told_at + BETWEEN_S:
                self._crowd.set()
            else:
                self._publish()

    def _publish(self) -> None:
        self._told, self._told_at = self._reached, time.monotonic()
        body = {"generation": self._told}
        self._publisher.publish(EVENTS_EXCHANGE, "", Message(method="event", body=body, kind=NEWS))

    def _tell_of_crowds(self) -> None:
        while True:
            self._crowd.wait()
            self._crowd.clear()
            time.sleep(max(self._told_at + BETWEEN_S - time.monotonic(), 0.0))
            with self._lock:
                if self._told < self._reached:
                    self._publish()
