"""What was kept of an object goes with it, and what nobody fetches goes with age."""

from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel.classes import VM
from forwarder.messages.host import removal
from forwarder.messages.vm import destroy
from forwarder.states import reconcile
from forwarder.storage.tending import REPLUGGED
from pooldb import Database, Transaction, calls, outcomes

from tests.unit.forwarder.test_election import new_host, new_vm


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")


def kept(tx: Transaction) -> dict[str, Any]:
    return {ns: tx.kv_items(ns) for ns in (reconcile.VERSIONS, reconcile.CLOCKS)}


@pytest.mark.parametrize("goes", ["VM", "host"])
def test_what_hosts_told_goes_with_the_vm_and_with_the_host(db: Database, goes: str) -> None:
    with db.transaction() as tx:
        host, other, vm = new_host(tx), new_host(tx), new_vm(tx)
        for where in (host, other):
            tx.kv_set(REPLUGGED, where, [1, 1])
            tx.kv_set(reconcile.VERSIONS, f"{where} {tx.get(VM, vm).uuid}", 3)
        tx.kv_set(reconcile.CLOCKS, vm, "5")
        if goes == "VM":
            destroy.remove(tx, vm)
            assert kept(tx) == {reconcile.VERSIONS: {}, reconcile.CLOCKS: {}}
        else:
            removal._remove(tx, host)
            assert len(kept(tx)[reconcile.VERSIONS]) == 1
            assert [*tx.kv_items(REPLUGGED)] == [other]


def test_old_outcomes_and_numbers_are_dropped(db: Database) -> None:
    with db.transaction() as tx:
        for name, age_s in (("new", 0.0), ("old", outcomes.KEPT_S + 60.0)):
            at = tx.now() - age_s
            tx.kv_set(outcomes.OUTCOMES, name, {"result": None, "error": None, "at": at})
            tx.kv_set(calls.NUMBERS, name, {"number": 1, "waiting": [], "at": at})
        outcomes.drop_old(tx)
        calls.drop_old(tx)
        assert [*tx.kv_items(outcomes.OUTCOMES)] == [*tx.kv_items(calls.NUMBERS)] == ["new"]
