"""A host is emptied: what cannot go is told before, by the rule that migrations ask."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from forwarder.core.context import LOOK_ANYWAY_S, Context, Work
from forwarder.locks import locking
from forwarder.messages.host import evacuation
from pooldb import Transaction
from xenops.types import PowerState

from tests.unit.forwarder.test_adrift import Pool
from tests.unit.forwarder.test_election import new_host, new_vm

LIMITS = ("memory_static_max", "memory_dynamic_max", "memory_dynamic_min")
Change = Callable[[Transaction, str, str], None]


class Guests(Pool):
    """Its VM runs here, and can go there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hosts.does = self._work
        self.hosts.states[self.there] = PowerState.Running
        with self.db.transaction() as tx:
            self.make_run(tx, self.vm)

    def make_run(self, tx: Transaction, vm: str) -> None:
        metrics = tx.create("VM_metrics", {"current_domain_type": "pvh", "memory_actual": 2**26})
        runs = {"power_state": "Running", "resident_on": self.here, "metrics": metrics}
        tx.update("VM", vm, runs)

    def _work(self, host: str, work: Work) -> None:
        """Nothing goes wrong."""

    def ask_what_prevents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.result("host.get_vms_which_prevent_evacuation")
        return found

    def result(self, wire: str) -> Any:
        return self.take(self.offer(wire, self.here))["result"]

    def evacuate(self) -> list[str] | None:
        return self.call("host.evacuate", self.here, "OpaqueRef:NULL", 0)


@pytest.fixture
def pool(tmp_path: Path) -> Guests:
    return Guests(tmp_path)


def set_vm(**changes: Any) -> Change:
    return lambda tx, vm, host: tx.update("VM", vm, changes)


def attach(cls: str, **values: Any) -> Change:
    return lambda tx, vm, host: tx.update("VM", vm, {}) or tx.create(cls, {"VM": vm, **values})


def lock(operation: str) -> Change:
    return lambda tx, vm, host: locking.begin(tx, "another", "VM", vm, operation)


def set_adrift(tx: Transaction, vm: str, host: str) -> None:
    """It was to go to a third host, which is silent."""
    third = new_host(tx, live=False)
    locking.begin(tx, "ended", "VM", vm, "pause")
    tx.kv_set(locking.ADRIFT, "ended", {vm: [[third, "1"]]})


def lose_host(tx: Transaction, vm: str, host: str) -> None:
    tx.update("host_metrics", tx.get("host", host)["metrics"], {"live": False})


PREVENTING: dict[str, tuple[Change, str]] = {
    "paused": (set_vm(power_state="Paused"), "VM_BAD_POWER_STATE"),
    "blocked": (set_vm(blocked_operations={"pool_migrate": "no"}), "OPERATION_BLOCKED"),
    "locked": (lock("pause"), "OTHER_OPERATION_IN_PROGRESS"),
    "immobile": (set_vm(platform={"nomigrate": "true"}), "VM_IS_IMMOBILE"),
    "without drivers": (set_vm(metrics="OpaqueRef:NULL"), "VM_LACKS_FEATURE"),
    "with a PCI device": (set_vm(attached_PCIs=["pci"]), "VM_HAS_PCI_ATTACHED"),
    "with a GPU": (attach("VGPU"), "VM_HAS_VGPU"),
    "with a USB device": (attach("VUSB"), "VM_HAS_VUSBS"),
    "adrift": (set_adrift, "HOST_OFFLINE"),
    "on a silent host": (lose_host, "HOST_OFFLINE"),
    "with limits that are none": (set_vm(memory_dynamic_min=2**40), "MEMORY_CONSTRAINT_VIOLATION"),
    "too large": (set_vm(**dict.fromkeys(LIMITS, 2**40)), "HOST_NOT_ENOUGH_FREE_MEMORY"),
}


@pytest.mark.parametrize(("change", "code"), PREVENTING.values(), ids=PREVENTING)
def test_what_prevents_it_is_named_by_the_error_of_its_migration(
    pool: Guests, monkeypatch: pytest.MonkeyPatch, change: Change, code: str
) -> None:
    monkeypatch.setattr("forwarder.core.context.LOCK_WAIT_S", 0.0)
    with pool.db.transaction() as tx:
        change(tx, pool.vm, pool.here)
        if change is lose_host:
            pool.hosts.silent.add(pool.here)
    error = pool.call("VM.pool_migrate", pool.vm, pool.there, {})
    assert error is not None
    assert error[0] == code
    assert pool.ask_what_prevents() == {pool.vm: error}
    refused = ["CANNOT_EVACUATE_HOST", ",".join(error)]
    assert pool.call("host.assert_can_evacuate", pool.here) == refused
    said = error if code == "OTHER_OPERATION_IN_PROGRESS" else refused
    assert pool.evacuate() == said
    assert pool["resident_on"] == pool.here


def test_nothing_is_named_that_can_go_and_goes(pool: Guests) -> None:
    assert pool.ask_what_prevents() == {}
    assert pool.evacuate() is None
    assert pool["resident_on"] == pool.there


