"""Simulated guests on disks of QEMU's servers: nothing that was flushed is lost, whatever dies."""

import contextlib
import io
import os
import re
import signal
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from rich.console import Console
from simulated_pool.disks import print_disks
from xenops.errors import XenopsError
from xenops.types import Disk, Vbd, VbdMode, Vm
from xenopsd.ports.storage import DummyStorage
from xenports.hypervisor import HypervisorError
from xenports.simulated.marks import BLOCK, Findings
from xenports.simulated.nbd import connect

from tests import marked
from tests.contract.backend import IS_DOM0, Backend, simulated
from tests.marked import GuestDisk

pytestmark = pytest.mark.skipif(IS_DOM0, reason="a real guest cannot be asked what it wrote")

SIZE = 256 << 20
NOTHING = Findings([], [])


class Exports(DummyStorage):
    """Disks whose addresses a test sets."""

    address = ""

    def activate(self, disk: str, owner: str, *, writable: bool) -> str:
        super().activate(disk, owner, writable=writable)
        return self.address


@dataclass
class Host:
    """A simulated host whose back ends open the export that ``serve`` named last."""

    backend: Backend
    exports: Exports

    def start(self, address: object, mode: VbdMode = VbdMode.ReadWrite) -> tuple[Vm, Vbd]:
        """A VM that runs, with a disk on which it writes when it is asked to."""
        backend = self.backend
        vm = backend.vm()
        disk = self.name(backend.disk(vm, mode=mode))
        backend.create(vm)
        backend.build(vm)
        self.plug(vm, disk, address)
        backend.domains.survive(vm.id)
        backend.disturb(vm, disk_writes_per_s=0.0)
        backend.domains.unpause(vm.id)
        return vm, disk

    def name(self, disk: Vbd) -> Vbd:
        """Each test has a disk of its own."""
        return replace(disk, backend=Disk("VDI", f"sr/{uuid.uuid4()}"))

    def plug(self, vm: Vm, disk: Vbd, address: object) -> None:
        self.exports.address = str(address)
        self.backend.devices.plug_vbd(self.backend.task, self.backend.domains.get(vm.id), disk)

    def unplug(self, vm: Vm, disk: Vbd, *, force: bool = False) -> None:
        domain = self.backend.domains.get(vm.id)
        self.backend.devices.unplug_vbd(self.backend.task, domain, disk, force)

    def guest(self, vm: Vm) -> GuestDisk:
        return GuestDisk(self.backend.hypervisor, self.backend.domid(vm), "xvda")


