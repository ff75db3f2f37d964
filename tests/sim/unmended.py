"""The forwarder as it was when one VM ran on two hosts: what was mended since is taken out again.

An operation's end gave back whatever place its VM had; a forced operation did not wait for the one
that it wins over; a host that did not know a VM was believed that it is off; and nobody held
hosts' domains against the pool.
"""

from collections.abc import Mapping
from typing import Any

from datamodel.refs import NULL_REF
from forwarder.lifecycle import holds
from forwarder.lifecycle.holds import Hold
from forwarder.locks import locking
from forwarder.states import reconcile
from forwarder.updates import census
from pooldb import Transaction

FORCED = ("hard_shutdown", "hard_reboot")


def take_out() -> None:
    """For the rest of this process."""
    mended_together, mended_apply = holds.go_together, reconcile.apply_vm

    def leave_place(tx: Transaction, vm: str, task: str) -> None:
        tx.kv_delete(locking.PLACES, vm)
        record = tx.find("VM", vm)
        if record is not None and record["scheduled_to_be_resident_on"] != NULL_REF:
            tx.update("VM", vm, {"scheduled_to_be_resident_on": NULL_REF})

    def go_together(one: Hold, other: Hold) -> bool:
        forced = one.operation in FORCED or other.operation in FORCED
        return forced or mended_together(one, other)

    def apply_vm(tx: Transaction, host: str, body: Mapping[str, Any]) -> None:
        mended_apply(tx, host, body)
        vm = reconcile._find_vm(tx, body["id"])
        if vm is None or tx.kv_get(locking.LOST, vm) != host:
            return
        tx.kv_delete(locking.LOST, vm)
        reconcile.apply_stopped(tx, vm, "Halted")
        locking.refresh(tx, "VM", vm)

    locking.leave_place = leave_place
    holds.go_together = go_together
    reconcile.apply_vm = apply_vm
    census.take = lambda tx, host, domains: None
    census.settle = lambda db, ask: None
    census.domains_of = lambda ctx, vm: []
    census.require_nowhere = lambda ctx, vm: None
    census.require_found = lambda tx, vm: None
