"""A VM has one place and one end, also when it is stopped while it moves and the broker is away."""

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import XenAPI

from tests.conftest import Pool, make_vm, remove_vm
from tests.faults.test_kills import ENDED, OUT_OF_REACH, assert_true, end_of, kill

STRAY = "HOST_RUNS_UNKNOWN_DOMAIN"


@pytest.fixture
def moving(pool: Pool) -> Iterator[tuple[str, str]]:
    """A VM in the middle of its migration from host1 to host2, and the task of that."""
    with pool.session() as api:
        vm = make_vm(api, memory_mib=256)
        here, there = (api.host.get_by_name_label(name)[0] for name in ("host1", "host2"))
        api.VM.start_on(vm, here, False, False)
        pool.await_boot(api.VM.get_uuid(vm))
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


def test_a_domain_says_which_pool_made_it(pool: Pool, moving: tuple[str, str]) -> None:
    vm, migration = moving
    end_of(pool, migration)
    with pool.session() as api:
        ((name, domain),) = pool.domains(api.VM.get_uuid(vm))
        said = pool.xenstore(pool.host_named(name)).read(f"/xenops/domain/{domain.domid}/pool")
        assert said == api.pool.get_uuid(api.pool.get_all()[0])


@pytest.mark.parametrize(
    ("is_ours", "text"), [(False, "did not make it, and leaves it alone"), (True, "pauses it")]
)
def test_a_domain_that_belongs_to_no_vm_is_told_of(pool: Pool, is_ours: bool, text: str) -> None:
    host, stranger = pool.host_named("host3"), str(uuid.uuid4())
    domid = pool.xen(host).create(stranger, "pvh", 64 * 1024, 1)
    mark = f"/xenops/domain/{domid}"
    with pool.session() as api:
        ref = api.host.get_by_name_label(host.name)[0]
        if is_ours:
            uuid_of_pool = api.pool.get_uuid(api.pool.get_all()[0])
            pool.xenstore(host).write(f"{mark}/pool", uuid_of_pool)
        try:
            await_in(api, ["message"], lambda: told_of(api, stranger))
            assert text in told_of(api, stranger)[0]
            assert stranger in api.host.get_other_config(ref)["stray_domains"]
        finally:
            pool.xen(host).destroy(domid)
            pool.xenstore(host).remove(mark)
        await_in(api, ["host"], lambda: "stray_domains" not in api.host.get_other_config(ref))


def told_of(api: Any, stranger: str) -> list[str]:
    """What the messages about a domain of no VM say."""
    found = api.message.get_all_records().values()
    return [one["body"] for one in found if one["name"] == STRAY and stranger in one["body"]]


def await_in(api: Any, classes: list[str], look: Any) -> Any:
    """What ``look`` finds, once it finds something, asked anew at each event."""
    token = ""
    while not (found := look()):
        token = api.event_from(classes, token, 5.0)["token"]
    return found
