"""Many calls wait for one VM: it costs nobody anything, and they lose neither turn nor end."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import deaf_guests
from tests.conftest import Pool, make_vm, remove_vm
from tests.faults.test_kills import end_of, kill

FORWARDERS = ("forwarder-1", "forwarder-2")
CROWD, IN_TURN = 500, 20
CALLS_MAX = 3


@pytest.fixture(scope="module", autouse=True)
def bounded(pool: Pool) -> Iterator[None]:
    """Few calls may have hosts at work, so that far more wait than that."""
    files = [pool.layout.path("config", f"{name}.json") for name in FORWARDERS]
    before = [file.read_text() for file in files]
    for file, settings in zip(files, before, strict=True):
        file.write_text(json.dumps({**json.loads(settings), "calls_max": CALLS_MAX}))
    for name in FORWARDERS:
        kill(pool, name)
    yield
    for file, settings in zip(files, before, strict=True):
        file.write_text(settings)
    for name in FORWARDERS:
        kill(pool, name)


@pytest.fixture
def held(pool: Pool) -> Iterator[tuple[str, str]]:
    """A VM that is being asked to stop and does not, and the task of that."""
    with pool.session() as api:
        vm = make_vm(api, disk=False)
        guest = deaf_guests.started(pool, api, vm)
        task = guest.while_asked(lambda: api.Async.VM.clean_shutdown(vm))
    yield vm, task
    with pool.session() as api:
        remove_vm(api, vm)


def statuses(api: Any, tasks: list[str]) -> set[str]:
    records = api.task.get_all_records()
    return {records[task]["status"] for task in tasks}


@pytest.mark.timeout(240)
def test_a_crowd_that_waits_keeps_nobody_from_being_served(
    pool: Pool, held: tuple[str, str], vm: str
) -> None:
    """More than the forwarders have workers, and one of them dies: each call has its end."""
    with pool.session() as api:
        waiting = [api.Async.VM.pause(held[0]) for _ in range(CROWD)]
        api.VM.start(vm, False, False)
        api.VM.set_actions_after_crash(vm, "preserve")
        kill(pool, "forwarder-1")
        api.VM.hard_shutdown(vm)
        assert statuses(api, waiting) == {"pending"}, "they were to wait all the while"
        api.VM.hard_shutdown(held[0])
        ends = [end_of(pool, task) for task in waiting]
        refused = ("VM_BAD_POWER_STATE", held[0], "running", "halted")
        assert {tuple(end["error_info"]) for end in ends} == {refused}, (
            "the shutdown was to be next"
        )
        assert api.VM.get_current_operations(held[0]) == {}


def begun(pool: Pool, step: str) -> list[str]:
    """The tasks that came to a step, in the order of their coming, whichever forwarder ran them."""
    logs = pool.layout.folder.glob("log/forwarder-*.jsonl")
    lines = (json.loads(line) for log in logs for line in log.read_text().splitlines())
    found = sorted((line["time"], line["task"]) for line in lines if line.get("step") == step)
    return list(dict.fromkeys(task for _, task in found))


@pytest.mark.parametrize("victim", FORWARDERS)
def test_calls_for_one_vm_keep_their_order_when_a_forwarder_dies(
    pool: Pool, held: tuple[str, str], victim: str
) -> None:
    vm, task = held
    with pool.session() as api:
        calls = [api.Async.VM.snapshot(vm, f"{number}", []) for number in range(IN_TURN)]
        kill(pool, victim)
        assert statuses(api, calls) == {"pending"}, "they were to wait all the while"
        api.task.cancel(task)
    assert end_of(pool, task)["status"] == "cancelled"
    assert {end_of(pool, call)["status"] for call in calls} == {"success"}
    assert [task for task in begun(pool, "locked VM for snapshot") if task in calls] == calls
    with pool.session() as api:
        for snapshot in api.VM.get_snapshots(vm):
            api.VM.destroy(snapshot)


def test_who_cancels_ends_the_wait_and_who_destroys_gives_up_hearing(
    pool: Pool, held: tuple[str, str]
) -> None:
    vm, task = held
    with pool.session() as api:
        cancelled, destroyed = api.Async.VM.pause(vm), api.Async.VM.pause(vm)
        api.task.cancel(cancelled)
        assert end_of(pool, cancelled)["status"] == "cancelled"
        api.task.destroy(destroyed)
        assert api.task.get_status(task) == "pending", "they did not wait"
        api.task.cancel(task)
        token = ""
        while api.VM.get_power_state(vm) != "Paused":
            token = api.event_from([f"vm/{vm}"], token, 5.0)["token"]