@pytest.mark.parametrize("power_state", ["Halted", "Suspended"])
def test_a_vm_that_ends_by_itself_meanwhile_is_no_failure(pool: Guests, power_state: str) -> None:
    def end(host: str, work: Work) -> None:
        pool.change(power_state=power_state, resident_on="OpaqueRef:NULL")
        pool.hosts.states.clear()
        raise XenAPIError("VM_BAD_POWER_STATE", pool.vm, "running", power_state.lower())

    pool.hosts.does = end
    assert pool.evacuate() is None


def test_a_vm_that_is_destroyed_meanwhile_is_no_failure(pool: Guests) -> None:
    with pool.db.transaction() as tx:
        other = new_vm(tx)
        pool.make_run(tx, other)

    def destroy(host: str, work: Work) -> None:
        with pool.db.transaction() as tx:
            if tx.find("VM", other) is not None:
                tx.delete("VM", other)

    pool.hosts.does = destroy
    assert pool.evacuate() is None
    assert pool["resident_on"] == pool.there


def test_nobody_comes_meanwhile_and_who_was_on_its_way_goes_too(pool: Guests) -> None:
    with pool.db.transaction() as tx:
        other, late = new_vm(tx), new_vm(tx)
        locking.begin(tx, "starting", "VM", other, "start")
        tx.update("VM", other, {"scheduled_to_be_resident_on": pool.here})
    refused: list[list[str] | None] = []

    def work(host: str, work: Work) -> None:
        if not refused:
            refused.append(pool.call("VM.start_on", late, pool.here, False, False))
            with pool.db.transaction() as tx:
                pool.make_run(tx, other)
                locking.end_all(tx, "starting")

    pool.hosts.does = work
    assert pool.evacuate() is None
    assert refused == [["HOST_EVACUATE_IN_PROGRESS", pool.here]]
    assert pool.db.view.get("VM", other)["resident_on"] == pool.there
    pool.hosts.states = {pool.here: PowerState.Running}
    assert pool.call("VM.start_on", late, pool.here, False, False) is None


@pytest.mark.parametrize("enabled", [True, False])
def test_what_was_moved_before_a_failure_stays_moved_and_the_host_as_it_was(
    pool: Guests, enabled: bool
) -> None:
    with pool.db.transaction() as tx:
        tx.update("host", pool.here, {"enabled": enabled})
        other = new_vm(tx)
        pool.make_run(tx, other)
    moved: list[str] = []

    def fail_once_one_has_moved(host: str, work: Work) -> None:
        if moved:
            pool.hosts.states = {pool.here: PowerState.Running}
            raise XenAPIError("VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED")
        moved.append(work.subject)

    pool.hosts.does = fail_once_one_has_moved
    assert pool.evacuate() == ["VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED"]
    records = [pool.db.view.get("VM", vm) for vm in (pool.vm, other)]
    assert {record["resident_on"] for record in records} == {pool.here, pool.there}
    assert pool.db.view.get("host", pool.here)["enabled"] is enabled
    assert pool.db.view.get("host", pool.here)["current_operations"] == {}


@pytest.mark.parametrize("wire", ["host.reboot", "host.shutdown"])
@pytest.mark.parametrize("auto_enable", [True, False])
def test_a_host_that_does_not_go_down_is_enabled_as_after_its_restart(
    pool: Guests, wire: str, auto_enable: bool
) -> None:
    assert pool.call(wire, pool.here) == ["HOST_NOT_DISABLED"]
    assert pool.call("host.disable", pool.here, auto_enable) is None
    assert pool.call(wire, pool.here) == ["NOT_IMPLEMENTED", wire]
    assert pool.db.view.get("host", pool.here)["enabled"] is auto_enable
    assert pool.call("host.enable", pool.here) is None
    assert pool.call("host.disable", pool.here, True) is None
    assert pool.call(wire, pool.here) == ["NOT_IMPLEMENTED", wire]
    assert pool.db.view.get("host", pool.here)["enabled"]


def test_a_vm_that_does_not_come_is_waited_for_without_haste(
    pool: Guests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its operation is over, and its place stays reserved for longer than others are waited for."""
    with pool.db.transaction() as tx:
        tx.update("VM", pool.vm, {"resident_on": pool.there})
        tx.update("VM", pool.vm, {"scheduled_to_be_resident_on": pool.here})
    waits: list[float] = []

    def give_up(ctx: Context, refs: list[str], since: int, timeout_s: float) -> None:
        waits.append(timeout_s)
        ctx.commit()
        with pool.db.transaction() as tx:
            tx.update("VM", pool.vm, {"scheduled_to_be_resident_on": NULL_REF})

    monkeypatch.setattr(evacuation, "LOCK_WAIT_S", -1.0)
    monkeypatch.setattr(Context, "await_change", give_up)
    assert pool.evacuate() is None
    assert waits == [LOOK_ANYWAY_S]
