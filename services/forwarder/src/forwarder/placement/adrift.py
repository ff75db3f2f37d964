"""VMs adrift: a host fell silent while it worked for them, so nobody knows how that ended.

Such a VM keeps its place and the locks of the task that wanted the work, so that it is not started
elsewhere meanwhile, nor its disks given to another. A host that can be asked again says what became
of it; for one that never will be, ``host.declare_dead`` or ``VM.power_state_reset`` is the
administrator's word.
"""

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostRef, TaskRef, VMRef
from datamodel.objects import name_of
from pooldb import Database, Transaction
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError

from forwarder.daemons.affairs import Affair
from forwarder.daemons.hosts import Ask
from forwarder.lifecycle.host import is_live
from forwarder.locks import locking
from forwarder.locks.locking import ADRIFT, Doubt
from forwarder.place import register
from forwarder.place.transitions import IsDead, Place
from forwarder.states import reconcile

log = logging.getLogger(__name__)

DEBUG = "settle"

UNDER_WAY = "under-way"
"""kv namespace: task → {VM: the doubts there are if nobody hears how the work for it ends}."""

DEAD = "dead"
"""kv namespace: the hosts that were declared dead, until they are heard again."""


def begin(tx: Transaction, task: TaskRef, vm: VMRef, host: HostRef, operation: str) -> None:
    """A task is about to have a host work for a VM; what it had done for it before has ended."""
    found = tx.kv_get(UNDER_WAY, task) or {}
    tx.kv_set(UNDER_WAY, task, {**found, vm: [[host, operation]]})


def end(tx: Transaction, task: TaskRef) -> None:
    """A task that ends knows for itself which VMs are adrift."""
    tx.kv_delete(UNDER_WAY, task)


def left_by(tx: Transaction, task: TaskRef) -> dict[VMRef, list[Doubt]]:
    """The VMs that hosts may be at work for, for a task whose forwarders all died.

    A host that such a VM has a place on may be receiving it, too.
    """
    found: dict[VMRef, list[Doubt]] = {}
    for vm, doubts in (tx.kv_get(UNDER_WAY, task) or {}).items():
        place = register.of(tx, vm) if tx.find(VM, vm) is not None else Place()
        is_known = place.coming is None or any(host == place.coming for host, _ in doubts)
        found[vm] = doubts if is_known else [*doubts, [str(place.coming), task]]
    return found


def note(tx: Transaction, task: TaskRef, doubts: Mapping[VMRef, list[Doubt]]) -> None:
    """Keep a task's VMs of which it is not known how its work for them ended.

    Of hosts that are dead it is known: they are not waited for.
    """
    kept = {
        vm: left
        for vm, found in doubts.items()
        if (left := [doubt for doubt in found if not is_dead(tx, doubt[0])])
    }
    if kept:
        tx.kv_set(ADRIFT, task, kept)
    for vm, found in kept.items():
        record = tx.find(VM, vm)
        uuid = None if record is None else record.uuid
        log.warning("VM %s is adrift; to be asked: %s", uuid, [host for host, _ in found])


def is_dead(tx: Transaction, host: HostRef) -> bool:
    """Whether a host is none any more, or was declared dead and not heard since."""
    return tx.find(Host, host) is None or bool(tx.kv_get(DEAD, host))


def _kept(tx: Transaction) -> dict[TaskRef, dict[VMRef, list[Doubt]]]:
    kept: dict[Any, dict[VMRef, list[Doubt]]] = tx.kv_items(ADRIFT)
    return kept


def hosts_of(tx: Transaction, vm: VMRef) -> set[HostRef]:
    """The hosts that have to tell what became of a VM; none when it is not adrift."""
    return {host for vms in _kept(tx).values() for host, _ in vms.get(vm, [])}


def release(tx: Transaction, task: TaskRef, vm: VMRef) -> None:
    """Give a VM's locks and place back; one that is not adrift is left alone."""
    left = {key: doubts for key, doubts in (tx.kv_get(ADRIFT, task) or {}).items() if key != vm}
    if left:
        tx.kv_set(ADRIFT, task, left)
    else:
        tx.kv_delete(ADRIFT, task)
    locking.end_all(tx, task)


