"""What an operation uses is held by it: each one in its middle × each message that takes away.

The matrix runs the messages' own functions. Whatever they answer, the object that the operation
works with is to be afterwards what it was before, and no host may have been asked for anything.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError, api
from datamodel.refs import NULL_REF
from forwarder import messages
from forwarder.core import context as contexts
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.locks import locking
from forwarder.records import installed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pooldb import Database, Transaction, leases
from rules.lifecycle import holds
from rules.lifecycle.holds import Hold, How

from tests.unit.forwarder.test_election import new_host, new_vm

GIB = 2**30


class NoHosts:
    """Nothing of the matrix may come so far as to ask a host."""

    def run(self, *_: Any, **__: Any) -> Any:
        pytest.fail("a host was given work")

    ask = run


@dataclass
class World:
    """A pool with VMs in each state, that have disks, drives and interfaces; by name."""

    db: Database
    refs: dict[str, tuple[str, str]] = field(default_factory=dict)

    def ref(self, name: str) -> str:
        return self.refs[name][1]

    def record(self, cls: str, ref: str) -> dict[str, Any] | None:
        """What may not change: all but what tells of operations, or is the test's own."""
        found = self.db.view.find(cls, ref)
        told = {"allowed_operations", "current_operations", "snapshots"}
        return None if found is None else {k: v for k, v in found.items() if k not in told}

    def context(self, task: str) -> Context:
        hosts: Any = NoHosts()
        with self.db.transaction() as tx:
            leases.acquire(tx, leases.TASKS, task, "me", 60.0)
        return Context(self.db, task, task, "me", "test", lambda generation: None, hosts=hosts)


def make(folder: Path) -> World:
    assert messages.DRAWERS
    world = World(pooldb.connect(f"sqlite:///{folder / 'pool.db'}"))
    with world.db.transaction() as tx:
        installed.settle_drivers(tx)
        here, there = (new_host(tx, memory_mib=4096) for _ in range(2))
        world.refs |= {"here": ("host", here), "there": ("host", there)}
        sr = tx.create("SR", {"type": "dummy", "shared": True, "physical_size": 1000 * GIB})
        tx.create("pool", {"master": here, "default_SR": sr})
        world.refs["SR"] = ("SR", sr)
        for name, host in (("PBD", here), ("other PBD", there)):
            pbd = {"host": host, "SR": sr, "currently_attached": True}
            world.refs[name] = ("PBD", tx.create("PBD", pbd))
        for state in ("Halted", "Running", "Paused", "Suspended"):
            _add_vm(tx, world, state, here, sr)
        _add_vm(tx, world, "snapshot", here, sr)
        of = {"is_a_snapshot": True, "is_a_template": True, "snapshot_of": world.ref("Halted VM")}
        tx.update("VM", world.ref("snapshot VM"), of)
        for cls in locking.TABLES:
            for ref in tx.refs(cls):
                locking.refresh(tx, cls, ref)
    return world


def _add_vm(tx: Transaction, world: World, name: str, here: str, sr: str) -> None:
    vm = new_vm(tx)
    state = "Halted" if name == "snapshot" else name
    lives = state in ("Running", "Paused")
    metrics = tx.create("VM_metrics", {"current_domain_type": "pvh"})
    changes = {"power_state": state, "resident_on": here if lives else NULL_REF, "domid": 7}
    tx.update("VM", vm, {**changes, "metrics": metrics, "domain_type": "pvh", "name_label": name})
    world.refs[f"{name} VM"] = ("VM", vm)

    def vdi(label: str, kind: str = "user") -> str:
        values = {"SR": sr, "virtual_size": GIB, "type": kind, "managed": True}
        ref = tx.create("VDI", {**values, "name_label": label})
        world.refs[f"{name} {label}"] = ("VDI", ref)
        return ref

    attached = {"VM": vm, "currently_attached": state != "Halted", "unpluggable": True}
    for place, (label, mode) in enumerate((("disk", "RW"), ("image", "RO"))):
        values = {**attached, "VDI": vdi(label), "mode": mode, "type": "Disk"}
        device = {"userdevice": str(place), "device": f"xvd{'ab'[place]}"}
        world.refs[f"{name} VBD {mode}"] = ("VBD", tx.create("VBD", {**values, **device}))
    drive = {"VM": vm, "type": "CD", "mode": "RO", "empty": True, "userdevice": "3"}
    world.refs[f"{name} drive"] = ("VBD", tx.create("VBD", drive))
    network = tx.create("network", {"bridge": name})
    world.refs[f"{name} network"] = ("network", network)
    interface = {**attached, "network": network, "device": "0", "MAC": "02:00:00:00:00:01"}
    del interface["unpluggable"]
    world.refs[f"{name} VIF"] = ("VIF", tx.create("VIF", interface))
    if state == "Suspended":
        tx.update("VM", vm, {"suspend_VDI": vdi("suspend image", "suspend")})


