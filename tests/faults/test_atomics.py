"""xenopsd dies before each atomic of each operation: nothing half done is left when it is back."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon.tasks import RunningTask
from xenops.types import Disk, PowerState
from xenopsd import operations
from xenopsd.atomics import VmUnpause
from xenopsd.host import Host

from tests.contract.backend import Backend, simulated
from tests.faults.atomic_host import IMAGE, add_vm, host_in, restart
from tests.faults.dies import DyingRunner

ATOMICS_MAX = 40
OF_A_DEVICE = re.compile(r"/backend/\w+/\d+")
RUNNING, PAUSED = PowerState.Running, PowerState.Paused
HALTED, SUSPENDED = PowerState.Halted, PowerState.Suspended
# From which state an operation begins, and where it may have ended after a death.
OPERATIONS = {
    "VM.start": (HALTED, {HALTED, PAUSED, RUNNING}),
    "VM.shutdown": (RUNNING, {HALTED}),
    "VM.reboot": (RUNNING, {RUNNING, PAUSED, HALTED}),
    "VM.suspend": (RUNNING, {RUNNING, SUSPENDED}),
    "VM.resume": (SUSPENDED, {SUSPENDED, RUNNING, PAUSED}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="module")
def backend(folder: Path) -> Iterator[Backend]:
    with simulated(folder) as backend:
        yield backend


@pytest.fixture(scope="module")
def host(folder: Path, backend: Backend) -> Host:
    return host_in(folder)


def bring(host: Host, vm: str, state: PowerState) -> None:
    """From halted into the state that an operation begins from."""
    runner = DyingRunner(host, -1)
    metadata, task = host.journal.metadata(vm), RunningTask("bring", "test")
    if state is not HALTED:
        runner.run((*operations.start(metadata), VmUnpause(metadata.vm)), task, vm)
    if state is SUSPENDED:
        runner.run(operations.suspend(metadata, Disk("VDI", IMAGE)), task, vm)


def state_of(host: Host, vm: str) -> PowerState:
    return host.domains.power_state(vm, host.domains.find(vm))


def run_and_die(folder: Path, vm: str, wire: str, number: int) -> bool:
    """Whether the operation died; False when it has fewer atomics."""
    command = [sys.executable, "-m", "tests.faults.dies", str(folder), vm, wire, str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def check(host: Host, backend: Backend, folder: Path, vm: str, ends: set[PowerState]) -> None:
    found = state_of(host, vm)
    assert found in ends
    domain, metadata = host.domains.find(vm), host.journal.metadata(vm)
    (disk,), (interface,) = metadata.vbds, metadata.vifs
    if found in (RUNNING, PAUSED):
        assert domain is not None and domain.shutdown is None
        assert host.domains.action_request(vm) is None, "it would be taken down again"
        assert host.devices.vbd_state(domain, disk).plugged
        assert host.devices.vif_state(domain, interface).plugged
        assert not host.journal.extra(vm).get("suspended"), "it would be resumed from an old image"
    else:
        assert domain is None
        assert not list((folder / "locks").iterdir()), "somebody still holds the disk"
        assert not [path for path in backend.nodes() if OF_A_DEVICE.search(path)]
    if found is HALTED:
        assert not [path for path in backend.nodes() if vm in path]
    if found is SUSPENDED:
        assert host.image_path(Disk("VDI", IMAGE)).exists()


@pytest.mark.parametrize("wire", OPERATIONS)
def test_a_death_before_any_atomic_leaves_nothing_half_done(
    host: Host, backend: Backend, folder: Path, wire: str
) -> None:
    begins, ends = OPERATIONS[wire]
    free = backend.hypervisor.free_kib()
    for number in range(ATOMICS_MAX):
        vm = add_vm(host, backend)
        bring(host, vm, begins)
        died = run_and_die(folder, vm, wire, number)
        host = host_in(folder)
        if died:
            restart(host, folder)
        check(host, backend, folder, vm, ends)
        if state_of(host, vm) is SUSPENDED and wire == "VM.resume":
            metadata = host.journal.metadata(vm)
            plan = operations.resume(metadata, Disk("VDI", IMAGE))
            DyingRunner(host, -1).run(plan, RunningTask("again", "test"), vm)
            assert state_of(host, vm) is PAUSED, "what failed once can be done again"
        metadata = host.journal.metadata(vm)
        off = operations.poweroff(metadata, None)
        DyingRunner(host, -1).run(off, RunningTask("off", "test"), vm)
        host.journal.forget(vm)
        host.journal.forget_operation("operation")
        assert backend.hypervisor.free_kib() == free
        if not died:
            assert number > 0
            return
    pytest.fail(f"{wire} has more than {ATOMICS_MAX} atomics")
