"""Guests that write into xenstore are told of: each burst once, and only guests that run."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from xenopsd import guests
from xenopsd.guests import Guests
from xenports.hypervisor import DomainInfo
from xenports.simulated.memory_store import MemoryStore


@dataclass
class Xen:
    """Domains as a test has them."""

    found: list[DomainInfo] = field(default_factory=list)

    def domains(self) -> list[DomainInfo]:
        return self.found


def domain(domid: int, *, paused: bool = False, shutdown: int | None = None) -> DomainInfo:
    return DomainInfo(
        domid=domid,
        uuid=f"vm{domid}",
        kind="pvh",
        paused=paused,
        shutdown=shutdown,
        memory_kib=1,
        max_kib=1,
        vcpus=1,
        started=0.0,
    )


@contextmanager
def followed(store: MemoryStore, *domains: DomainInfo) -> Iterator["queue.Queue[str]"]:
    told: queue.Queue[str] = queue.Queue()
    stop = threading.Event()
    xen: Any = Xen(list(domains))
    followers = Guests(store, xen, told.put)
    thread = threading.Thread(target=followers.follow, args=(stop,))
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    monkeypatch.setattr(guests, "SETTLE_S", 0.05)
    return MemoryStore()


@pytest.mark.parametrize(
    "path",
    [
        *("attr/PVAddons/Installed", "data/os_name", "control/feature-poweroff"),
        *("device/vbd/51712/state", "drivers/xennet", "feature/hotplug/vbd"),
    ],
)
def test_what_a_guest_says_is_told(store: MemoryStore, path: str) -> None:
    with followed(store, domain(1), domain(2)) as told:
        while told.empty():
            store.write(f"/local/domain/2/{path}", "1")
        assert told.get(timeout=10) == "vm2"


def test_a_flood_is_told_of_seldom(store: MemoryStore) -> None:
    with followed(store, domain(1)) as told:
        for number in range(20_000):
            store.write("/local/domain/1/data/flood", str(number))
        assert told.get(timeout=10) == "vm1"
    assert told.qsize() < 2_000


def test_what_others_write_and_who_stands_still_is_passed_over(store: MemoryStore) -> None:
    still = (domain(3, paused=True), domain(4, shutdown=0))
    with followed(store, domain(1), *still) as told:
        while told.empty():
            for path in ("memory/target", "control/shutdown", "console/tty"):
                store.write(f"/local/domain/2/{path}", "1")
            store.write("/local/domain/0/backend/vbd/1/51712/state", "4")
            for number in (1, 3, 4):
                store.write(f"/local/domain/{number}/data/updated", "now")
    assert set(told.queue) == {"vm1"}