@contextlib.contextmanager
def made(folder: Path) -> Iterator[Host]:
    folder.mkdir(parents=True, exist_ok=True)
    with simulated(folder) as backend:
        exports = Exports(folder / "exports", "this host")
        backend.devices._storage = exports
        yield Host(backend, exports)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with made(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with made(tmp_path_factory.mktemp("other")) as host:
        yield host


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return marked.make_image(tmp_path / "disk.qcow2", SIZE)


def test_a_guest_writes_by_itself_and_others_read_it(
    host: Host, tmp_path: Path, image: Path
) -> None:
    with marked.engine(tmp_path, image) as (address, _):
        vm, disk = host.start(address)
        guest = host.guest(vm)
        guest.set_rate(500.0)
        while guest.described()["flushes"] < 20:
            pass  # nothing tells when it has
        guest.set_rate(0.0)
        assert guest.verify() == NOTHING
        assert re.search(rf"host1 +{vm.id} +xvda +{name_of(disk)} .* as written", shown(host))
        assert marked.verify_export(address, guest.ledger) == NOTHING
        guest.write(3 * BLOCK, b"colour: blue")
        host.unplug(vm, disk)
    assert (
        marked.verify_image(image, marked.ledger(host.backend.hypervisor, name_of(disk))) == NOTHING
    )


def test_nothing_flushed_is_lost_when_the_server_is_killed_under_a_writer(
    host: Host, tmp_path: Path, image: Path
) -> None:
    with marked.engine(tmp_path, image) as (address, process):
        vm, disk = host.start(address)
        guest = host.guest(vm)
        guest.write_marks(64)
        writer = threading.Thread(target=write_until_it_fails, args=(guest,))
        writer.start()
        while guest.described()["flushes"] < 20:
            pass  # nothing tells when it has
        os.kill(process, signal.SIGKILL)
        writer.join()
        described = guest.described()
        assert described["pulled"] and described["errors"]
        assert "pulled: " in shown(host)
        known = guest.ledger
        assert len(known.flushed) > 64
    assert marked.verify_image(image, known) == NOTHING
    with marked.engine(tmp_path, image) as (address, _):
        with pytest.raises(HypervisorError, match="EIO"):
            guest.write_marks(1)
        host.unplug(vm, disk)
        host.plug(vm, disk, address)
        assert guest.at_first == NOTHING
        guest.write_marks(64)
        assert guest.verify() == NOTHING
        host.unplug(vm, disk)


def test_what_was_not_flushed_may_be_lost_and_is_not_missed(
    host: Host, tmp_path: Path, image: Path
) -> None:
    with marked.engine(tmp_path, image) as (address, process):
        vm, disk = host.start(address)
        guest = host.guest(vm)
        guest.write_marks(10)
        guest.write_marks(50, flush=False)
        known = guest.ledger
        assert (len(known.flushed), len(known.written)) == (10, 50)
        os.kill(process, signal.SIGKILL)
        host.unplug(vm, disk, force=True)
    assert marked.verify_image(image, known) == NOTHING


def test_a_fault_is_found(host: Host, tmp_path: Path, image: Path) -> None:
    with marked.engine(tmp_path, image) as (address, _):
        vm, disk = host.start(address)
        host.guest(vm).write_marks(10)
        host.unplug(vm, disk)
        known = marked.ledger(host.backend.hypervisor, name_of(disk))
    zeroed, torn, unwritten = (sorted(known.flushed)[n] for n in (2, 5, 7))
    with marked.served(image) as address:
        client = connect(address, marked.LIMIT_S)
        client.zero(zeroed * BLOCK, BLOCK)
        client.write(torn * BLOCK + 512, bytes(512))
        client.write(unwritten * BLOCK, known.next(unwritten).bytes())
        client.close()
    known.writers[known.writer] -= 1
    found = marked.verify_image(image, known)
    assert found == Findings([zeroed, torn, unwritten], [torn, unwritten])


@pytest.mark.parametrize("force", [False, True])
def test_what_is_unplugged_was_flushed(
    host: Host, tmp_path: Path, image: Path, force: bool
) -> None:
    with marked.engine(tmp_path, image) as (address, process):
        vm, disk = host.start(address)
        host.guest(vm).write_marks(50, flush=False)
        host.unplug(vm, disk, force=force)
        os.kill(process, signal.SIGKILL)
    known = marked.ledger(host.backend.hypervisor, name_of(disk))
    assert len(known.flushed) == 50
    assert marked.verify_image(image, known) == NOTHING


def test_a_guest_goes_on_from_what_it_remembers_where_it_moves(
    host: Host, other: Host, tmp_path: Path, image: Path
) -> None:
    """As a suspend or a move does it: the disk is closed here before it is opened there."""
    with marked.engine(tmp_path, image) as (address, _):
        vm, disk = host.start(address)
        host.guest(vm).write_marks(100)
        host.guest(vm).write_marks(20, flush=False)
        saved = host.backend.save(vm)
        host.unplug(vm, disk, force=True)
        host.backend.domains.destroy(vm.id)
    with marked.engine(tmp_path, image) as (address, _):
        other.backend.create(vm)
        other.backend.restore(vm, saved)
        other.plug(vm, disk, address)
        other.backend.domains.survive(vm.id)
        other.backend.domains.unpause(vm.id)
        guest = other.guest(vm)
        assert guest.at_first == NOTHING
        assert guest.verify() == NOTHING
        guest.write_marks(300)
        other.unplug(vm, disk)
    xens = [host.backend.hypervisor, other.backend.hypervisor]
    known = marked.newest(xens, name_of(disk))
    assert known.number == 420
    assert marked.verify_image(image, known) == NOTHING


def test_a_disk_that_is_only_read_is_only_read(host: Host, tmp_path: Path) -> None:
    image = marked.make_image(tmp_path / "disk.raw", SIZE, format="raw")
    image.write_bytes(b"ISO".ljust(1 << 20, b"\1"))
    before = image.read_bytes()
    with marked.served(image, format="raw", read_only=True) as address:
        vm, disk = host.start(address, VbdMode.ReadOnly)
        guest = host.guest(vm)
        guest.set_rate(500.0)
        reads = guest.described()["reads"]
        while guest.described()["reads"] < reads + 20:
            pass  # nothing tells when it has
        assert guest.read(0, 3) == b"ISO"
        with pytest.raises(HypervisorError, match="EROFS"):
            guest.write_marks(1)
        host.unplug(vm, disk)
    assert image.read_bytes() == before


def test_a_guest_that_does_not_run_does_not_write(host: Host, tmp_path: Path, image: Path) -> None:
    with marked.engine(tmp_path, image) as (address, _):
        vm, disk = host.start(address)
        guest = host.guest(vm)
        guest.write_marks(5)
        guest.set_rate(1000.0)
        host.backend.domains.pause(vm.id)
        before = guest.verify(), guest.ledger
        with pytest.raises(HypervisorError, match="does not run"):
            guest.write_marks(1)
        assert (guest.verify(), guest.ledger) == before
        host.unplug(vm, disk, force=True)


def write_until_it_fails(guest: GuestDisk) -> None:
    """As a guest that has work to do."""
    with contextlib.suppress(HypervisorError):
        while True:
            guest.write_marks(7)


def shown(host: Host) -> str:
    """What people are shown."""
    console = Console(file=io.StringIO(), width=500)
    print_disks({"host1": host.backend.hypervisor}, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def name_of(disk: Vbd) -> str:
    assert disk.backend is not None
    return str(disk.backend.value)


def test_a_disk_that_cannot_be_opened_is_refused_at_once(host: Host, tmp_path: Path) -> None:
    nowhere = f"nbd:unix:{tmp_path / 'nowhere'}:exportname=disk"
    vm = host.backend.running()
    disk = host.name(host.backend.disk(vm))
    with pytest.raises(XenopsError) as refused:
        host.plug(vm, disk, nowhere)
    code, (_, text, _) = refused.value.value
    assert code == "SR_BACKEND_FAILURE_46"
    assert vm.id in text and "nowhere" in text
    host.unplug(vm, disk, force=True)


def test_a_guest_that_does_not_move_after_all_goes_on_with_its_disk(
    host: Host, tmp_path: Path, image: Path
) -> None:
    devices, task = host.backend.devices, host.backend.task
    with marked.engine(tmp_path, image) as (address, _):
        vm, disk = host.start(address)
        guest = host.guest(vm)
        guest.write_marks(50, flush=False)
        host.backend.save(vm)
        devices.hand_over(task, host.backend.domains.get(vm.id), disk)
        ledger = guest.ledger
    assert len(ledger.flushed) == 50
    assert marked.verify_image(image, ledger) == NOTHING
    with marked.engine(tmp_path, image):
        devices.take_back(host.backend.domains.get(vm.id), disk)
        host.backend.domains.resume_in_place(vm.id)
        guest.write_marks(50)
        assert guest.verify() == NOTHING
        assert not guest.described()["pulled"]
        host.unplug(vm, disk)


def test_a_guest_knows_its_disk_though_it_was_plugged_before_its_memory_came(
    host: Host, tmp_path: Path, image: Path
) -> None:
    """As a resume does it: back ends wait for the guest while its memory is read."""
    with marked.engine(tmp_path, image) as (address, _):
        vm, disk = host.start(address)
        host.guest(vm).write_marks(20)
        for _ in range(2):
            saved = host.backend.save(vm)
            host.unplug(vm, disk, force=True)
            host.backend.domains.destroy(vm.id)
            host.backend.create(vm)
            host.plug(vm, disk, address)
            host.backend.restore(vm, saved)
            host.backend.domains.survive(vm.id)
            host.backend.domains.unpause(vm.id)
            host.guest(vm).write_marks(20)
            assert host.guest(vm).at_first == NOTHING
            assert host.guest(vm).verify() == NOTHING
        saved = host.backend.save(vm)
        host.unplug(vm, disk, force=True)
        host.backend.domains.destroy(vm.id)
        host.backend.create(vm)
        host.backend.restore(vm, saved)
        host.plug(vm, disk, address)
        host.backend.domains.survive(vm.id)
        host.backend.domains.unpause(vm.id)
        assert host.guest(vm).verify() == NOTHING
        host.unplug(vm, disk)