def forget(tx: Transaction, vm: VMRef) -> None:
    """The administrator says that a VM is off, so none of its hosts is waited for."""
    for task, vms in _kept(tx).items():
        if vm in vms:
            release(tx, task, vm)


def forget_host(tx: Transaction, host: HostRef) -> None:
    """The administrator says that a host is dead: it is not waited for, other hosts still are."""
    tx.kv_set(DEAD, host, True)
    for task, vms in _kept(tx).items():
        for vm, doubts in vms.items():
            left = [doubt for doubt in doubts if doubt[0] != host]
            if not left:
                release(tx, task, vm)
            elif left != doubts:
                tx.kv_set(ADRIFT, task, {**(tx.kv_get(ADRIFT, task) or {}), vm: left})
    for vm, record in tx.all(VM).items():
        if host in register.hosts(record) and not record.is_control_domain:
            _take_from(tx, vm, host)


def _take_from(tx: Transaction, vm: VMRef, host: HostRef) -> None:
    """A dead host has a VM no more; one that may have left it is off once the others have told."""
    if register.of(tx, vm).home == host and hosts_of(tx, vm):
        return
    reconcile.apply_stopped(tx, vm, IsDead(host))
    locking.refresh(tx, name_of(VM), vm)


def is_heard_again(tx: Transaction, host: HostRef) -> None:
    """A host that was declared dead is there after all, and asked as any other."""
    tx.kv_delete(DEAD, host)


def affairs(db: Database) -> Iterator[Affair]:
    """The doubts that hosts can be asked about, since they live again."""
    with db.transaction() as tx:
        known = _kept(tx)
    for task, vms in known.items():
        for vm, doubts in vms.items():
            hosts = frozenset(host for host, _ in doubts)
            if all(is_live(db.view, host) for host in hosts):
                yield Affair(hosts, partial(_settle, db, task, vm, doubts))


def _settle(db: Database, task: TaskRef, vm: VMRef, doubts: list[Doubt], ask: Ask) -> None:
    """Once the hosts are done with a VM it is adrift no more."""
    record = db.view.find(VM, vm)
    uuid = "" if record is None else record.uuid
    try:
        for host, operation in doubts:
            _fence(db, ask, vm, host, operation)
        if any(_is_at_it(ask, host, operation) for host, operation in doubts):
            return
        told = {
            host: ask(host, XENOPSD.STATE.vm, f"{operation}/settle", DEBUG, id=uuid)
            for host, operation in doubts
        }
    except (XenAPIError, XenopsError) as error:
        log.warning("VM %s is still adrift: %s", uuid, error)
        return
    with db.transaction() as tx:
        for host, body in told.items():
            reconcile.apply_vm(tx, host, body)
        release(tx, task, vm)
        home = register.of(tx, vm).home if tx.find(VM, vm) is not None else None
        if home is not None and is_dead(tx, home):
            _take_from(tx, vm, home)
    log.warning("VM %s is adrift no more", uuid)


def _fence(db: Database, ask: Ask, vm: VMRef, host: HostRef, operation: str) -> None:
    """Have a host begin nothing that was begun before the VM was given to others, if it was."""
    with db.transaction() as tx:
        if tx.find(VM, vm) is None:
            return
        right, uuid = register.present_right(tx, vm), tx.get(VM, vm).uuid
    try:
        question = f"{operation}/see/{right.epoch}"
        ask(host, XENOPSD.PLACE.see, question, DEBUG, id=uuid, place=right)
    except XenopsError as error:
        if error.tag != "Unimplemented":  # by a version that knows no epochs
            raise


def _is_at_it(ask: Ask, host: HostRef, operation: str) -> bool:
    """Whether a host works on an operation or migration, which it is asked to stop or never begin.

    Its client was told that it failed.
    """
    for stop in (XENOPSD.Task.cancel, XENOPSD.MIGRATION.abort):
        ask(host, stop, f"{operation}/settle", DEBUG, id=operation)
    found = ask(host, XENOPSD.Task.stat, f"{operation}/settle", DEBUG, id=operation)
    return found.state.tag == "Pending"
