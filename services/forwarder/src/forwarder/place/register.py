"""The places of all VMs, and the fields of their records that follow from them.

Once a VM exists, nothing else writes its ``resident_on``, ``scheduled_to_be_resident_on`` and
``power_state``.
"""

import logging
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from datamodel import XenAPIError, enums
from datamodel.classes import VM, HostRef, Pool, TaskRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF
from pooldb import Reader, Transaction
from xenops.extensions import Place as Right

from forwarder.place import transitions
from forwarder.place.transitions import Claim, Event, IsBehind, Leave, Place, Refused, Take

log = logging.getLogger(__name__)

PLACE = "place"
"""kv namespace: VM → its place."""

EPOCHS = "epochs"
"""kv namespace: task → {VM: the epoch of the task's work for it}."""

DESTROYED = "destroyed"
"""kv namespace: uuid of a VM that this pool has destroyed → [when, the epoch after the VM's last].
"""

EARLIER = "places"
"""kv namespace of an earlier version: VM → [the task that reserved a host for it, that host]."""

DROPPED = "destroyed-dropped"
"""kv namespace: "" → when VMs destroyed long ago were forgotten last."""

OFF = ("Halted", "Suspended")
DROP_EVERY_S, DESTROYED_KEPT_S = 3600.0, 90 * 24 * 3600.0


def of(tx: Transaction, vm: VMRef) -> Place:
    """A VM's place: as it was kept, or as a version without places left it in the record."""
    record = tx.get(VM, vm)
    kept = Place(**(tx.kv_get(PLACE, vm) or {}))
    if kept.hosts == hosts(record) and kept.home == _host(record.resident_on):
        return kept
    home, coming = (_host(ref) for ref in (record.resident_on, record.scheduled_to_be_resident_on))
    task, _ = tx.kv_get(EARLIER, vm) or (None, None)
    return Place(home, coming, task if coming else None, kept.epoch)


def _host(ref: HostRef) -> HostRef | None:
    return None if ref == NULL_REF else ref


def hosts(record: VM) -> frozenset[HostRef]:
    """The hosts that may have a domain of a VM, by its record."""
    return frozenset({record.resident_on, record.scheduled_to_be_resident_on} - {NULL_REF})


def move(tx: Transaction, vm: VMRef, event: Event, power_state: str = "Halted") -> Place:
    """Move a VM's place by an event; raises Refused.

    ``power_state`` is what the VM shows afterwards if it fits the place: a VM that is nowhere is
    off, one that is somewhere is not. Otherwise the VM shows what it did before.
    """
    before = of(tx, vm)
    place = transitions.after(before, event)
    if asdict(place) != tx.kv_get(PLACE, vm):
        tx.kv_set(PLACE, vm, asdict(place))
        tx.kv_delete(EARLIER, vm)
    changes: dict[str, Any] = {
        "resident_on": place.home or NULL_REF,
        "scheduled_to_be_resident_on": place.coming or NULL_REF,
    }
    if before.home != place.home or place.home is not None:
        fits = (place.home is None) == (power_state in OFF)
        changes["power_state"] = power_state if fits else tx.get(VM, vm).power_state
    tx.update(name_of(VM), vm, changes)
    return place


def show_halted(tx: Transaction, vm: VMRef) -> None:
    """Show a suspended VM as halted: it has lost its image."""
    assert of(tx, vm).home is None
    tx.edit(VM, vm).power_state = enums.VmPowerState.Halted


def told(tx: Transaction, vm: VMRef, event: Event, power_state: str) -> bool:
    """Move a VM's place by what a host says; False if the host has no right to say it."""
    try:
        move(tx, vm, event, power_state)
    except Refused as refused:
        _note_refused(tx.get(VM, vm).uuid, str(refused))
        return False
    return True


@lru_cache(maxsize=1000)
def _note_refused(uuid: str, text: str) -> None:
    """Log it once: a host says it again and again."""
    log.warning("VM %s: %s", uuid, text)


# --- the places of tasks --------------------------------------------------------------------------


def claim(tx: Transaction, task: TaskRef, vm: VMRef, host: HostRef) -> HostRef:
    """Have a task bring a VM to a host, unless it has claimed one before; the host that it has.

    Raises OTHER_OPERATION_IN_PROGRESS while another task brings the VM somewhere.
    """
    return _by_task(tx, vm, Claim(task, host)).coming or host


