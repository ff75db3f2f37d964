"""VMs whose disks have bytes: whatever is done to them or dies, each byte is there, once.

Guests write marks all the time. Afterwards nothing that was flushed is missing, nothing foreign is
there, and no host holds anything for a VM that it does not run.
"""

import contextlib
import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from xenports.hypervisor import HypervisorError

from tests import marked, records
from tests.conftest import MIB, Pool, make_vm
from tests.faults.test_kills import end_of, kill
from tests.marked import GuestDisk

SETTLED_S = 60.0
LOST = "VM_HAS_LOST_DISK"


@dataclass
class Writer:
    """A VM whose disks are on an SR of files that all hosts share."""

    pool: Pool
    api: Any
    folder: Path
    sr: str
    vm: str
    devices: list[str]

    @property
    def uuid(self) -> str:
        return str(self.api.VM.get_uuid(self.vm))

    def host_at(self, number: int) -> str:
        return str(self.api.host.get_by_name_label(self.pool.layout.hosts[number].name)[0])

    @property
    def host(self) -> Any:
        name = self.api.host.get_name_label(self.api.VM.get_resident_on(self.vm))
        return self.pool.host_named(name)

    def guest(self, device: str = "xvda") -> GuestDisk:
        domid = int(self.api.VM.get_domid(self.vm))
        return GuestDisk(self.pool.xen(self.host), domid, device)

    def begin(self, writes_per_s: float = 200.0) -> None:
        for device in self.devices:
            self.guest(device).write_marks(20)
        self.guest().set_rate(writes_per_s)

    def check(self) -> None:
        """The guest finds all that it ever wrote."""
        self.guest().set_rate(0.0)
        for device in self.devices:
            guest = self.guest(device)
            assert not guest.described()["pulled"], guest.described()
            assert not guest.verify(), device
            assert not guest.at_first, device
        self.only_here()

    def used(self) -> dict[str, set[str]]:
        """The VMs for which each host's storage daemon has disks, or an engine."""
        found: dict[str, set[str]] = {}
        for host in self.pool.layout.hosts:
            vms = found[host.name] = set()
            for path in self.pool.layout.path("hosts", host.name).rglob("datapaths.db"):
                with contextlib.closing(sqlite3.connect(path)) as db:
                    vms |= {row[0] for row in db.execute("select vm from datapaths")}
                vms |= {pid.parent.name for pid in (path.parent / "run").glob("*/pid")}
        return found

    def only_here(self) -> None:
        """Only the VM's host has anything for it, and nobody for another VM."""
        state = self.api.VM.get_power_state(self.vm)
        there = {} if state in ("Halted", "Suspended") else {self.host.name: {self.uuid}}
        wanted = {host.name: there.get(host.name, set()) for host in self.pool.layout.hosts}
        deadline = time.monotonic() + SETTLED_S
        while self.used() != wanted and time.monotonic() < deadline:
            time.sleep(0.1)  # nothing tells when the last has been given back
        assert self.used() == wanted

    def end(self) -> None:
        """Shut the VM down and look at the files."""
        if self.api.VM.get_power_state(self.vm) != "Halted":
            self.api.VM.hard_shutdown(self.vm)
        self.only_here()


@contextlib.contextmanager
def writer(pool: Pool, api: Any, disks: int = 1) -> Iterator[Writer]:
    with tempfile.TemporaryDirectory() as made:
        (record,) = api.pool.get_all_records().values()
        config = {"location": made}
        sr = api.SR.create(record["master"], config, "0", "files", "", "file", "user", True, {})
        vm = make_vm(api, disk=False)
        devices = [f"xvd{letter}" for letter in "abcdefgh"[:disks]]
        for number in range(disks):
            vdi = api.VDI.create(records.vdi(sr, 64 * MIB))
            api.VBD.create(records.vbd(vm, vdi, str(number)))
        it = Writer(pool, api, Path(made), sr, vm, devices)
        try:
            yield it
        finally:
            with contextlib.suppress(XenAPI.Failure):
                api.VM.hard_shutdown(vm)
            vdis = [api.VBD.get_VDI(vbd) for vbd in api.VM.get_VBDs(vm)]
            api.VM.destroy(vm)
            for vdi in {*vdis, *api.SR.get_VDIs(sr)}:
                with contextlib.suppress(XenAPI.Failure):
                    api.VDI.destroy(vdi)
            for pbd in api.SR.get_PBDs(sr):
                api.PBD.unplug(pbd)
            api.SR.forget(sr)


def image_is_right(it: Writer) -> None:
    """The one image of a VM that is off has what was flushed, and nothing foreign."""
    (image,) = it.folder.rglob("*.qcow2")
    (vdi,) = it.api.SR.get_VDIs(it.sr)
    name = f"{it.api.SR.get_uuid(it.sr)}/{it.api.VDI.get_location(vdi)}"
    xens = [it.pool.xen(host) for host in it.pool.layout.hosts]
    assert not marked.verify_image(image, marked.newest(xens, name))


