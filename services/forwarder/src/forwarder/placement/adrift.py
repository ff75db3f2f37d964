"""VMs adrift: a host fell silent while it worked for them, so nobody knows how that ended.

Such a VM keeps its place and the locks of the task that wanted the work, so that it is not started
elsewhere meanwhile, nor its disks given to another. A host that can be asked again says what became
of it; for one that never will be, ``host.declare_dead`` or ``VM.power_state_reset`` is the
administrator's word.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Database, Transaction
from xenops.errors import XenopsError

from forwarder.lifecycle.host import is_live
from forwarder.locks import locking
from forwarder.locks.locking import ADRIFT, Doubt
from forwarder.states import reconcile

log = logging.getLogger(__name__)

DEBUG = "settle"

UNDER_WAY = "under-way"
"""kv namespace: task → {VM: the doubts there are if nobody hears how the work for it ends}."""

DEAD = "dead"
"""kv namespace: the hosts that were declared dead, until they are heard again."""

Ask = Callable[..., Any]
"""A question to a host, as `forwarder.daemons.hosts.Hosts.ask`."""


def begin(tx: Transaction, task: str, vm: str, host: str, operation: str) -> None:
    """A task is about to have a host work for a VM; what it had done for it before has ended."""
    found = tx.kv_get(UNDER_WAY, task) or {}
    tx.kv_set(UNDER_WAY, task, {**found, vm: [[host, operation]]})


def end(tx: Transaction, task: str) -> None:
    """A task that ends knows for itself which VMs are adrift."""
    tx.kv_delete(UNDER_WAY, task)


def left_by(tx: Transaction, task: str) -> dict[str, list[Doubt]]:
    """The VMs that hosts may be at work for, for a task whose forwarders all died.

    A host that such a VM has a place on may be receiving it, too.
    """
    found: dict[str, list[Doubt]] = {}
    for vm, doubts in (tx.kv_get(UNDER_WAY, task) or {}).items():
        place = (tx.find("VM", vm) or {}).get("scheduled_to_be_resident_on", NULL_REF)
        is_known = place == NULL_REF or any(host == place for host, _ in doubts)
        found[vm] = doubts if is_known else [*doubts, [place, task]]
    return found


def note(tx: Transaction, task: str, doubts: Mapping[str, list[Doubt]]) -> None:
    """Keep a task's VMs of which it is not known how its work for them ended.

    Of hosts that are dead it is known: they are not waited for.
    """
    kept = {
        vm: left
        for vm, found in doubts.items()
        if (left := [doubt for doubt in found if not _is_dead(tx, doubt[0])])
    }
    if kept:
        tx.kv_set(ADRIFT, task, kept)
    for vm, found in kept.items():
        uuid = (tx.find("VM", vm) or {}).get("uuid")
        log.warning("VM %s is adrift; to be asked: %s", uuid, [host for host, _ in found])


def _is_dead(tx: Transaction, host: str) -> bool:
    return tx.find("host", host) is None or bool(tx.kv_get(DEAD, host))


def hosts_of(tx: Transaction, vm: str) -> set[str]:
    """The hosts that have to tell what became of a VM; none when it is not adrift."""
    return {host for vms in tx.kv_items(ADRIFT).values() for host, _ in vms.get(vm, [])}


def release(tx: Transaction, task: str, vm: str) -> None:
    """Give a VM's locks and place back; one that is not adrift is left alone."""
    left = {key: doubts for key, doubts in (tx.kv_get(ADRIFT, task) or {}).items() if key != vm}
    if left:
        tx.kv_set(ADRIFT, task, left)
    else:
        tx.kv_delete(ADRIFT, task)
    locking.end_all(tx, task)


def forget(tx: Transaction, vm: str) -> None:
    """The administrator says that a VM is off, so none of its hosts is waited for."""
    for task, vms in tx.kv_items(ADRIFT).items():
        if vm in vms:
            release(tx, task, vm)


def forget_host(tx: Transaction, host: str) -> None:
    """The administrator says that a host is dead: it is not waited for, other hosts still are."""
    tx.kv_set(DEAD, host, True)
    for task, vms in tx.kv_items(ADRIFT).items():
        for vm, doubts in vms.items():
            left = [doubt for doubt in doubts if doubt[0] != host]
            if not left:
                release(tx, task, vm)
            elif left != doubts:
                tx.kv_set(ADRIFT, task, {**(tx.kv_get(ADRIFT, task) or {}), vm: left})
                if (tx.find("VM", vm) or {}).get("scheduled_to_be_resident_on") == host:
                    locking.leave_place(tx, vm, task)


def is_heard_again(tx: Transaction, host: str) -> None:
    """A host that was declared dead is there after all, and asked as any other."""
    tx.kv_delete(DEAD, host)


def settle(db: Database, ask: Ask) -> None:
    """Ask the hosts that live again; VMs that they are done with are adrift no more."""
    with db.transaction() as tx:
        known = tx.kv_items(ADRIFT)
    for task, vms in known.items():
        for vm, doubts in vms.items():
            if all(is_live(db.view, host) for host, _ in doubts):
                try:
                    _settle(db, ask, task, vm, doubts)
                except Exception:  # what is told of one VM cannot be read: the others do not wait
                    log.exception("VM %s is still adrift", vm)


def _settle(db: Database, ask: Ask, task: str, vm: str, doubts: list[Doubt]) -> None:
    uuid = (db.view.find("VM", vm) or {}).get("uuid", "")
    try:
        if any(_is_at_it(ask, host, operation) for host, operation in doubts):
            return
        told = {
            host: ask(host, "STATE.vm", f"{operation}/settle", DEBUG, id=uuid)
            for host, operation in doubts
        }
    except (XenAPIError, XenopsError) as error:
        log.warning("VM %s is still adrift: %s", uuid, error)
        return
    with db.transaction() as tx:
        for host, body in told.items():
            reconcile.apply_vm(tx, host, body)
        release(tx, task, vm)
    log.warning("VM %s is adrift no more", uuid)


def _is_at_it(ask: Ask, host: str, operation: str) -> bool:
    """Whether a host works on an operation or migration, which it is asked to stop or never begin.

    Its client was told that it failed.
    """
    for wire in ("Task.cancel", "MIGRATION.abort"):
        ask(host, wire, f"{operation}/settle", DEBUG, id=operation)
    found = ask(host, "Task.stat", f"{operation}/settle", DEBUG, id=operation)
    return bool(found.state.tag == "Pending")