# Each operation, on what it is begun, with what else it is given.
OPERATIONS: list[tuple[str, str, str, tuple[tuple[str, How], ...]]] = [
    *(("VM", operation, "Halted VM", ()) for operation in ("start", "start_on", "clone", "copy")),
    *(("VM", operation, "Halted VM", ()) for operation in ("snapshot", "destroy")),
    *(("VM", operation, "Suspended VM", ()) for operation in ("resume", "resume_on", "destroy")),
    *(("VM", operation, "Running VM", ()) for operation in ("pool_migrate", "suspend")),
    *(("VM", operation, "Running VM", ()) for operation in ("clean_reboot", "hard_reboot")),
    *(("VM", operation, "Running VM", ()) for operation in ("snapshot", "clean_shutdown")),
    ("VM", "revert", "snapshot VM", ()),
    *(("VBD", operation, "Running VBD RW", ()) for operation in ("unplug", "unplug_force")),
    ("VBD", "insert", "Running drive", (("Halted image", How.READ),)),
    *(("VIF", operation, "Running VIF", ()) for operation in ("unplug", "unplug_force")),
    ("VIF", "move", "Running VIF", (("Halted network", How.KEEP),)),
    *(("VDI", operation, "Halted disk", ()) for operation in ("snapshot", "clone", "resize")),
    ("VDI", "copy", "Halted image", (("Halted disk", How.CHANGE),)),
    ("VDI", "mirror", "Running disk", (("SR", How.KEEP),)),
    *(("VDI", operation, "Halted disk", ()) for operation in ("enable_cbt", "set_on_boot")),
    *(("SR", operation, "SR", ()) for operation in ("scan", "vdi_create", "pbd_create")),
    *(("PBD", operation, "PBD", ()) for operation in ("plug", "unplug", "destroy")),
]

REFUSALS = {"OTHER_OPERATION_IN_PROGRESS", "OPERATION_NOT_ALLOWED", "VDI_IN_USE"}
Params = Callable[[World, str], list[Any]]


def _alone(world: World, ref: str) -> list[Any]:
    return [ref]


def _with(*params: Any) -> Params:
    return lambda world, ref: [ref, *params]


# What takes an object away, or makes another of it.
TAKING: dict[str, list[tuple[str, Params]]] = {
    "VDI": [
        *((f"VDI.{name}", _alone) for name in ("destroy", "forget", "data_destroy")),
        ("VDI.resize", _with(4 * GIB)),
        ("VDI.resize_online", _with(4 * GIB)),
        ("VDI.set_on_boot", _with("reset")),
        ("VDI.copy", lambda world, ref: [_other_disk(world, ref), NULL_REF, NULL_REF, ref]),
        ("VDI.pool_migrate", lambda world, ref: [ref, _another_sr(world), {}]),
    ],
    "VBD": [
        *((f"VBD.{name}", _alone) for name in ("destroy", "plug", "unplug", "unplug_force")),
        ("VBD.eject", _alone),
        ("VBD.insert", lambda world, ref: [ref, world.ref("Halted image")]),
        ("VBD.set_mode", _with("RO")),
        ("VBD.set_type", _with("CD")),
        ("VBD.set_bootable", _with(True)),
        ("VBD.set_unpluggable", _with(False)),
    ],
    "VIF": [
        *((f"VIF.{name}", _alone) for name in ("destroy", "plug", "unplug", "unplug_force")),
        ("VIF.move", lambda world, ref: [ref, world.ref("Paused network")]),
        ("VIF.set_locking_mode", _with("disabled")),
        ("VIF.configure_ipv4", _with("Static", "10.0.0.1/24", "")),
    ],
    "PBD": [("PBD.unplug", _alone), ("PBD.destroy", _alone)],
    "SR": [("SR.destroy", _alone), ("SR.forget", _alone), ("SR.set_shared", _with(False))],
    "network": [("network.destroy", _alone)],
    "VM": [
        *((f"VM.{name}", _alone) for name in ("destroy", "provision", "suspend", "pause")),
        *((f"VM.{name}", _alone) for name in ("clean_shutdown", "clean_reboot", "shutdown")),
        ("VM.start", _with(False, False)),
        ("VM.resume", _with(False, False)),
        ("VM.pool_migrate", lambda world, ref: [ref, world.ref("there"), {}]),
        ("VM.revert", lambda world, ref: [_snapshot_of(world, ref)]),
        ("VM.set_is_a_template", _with(True)),
        ("VM.set_VCPUs_max", _with(4)),
    ],
}


def _other_disk(world: World, ref: str) -> str:
    return next(world.ref(f"{name} image") for name in ("Halted", "snapshot"))


def _snapshot_of(world: World, vm: str) -> str:
    with world.db.transaction() as tx:
        of = {"is_a_snapshot": True, "is_a_template": True, "snapshot_of": vm}
        return tx.create("VM", {**of, "power_state": "Halted"})


