"""The storage daemon, the processes of its SRs and VMs' engines are killed at each step.

Whatever dies: a step that was asked again is done, what was flushed is there, nothing is held by
nobody, and every image is sound.
"""

import os
import select
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from xenops.storage import STORAGE, StorageError, VdiInfo

from broker import BrokerError
from tests.conftest import Pool
from tests.storage_daemon import BLOCK, StorageHost, block, storage_host

TRIES = 10


@pytest.fixture(scope="module")
def host(pool: Pool) -> Iterator[StorageHost]:
    with storage_host(pool) as host:
        host.plug()
        yield host


class Walk:
    """A disk's life in steps, each of which may be asked again."""

    def __init__(self, host: StorageHost) -> None:
        self.host = host
        self.vm, self.vdi = str(uuid.uuid4()), str(uuid.uuid4())
        self.dp = f"{self.vm}/{self.vdi}"
        self.snapshot, self.clone = str(uuid.uuid4()), str(uuid.uuid4())

    def steps(self) -> dict[str, Callable[[str], Any]]:
        sr, vdi, vm, dp, ask = self.host.sr, self.vdi, self.vm, self.dp, self.host.ask
        disk = VdiInfo(vdi="", uuid=vdi, name_label="disk", virtual_size=16 << 20)
        snapshot = VdiInfo(vdi=vdi, uuid=self.snapshot, name_label="snapshot")
        clone = VdiInfo(vdi=self.snapshot, uuid=self.clone, name_label="clone")
        vdis = STORAGE.VDI
        return {
            "create": lambda id_: ask(vdis.create, sr, disk, operation=id_),
            "attach": lambda id_: ask(vdis.attach3, dp, sr, vdi, vm, True, operation=id_),
            "activate": lambda id_: ask(vdis.activate3, dp, sr, vdi, vm, operation=id_),
            "write": lambda id_: self.write(1),
            "snapshot": lambda id_: ask(vdis.snapshot, sr, snapshot, operation=id_),
            "write more": lambda id_: self.write(2),
            "clone": lambda id_: ask(vdis.clone, sr, clone, operation=id_),
            "deactivate": lambda id_: ask(vdis.deactivate, dp, sr, vdi, vm, operation=id_),
            "detach": lambda id_: ask(vdis.detach, dp, sr, vdi, vm, operation=id_),
            "resize": lambda id_: ask(vdis.resize, sr, vdi, 32 << 20, operation=id_),
        }

    def write(self, number: int) -> None:
        with self.host.guest(self.vdi, self.vm) as guest:
            guest.write(0, block(number))
            guest.write(number * BLOCK, block(number))
            guest.flush()

    def until_it_is_done(self, name: str) -> Any:
        """As a caller asks: under one id until there is an answer."""
        step, id_ = self.steps()[name], f"{self.vm}/{name}"
        for _ in range(TRIES):
            try:
                return step(id_)
            except BrokerError:
                continue
            except StorageError as error:
                if error.tag != "Sr_unhealthy":
                    raise
        raise AssertionError("it is not done")

    def check(self) -> None:
        host = self.host
        assert host.contents(self.vdi, 3) == [2, 1, 2]
        assert host.contents(self.snapshot, 3) == [1, 1, 0]
        assert host.contents(self.clone, 3) == [1, 1, 0]
        assert host.ask(STORAGE.VDI.stat, host.sr, self.vdi).virtual_size == 32 << 20
        for disk in host.ask(STORAGE.SR.scan2, host.sr)[0]:
            assert not any(key.startswith("host_") for key in disk.sm_config), "it is held"
        for vdi in (self.clone, self.vdi, self.snapshot):
            host.ask(STORAGE.VDI.destroy, host.sr, vdi)
        images = list((host.folder / "sr").rglob("*.qcow2"))
        for image in images:
            done = subprocess.run(["qemu-img", "check", "-q", image], check=False)
            assert done.returncode in (0, 3), f"{image} is damaged"
        assert not images, "files that belong to nobody"


def killed_soon(deed: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=deed)
    thread.start()
    return thread


STEPS = (
    *("create", "attach", "activate", "write", "snapshot", "write more"),
    *("clone", "deactivate", "detach", "resize"),
)


@pytest.mark.parametrize("who", ["daemon", "worker"])
@pytest.mark.parametrize("at", STEPS)
def test_a_death_in_a_step_changes_nothing_of_what_comes_of_it(
    host: StorageHost, at: str, who: str
) -> None:
    walk = Walk(host)
    for name in STEPS:
        dying = killed_soon(lambda: _kill(host, who)) if name == at else None
        walk.until_it_is_done(name)
        if dying is not None:
            dying.join()
            # Asked once more, as by a caller that has not heard the answer.
            walk.until_it_is_done(name)
    walk.check()


def _kill(host: StorageHost, who: str) -> None:
    if who == "worker":
        for pid in host.worker_pids():
            os.kill(pid, signal.SIGKILL)
    else:
        host.kill()
        host.start()


def test_the_processes_of_srs_end_with_their_daemon(host: StorageHost) -> None:
    host.ask(STORAGE.SR.stat, host.sr)
    pids = host.worker_pids()
    assert pids
    (first, *_) = pids
    waiting = os.pidfd_open(first)
    host.kill()
    try:
        assert select.select([waiting], [], [], 30.0)[0]
    finally:
        os.close(waiting)
        host.start()


@pytest.mark.parametrize("daemon_lives", [True, False])
def test_a_disk_whose_engine_has_died_is_pulled_and_never_comes_back(
    host: StorageHost, daemon_lives: bool
) -> None:
    walk = Walk(host)
    for name in ("create", "attach", "activate", "write"):
        walk.until_it_is_done(name)
    if not daemon_lives:
        host.kill()
    os.kill(host.engine_pid(walk.vm), signal.SIGKILL)
    if not daemon_lives:
        host.start()
    host.report(lambda report: walk.vm in {lost.vm for lost in report.pulled})
    with pytest.raises(StorageError, match=walk.vm):
        host.ask(STORAGE.VDI.activate3, walk.dp, host.sr, walk.vdi, walk.vm)
    host.deactivate(walk.vdi, walk.vm)
    host.report(lambda report: walk.vm not in {lost.vm for lost in report.pulled})
    assert host.contents(walk.vdi, 2) == [1, 1], "what was flushed is there"
    host.ask(STORAGE.VDI.destroy, host.sr, walk.vdi)


def test_an_sr_that_hangs_is_told_and_comes_back(host: StorageHost) -> None:
    host.ask(STORAGE.SR.stat, host.sr)
    (pid,) = host.worker_pids()
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(StorageError, match="Sr_unhealthy"):
            host.ask(STORAGE.SR.scan2, host.sr)
        assert host.ask(STORAGE.SR.list_) == [host.sr]
        host.report(lambda report: report.srs[host.sr].health == "Unreachable")
    finally:
        os.kill(pid, signal.SIGCONT)
    host.report(lambda report: report.srs[host.sr].health == "Healthy")
    host.ask(STORAGE.SR.scan2, host.sr)
