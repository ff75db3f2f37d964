"""kill -9 of xenopsd on real Xen: nothing is left that should not be, the API says what is so."""

import json
import time
from collections.abc import Callable

import pytest

from tests.lab.conftest import GUEST_S, LOOK_S, Guest, Lab

KILL = "kill -9 $(pgrep -f 'm [x]enopsd --config')"
DOMAINS = "xl vm-list 2>/dev/null | grep -c {uuid} || true"

# The atomics of each operation (xenopsd.operations), in order.
STARTING = (
    *("VmHook vm-pre-start", "VmCreate", "VmBuild", "VbdSetActive", "VbdEpochBegin", "VbdPlug"),
    *("VifSetActive", "VifPlug", "VmSurvive", "VmUnpause"),
)
TEARDOWN = ("VmCondemn", "VmPause", "VbdUnplug", "VifUnplug", "VmDestroy")
SUSPENDING = ("VmHook vm-pre-suspend", "VmSave", "VmHook vm-pre-shutdown", *TEARDOWN)
STOPPING = ("VmHook vm-pre-shutdown", "VmShutdownDomain", *TEARDOWN)
RESUMING = (
    *("VmCreate", "VmHook vm-pre-resume", "VmRestore", "VbdSetActive", "VbdPlug", "VifSetActive"),
    *("VifPlug", "VmSurvive", "VmSetSuspended", "VmUnpause"),
)


class Hops:
    """What a host's xenopsd says of its way from now on."""

    def __init__(self, lab: Lab, host: str) -> None:
        self._file = lab.layout.path("log", f"xenopsd-{host}.jsonl")
        self._seen = len(self._file.read_text().splitlines())

    def await_one(self, word: str) -> None:
        """Wait until an atomic or a message of this name has been passed."""
        deadline = time.monotonic() + GUEST_S
        while not any(word in hop for hop in self._new()):
            assert time.monotonic() < deadline, f"nobody passes {word}"
            time.sleep(LOOK_S / 4)

    def _new(self) -> list[str]:
        lines = self._file.read_text().splitlines()[self._seen :]
        hops = [json.loads(line) for line in lines if '"hop": true' in line]
        return [f"{hop.get('message', '')} {hop.get('atomic', '')}" for hop in hops]


def is_true(guest: Guest) -> bool:
    """Whether the VM's domains are where and as many as the API says."""
    record = guest.get_record()
    lives = record["power_state"] in ("Running", "Paused")
    expected = dict.fromkeys(guest.lab.machines, 0)
    if lives:
        expected[guest.lab.api.host.get_name_label(record["resident_on"])] = 1
    found = {
        name: int(machine.output(DOMAINS.format(uuid=record["uuid"])))
        for name, machine in guest.lab.machines.items()
    }
    return found == expected and not record["current_operations"]


def await_true(guest: Guest) -> None:
    deadline = time.monotonic() + GUEST_S
    while not is_true(guest):
        assert time.monotonic() < deadline, guest.get_record()
        time.sleep(LOOK_S)


def killed_after(guest: Guest, host: str, passed: str, call: Callable[[], str]) -> str:
    """Begin an operation, kill a host's xenopsd once it has passed something; the task's end."""
    lab = guest.lab
    hops = Hops(lab, host)
    task = call()
    hops.await_one(passed)
    lab.machines[host].output(KILL)
    status = lab.await_end(task)
    await_true(guest)
    return status


def goes_on(guest: Guest, before: int) -> None:
    """Whatever state it was left in, it is the guest that it was."""
    if guest.state == "Suspended":
        guest.resume_on(guest.lab.host("dom0-1"), False, False)
    elif guest.state == "Paused":
        guest.unpause()
    assert int(guest.ask("count")[0]) > before
    guest.remove()


@pytest.fixture
def guest(clean: Lab) -> Guest:
    return clean.new_vm("pv")


@pytest.mark.parametrize("passed", ["VM.start", *STARTING])
def test_while_it_starts(guest: Guest, passed: str) -> None:
    api, here = guest.lab.api, guest.lab.host("dom0-1")
    killed_after(
        guest, "dom0-1", passed, lambda: api.Async.VM.start_on(guest.vm, here, False, False)
    )
    if guest.state == "Halted":
        guest.run()
    guest.remove()


@pytest.mark.parametrize("passed", [*STOPPING, "VbdEpochEnd", "VbdSetActive", "VifSetActive"])
def test_while_it_stops(guest: Guest, passed: str) -> None:
    guest.run()
    api = guest.lab.api
    killed_after(guest, "dom0-1", passed, lambda: api.Async.VM.clean_shutdown(guest.vm))
    guest.await_state("Halted")
    guest.remove()


@pytest.mark.parametrize("passed", SUSPENDING)
def test_while_it_suspends(guest: Guest, passed: str) -> None:
    """It runs on, or it is suspended and goes on from its image."""
    guest.run()
    before = int(guest.ask("count")[0])
    api = guest.lab.api
    killed_after(guest, "dom0-1", passed, lambda: api.Async.VM.suspend(guest.vm))
    assert guest.state in ("Running", "Suspended")
    goes_on(guest, before)


@pytest.mark.parametrize("passed", RESUMING)
def test_while_it_resumes(guest: Guest, passed: str) -> None:
    """It runs or stands still, or it is suspended as before."""
    guest.run()
    before = int(guest.ask("count")[0])
    guest.suspend()
    api, here = guest.lab.api, guest.lab.host("dom0-1")
    killed_after(
        guest, "dom0-1", passed, lambda: api.Async.VM.resume_on(guest.vm, here, False, False)
    )
    assert guest.state in ("Running", "Paused", "Suspended")
    goes_on(guest, before)


@pytest.mark.parametrize(
    ("host", "passed"),
    [
        *(("dom0-1", passed) for passed in ("VM.migrate", *TEARDOWN)),
        *(("dom0-2", passed) for passed in ("VbdPlug", "VifPlug", "VmSurvive", "VmUnpause")),
    ],
)
def test_while_it_migrates(clean: Lab, host: str, passed: str) -> None:
    """It is on one of the two, and it is the same guest."""
    guest = clean.new_vm("pvh")
    guest.run()
    before = int(guest.ask("count")[0])
    there = clean.host("dom0-2")
    migrate = clean.api.Async.VM.pool_migrate
    killed_after(guest, host, passed, lambda: migrate(guest.vm, there, {"live": "true"}))
    assert guest.state in ("Running", "Paused")
    goes_on(guest, before)


@pytest.mark.parametrize("host", ["dom0-1", "dom0-2"])
def test_while_its_memory_moves(clean: Lab, host: str) -> None:
    """It is on one of the two, and it is the same guest."""
    guest = clean.new_vm("pvh")
    guest.run()
    before = int(guest.ask("count")[0])
    api, there = clean.api, clean.host("dom0-2")
    task = api.Async.VM.pool_migrate(guest.vm, there, {"live": "true"})
    deadline = time.monotonic() + GUEST_S
    while float(api.task.get_progress(task)) == 0.0 and api.task.get_status(task) == "pending":
        assert time.monotonic() < deadline
        time.sleep(LOOK_S)
    clean.machines[host].output(KILL)
    clean.await_end(task)
    await_true(guest)
    assert guest.state == "Running"
    goes_on(guest, before)
