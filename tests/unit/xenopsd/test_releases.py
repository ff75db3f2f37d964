"""Memory that is not needed any more is given back, however long nobody can be told."""

import math
import time
from typing import Any, cast

from xenopsd.ports.squeezed_memory import SqueezedMemory

from broker import Connection

DAY_S = 24 * 3600.0


class Broker:
    """Notes what is sent, and for how long it is sent again."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, float]] = []

    def call_async(self, queue: str, message: Any, *, timeout_s: float) -> None:
        self.sent.append((message, timeout_s))


def test_an_end_of_a_reservation_is_never_too_late() -> None:
    broker = Broker()
    squeezed = SqueezedMemory(cast(Connection, broker))
    squeezed._session = "session"
    squeezed.release("operation/memory")
    [(message, timeout_s)] = broker.sent
    assert message.method == "delete_reservation"
    assert message.deadline > time.time() + DAY_S
    assert timeout_s == math.inf


def test_a_hand_over_is_waited_for_by_nobody_and_read_before_the_end() -> None:
    broker = Broker()
    squeezed = SqueezedMemory(cast(Connection, broker))
    squeezed._session = "session"
    squeezed.hand_over("operation/memory", 7)
    squeezed.release("operation/memory")
    methods = [message.method for message, _ in broker.sent]
    assert methods == ["transfer_reservation_to_domain", "delete_reservation"]
