"""Memory that guests give and get, on a pool of two small hosts with their squeezed."""

import os
import signal
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from simulated_pool import layout as layouts
from simulated_pool import pool as pools
from simulated_pool.layout import Host

from tests.conftest import MIB, Pool, make_vm, remove_vm
from tests.e2e.test_life_of_a_vm import await_task, failure

HOST_MIB = 1024  # 512 of it the control domain's, 72 in reserve
LEAST, MOST = 48, 160
KIB = 1024


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    folder = tmp_path_factory.mktemp("small")
    hosts = [Host(f"host{n}", str(uuid.uuid4()), memory_mib=HOST_MIB) for n in (1, 2)]
    layout = layouts.make(folder, hosts, forwarders=1, port_base=None)
    try:
        pools.up(layout, lambda text: None)
        pool = Pool(layout)
        with pool.session() as api:
            for host in api.host.get_all():
                until(api, "host", host, lambda found: is_shared(found))
        yield pool
    finally:
        pools.down(folder)


def until(api: Any, cls: str, ref: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait for a record by the events of its object."""
    token = ""
    while True:
        record: dict[str, Any] = getattr(api, cls).get_record(ref)
        if holds(record):
            return record
        token = api.event_from([f"{cls}/{ref}"], token, 5.0)["token"]


def is_shared(host: dict[str, Any]) -> bool:
    return bool(host["software_version"].get("squeezed") == "running")


@pytest.fixture
def host(api: Any) -> str:
    found: str = api.host.get_by_name_label("host1")[0]
    return found


@pytest.fixture
def guest(api: Any) -> Iterator[Callable[[], str]]:
    """Makes halted VMs with a range of memory."""
    made: list[str] = []

    def make(least: int = LEAST, most: int = MOST) -> str:
        vm = make_vm(api, memory_mib=most, disk=False)
        api.VM.set_memory_limits(vm, *[str(size * MIB) for size in (least, most, least, most)])
        made.append(vm)
        return vm

    yield make
    for vm in made:
        remove_vm(api, vm)


def pages_kib(pool: Pool, api: Any, vm: str) -> int:
    [(_, domain)] = pool.domains(api.VM.get_uuid(vm))
    return int(domain.memory_kib)


def node(pool: Pool, api: Any, vm: str, path: str) -> str | None:
    [(name, domain)] = pool.domains(api.VM.get_uuid(vm))
    return pool.xenstore(pool.host_named(name)).read(f"/local/domain/{domain.domid}/{path}")


def behave(pool: Pool, api: Any, vm: str, **balloon: Any) -> None:
    [(name, domain)] = pool.domains(api.VM.get_uuid(vm))
    xen = pool.xen(pool.host_named(name))
    xen.call("behave", domid=domain.domid, fill_on_boot=False, balloon=balloon)


def reservations(pool: Pool, name: str) -> list[Any]:
    path = pool.layout.path("hosts", name, "squeezed", "reservations.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute("select * from reservations").fetchall()


def log_of(pool: Pool, service: str) -> str:
    return Path(pool.layout.path("log", f"{service}.jsonl")).read_text()


def settle(api: Any, *vms: str) -> None:
    for vm in vms:
        api.VM.wait_memory_target_live(vm)


def full(api: Any, host: str, guest: Callable[[], str]) -> list[str]:
    """Three guests that have all of a host's memory."""
    vms = [guest() for _ in range(3)]
    for vm in vms:
        api.VM.start_on(vm, host, False, False)
    settle(api, *vms)
    return vms


def test_the_fourth_starts_because_three_give_and_get_it_back(
    pool: Pool, api: Any, host: str, guest: Callable[[], str]
) -> None:
    vms = full(api, host, guest)
    fourth = guest()
    api.VM.start_on(fourth, host, False, False)
    assert api.VM.get_power_state(fourth) == "Running"
    settle(api, *vms, fourth)
    sizes = [pages_kib(pool, api, vm) // KIB for vm in (*vms, fourth)]
    assert all(LEAST <= size < MOST for size in sizes)
    before = sum(sizes[:3])
    api.VM.hard_shutdown(fourth)
    while sum(pages_kib(pool, api, vm) // KIB for vm in vms) <= before:
        settle(api, *vms)
    assert reservations(pool, "host1") == []


def test_the_fields_say_what_guests_have(
    pool: Pool, api: Any, host: str, guest: Callable[[], str]
) -> None:
    vm = guest()
    api.VM.start_on(vm, host, False, False)
    api.VM.set_memory_target_live(vm, str(100 * MIB))
    api.VM.wait_memory_target_live(vm)
    record = api.VM.get_record(vm)
    limits = [int(record[f"memory_dynamic_{name}"]) for name in ("min", "max")]
    assert limits == [100 * MIB] * 2
    assert int(record["memory_target"]) == 100 * MIB
    actual = int(api.VM_metrics.get_memory_actual(record["metrics"]))
    assert actual == pages_kib(pool, api, vm) * KIB
    assert abs(actual - 100 * MIB) <= MIB
    api.VM.set_memory_dynamic_range(vm, str(LEAST * MIB), str(MOST * MIB))
    api.VM.wait_memory_target_live(vm)
    until(api, "VM", vm, lambda found: int(found["memory_target"]) == MOST * MIB)
    assert int(api.host.get_memory_overhead(host)) == 72 * MIB


def test_what_a_host_has_free_counts_what_its_guests_could_give(
    api: Any, host: str, guest: Callable[[], str]
) -> None:
    empty = int(api.host.compute_free_memory(host))
    vm = guest()
    api.VM.start_on(vm, host, False, False)
    took = empty - int(api.host.compute_free_memory(host))
    assert took == LEAST * MIB + int(api.VM.compute_memory_overhead(vm))


def test_a_refusal_shows_the_sum(api: Any, host: str, guest: Callable[..., str]) -> None:
    small, large = guest(), guest(500, 500)
    api.VM.start_on(small, host, False, False)
    code, needed, available, total = failure(api.VM.start_on, large, host, False, False)
    assert code == "HOST_NOT_ENOUGH_FREE_MEMORY"
    assert int(needed) > int(available) > 0
    for words in ("wanted 5", "in reserve 72.0 MiB", api.VM.get_name_label(small), "could give"):
        assert words in total


def test_s5_who_refuses_is_named_and_told(
    pool: Pool, api: Any, host: str, guest: Callable[[], str]
) -> None:
    vms = full(api, host, guest)
    for vm in vms:
        behave(pool, api, vm, stuck=True)
    fourth = guest()
    code, *who, total = failure(api.VM.start_on, fourth, host, False, False)
    assert code == "VMS_FAILED_TO_COOPERATE"
    assert set(who) <= set(vms)
    assert "refused to give" in total
    told = api.message.get_all_records().values()
    names = {m["obj_uuid"] for m in told if m["name"] == "VM_MEMORY_NOT_RELEASED"}
    assert names == {api.VM.get_uuid(vm) for vm in who}
    assert pool.domains(api.VM.get_uuid(fourth)) == []
    assert reservations(pool, "host1") == []


def test_s8_a_migration_takes_no_memory_from_its_guest(
    pool: Pool, api: Any, host: str, guest: Callable[[], str]
) -> None:
    vm = guest()
    api.VM.start_on(vm, host, False, False)
    settle(api, vm)
    before = pages_kib(pool, api, vm)
    other = api.host.get_by_name_label("host2")[0]
    api.VM.pool_migrate(vm, other, {"live": "true"})
    assert pages_kib(pool, api, vm) == before
    assert node(pool, api, vm, "memory/hold") is None
    assert reservations(pool, "host2") == []


def test_s8_after_a_migration_that_failed_the_guest_gives_and_gets_as_before(
    pool: Pool, api: Any, host: str, guest: Callable[[], str]
) -> None:
    vm, large = guest(), guest(300, 300)
    other = api.host.get_by_name_label("host2")[0]
    api.VM.start_on(vm, host, False, False)
    settle(api, vm)
    before = pages_kib(pool, api, vm)
    pool.xen(pool.host_named("host2")).call("inject", name="populate", after=1)
    with pytest.raises(XenAPI.Failure):
        api.VM.pool_migrate(vm, other, {"live": "true"})
    assert node(pool, api, vm, "memory/hold") is None
    assert pages_kib(pool, api, vm) == before
    assert reservations(pool, "host2") == []
    api.VM.start_on(large, host, False, False)
    settle(api, vm)
    assert pages_kib(pool, api, vm) < before


def test_a_suspended_guest_gets_back_what_it_had(
    pool: Pool, api: Any, host: str, guest: Callable[[], str]
) -> None:
    vm = guest()
    api.VM.start_on(vm, host, False, False)
    api.VM.set_memory_target_live(vm, str(100 * MIB))
    api.VM.wait_memory_target_live(vm)
    before = pages_kib(pool, api, vm)
    api.VM.suspend(vm)
    api.VM.resume_on(vm, host, True, False)
    assert pages_kib(pool, api, vm) == before


@pytest.mark.parametrize("how", ["absent", "silent"])
def test_without_squeezed_vms_start_with_fixed_sizes_and_nothing_hangs(
    pool: Pool, api: Any, host: str, guest: Callable[[], str], how: str
) -> None:
    vm = guest()
    if how == "absent":
        pool.supervisor.stop("squeezed-host1")
    else:
        os.kill(pool.supervisor.pids()["squeezed-host1"], signal.SIGSTOP)
    try:
        until(api, "host", host, lambda found: not is_shared(found))
        assert api.host.get_software_version(host)["squeezed"] == "absent"
        assert "squeezed does not answer" in log_of(pool, "xenopsd-host1")
        api.VM.start_on(vm, host, False, False)
        assert pages_kib(pool, api, vm) == MOST * KIB
        assert failure(api.VM.set_memory_target_live, vm, str(100 * MIB)) == ["BALLOONING_DISABLED"]
    finally:
        if how == "absent":
            pool.supervisor.start("squeezed-host1")
        else:
            os.kill(pool.supervisor.pids()["squeezed-host1"], signal.SIGCONT)
    until(api, "host", host, is_shared)
    api.VM.set_memory_target_live(vm, str(100 * MIB))
    api.VM.wait_memory_target_live(vm)


@pytest.mark.parametrize("victim", ["squeezed-host1", "xenopsd-host1"])
def test_a_kill_while_a_start_waits_for_memory_leaks_nothing(
    pool: Pool, api: Any, host: str, guest: Callable[[], str], victim: str
) -> None:
    vms = full(api, host, guest)
    for vm in vms:
        behave(pool, api, vm, rate_kib_s=4096)
    fourth = guest()
    task = api.Async.VM.start_on(fourth, host, False, False)
    watched = node(pool, api, vms[0], "memory/target")
    while node(pool, api, vms[0], "memory/target") == watched:
        if api.task.get_status(task) != "pending":
            break
    os.kill(pool.supervisor.pids()[victim], signal.SIGKILL)
    status = await_task(api, task)["status"]
    domains = pool.domains(api.VM.get_uuid(fourth))
    assert len(domains) == (1 if status == "success" else 0)
    until(api, "host", host, is_shared)
    if status != "success":
        api.VM.start_on(fourth, host, False, False)
    assert reservations(pool, "host1") == []


@pytest.mark.parametrize(
    ("call", "values", "code"),
    [
        ("set_memory_dynamic_range", (200, 100), "MEMORY_CONSTRAINT_VIOLATION_ORDER"),
        ("set_memory_dynamic_min", (MOST + 1,), "MEMORY_CONSTRAINT_VIOLATION_ORDER"),
        ("set_memory_dynamic_max", (1 << 40,), "MEMORY_CONSTRAINT_VIOLATION_ORDER"),
        ("set_memory_dynamic_range", (-1, -1), "MEMORY_CONSTRAINT_VIOLATION_ORDER"),
        ("set_memory_target_live", (-5,), "MEMORY_CONSTRAINT_VIOLATION_ORDER"),
        ("set_memory_target_live", (1 << 40,), "MEMORY_CONSTRAINT_VIOLATION_ORDER"),
        ("set_memory_static_range", (0, 100), "VM_BAD_POWER_STATE"),
        ("set_memory", (100,), "VM_BAD_POWER_STATE"),
        ("set_memory_limits", (0, 100, 0, 100), "VM_BAD_POWER_STATE"),
    ],
)
def test_limits_that_make_no_sense_change_nothing(
    api: Any, host: str, guest: Callable[[], str], call: str, values: tuple[int, ...], code: str
) -> None:
    vm = guest()
    api.VM.start_on(vm, host, False, False)
    names = [f"memory_{kind}_{end}" for kind in ("static", "dynamic") for end in ("min", "max")]
    before = [api.VM.get_record(vm)[name] for name in names]
    given = [str(value * MIB) for value in values]
    assert failure(getattr(api.VM, call), vm, *given)[0] == code
    assert [api.VM.get_record(vm)[name] for name in names] == before


def test_minima_that_a_host_cannot_keep_are_refused(
    api: Any, host: str, guest: Callable[..., str]
) -> None:
    first, second = guest(48, 400), guest(48, 400)
    api.VM.start_on(first, host, False, False)
    api.VM.start_on(second, host, False, False)
    api.VM.set_memory_dynamic_min(first, str(300 * MIB))
    code = failure(api.VM.set_memory_dynamic_min, second, str(300 * MIB))[0]
    assert code == "HOST_NOT_ENOUGH_FREE_MEMORY"


def test_the_most_that_fits(api: Any, guest: Callable[[], str]) -> None:
    vm = guest()
    total = 1000 * MIB
    most = int(api.VM.maximise_memory(vm, str(total), False))
    coarse = int(api.VM.maximise_memory(vm, str(total), True))
    assert coarse < most < total
    for size, fits in ((most, True), (most + MIB, False)):
        api.VM.set_memory_static_max(vm, str(size))
        assert (size + int(api.VM.compute_memory_overhead(vm)) <= total) is fits
    assert int(api.VM.maximise_memory(vm, "0", False)) == 0
    assert int(api.VM.maximise_memory(vm, "-1", False)) == 0
