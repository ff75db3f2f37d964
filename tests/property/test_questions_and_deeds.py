"""What a question says of a VM is what the forwarder does with it in the same pool."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError, enums
from datamodel.classes import VM, VBDRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, as_ref
from forwarder.locks import locking
from forwarder.place import register, reservation
from forwarder.place.transitions import Runs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pooldb import Database, Transaction
from rules.placement import election
from rules.values import places, vm_values
from xapi.answers import host as of_hosts
from xapi.answers import vbd as of_vbds
from xapi.answers import vm as of_vms

MIB = 1024 * 1024
TASK = as_ref("task")
STATES = [state.value for state in enums.VmPowerState]
OPERATIONS = list(enums.VmOperations)


@dataclass(frozen=True)
class AHost:
    live: bool
    enabled: bool
    evacuated: bool
    shares: bool
    plugged: bool
    connected: bool
    cpus: int
    memory_mib: int
    guests_mib: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class AVM:
    memory_mib: int
    vcpus: int
    disk: bool
    interface: bool
    affinity: int | None


HOSTS = st.builds(
    AHost,
    *(st.sampled_from([True, True, True, False]),) * 2,
    st.sampled_from([False, False, False, True]),
    st.booleans(),
    *(st.sampled_from([True, True, False]),) * 2,
    st.integers(0, 2),
    st.sampled_from([64, 256, 1024]),
    st.lists(st.sampled_from([16, 64, 200]), max_size=3),
)
VMS = st.builds(
    AVM,
    st.sampled_from([16, 64, 200]),
    st.sampled_from([0, 1, 17, 40]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0, 1]),
)
POOLS = st.lists(HOSTS, min_size=1, max_size=3)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return pooldb.connect(f"sqlite:///{tmp_path_factory.mktemp('pool') / 'pool.db'}")


@contextmanager
def undone(db: Database) -> Iterator[Transaction]:
    """A transaction of which nothing stays."""
    tx = db.begin()
    try:
        yield tx
    finally:
        db.undo()


def sizes(memory_mib: int, vcpus: int = 1) -> dict[str, Any]:
    limits = ("static_min", "dynamic_min", "dynamic_max", "static_max")
    memory = {f"memory_{name}": memory_mib * MIB for name in limits}
    return {**memory, "VCPUs_max": vcpus, "VCPUs_at_startup": vcpus, "HVM_shadow_multiplier": 1.0}


def make_host(tx: Transaction, wanted: AHost, sr: str, network: str) -> str:
    total = wanted.memory_mib * MIB
    metrics = tx.create("host_metrics", {"live": wanted.live, "memory_total": total})
    evacuating = {"task": "evacuate"} if wanted.evacuated else {}
    told = {"squeezed": "running"} if wanted.shares else {}
    values = {"metrics": metrics, "enabled": wanted.enabled, "software_version": told}
    host = tx.create("host", {**values, "current_operations": evacuating})
    for _ in range(wanted.cpus):
        tx.create("host_cpu", {"host": host})
    tx.create("PBD", {"SR": sr, "host": host, "currently_attached": wanted.plugged})
    if wanted.connected:
        tx.create("PIF", {"network": network, "host": host})
    for memory_mib in wanted.guests_mib:
        running = {"power_state": "Running", "resident_on": host, "domain_type": "hvm"}
        tx.create("VM", {**sizes(memory_mib), **running, "memory_target": memory_mib * MIB})
    return host


def make(tx: Transaction, hosts: list[AHost], wanted: AVM) -> VMRef:
    """A pool with these hosts, and a VM that is halted."""
    sr, network = tx.create("SR", {"type": "dummy"}), tx.create("network", {})
    made = [make_host(tx, host, sr, network) for host in hosts]
    near = None if wanted.affinity is None else made[wanted.affinity % len(made)]
    values = {**sizes(wanted.memory_mib, wanted.vcpus), "affinity": near or NULL_REF}
    vm = tx.create("VM", {**values, "power_state": "Halted", "domain_type": "hvm"})
    if wanted.disk:
        vdi = tx.create("VDI", {"SR": sr, "managed": True, "type": "user"})
        tx.create("VBD", {"VM": vm, "VDI": vdi, "userdevice": "0", "type": "Disk", "mode": "RW"})
    if wanted.interface:
        tx.create("VIF", {"VM": vm, "network": network, "device": "0"})
    return as_ref(vm)


def refusal(deed: Any, *params: Any) -> list[str] | None:
    try:
        deed(*params)
    except XenAPIError as error:
        return error.description
    return None


PROPERTY = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PROPERTY
@given(POOLS, VMS, st.integers(0, 5))
def test_a_vm_is_placed_where_it_was_said_to_be_possible(
    db: Database, hosts: list[AHost], vm_wanted: AVM, seed: int
) -> None:
    with undone(db) as tx:
        vm = make(tx, hosts, vm_wanted)
        possible = of_vms.get_possible_hosts(tx, vm)
        if possible:
            chosen, _ = election.elect(tx, vm, random.Random(seed))
            assert chosen in possible
            if (near := tx.get(VM, vm).affinity) in possible:
                assert chosen == near
            reservation.reserve(tx, TASK, vm, chosen)
        else:
            assert refusal(election.elect, tx, vm, random.Random(seed)) is not None


@PROPERTY
@given(POOLS, VMS, st.integers(0, 2))
def test_a_host_takes_a_vm_or_refuses_it_as_was_said(
    db: Database, hosts: list[AHost], vm_wanted: AVM, which: int
) -> None:
    with undone(db) as tx:
        vm = make(tx, hosts, vm_wanted)
        refs = tx.refs("host")
        host: Any = refs[which % len(refs)]
        said = refusal(of_vms.assert_can_boot_here, tx, vm, host)
        if host not in of_vms.get_possible_hosts(tx, vm):
            assert said is not None
        no_host = refusal(vm_values.check_start, tx.get(VM, vm))
        assert said == (no_host or refusal(reservation.reserve, tx, TASK, vm, host))


@PROPERTY
@given(POOLS, VMS)
def test_a_placed_vm_takes_from_the_free_memory_what_was_said(
    db: Database, hosts: list[AHost], vm_wanted: AVM
) -> None:
    with undone(db) as tx:
        vm = make(tx, hosts, vm_wanted)
        for host in of_vms.get_possible_hosts(tx, vm)[:1]:
            before = of_hosts.compute_free_memory(tx, host)
            overhead = of_vms.compute_memory_overhead(tx, vm)
            reservation.reserve(tx, TASK, vm, host)
            took = before - of_hosts.compute_free_memory(tx, host)
            assert took == vm_wanted.memory_mib * MIB + overhead


@pytest.mark.parametrize("operation", OPERATIONS)
@PROPERTY
@given(
    st.sampled_from(STATES),
    st.fixed_dictionaries({}, optional={
        "is_a_template": st.just(True), "is_a_snapshot": st.just(True),
        "is_control_domain": st.just(True), "blocked_operations": st.just({"start": "no"}),
        "current_operations": st.just({"other": "clone"}), "domain_type": st.just("pvh"),
    }),
)  # fmt: skip
def test_an_operation_is_said_to_be_valid_when_it_may_begin(
    db: Database, operation: enums.VmOperations, state: str, fields: dict[str, Any]
) -> None:
    with undone(db) as tx:
        vm: VMRef = as_ref(tx.create("VM", {**sizes(64), **fields, "power_state": state}))
        said = refusal(of_vms.assert_operation_valid, tx, vm, operation)
        done = refusal(locking.begin, tx, TASK, name_of(VM), vm, operation)
        assert said == done


@PROPERTY
@given(st.sampled_from(STATES), st.booleans(), st.booleans(), st.booleans())
def test_a_disk_is_said_to_be_attachable_when_it_may_be_attached(
    db: Database, state: str, written: bool, plugged: bool, managed: bool
) -> None:
    with undone(db) as tx:
        other, ours = (tx.create("VM", {**sizes(64), "power_state": state}) for _ in range(2))
        sr = tx.create("SR", {"type": "dummy"})
        vdi = tx.create("VDI", {"SR": sr, "managed": managed, "type": "user"})
        disk = {"VDI": vdi, "type": "Disk", "mode": "RW" if written else "RO"}
        tx.create("VBD", {**disk, "VM": other, "currently_attached": plugged})
        vbd: VBDRef = as_ref(tx.create("VBD", {**disk, "VM": ours}))
        said = refusal(of_vbds.assert_attachable, tx, vbd)
        assert said == refusal(locking.begin, tx, TASK, "VBD", vbd, "attach")


@PROPERTY
@given(st.sets(st.integers(0, 20)))
def test_devices_are_taken_where_they_were_said_to_be_free(db: Database, used: set[int]) -> None:
    with undone(db) as tx:
        vm: VMRef = as_ref(tx.create("VM", {}))
        for place in used:
            tx.create("VBD", {"VM": vm, "userdevice": str(place), "type": "Disk"})
        free = of_vms.get_allowed_vbd_devices(tx, vm)
        record = tx.get(VM, vm)
        assert places.choose(tx, record, places.AUTODETECT, "Disk") == free[0]
        for place in map(str, range(22)):
            taken = refusal(places.check, tx, record, place, "Disk")
            assert (taken is None) is (place in free)


def test_a_running_vm_may_stay_where_it_is(db: Database) -> None:
    roomy = AHost(True, True, False, False, True, True, 2, 256)
    with undone(db) as tx:
        vm = make(tx, [roomy], AVM(200, 1, True, True, None))
        (host,) = of_vms.get_possible_hosts(tx, vm)
        reservation.reserve(tx, TASK, vm, host)
        register.move(tx, vm, Runs(host), "Running")
        assert of_vms.get_possible_hosts(tx, vm) == [host]