def take(tx: Transaction, task: TaskRef, vm: VMRef) -> None:
    """Have a task end a VM's domain; raises as `claim` does."""
    _by_task(tx, vm, Take(task))


def _by_task(tx: Transaction, vm: VMRef, event: Claim | Take) -> Place:
    try:
        return move(tx, vm, event, tx.get(VM, vm).power_state)
    except Refused as refused:
        holder = of(tx, vm).task or ""
        raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", vm, "", holder) from refused


def leave(tx: Transaction, task: TaskRef, vm: VMRef) -> None:
    """Give back what a task has claimed for a VM; another task's claim is left alone."""
    if tx.find(VM, vm) is not None:
        move(tx, vm, Leave(task), tx.get(VM, vm).power_state)


def right(tx: Transaction, task: TaskRef, vm: VMRef) -> Right:
    """The right by which a task has hosts work for a VM, the same in each of the task's runs.

    It is a new one if the VM has been given to the task anew, because the claimed host is dead.
    """
    place, known = of(tx, vm), tx.kv_get(EPOCHS, task) or {}
    if (place.task == task and known.get(vm) != place.epoch) or vm not in known:
        known = {**known, vm: place.epoch}
        tx.kv_set(EPOCHS, task, known)
    return Right(pool=pool(tx), epoch=known[vm])


def is_overtaken(tx: Transaction, task: TaskRef, vm: VMRef) -> bool:
    """Whether the right by which a task has hosts work for a VM is an old one."""
    known = tx.kv_get(EPOCHS, task) or {}
    return tx.find(VM, vm) is not None and known.get(vm, 0) < of(tx, vm).epoch


def catch_up(tx: Transaction, task: TaskRef, vm: VMRef, seen: int) -> bool:
    """Go above the epoch for which a host has refused a task's work, as it had seen a newer one.

    False if the VM is gone, or has been given to another task since this one's right was made.
    """
    known = tx.kv_get(EPOCHS, task) or {}
    if tx.find(VM, vm) is None or known.get(vm) != of(tx, vm).epoch:
        return False
    known[vm] = _is_behind(tx, vm, seen)
    tx.kv_set(EPOCHS, task, known)
    return True


def take_note(tx: Transaction, vm: VMRef, host: HostRef, seen: int) -> None:
    """Go above the newest epoch that a host which has a VM says it has seen."""
    place = of(tx, vm)
    if host in place.hosts and seen > place.epoch:
        _is_behind(tx, vm, seen)


def _is_behind(tx: Transaction, vm: VMRef, seen: int) -> int:
    """Go above an epoch that the database never gave; the VM's epoch afterwards."""
    record = tx.get(VM, vm)
    epoch = move(tx, vm, IsBehind(seen), record.power_state).epoch
    text = "VM %s: a host has seen epoch %s, which this database never gave: it goes on from %s"
    log.warning(text, record.uuid, seen, epoch)
    return epoch


def present_right(tx: Transaction, vm: VMRef) -> Right:
    """The newest right by which anybody has hosts work for a VM."""
    return Right(pool=pool(tx), epoch=of(tx, vm).epoch)


def end(tx: Transaction, task: TaskRef) -> None:
    """Forget the epochs of a task that has ended: it has no more work done."""
    tx.kv_delete(EPOCHS, task)


def pool(tx: Reader) -> str:
    """The uuid of the pool, by which the domains that it makes are marked."""
    return str(next(iter(tx.all(Pool).values())).uuid)


# --- VMs that are no more -------------------------------------------------------------------------


def destroy(tx: Transaction, vm: VMRef) -> None:
    """Forget the place of a VM, and remember that this pool destroyed it."""
    place = of(tx, vm)
    tx.kv_set(DESTROYED, tx.get(VM, vm).uuid, [tx.now(), place.epoch + 1])
    tx.kv_delete(PLACE, vm)
    _drop_old(tx)


def _drop_old(tx: Transaction) -> None:
    """Forget VMs that were destroyed long ago; as they are many, look through them once an hour."""
    if tx.now() - (tx.kv_get(DROPPED, "") or 0.0) < DROP_EVERY_S:
        return
    tx.kv_set(DROPPED, "", tx.now())
    for uuid, (since, _) in tx.kv_items(DESTROYED).items():
        if tx.now() - since > DESTROYED_KEPT_S:
            tx.kv_delete(DESTROYED, uuid)
