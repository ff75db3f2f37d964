"""The forwarder as it was when one VM ran on two hosts: what was mended since is taken out again.

An operation's end gave back whatever place its VM had; a forced operation did not wait for the one
that it wins over, nor took the place from it; a host that did not know a VM was believed that it is
off; and nobody held hosts' domains against the pool.
"""

from collections.abc import Mapping
from typing import Any

from datamodel.classes import HostRef, TaskRef, VMRef
from datamodel.objects import name_of
from forwarder.locks import locking
from forwarder.place import register
from forwarder.place.transitions import IsReset
from forwarder.states import reconcile
from forwarder.updates import census
from pooldb import Transaction
from rules.lifecycle import holds
from rules.lifecycle.holds import Hold

FORCED = ("hard_shutdown", "hard_reboot")


def take_out() -> None:
    """For the rest of this process."""
    mended_together, mended_apply = holds.go_together, reconcile.apply_vm
    mended_leave = register.leave

    def leave(tx: Transaction, task: TaskRef, vm: VMRef) -> None:
        holder = register.of(tx, vm).task if tx.find(reconcile.VM, vm) is not None else None
        mended_leave(tx, holder or task, vm)

    def go_together(one: Hold, other: Hold) -> bool:
        forced = one.operation in FORCED or other.operation in FORCED
        return forced or mended_together(one, other)

    def apply_vm(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> None:
        mended_apply(tx, host, body)
        vm = reconcile._find_vm(tx, body["id"])
        if vm is not None and tx.kv_get(locking.LOST, vm) == host:
            tx.kv_delete(locking.LOST, vm)
            reconcile.apply_stopped(tx, vm, IsReset())
            locking.refresh(tx, name_of(reconcile.VM), vm)

    register.leave = leave
    register.take = lambda tx, task, vm: None
    holds.go_together = go_together
    reconcile.apply_vm = apply_vm
    census.take = lambda tx, host, facts: None
    census.affairs = lambda db: iter(())
    census.domains_of = lambda ctx, vm: []
    census.look_for = lambda ctx, vm: None
    census.require_nowhere = lambda ctx, vm: None
    census.require_found = lambda tx, vm: None
