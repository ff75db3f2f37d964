"""A migration that is given up: its copy goes, and nothing else does; doubt is no end."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.extensions import MigrationMemory, MigrationStatus
from xenopsd import certificate
from xenopsd.backend.domains import Size
from xenopsd.host import Host
from xenopsd.migration import Receiver, Sender
from xenopsd.updates import Updates

from tests.contract.backend import Backend, simulated
from tests.faults.atomic_host import Listener, add_vm, host_in

MEMORY = MigrationMemory(pages_kib=65536, target_kib=65536)


class Destination:
    """A host that a VM is to come to."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self.host: Host = host_in(folder)
        self.vm = add_vm(self.host, backend)
        self.metadata = self.host.journal.metadata(self.vm)
        self.host.journal.forget(self.vm)
        broker: Any = Listener()
        self.updates = Updates(broker, self.host, dict)
        self.runner = Runner(self.host, ThreadPoolExecutor(2), "test")
        self.receiver = Receiver(self.host, self.runner, folder, "127.0.0.1", self.updates.vm)

    def prepare(self, migration: str) -> None:
        self.receiver.prepare(migration, self.metadata, MEMORY)

    @property
    def has_domain(self) -> bool:
        return self.host.domains.find(self.vm) is not None


@pytest.fixture
def destination(tmp_path: Path) -> Iterator[Destination]:
    with simulated(tmp_path) as backend:
        yield Destination(tmp_path, backend)


def test_a_copy_that_is_being_removed_is_not_the_vm(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination.prepare("1")
    said: list[Any] = []
    destroy = destination.host.domains.destroy

    def tell_first(vm: str) -> None:
        said.append(destination.updates.vm_body(vm)["state"])
        destroy(vm)

    monkeypatch.setattr(destination.host.domains, "destroy", tell_first)
    destination.receiver.abort("1")
    assert said == [None]
    assert not destination.has_domain


def test_a_vm_that_came_after_an_aborted_migration_outlives_its_repeated_end(
    destination: Destination,
) -> None:
    destination.prepare("1")
    destination.receiver.abort("1")
    destination.host.journal.set_metadata(destination.metadata)
    vm = destination.metadata.vm
    destination.host.domains.create(RunningTask("start", "test"), vm, Size.of(vm))
    destination.receiver.abort("1")
    assert destination.has_domain


def test_a_death_in_the_middle_of_an_abort_leaves_no_copy(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination.prepare("1")
    with monkeypatch.context() as patch:
        patch.setattr(destination.host.domains, "destroy", lambda vm: None)
        destination.receiver.abort("1")
    assert destination.has_domain
    destination.receiver.recover()
    assert not destination.has_domain


def test_a_copy_whose_end_never_got_through_gives_way_to_the_next(
    destination: Destination,
) -> None:
    destination.prepare("1")
    destination.prepare("2")
    assert destination.receiver.status("1") is MigrationStatus.Aborted
    assert destination.host.journal.arrivals(destination.vm) == ["2"]
    assert destination.has_domain


def test_a_vm_that_was_suspended_here_once_comes_back_running(destination: Destination) -> None:
    destination.host.set_suspended(destination.vm, True)
    destination.prepare("1")
    assert not destination.host.journal.extra(destination.vm)["suspended"]


def test_a_source_in_doubt_that_stops_ends_nothing(destination: Destination) -> None:
    """What would end it as a failure would say that the guest is here, which nobody knows."""
    source, stopped = destination.host, threading.Event()
    source.journal.set_metadata(destination.metadata)
    source.journal.set_migration("1", destination.vm, "source", "InDoubt", {})
    stopped.set()
    with pytest.raises(SystemExit):
        Sender(source, destination.runner, stopped).recover()
    assert source.journal.migrations()[0]["state"] == "InDoubt"


def test_a_repetition_waits_for_the_copy_that_is_being_made(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message comes twice when the broker dies; it is not enough that the second one is alike."""
    both, make = threading.Barrier(2), certificate.make

    def make_together(address: str) -> tuple[str, str]:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return make(address)

    monkeypatch.setattr(certificate, "make", make_together)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(destination.prepare, ["1", "1"]))
    domains = destination.host.domains.hypervisor.domains()
    assert len([domain for domain in domains if domain.uuid == destination.vm]) == 1