def _another_sr(world: World) -> str:
    with world.db.transaction() as tx:
        sr = tx.create("SR", {"type": "dummy", "shared": True, "physical_size": 1000 * GIB})
        for host in tx.refs("host"):
            tx.create("PBD", {"host": host, "SR": sr, "currently_attached": True})
    return sr


def begin(world: World, task: str, number: int) -> list[Hold]:
    """Begin one of the operations; what it holds."""
    cls, operation, name, also = OPERATIONS[number]
    needs = [(world.refs[other][0], world.ref(other), how) for other, how in also]
    with world.db.transaction() as tx:
        locking.begin(tx, task, cls, world.ref(name), operation, also=needs, strict=False)
        return [Hold(*found) for found in tx.kv_get(locking.LOCKS, task)]


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(contexts, "LOCK_WAIT_S", -1.0)
    yield


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make(tmp_path)


@pytest.mark.parametrize(
    "number", range(len(OPERATIONS)), ids=lambda n: ".".join(OPERATIONS[n][:2])
)
def test_what_an_operation_uses_stays(world: World, number: int) -> None:
    held = begin(world, "first", number)
    tasks = itertools.count()
    # Of two operations on one object its own table says what goes together; that is tested there.
    for cls, ref in dict.fromkeys((hold.cls, hold.ref) for hold in held if not hold.own):
        before = world.record(cls, ref)
        for wire, params in TAKING.get(cls, ()):
            context = world.context(f"second {next(tasks)}")
            with pytest.raises(XenAPIError):
                registry.run(context, wire, params(world, ref))
                context.commit()
                pytest.fail(f"{wire} was done beside {OPERATIONS[number][:3]}")
            context.abandon()
            assert world.record(cls, ref) == before, wire


def test_the_matrix_is_as_large_as_it_is_said_to_be(world: World) -> None:
    """Also that nothing that an operation holds is left out of it."""
    pairs, classes = 0, set()
    for number in range(len(OPERATIONS)):
        held = begin(world, "first", number)
        for cls, _ in {(hold.cls, hold.ref) for hold in held}:
            pairs += len(TAKING[cls])
            classes.add(cls)
        with world.db.transaction() as tx:
            locking.end_all(tx, "first")
    assert classes == set(TAKING)
    assert pairs > 1000


def test_every_operation_of_the_table_is_tried() -> None:
    tried = {(cls, operation) for cls, operation, _, _ in OPERATIONS}
    taking = {wire for messages_ in TAKING.values() for wire, _ in messages_}
    told = {(cls, operation) for cls, table in holds.HOLDS.items() for operation in table}
    left = {pair for pair in told - tried if ".".join(pair) not in taking}
    # These do not do their job yet, or are part of a message that is tried.
    assert left == {("VM", "checkpoint"), ("VM", "export"), ("VIF", "configure")}


def test_operations_of_the_table_are_messages_or_words_of_the_xenapi() -> None:
    for cls, table in holds.HOLDS.items():
        for operation in table:
            known = f"{cls}.{operation}" in api.messages or holds.is_shown(cls, operation)
            assert known or operation == "configure", f"{cls}.{operation}"


def test_what_is_begun_too_is_seen_by_clients() -> None:
    for (cls, operation), too in holds.BEGUN_TOO.items():
        assert f"{cls}.{operation}" in api.messages or holds.is_shown(cls, operation)
        assert all(holds.is_shown(other, name) for other, name in too.items())


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(0, len(OPERATIONS) - 1), min_size=2, max_size=5))
def test_whatever_begins_goes_together(world: World, numbers: list[int]) -> None:
    """Any operations in any order: what has begun goes together, and what ends leaves nothing."""
    before = {name: world.db.view.get(*found) for name, found in world.refs.items()}
    held: list[Hold] = []
    for place, number in enumerate(numbers):
        try:
            mine = begin(world, f"task {place}", number)
        except XenAPIError as error:
            assert error.code in REFUSALS, error
            continue
        assert all(_either_way(one, other) for one in mine for other in held)
        held += mine
    with world.db.transaction() as tx:
        for place in range(len(numbers)):
            locking.end_all(tx, f"task {place}")
        assert tx.kv_items(locking.LOCKS) == {}
    assert {name: world.db.view.get(*found) for name, found in world.refs.items()} == before


def _either_way(one: Hold, other: Hold) -> bool:
    return holds.go_together(one, other) or holds.go_together(other, one)


def test_a_plugged_drive_takes_no_disk_that_another_vm_writes(world: World) -> None:
    with world.db.transaction() as tx:
        tx.update("VBD", world.ref("Running drive"), {"currently_attached": True})
        tx.update("VDI", world.ref("Paused disk"), {"managed": True})
    params = [world.ref("Running drive"), world.ref("Paused disk")]
    with pytest.raises(XenAPIError, match="VDI_IN_USE"):
        registry.run(world.context("second"), "VBD.insert", params)
