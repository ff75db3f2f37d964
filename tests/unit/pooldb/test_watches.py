"""Whoever waits for objects is woken by their changes, and by nothing else."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pooldb
import pytest
from pooldb import Database

LONG_S = 30.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def waiting(db: Database, pool: ThreadPoolExecutor, *refs: str) -> "Future[bool]":
    """A thread that waits; it does when this returns, or it need not any more."""
    since, begun = db.view.generation, threading.Event()

    def wait() -> bool:
        begun.set()
        return db.watches.wait(refs, since, LONG_S)

    future = pool.submit(wait)
    assert begun.wait(LONG_S)
    return future


def change(db: Database, ref: str) -> None:
    with db.transaction() as tx:
        tx.update("VM", ref, {"name_label": f"{tx.generation}"})


def delete(db: Database, ref: str) -> None:
    with db.transaction() as tx:
        tx.delete("VM", ref)


@pytest.fixture
def vms(db: Database) -> list[str]:
    with db.transaction() as tx:
        return [tx.create("VM", {}) for _ in range(3)]


@pytest.mark.parametrize("act", [change, delete])
def test_a_change_wakes_who_waits_for_it(
    db: Database, pool: ThreadPoolExecutor, vms: list[str], act: Callable[[Database, str], None]
) -> None:
    first, second = waiting(db, pool, vms[0]), waiting(db, pool, vms[1], vms[2])
    act(db, vms[2])
    assert second.result(LONG_S)
    assert not first.done()
    act(db, vms[0])
    assert first.result(LONG_S)


def test_what_changed_before_the_wait_began_is_not_missed(db: Database, vms: list[str]) -> None:
    since = db.view.generation
    change(db, vms[0])
    assert db.watches.wait([vms[0]], since, LONG_S)
    assert not db.watches.wait([vms[0]], db.view.generation, 0.0)


def test_what_is_not_there_does_not_change(db: Database, vms: list[str]) -> None:
    assert not db.watches.wait(["nobody"], db.view.generation, 0.0)


def test_nothing_is_kept_of_who_has_waited(db: Database, vms: list[str]) -> None:
    db.watches.wait(vms, db.view.generation, 0.0)
    assert db.watches._waiting == {}


def test_changes_of_other_processes_wake_too(
    db: Database, url: str, pool: ThreadPoolExecutor, vms: list[str]
) -> None:
    other = pooldb.connect(url)
    future = waiting(other, pool, vms[0])
    change(db, vms[0])
    other.refresh()
    assert future.result(LONG_S)
    other.close()


def test_who_waits_without_a_thread_is_called_once(db: Database, vms: list[str]) -> None:
    called: list[int] = []
    since = db.view.generation
    db.watches.call(vms[:2], since, LONG_S, lambda: called.append(1))
    change(db, vms[2])
    assert called == []
    change(db, vms[0])
    change(db, vms[1])
    db.watches.wake_overdue()
    assert called == [1]
    db.watches.call(vms[:2], since, LONG_S, lambda: called.append(2))
    assert called == [1, 2], "it has changed already"
    assert db.watches._waiting == {}


def test_who_waits_without_a_thread_is_called_when_its_time_is_over(
    db: Database, vms: list[str]
) -> None:
    called: list[float] = []
    for timeout_s in (LONG_S, 0.0):
        db.watches.call(
            [vms[0], "nothing"],
            db.view.generation,
            timeout_s,
            lambda timeout_s=timeout_s: called.append(timeout_s),  # type: ignore[misc]
        )
    db.watches.wake_overdue()
    assert called == [0.0]
    change(db, vms[0])
    assert called == [0.0, LONG_S]