@pytest.mark.parametrize("disks", [1, 8])
def test_a_guest_writes_while_it_moves_there_and_back(pool: Pool, api: Any, disks: int) -> None:
    with writer(pool, api, disks) as it:
        api.VM.start_on(it.vm, it.host_at(0), False, False)
        it.begin()
        for number in (1, 2, 0):
            task = api.Async.VM.pool_migrate(it.vm, it.host_at(number), {"live": "true"})
            while api.task.get_status(task) == "pending":
                time.sleep(0.05)
            assert api.task.get_status(task) == "success", api.task.get_error_info(task)
            assert api.VM.get_resident_on(it.vm) == it.host_at(number)
            assert not it.guest().described()["pulled"]
        it.check()
        it.end()
        if disks == 1:
            image_is_right(it)


def suspend_and_resume(it: Writer) -> None:
    it.api.VM.suspend(it.vm)
    it.only_here()
    it.api.VM.resume(it.vm, False, False)


def crash(it: Writer) -> None:
    domid = int(it.api.VM.get_domid(it.vm))
    it.api.VM.set_actions_after_crash(it.vm, "destroy")
    it.pool.xen(it.host).call("act", domid=domid, action="crash")
    while it.api.VM.get_power_state(it.vm) != "Halted":
        time.sleep(0.05)
    it.api.VM.start(it.vm, False, False)


def start_anew(it: Writer) -> None:
    it.api.VM.hard_shutdown(it.vm)
    it.only_here()
    it.api.VM.start(it.vm, False, False)


LIVES: dict[str, Callable[[Writer], None]] = {
    "suspend": suspend_and_resume,
    "clean reboot": lambda it: it.api.VM.clean_reboot(it.vm),
    "hard reboot": lambda it: it.api.VM.hard_reboot(it.vm),
    "crash": crash,
    "start": start_anew,
}


@pytest.mark.parametrize("life", LIVES)
def test_what_a_guest_wrote_is_there_after(pool: Pool, api: Any, life: str) -> None:
    with writer(pool, api) as it:
        api.VM.start(it.vm, False, False)
        it.begin()
        LIVES[life](it)
        it.check()
        it.end()


def move(it: Writer) -> str:
    here = it.api.VM.get_resident_on(it.vm)
    there = next(host for host in it.api.host.get_all() if host != here)
    return str(it.api.Async.VM.pool_migrate(it.vm, there, {"live": "true"}))


def unplug_last(it: Writer) -> str:
    return str(it.api.Async.VBD.unplug(last(it)))


def last(it: Writer) -> str:
    vbds = it.api.VM.get_VBDs(it.vm)
    return str(max(vbds, key=lambda vbd: int(it.api.VBD.get_userdevice(vbd))))


BEGUN: dict[str, Callable[[Writer], str]] = {
    "start": lambda it: str(it.api.Async.VM.start_on(it.vm, it.host_at(0), False, False)),
    "shutdown": lambda it: str(it.api.Async.VM.hard_shutdown(it.vm)),
    "suspend": lambda it: str(it.api.Async.VM.suspend(it.vm)),
    "unplug": unplug_last,
    "move": move,
}


def bring_back(it: Writer) -> None:
    """Have the VM run with all its disks, whatever became of it."""
    match it.api.VM.get_power_state(it.vm):
        case "Halted":
            it.api.VM.start(it.vm, False, False)
        case "Suspended":
            it.api.VM.resume(it.vm, False, False)
    for vbd in it.api.VM.get_VBDs(it.vm):
        if not it.api.VBD.get_currently_attached(vbd):
            it.api.VBD.plug(vbd)


@pytest.mark.parametrize("victim", ["xenopsd", "storage"])
@pytest.mark.parametrize("begun", BEGUN)
def test_a_daemon_is_killed_in_the_middle(pool: Pool, api: Any, begun: str, victim: str) -> None:
    with writer(pool, api, 2) as it:
        api.VM.start_on(it.vm, it.host_at(0), False, False)
        for delay_s in (0.0, 0.1, 0.3):
            it.begin()
            here = it.host.name
            if begun == "start":
                api.VM.hard_shutdown(it.vm)
                here = pool.layout.hosts[0].name
            task = BEGUN[begun](it)
            time.sleep(delay_s)  # one of them is in the middle
            kill(pool, f"{victim}-{here}")
            end_of(pool, task)
            it.only_here()
            bring_back(it)
            it.check()
        it.end()


def test_a_vm_whose_engine_dies_has_its_disk_again_once_that_is_plugged(
    pool: Pool, api: Any
) -> None:
    with writer(pool, api, 2) as it:
        api.VM.start(it.vm, False, False)
        it.begin()
        (pid,) = pool.layout.path("hosts", it.host.name).rglob(f"run/{it.uuid}/pid")
        os.kill(int(pid.read_text()), signal.SIGKILL)
        while not all(it.guest(device).described()["pulled"] for device in it.devices):
            for device in it.devices:
                with contextlib.suppress(HypervisorError):
                    it.guest(device).write_marks(1)
        while len(lost := told(it)) < len(it.devices):
            time.sleep(0.1)
        assert api.VM.get_power_state(it.vm) == "Running"
        assert all("plug it again" in text for text in lost)
        for change in (api.VBD.unplug, api.VBD.plug):
            for vbd in api.VM.get_VBDs(it.vm):
                change(vbd)
        it.check()
        it.end()


def told(it: Writer) -> list[str]:
    """The messages of disks that the VM has lost."""
    messages = it.api.message.get_all_records().values()
    return [one["body"] for one in messages if (one["name"], one["obj_uuid"]) == (LOST, it.uuid)]
