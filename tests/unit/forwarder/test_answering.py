"""Only who has been listening all the while says of a host that it does not answer."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pooldb
import pytest
from forwarder.daemons import hosts
from forwarder.daemons.hosts import LISTENED_S, Hosts
from forwarder.updates.reports import ANSWER_MAX_S

from broker import BrokerSettings, CallTimeout
from tests.unit.forwarder.test_election import new_host

SETTINGS = BrokerSettings((("127.0.0.1", 5672),), "/", "user", "password", "test")


class Line:
    """A connection that has lasted for so long; its host answers or does not."""

    lasted_s, answers = 0.0, False

    def __init__(self, settings: BrokerSettings) -> None:
        self.serve = self.subscribe = lambda *_: None

    def connected_for(self, seconds: float) -> bool:
        return self.lasted_s >= seconds

    def call_async(self, *_: Any, **__: Any) -> "Future[Any]":
        answer: Future[Any] = Future()
        if self.answers:
            answer.set_result({})
        else:
            answer.set_exception(CallTimeout("no answer"))
        return answer


@pytest.mark.parametrize(
    ("lasted_s", "answers", "said"),
    [
        (LISTENED_S, True, True),
        (LISTENED_S, False, False),
        (0.0, True, True),
        (LISTENED_S - 1.0, False, None),
        (0.0, False, None),
    ],
)
def test_a_silent_host_is_one_that_could_be_heard(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lasted_s: float,
    answers: bool,
    said: bool | None,
) -> None:
    monkeypatch.setattr(hosts, "Connection", Line)
    monkeypatch.setattr(Line, "lasted_s", lasted_s)
    monkeypatch.setattr(Line, "answers", answers)
    db = pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")
    with db.transaction() as tx:
        host = new_host(tx, memory_mib=1024)
    asked = Hosts(db.view, SETTINGS, lambda *_: None)
    assert asked.answering([host], ANSWER_MAX_S).get(host) is said


def test_it_listened_while_it_asked_too() -> None:
    assert LISTENED_S > ANSWER_MAX_S
