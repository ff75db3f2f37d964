"""xenopsd's way to its host's storage daemon: what is asked, and what becomes of lost messages."""

from pathlib import Path
from typing import Any

import pytest
from xenops.envelope import Call
from xenops.errors import XenopsError
from xenops.types import Disk
from xenopsd.ports.storage import DummyStorage, EachStorage
from xenopsd.ports.storage_daemon import GIVE_UP_S, StorageDaemon

from broker import CallTimeout
from tests.unit.storage.storage_host import SR, VM, Host

DISK = Disk("VDI", f"{SR}/disk")


class Way:
    """The way to the daemon of ``host``, which loses some questions and some answers."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.now = 0.0
        self.asked: list[tuple[str, str]] = []
        self.lost_questions = 0
        self.lost_answers = 0

    def send(self, call: Call, body: dict[str, Any], operation: str, timeout_s: float) -> Any:
        self.asked.append((call.wire, operation))
        if self.lost_questions:
            self.lost_questions -= 1
            self.now += timeout_s
            raise CallTimeout("no answer")
        answer = self.host.answer(call, body, operation)
        if self.lost_answers:
            self.lost_answers -= 1
            self.now += timeout_s
            raise CallTimeout("no answer")
        return answer


@pytest.fixture
def way(tmp_path: Path) -> Way:
    host = Host(tmp_path)
    host.sr()
    host.disk()
    return Way(host)


@pytest.fixture
def port(way: Way) -> StorageDaemon:
    return StorageDaemon(way.send, "host", lambda: way.now)


def test_a_disk_is_active_until_it_is_given_back(way: Way, port: StorageDaemon) -> None:
    for _ in range(2):
        uri = port.activate(DISK, VM, writable=True)
    assert uri == f"nbd:unix:/run/{VM}/nbd:exportname={SR}/disk"
    assert way.host.engines.engines[VM].opened[f"{SR}/disk"].writable
    for _ in range(2):
        port.detach(DISK, VM)
    assert way.host.engines.engines == {}
    port.activate(DISK, VM, writable=False)
    assert not way.host.engines.engines[VM].opened[f"{SR}/disk"].writable


def test_a_refusal_reaches_the_client_as_it_is(port: StorageDaemon) -> None:
    port.activate(DISK, VM, writable=True)
    with pytest.raises(XenopsError) as refused:
        port.activate(DISK, "vm2", writable=True)
    assert refused.value.tag == "Storage_backend_error"
    assert refused.value.value[0] == "SR_BACKEND_FAILURE_24"
    with pytest.raises(XenopsError, match="SR_NOT_ATTACHED"):
        port.activate(Disk("VDI", "none/disk"), VM, writable=True)
    port.detach(Disk("VDI", "none/disk"), VM)


@pytest.mark.parametrize("lost", ["lost_questions", "lost_answers"])
def test_what_is_not_answered_is_asked_again_under_the_same_id(
    way: Way, port: StorageDaemon, lost: str
) -> None:
    setattr(way, lost, 2)
    port.activate(DISK, VM, writable=True)
    attach = [operation for wire, operation in way.asked if wire == "VDI.attach3"]
    assert len(attach) == 3
    assert len(set(attach)) == 1


def test_a_daemon_that_stays_away_is_named(way: Way, port: StorageDaemon) -> None:
    way.lost_questions = 1000
    with pytest.raises(XenopsError) as away:
        port.activate(DISK, VM, writable=True)
    code, params = away.value.value
    assert code == "SR_BACKEND_FAILURE_47"
    assert "warren-storage" in params[1] and "VDI.attach3" in params[1]
    assert GIVE_UP_S < way.now < 2 * GIVE_UP_S


def test_a_vm_that_starts_and_ends_says_so(way: Way, port: StorageDaemon) -> None:
    sr = way.host.driver.srs[SR]
    port.epoch_begin(DISK, persistent=False)
    assert len(sr.disks) == 2
    port.epoch_end(DISK)
    assert list(sr.disks) == ["disk"]


def test_the_disks_of_a_dead_host_and_of_a_vm_that_is_gone_are_given_back(
    way: Way, port: StorageDaemon
) -> None:
    sr = way.host.driver.srs[SR]
    sr.hold("disk", "dead", VM, writable=True)
    port.let_go("dead", VM)
    assert not sr.holds["disk"]
    port.activate(DISK, VM, writable=True)
    port.let_go_own(VM)
    assert not sr.holds["disk"]
    assert way.host.engines.engines == {}


def test_each_kind_of_disk_has_its_own_side(way: Way, port: StorageDaemon, tmp_path: Path) -> None:
    storage = EachStorage(DummyStorage(tmp_path / "locks", "host"), port, tmp_path / "hosted")
    local = Disk("Local", "dummy/disk")
    assert storage.activate(local, VM, writable=True) == "/dev/dummy/dummy/disk"
    assert not way.asked
    assert storage.activate(DISK, VM, writable=True).startswith("nbd:")
    storage.let_go_own(VM)
    assert not list((tmp_path / "locks").iterdir())
    assert not way.host.driver.srs[SR].holds["disk"]


def test_until_an_sr_is_attached_each_disk_is_the_hosts_own(tmp_path: Path) -> None:
    """So it is in a pool of which only some services know a storage daemon yet."""
    way = Way(Host(tmp_path))
    rights = DummyStorage(tmp_path / "locks", "host")
    daemon, hosted = StorageDaemon(way.send, "host", lambda: way.now), tmp_path / "hosted"
    storage = EachStorage(rights, daemon, hosted)
    before = Disk("VDI", "dummy/disk")
    storage.epoch_begin(before, persistent=True)
    assert storage.activate(before, VM, writable=True) == "/dev/dummy/dummy/disk"
    storage.detach(before, VM)
    way.host.sr()
    way.host.disk()
    assert storage.activate(DISK, VM, writable=True).startswith("nbd:")
    with pytest.raises(XenopsError, match="SR_NOT_ATTACHED"):
        storage.activate(before, VM, writable=True)


def test_a_host_that_had_an_sr_takes_no_disk_with_bytes_for_one_without(tmp_path: Path) -> None:
    """Its VM would start with nothing on its disk, if the daemon has lost its SRs meanwhile."""
    way, rights, hosted = Way(Host(tmp_path)), DummyStorage(tmp_path / "locks", "h"), tmp_path / "x"
    way.host.sr()
    way.host.disk()
    first = EachStorage(rights, StorageDaemon(way.send, "host", lambda: way.now), hosted)
    assert first.activate(DISK, VM, writable=True).startswith("nbd:")
    first.detach(DISK, VM)
    empty = Way(Host(tmp_path / "empty"))
    restarted = EachStorage(rights, StorageDaemon(empty.send, "host", lambda: empty.now), hosted)
    with pytest.raises(XenopsError, match="SR_NOT_ATTACHED"):
        restarted.activate(DISK, VM, writable=True)
    assert not list((tmp_path / "locks").iterdir())
