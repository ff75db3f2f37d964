"""A VM has one place and one end, also when it is stopped while it moves and the broker is away."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import XenAPI

from tests.conftest import Pool, make_vm, remove_vm
from tests.faults.test_kills import ENDED, OUT_OF_REACH, assert_true, end_of, kill

STRANGER = "11111111-2222-3333-4444-555555555555"
STRAY = "HOST_RUNS_UNKNOWN_DOMAIN"


@pytest.fixture
def moving(pool: Pool) -> Iterator[tuple[str, str]]:
    """A VM in the middle of its migration from host1 to host2, and the task of that."""
    with pool.session() as api:
        vm = make_vm(api, memory_mib=256)
        here, there = (api.host.get_by_name_label(name)[0] for name in ("host1", "host2"))
        api.VM.start_on(vm, here, False, False)
        task = api.Async.VM.pool_migrate(vm, there, {"live": "true"})
        token = ""
        while float((record := api.task.get_record(task))["progress"]) == 0.0:
            if record["status"] in ENDED:
                break
            token = api.event_from([f"task/{task}"], token, 5.0)["token"]
    yield vm, task
    with pool.session() as api:
        remove_vm(api, vm)


def stop_for_good(pool: Pool, vm: str) -> None:
    """Stop a VM by force, again whenever a host was out of reach."""
    while True:
        with pool.session() as api:
            task = api.Async.VM.hard_shutdown(vm)
        error = end_of(pool, task)["error_info"]
        assert error == [] or error[0] in (*OUT_OF_REACH, "VM_BAD_POWER_STATE"), error
        if error == [] or error[0] == "VM_BAD_POWER_STATE":
            return


@pytest.mark.parametrize("victim", ["rabbitmq", "xenopsd-host1", "xenopsd-host2", "forwarder-1"])
def test_a_vm_is_stopped_while_it_moves(pool: Pool, moving: tuple[str, str], victim: str) -> None:
    vm, migration = moving
    kill(pool, victim)
    stop_for_good(pool, vm)
    end_of(pool, migration)
    assert_true(pool, vm)
    with pool.session() as api:
        assert api.VM.get_power_state(vm) == "Halted"
        assert pool.domains(api.VM.get_uuid(vm)) == []


def test_a_vm_is_stopped_while_it_moves_and_nobody_wants_to_hear_of_it(
    pool: Pool, moving: tuple[str, str]
) -> None:
    vm, migration = moving
    with pool.session() as api:
        with contextlib.suppress(XenAPI.Failure):
            api.task.destroy(migration)
        api.VM.hard_shutdown(vm)
        assert api.VM.get_power_state(vm) == "Halted"
    assert_true(pool, vm)


def test_a_domain_that_belongs_to_no_vm_is_told_of(pool: Pool) -> None:
    host = pool.host_named("host3")
    domid = pool.xen(host).create(STRANGER, "pvh", 64 * 1024, 1)
    with pool.session() as api:
        ref = api.host.get_by_name_label(host.name)[0]
        try:
            await_in(api, ["message"], lambda: STRAY in names(api))
            assert STRANGER in api.host.get_other_config(ref)["stray_domains"]
        finally:
            pool.xen(host).destroy(domid)
        await_in(api, ["host"], lambda: "stray_domains" not in api.host.get_other_config(ref))


def names(api: Any) -> list[str]:
    return [message["name"] for message in api.message.get_all_records().values()]


def await_in(api: Any, classes: list[str], look: Any) -> Any:
    """What ``look`` finds, once it finds something, asked anew at each event."""
    token = ""
    while not (found := look()):
        token = api.event_from(classes, token, 5.0)["token"]
    return found
