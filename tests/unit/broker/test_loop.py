"""The thread that does all AMQP: it is woken once for much, and outlives what fails in it."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from broker.loop import Loop, loop

MANY = 1000


@pytest.fixture
def wakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The rounds of a loop, as the number of actions that wait at the beginning of each."""
    found: list[int] = []
    act = Loop._act

    def counted(self: Loop) -> None:
        found.append(len(self._actions))
        act(self)

    monkeypatch.setattr(Loop, "_act", counted)
    yield found


def settle(found: Loop) -> None:
    """Return once all that was asked for before is done."""
    done = threading.Event()
    found.soon(done.set)
    assert done.wait(10.0)


def test_what_waits_is_done_in_order_after_one_wake(wakes: list[int]) -> None:
    found, may_go_on, done = Loop(), threading.Event(), list[int]()
    found.soon(lambda: may_go_on.wait(10.0))
    while not wakes:
        pass
    for number in range(MANY):
        found.soon(partial(done.append, number))
    may_go_on.set()
    settle(found)
    assert done == list(range(MANY))
    assert len(wakes) <= 3


def test_nothing_is_forgotten_however_threads_ask() -> None:
    found, done = Loop(), list[int]()

    def ask() -> None:
        for number in range(MANY):
            found.soon(partial(done.append, number))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(found)
    assert len(done) == 4 * MANY


def test_what_fails_harms_nothing_else() -> None:
    found, done = Loop(), list[str]()
    found.soon(lambda: done.append("before"))
    found.soon(lambda: [][0])
    found.soon(lambda: done.append("after"))
    settle(found)
    assert done == ["before", "after"]


def test_a_process_has_one() -> None:
    assert loop() is loop()
