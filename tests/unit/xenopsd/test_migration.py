"""A migration that is given up: its copy goes, and nothing else does; doubt is no end."""

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from daemon.door import Doorway, stream_of, write_line
from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.errors import XenopsError, internal_error
from xenops.extensions import MigrationMemory, MigrationStatus, Place
from xenopsd.backend.domains import Size
from xenopsd.host import Host
from xenopsd.migration import sender
from xenopsd.migration.receiver import Receiver
from xenopsd.migration.sender import Sender
from xenopsd.migration.wire import expect
from xenopsd.updates import Updates

from tests.contract.backend import Backend, simulated
from tests.doors import announced
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
        self.doorway = Doorway(announced(folder / "door"), "xenopsd")
        self.receiver = Receiver(self.host, self.runner, self.doorway, self.updates.vm)

    def prepare(self, migration: str, place: Place | None = None) -> None:
        self.receiver.prepare(migration, self.metadata, MEMORY, place)

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


def restarted(destination: Destination) -> Receiver:
    """The receiver of the next process."""
    receiver = Receiver(
        destination.host, destination.runner, destination.doorway, destination.updates.vm
    )
    receiver.recover()
    return receiver


def test_what_a_restart_interrupted_is_prepared_anew_if_it_is_asked_for_again(
    destination: Destination,
) -> None:
    destination.prepare("1")
    receiver = restarted(destination)
    assert not destination.has_domain
    assert receiver.status("1") is MigrationStatus.Aborted
    receiver.prepare("1", destination.metadata, MEMORY)
    assert destination.has_domain
    assert receiver.status("1") is MigrationStatus.Prepared


def test_what_a_restart_interrupted_is_given_up_by_who_asks_for_that(
    destination: Destination,
) -> None:
    destination.prepare("1")
    receiver = restarted(destination)
    receiver.abort("1")
    with pytest.raises(XenopsError, match="Cancelled"):
        receiver.prepare("1", destination.metadata, MEMORY)
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


def test_what_is_prepared_late_for_a_vm_that_others_have_since_is_refused(
    destination: Destination,
) -> None:
    destination.host.journal.see(destination.vm, 8)
    with pytest.raises(XenopsError) as refused:
        destination.prepare("1", Place(pool="a pool", epoch=7))
    assert (refused.value.tag, refused.value.detail) == (
        "Cancelled",
        f"epoch 7 of {destination.vm} is over: epoch 8 has begun",
    )
    assert not destination.has_domain
    destination.prepare("2", Place(pool="a pool", epoch=8))
    assert destination.host.domains.maker(destination.vm) == "a pool"


URL = "tls://127.0.0.1:1/?migration=1&token=t&fingerprint=f"


class Source:
    """A host in doubt whether a VM has left it, whose destination cannot be asked."""

    def __init__(self, destination: Destination) -> None:
        self.host, self.vm = destination.host, destination.vm
        self.metadata = destination.metadata
        self.host.journal.set_metadata(self.metadata)
        vm = self.metadata.vm
        self.host.domains.create(RunningTask("start", "test"), vm, Size.of(vm))
        facts = {"host": "127.0.0.1", "port": 1, "token": "t", "fingerprint": "f", "epoch": 1}
        self.host.journal.see(self.vm, 1)
        self.host.journal.set_migration("1", self.vm, "source", "InDoubt", facts)
        self.stopped = threading.Event()
        self.sender = Sender(self.host, destination.runner, self.stopped)
        self.sender.recover()

    @property
    def state(self) -> str:
        return str(self.host.journal.migrations()[0]["state"])

    @property
    def has_domain(self) -> bool:
        return self.host.domains.find(self.vm) is not None


@pytest.fixture
def in_doubt(destination: Destination) -> Source:
    return Source(destination)


def test_a_source_in_doubt_that_stops_ends_nothing(in_doubt: Source) -> None:
    """What would end it as a failure would say that the guest is here, which nobody knows."""
    in_doubt.stopped.set()
    with pytest.raises(SystemExit):
        in_doubt.sender.migrate(RunningTask("1", "test"), in_doubt.metadata, URL)
    assert in_doubt.state == "InDoubt"


