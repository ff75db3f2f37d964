"""xenopsd dies before each atomic of each operation: nothing half done is left when it is back."""

import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon.journal import Operation
from daemon.tasks import RunningTask
from xenops.types import Disk, PowerState
from xenopsd import operations
from xenopsd.atomics import VmUnpause
from xenopsd.frontend.restart import ANEW_MAX_S, RESTARTS_MAX
from xenopsd.host import Host

from tests.contract.backend import Backend, simulated
from tests.faults.atomic_host import IMAGE, add_vm, host_in, restart
from tests.faults.dies import OWN, DyingRunner

ATOMICS_MAX = 40
OF_A_DEVICE = re.compile(r"/backend/\w+/\d+")
RUNNING, PAUSED = PowerState.Running, PowerState.Paused
HALTED, SUSPENDED = PowerState.Halted, PowerState.Suspended
# From which state an operation begins, and where it may have ended after a death.
OPERATIONS = {
    "VM.start": (HALTED, {RUNNING}),
    "VM.shutdown": (RUNNING, {HALTED}),
    "VM.reboot": (RUNNING, {RUNNING}),
    "VM.suspend": (RUNNING, {SUSPENDED}),
    "VM.resume": (SUSPENDED, {PAUSED}),
    OWN: (RUNNING, {RUNNING}),
}
TOO_OLD = {
    "VM.start": (HALTED, {HALTED, PAUSED, RUNNING}),
    "VM.reboot": (RUNNING, {RUNNING}),
    "VM.suspend": (RUNNING, {RUNNING, SUSPENDED}),
    "VM.resume": (SUSPENDED, {SUSPENDED, PAUSED}),
}
"""The same of operations that somebody may have given up by now."""


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


def take_off(host: Host, vm: str) -> None:
    off = operations.poweroff(host.journal.metadata(vm), None)
    DyingRunner(host, -1).run(off, RunningTask("off", "test"), vm)
    host.journal.forget(vm)


def state_of(host: Host, vm: str) -> PowerState:
    return host.domains.power_state(vm, host.domains.find(vm))


def run_and_die(folder: Path, vm: str, wire: str, number: int, age_s: float = 0.0) -> bool:
    """Whether the operation, which began so long ago, died; False when it has fewer atomics."""
    said = (str(folder), vm, wire, str(number), str(age_s))
    command = [sys.executable, "-m", "tests.faults.dies", *said]
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
def test_what_dies_before_any_atomic_is_done_all_the_same(
    host: Host, backend: Backend, folder: Path, wire: str
) -> None:
    outcomes = die_before_each_atomic(host, backend, folder, wire, *OPERATIONS[wire], age_s=0.0)
    assert all(outcome is None or "error" not in outcome for outcome in outcomes)


@pytest.mark.parametrize("wire", TOO_OLD)
def test_what_is_too_old_leaves_nothing_half_done(
    host: Host, backend: Backend, folder: Path, wire: str
) -> None:
    age_s = ANEW_MAX_S + 60.0
    outcomes = die_before_each_atomic(host, backend, folder, wire, *TOO_OLD[wire], age_s=age_s)
    assert all("error" in outcome for outcome in outcomes[:-1])


def die_before_each_atomic(
    host: Host,
    backend: Backend,
    folder: Path,
    wire: str,
    begins: PowerState,
    ends: set[PowerState],
    age_s: float,
) -> list[Any]:
    """How the operation ended after each death, and last without one."""
    outcomes = list[Any]()
    free = backend.hypervisor.free_kib()
    for number in range(ATOMICS_MAX):
        vm = add_vm(host, backend)
        bring(host, vm, begins)
        died = run_and_die(folder, vm, wire, number, age_s)
        host = host_in(folder)
        if died:
            restart(host, folder)
        check(host, backend, folder, vm, ends)
        if state_of(host, vm) is SUSPENDED and wire == "VM.resume":
            metadata = host.journal.metadata(vm)
            plan = operations.resume(metadata, Disk("VDI", IMAGE))
            DyingRunner(host, -1).run(plan, RunningTask("again", "test"), vm)
            assert state_of(host, vm) is PAUSED, "what failed once can be done again"
        known = host.journal.operation("operation")
        outcomes.append(None if known is None else known.outcome)
        take_off(host, vm)
        host.journal.forget_operation("operation")
        assert backend.hypervisor.free_kib() == free
        if not died:
            assert number > 0
            return outcomes
    pytest.fail(f"{wire} has more than {ATOMICS_MAX} atomics")


def interrupted(host: Host, vm: str, wire: str, age_s: float = 0.0) -> Operation:
    """An operation that a xenopsd which is gone had begun so long ago."""
    body = {"method": wire, "params": [{"id": vm, "debug_info": "test", "paused": False}]}
    began = time.time() - age_s
    operation = Operation(str(uuid.uuid4()), wire, vm, body, "test", began)
    host.journal.begin(operation)
    return operation


def outcome(host: Host, operation: Operation) -> Any:
    found = host.journal.operation(operation.id)
    assert found is not None
    return found.outcome


@pytest.mark.parametrize(
    ("begins", "wire", "ends"),
    [
        (HALTED, "VM.start", RUNNING),
        (RUNNING, "VM.pause", PAUSED),
        (PAUSED, "VM.pause", PAUSED),
        (PAUSED, "VM.unpause", RUNNING),
        (RUNNING, "VM.unpause", RUNNING),
    ],
)
def test_what_waited_or_was_interrupted_is_begun_anew_in_time(
    host: Host, backend: Backend, folder: Path, begins: PowerState, wire: str, ends: PowerState
) -> None:
    fails = []
    for age_s in (0.0, ANEW_MAX_S + 1.0, -60.0):
        vm = add_vm(host, backend)
        bring(host, vm, RUNNING if begins is PAUSED else begins)
        if begins is PAUSED:
            host.domains.pause(vm)
        operation = interrupted(host, vm, wire, age_s)
        restart(host, folder)
        fails.append("error" in outcome(host, operation))
        assert state_of(host, vm) is (begins if fails[-1] else ends)
        take_off(host, vm)
    assert fails == [False, True, True], "somebody else may have been given the VM by then"


def test_a_start_that_had_not_begun_takes_no_guest_away(
    host: Host, backend: Backend, folder: Path
) -> None:
    vm = add_vm(host, backend)
    bring(host, vm, RUNNING)
    host.domains.pause(vm)
    domain = host.domains.get(vm)
    operation = interrupted(host, vm, "VM.start")
    restart(host, folder)
    assert "error" in outcome(host, operation)
    assert host.domains.get(vm).domid == domain.domid
    take_off(host, vm)


def test_what_xenopsd_dies_of_each_time_is_given_up(
    host: Host, backend: Backend, folder: Path
) -> None:
    vm = add_vm(host, backend)
    bring(host, vm, RUNNING)
    operation = interrupted(host, vm, "VM.pause")
    for _ in range(RESTARTS_MAX):
        host.journal.note_restart(operation.id)
    restart(host, folder)
    assert "error" in outcome(host, operation)
    assert state_of(host, vm) is RUNNING
    take_off(host, vm)


def test_what_takes_long_is_begun_anew_as_long_as_its_host_was_heard_of(
    host: Host, backend: Backend, folder: Path
) -> None:
    vm = add_vm(host, backend)
    bring(host, vm, RUNNING)
    operation = interrupted(host, vm, "VM.pause", age_s=600.0)
    host.journal.note_alive()
    restart(host, folder)
    assert "error" not in outcome(host, operation)
    assert state_of(host, vm) is PAUSED
    take_off(host, vm)
