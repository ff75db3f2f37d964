"""A process that stood still reads the answers that came meanwhile before it calls them late."""

import time
from unittest.mock import Mock

import pytest
from broker.envelope import Message

from broker import BrokerSettings, CallTimeout, Connection

TIMEOUT_S, STILL_S = 1.0, 50.0
SETTINGS = BrokerSettings((("127.0.0.1", 5672),), "/", "user", "password", "test")


class Clock:
    """Time that passes when it is told to."""

    now = time.monotonic()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("broker.connection.time", clock)
    return clock


@pytest.fixture
def connection(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """One whose thread does nothing by itself."""
    monkeypatch.setattr("broker.connection.loop", Mock)
    return Connection(SETTINGS)


@pytest.mark.parametrize("still_s", [0.0, STILL_S])
def test_a_call_is_late_once_its_time_is_over_and_its_answer_was_looked_for(
    connection: Connection, clock: Clock, still_s: float
) -> None:
    answer = connection.call_async("queue", Message(method="ask", body={}), timeout_s=TIMEOUT_S)
    clock.now += TIMEOUT_S + 0.25 + still_s
    connection._expire_overdue()
    assert answer.done() is (still_s == 0.0)
    clock.now += 0.25
    connection._expire_overdue()
    assert isinstance(answer.exception(), CallTimeout)
