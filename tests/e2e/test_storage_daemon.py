"""A real storage daemon, broker, file SR and engine: bytes that a guest writes are there later."""

import signal
import uuid
from collections.abc import Iterator

import pytest
from xenops.storage import STORAGE, SrHealth, StorageError, VdiInfo

from tests.conftest import Pool
from tests.storage_daemon import BLOCK, MIB, StorageHost, block, storage_host


@pytest.fixture
def host(pool: Pool) -> Iterator[StorageHost]:
    with storage_host(pool) as host:
        host.plug()
        yield host


def test_what_a_guest_writes_stays_through_snapshots_and_restarts(host: StorageHost) -> None:
    vm, vdi = str(uuid.uuid4()), host.disk()
    host.activate(vdi, vm)
    guest = host.guest(vdi, vm)
    guest.write(0, block(1))
    guest.write(BLOCK, block(2))
    guest.flush()
    first = host.snapshot(vdi)
    guest.write(0, block(3))
    guest.flush()
    host.kill(signal.SIGTERM)
    guest.write(2 * BLOCK, block(4))
    guest.flush()
    host.start()
    second = host.snapshot(vdi)
    guest.write(0, block(5))
    guest.flush()
    host.kill()
    host.start()
    guest.write(BLOCK, block(6))
    host.deactivate(vdi, vm)
    assert host.contents(vdi, 3) == [5, 6, 4]
    assert host.contents(first, 3) == [1, 2, 0]
    assert host.contents(second, 3) == [3, 2, 4]
    clone = host.ask(STORAGE.VDI.clone, host.sr, VdiInfo(vdi=first, name_label="clone")).vdi
    assert host.contents(clone, 3) == [1, 2, 0]


def test_two_disks_are_snapshot_at_one_instant(host: StorageHost) -> None:
    vm, vdis = str(uuid.uuid4()), [host.disk(), host.disk()]
    for vdi in vdis:
        host.activate(vdi, vm)
        with host.guest(vdi, vm) as guest:
            guest.write(0, block(1))
            guest.flush()
    wanted = [(host.sr, VdiInfo(vdi=vdi, name_label="snapshot")) for vdi in vdis]
    made = host.ask(STORAGE.DISKS.snapshot, vm, wanted, operation="once")
    assert host.ask(STORAGE.DISKS.snapshot, vm, wanted, operation="once") == made
    for vdi in vdis:
        with host.guest(vdi, vm) as guest:
            guest.write(0, block(2))
            guest.flush()
        host.deactivate(vdi, vm)
    assert [host.contents(one.vdi, 1) for one in made] == [[1], [1]]
    assert [host.contents(vdi, 1) for vdi in vdis] == [[2], [2]]


def test_a_second_writer_is_refused(host: StorageHost) -> None:
    vdi, vm = host.disk(), str(uuid.uuid4())
    host.activate(vdi, vm)
    with pytest.raises(StorageError, match=vm):
        host.activate(vdi, str(uuid.uuid4()))


def test_a_copy_has_the_same_bytes(host: StorageHost) -> None:
    vm, vdi, other = str(uuid.uuid4()), host.disk(), host.disk()
    host.activate(vdi, vm)
    with host.guest(vdi, vm) as guest:
        guest.write(5 * BLOCK, block(7))
    host.deactivate(vdi, vm)
    host.ask(STORAGE.DISKS.copy, "copy", host.sr, vdi, host.sr, other, None)
    while (task := host.ask(STORAGE.TASK.stat, "copy")).state.tag == "Pending":
        pass
    assert task.state.tag == "Completed", task
    assert host.contents(other, 6) == [0, 0, 0, 0, 0, 7]
    assert host.ask(STORAGE.TASK.list_) == []


def test_layers_are_merged_while_a_guest_writes(host: StorageHost) -> None:
    vm, vdi = str(uuid.uuid4()), host.disk()
    host.activate(vdi, vm)
    guest = host.guest(vdi, vm)
    snapshots = []
    for number in range(1, 4):
        guest.write(0, block(number))
        guest.write(number * BLOCK, block(number))
        guest.flush()
        snapshots.append(host.snapshot(vdi))
    for snapshot in snapshots:
        host.ask(STORAGE.VDI.destroy, host.sr, snapshot)
    host.report(lambda report: host.sr in report.srs and files(host) <= 2)
    guest.write(4 * BLOCK, block(4))
    host.deactivate(vdi, vm)
    assert host.contents(vdi, 5) == [3, 1, 2, 3, 4]


def files(host: StorageHost) -> int:
    return len(list((host.folder / "sr").rglob("*.qcow2")))


def test_a_host_tells_of_its_drivers_and_srs(host: StorageHost) -> None:
    report = host.report(
        lambda report: host.sr in report.srs and report.srs[host.sr].total > 64 * MIB
    )
    assert "file" in [driver.driver for driver in report.drivers]
    assert report.srs[host.sr].health is SrHealth.Healthy
