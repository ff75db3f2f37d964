"""A host that hangs keeps its own affairs waiting, and nobody else's."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from datamodel import XenAPIError
from datamodel.classes import HostRef
from datamodel.refs import as_ref
from forwarder.daemons.affairs import Affair, Round, Settling
from forwarder.daemons.hosts import Ask
from xenops.envelope import XENOPSD

LONG_S = 30.0
ONE, TWO, THREE = (as_ref(name) for name in ("host 1", "host 2", "host 3"))


class Hosts:
    """Hosts of which some hang until they are let go, and others say at once that they are off."""

    def __init__(self) -> None:
        self.hanging: set[HostRef] = set()
        self.off: set[HostRef] = set()
        self.goes_on = threading.Event()
        self.asked: list[HostRef] = []

    def __call__(self, host: HostRef, *_: Any, **__: Any) -> Any:
        self.asked.append(host)
        if host in self.hanging:
            assert self.goes_on.wait(LONG_S)
        if host in self.hanging | self.off:
            raise XenAPIError("HOST_OFFLINE", host)


def asking(hosts: set[HostRef], done: Callable[[], None]) -> Affair:
    """An affair that asks its hosts one after the other."""

    def settle(ask: Ask) -> None:
        for host in sorted(hosts):
            ask(host, XENOPSD.VM.exists, "operation", "debug", id="x")
        done()

    return Affair(frozenset(hosts), settle)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_a_host_that_hangs_keeps_nobody_elses_affairs(threads: ThreadPoolExecutor) -> None:
    hosts = Hosts()
    hosts.hanging = {ONE}
    settled = {frozenset(of): threading.Event() for of in ({ONE}, {ONE, TWO}, {TWO}, {THREE})}
    settling = Settling(threads.submit)
    affairs = [asking(set(of), done.set) for of, done in settled.items()]
    settling.begin(affairs, hosts, lambda: None)
    for of, done in settled.items():
        assert ONE in of or done.wait(LONG_S)
    hosts.asked.clear()
    again = threading.Event()
    settling.begin([*affairs, asking({THREE}, again.set)], hosts, lambda: None)
    assert again.wait(LONG_S)
    assert ONE not in hosts.asked, "its last round is under way"
    hosts.goes_on.set()
    threads.shutdown()
    assert not settled[frozenset({ONE})].is_set()
    assert not settling._under_way


def test_a_silent_host_is_waited_for_once_a_round(threads: ThreadPoolExecutor) -> None:
    hosts = Hosts()
    hosts.off = {ONE}
    settling = Settling(threads.submit)
    rounds = threading.Semaphore(0)
    for _ in range(2):
        affairs = [asking({ONE}, lambda: None) for _ in range(3)]
        settling.begin(affairs, hosts, rounds.release)
        assert rounds.acquire(timeout=LONG_S)
        while settling._under_way:
            threads.submit(lambda: None).result(LONG_S)
    assert hosts.asked == [ONE, ONE]


def test_what_a_host_refuses_is_no_silence() -> None:
    asked: list[Any] = []

    def ask(*said: Any, **params: Any) -> None:
        asked.append(said)
        raise ValueError("no")

    one_round: Any = Round(ask)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            one_round(ONE, XENOPSD.VM.exists, "operation", "debug", id="x")
    assert len(asked) == 2


def test_one_that_cannot_be_settled_does_not_keep_the_next(threads: ThreadPoolExecutor) -> None:
    done = threading.Event()

    def fail(ask: Ask) -> None:
        raise ValueError("what was told cannot be read")

    of = frozenset({ONE})
    affairs = [Affair(of, fail), Affair(of, lambda ask: done.set())]
    Settling(threads.submit).begin(affairs, Hosts(), lambda: None)
    assert done.wait(LONG_S)