def test_a_decision_that_cannot_be_written_is_awaited(
    in_doubt: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An end as a failure would say that the guest is here, while it runs at the destination."""
    advance, full = in_doubt.host.journal.advance, [2]

    def advance_once_there_is_room(id_: str, before: tuple[str, ...], state: str) -> bool:
        if state == "Sent" and full and full[0]:
            full[0] -= 1
            raise sqlite3.OperationalError("database or disk is full")
        return bool(advance(id_, before, state))

    monkeypatch.setattr(in_doubt.host.journal, "advance", advance_once_there_is_room)
    monkeypatch.setattr(sender, "_ask_outcome", lambda id_, facts: {"outcome": "Committed"})
    monkeypatch.setattr(sender, "ASK_AGAIN_S", 0.0)
    in_doubt.sender.migrate(RunningTask("1", "test"), in_doubt.metadata, URL)
    assert in_doubt.state == "Completed"


def test_nothing_begins_on_a_vm_that_may_have_left(in_doubt: Source) -> None:
    with pytest.raises(XenopsError, match="Failed_to_contact_remote_service"):
        in_doubt.sender.settle_doubt(in_doubt.vm)
    assert in_doubt.sender.unsettled() == [in_doubt.vm]
    assert in_doubt.has_domain


def test_a_guest_that_the_pool_gave_up_does_not_go_on_from_what_it_was(in_doubt: Source) -> None:
    """Its destination is dead, and may have run it and written its disks since."""
    in_doubt.host.journal.see(in_doubt.vm, 2)
    in_doubt.sender.settle_doubt(in_doubt.vm)
    assert in_doubt.state == "Aborted"
    assert not in_doubt.has_domain
    assert in_doubt.sender.unsettled() == []
    assert in_doubt.host.journal.exists(in_doubt.vm), "who stops it finds it stopped"


def test_a_migration_that_hangs_is_left_when_it_is_cancelled(destination: Destination) -> None:
    source = destination.host
    source.journal.set_metadata(destination.metadata)
    vm = destination.metadata.vm
    source.domains.create(RunningTask("start", "test"), vm, Size.of(vm))
    task = RunningTask("1", "test")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def hang() -> None:
            with listener.accept()[0] as peer:
                peer.recv(1)
                task.cancel()
                peer.recv(1 << 16)

        threading.Thread(target=hang, daemon=True).start()
        sender = Sender(source, destination.runner, threading.Event())
        url = URL.replace(":1/", f":{port}/")
        with pytest.raises(XenopsError, match="Cancelled"):
            sender.migrate(task, destination.metadata, url)
    assert source.journal.migrations()[0]["state"] == "Aborted"


def test_a_repetition_waits_for_the_copy_that_is_being_made(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message comes twice when the broker dies; it is not enough that the second one is alike."""
    both, token = threading.Barrier(2), destination.doorway.token

    def token_together() -> str:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return token()

    monkeypatch.setattr(destination.doorway, "token", token_together)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(destination.prepare, ["1", "1"]))
    domains = destination.host.domains.hypervisor.domains()
    assert len([domain for domain in domains if domain.uuid == destination.vm]) == 1


def test_a_source_hears_of_the_end_once_the_guest_runs(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A destination whose disk is full for a moment keeps the guest paused for that long."""
    destination.prepare("1")
    receiver, domains = destination.receiver, destination.host.domains
    complete, failures = receiver._complete, [internal_error("the disk is full")]
    told = threading.Event()

    def complete_the_second_time(id_: str, vm: str) -> None:
        if failures:
            raise failures.pop()
        complete(id_, vm)

    monkeypatch.setattr(receiver, "_complete", complete_the_second_time)
    monkeypatch.setattr(receiver, "_changed", lambda vm: told.set())
    monkeypatch.setattr(receiver, "_connection", lambda metadata: ())
    monkeypatch.setattr(domains, "restore_image", lambda vm, stream: None)
    running: list[str] = []
    monkeypatch.setattr(domains, "unpause", running.append)
    token = destination.host.journal.migrations()[0]["facts"]["token"]
    source, ours = socket.socketpair()
    with source, ours, stream_of(source) as stream, stream_of(ours) as its:
        asked = {"migration": "1", "token": token, "ask": "stream"}
        conversation = threading.Thread(target=receiver.converse, args=(asked, its))
        conversation.start()
        expect(stream, "ready")
        expect(stream, "received")
        write_line(stream, {"commit": True})
        expect(stream, "committed")
        assert told.wait(10.0)
        assert receiver.unsettled() == [destination.vm]
        receiver.settle_again(destination.vm)
        expect(stream, "completed")
        conversation.join()
    assert running == [destination.vm]
