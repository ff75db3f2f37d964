"""Hosts are elected for reasons, and a place that is given away is gone."""

import random
from pathlib import Path

import pooldb
import pytest
from datamodel import XenAPIError
from forwarder.locks import locking
from forwarder.place import reservation
from pooldb import Database, Transaction
from rules.placement import election

MIB = 1024 * 1024
CHOOSER = random.Random(1)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")


def new_host(tx: Transaction, *, memory_mib: int = 256, live: bool = True) -> str:
    metrics = tx.create("host_metrics", {"live": live, "memory_total": memory_mib * MIB})
    return tx.create("host", {"metrics": metrics, "enabled": True})


def new_vm(tx: Transaction, *, memory_mib: int = 64) -> str:
    limits = dict.fromkeys(
        ("memory_static_max", "memory_dynamic_max", "memory_dynamic_min"), memory_mib * MIB
    )
    sizes = {"VCPUs_max": 1, "VCPUs_at_startup": 1, "HVM_shadow_multiplier": 1.0}
    return tx.create("VM", {**limits, **sizes, "domain_type": "hvm", "power_state": "Halted"})


def test_the_last_memory_is_given_to_one(db: Database) -> None:
    with db.transaction() as tx:
        host = new_host(tx, memory_mib=128)
        first, second = new_vm(tx), new_vm(tx)
        reservation.reserve(tx, "task", first, host)
    with pytest.raises(XenAPIError) as caught, db.transaction() as tx:
        reservation.reserve(tx, "other", second, host)
    code, needed, available, total = caught.value.description
    assert code == "HOST_NOT_ENOUGH_FREE_MEMORY"
    assert int(needed) > int(available) >= 0
    assert "wanted 69.0 MiB" in total
    assert "keeps" in total


def test_a_reservation_ends_with_its_task(db: Database) -> None:
    with db.transaction() as tx:
        host = new_host(tx, memory_mib=128)
        first, second = new_vm(tx), new_vm(tx)
        locking.begin(tx, "task", "VM", first, "start")
        reservation.reserve(tx, "task", first, host)
    with db.transaction() as tx:
        locking.end_all(tx, "task")
        reservation.reserve(tx, "other", second, host)
        assert tx.get("VM", first)["current_operations"] == {}


def test_affinity_is_followed_where_it_can_be(db: Database) -> None:
    with db.transaction() as tx:
        new_host(tx)
        wanted = new_host(tx)
        vm = new_vm(tx)
        tx.update("VM", vm, {"affinity": wanted})
        assert election.elect(tx, vm, CHOOSER)[0] == wanted


def test_each_refused_host_has_its_reason(db: Database) -> None:
    with db.transaction() as tx:
        small, dead = new_host(tx, memory_mib=32), new_host(tx, live=False)
        vm = new_vm(tx)
        found = {
            verdict.host: verdict.refusal.code
            for verdict in election.verdicts(tx, vm)
            if verdict.refusal is not None
        }
        assert found == {small: "HOST_NOT_ENOUGH_FREE_MEMORY", dead: "HOST_NOT_LIVE"}
        with pytest.raises(XenAPIError, match="NO_HOSTS_AVAILABLE"):
            election.elect(tx, vm, CHOOSER)


def test_a_lock_taken_twice_by_a_task_is_one_and_keeps_others_out(db: Database) -> None:
    with db.transaction() as tx:
        vm = new_vm(tx)
        for _ in range(2):
            locking.begin(tx, "task", "VM", vm, "start")
        assert tx.get("VM", vm)["current_operations"] == {"task": "start"}
        with pytest.raises(XenAPIError) as caught:
            locking.begin(tx, "other", "VM", vm, "destroy")
    assert caught.value.description == ["OTHER_OPERATION_IN_PROGRESS", "VM", vm, "start", "task"]
