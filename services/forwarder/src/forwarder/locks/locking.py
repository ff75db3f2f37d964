"""Operations in progress: begun and ended in transactions, so that none stays for ever."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Transaction

from forwarder.lifecycle import holds, sr, vbd, vdi, vif, vm, vm_appliance
from forwarder.lifecycle import host as host_table
from forwarder.lifecycle.holds import Hold, How
from forwarder.locks import turns

LOCKS = "locks"
"""kv namespace: task → list of its `Hold`s."""

CANCELLED = "cancelled"
"""kv namespace: task that is to stop and whose record is gone, so that it cannot say so → true."""

LOST = "lost"
"""kv namespace: VM that is not where the pool has it → the host by which that was seen."""

PLACES = "places"
"""kv namespace: VM → [the task that has a place on a host reserved for it, that host]."""

ADRIFT = "adrift"
"""kv namespace: ended task → {VM that it still holds: its doubts}; see `placement.adrift`."""


class Busy(XenAPIError):
    """OTHER_OPERATION_IN_PROGRESS: ``watched`` are objects of which one changes when it ends."""

    def __init__(self, error: XenAPIError, watched: Iterable[str]) -> None:
        super().__init__(error.code, *error.params)
        self.watched = frozenset(watched)


Doubt: TypeAlias = list[str]
"""A host and the id of the operation, or migration, that it may yet do or have done."""


class Table(Protocol):
    """A class's operations: which one may be begun on which object."""

    def check(
        self, tx: Any, ref: str, record: Mapping[str, Any], operation: str, *, strict: bool = True
    ) -> None: ...

    def allowed(self, tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]: ...


TABLES: dict[str, Table] = {
    **{"VM": vm, "VBD": vbd, "VIF": vif, "VDI": vdi, "SR": sr, "host": host_table},
    "VM_appliance": vm_appliance,
}


def begin(
    tx: Transaction,
    task: str,
    cls: str,
    ref: str,
    operation: str,
    *,
    also: Iterable[tuple[str, str, How]] = (),
    strict: bool = True,
) -> None:
    """Check an operation, and hold all that it needs, with ``also`` what this one call needs.

    One that this task has begun already is left alone. Raises what the class's table says, and
    `Busy` for what another task holds, or wants and was accepted before. If a silent host is why
    that one has not ended: HOST_OFFLINE[host].
    """
    mine, held = _holds(tx, task)
    record = tx.get(cls, ref)
    first = _first(cls, ref, operation)
    if first in mine or record.get("current_operations", {}).get(task) == operation:
        return
    previous = turns.before(tx, task, first, {other for other, _ in held})
    if previous is not None:
        waits = XenAPIError("OTHER_OPERATION_IN_PROGRESS", cls, ref, operation, previous)
        raise Busy(waits, {previous})
    wanted = [first, *_wanted([*_needs(tx, first), *_behind(tx, also)], first)]
    _check(tx, wanted, held, strict=strict)
    _note(tx, task, mine, wanted)
    turns.tell(tx, task, first)


def check(tx: Transaction, cls: str, ref: str, operation: str, *, strict: bool = True) -> None:
    """Raise what ``begin`` would, for another task."""
    first = _first(cls, ref, operation)
    wanted = [first, *_wanted(_needs(tx, first), first)]
    _check(tx, wanted, _holds(tx, "")[1], strict=strict)


def _first(cls: str, ref: str, operation: str) -> Hold:
    return Hold(cls, ref, operation, holds.own(cls, operation).value, root=ref)


def _needs(tx: Transaction, first: Hold) -> Iterator[tuple[str, str, How]]:
    yield from holds.others(tx, first.cls, tx.get(first.cls, first.ref), first.operation)


def _check(
    tx: Transaction, wanted: list[Hold], held: list[tuple[str, Hold]], *, strict: bool
) -> None:
    try:
        for hold_ in holds.in_order(wanted):
            if hold_.own and hold_.cls in TABLES:
                found = tx.get(hold_.cls, hold_.ref)
                TABLES[hold_.cls].check(tx, hold_.ref, found, hold_.operation, strict=strict)
        _check_free(wanted, held)
    except XenAPIError as error:
        if error.code != "OTHER_OPERATION_IN_PROGRESS":
            raise
        tasks = set(_in_the_way(tx, wanted, held))
        # Whether their hosts are live is what the end of those whose VMs are adrift hangs on.
        signs = _look_for_silent(tx, tasks)
        roots = {found.root for task, found in held if task in tasks and found.root}
        ours = {hold_.ref for hold_ in wanted if hold_.own}
        raise Busy(error, tasks | signs | roots | ours) from None


def hold(
    tx: Transaction, task: str, cls: str, ref: str, operation: str, how: How, root: str
) -> None:
    """Have a task hold one thing more for its operation on ``root``; raises as `begin` does."""
    mine, held = _holds(tx, task)
    wanted = [Hold(cls, ref, operation, how.value, own=False, root=root)]
    _check_free(wanted, held)
    _note(tx, task, mine, wanted)


def _holds(tx: Transaction, task: str) -> tuple[list[Hold], list[tuple[str, Hold]]]:
    """What a task holds itself, and what each of the others does."""
    mine: list[Hold] = []
    held: list[tuple[str, Hold]] = []
    for other, found in tx.kv_items(LOCKS).items():
        for hold_ in (Hold(*entry) for entry in found):
            if other == task:
                mine.append(hold_)
            else:
                held.append((other, hold_))
    return mine, held


def _behind(
    tx: Transaction, also: Iterable[tuple[str, str, How]]
) -> Iterator[tuple[str, str, How]]:
    for cls, ref, how in also:
        yield from holds.need(tx, cls, ref, how)


def _wanted(needs: Iterable[tuple[str, str, How]], first: Hold) -> Iterator[Hold]:
    begun_too = holds.BEGUN_TOO.get((first.cls, first.operation), {})
    for cls, ref, how in dict.fromkeys(needs):
        name = begun_too.get(cls)
        operation = name or first.operation
        yield Hold(cls, ref, operation, how.value, own=name is not None, root=first.ref)


def _check_free(wanted: Iterable[Hold], held: list[tuple[str, Hold]]) -> None:
    for hold_ in wanted:
        for task, found in held:
            if not holds.go_together(hold_, found):
                raise XenAPIError(
                    "OTHER_OPERATION_IN_PROGRESS", found.cls, found.ref, found.operation, task
                )


def _in_the_way(
    tx: Transaction, wanted: Iterable[Hold], held: list[tuple[str, Hold]]
) -> Iterator[str]:
    """The tasks that work on what is wanted."""
    for hold_ in wanted:
        yield from (tx.find(hold_.cls, hold_.ref) or {}).get("current_operations", ())
        yield from (task for task, found in held if not holds.go_together(hold_, found))


def _note(tx: Transaction, task: str, mine: list[Hold], wanted: list[Hold]) -> None:
    tx.kv_set(LOCKS, task, [*mine, *wanted])
    shown = [hold_ for hold_ in wanted if hold_.own and holds.is_shown(hold_.cls, hold_.operation)]
    for hold_ in shown:
        operations = tx.get(hold_.cls, hold_.ref)["current_operations"]
        changes = {"current_operations": {**operations, task: hold_.operation}}
        tx.update(hold_.cls, hold_.ref, changes)
    _refresh_all(tx, shown)


def _look_for_silent(tx: Transaction, tasks: Iterable[str]) -> set[str]:
    """Raise HOST_OFFLINE[host] for one that ended tasks wait for, and that cannot be asked.

    Otherwise the objects that would say so of the hosts that are waited for.
    """
    signs = set()
    for task in tasks:
        for doubts in (tx.kv_get(ADRIFT, task) or {}).values():
            for host, _ in doubts:
                if not host_table.is_live(tx, host):
                    raise XenAPIError("HOST_OFFLINE", host)
                signs.add(tx.get("host", host)["metrics"])
    return signs


def end_all(tx: Transaction, task: str) -> None:
    """Remove a task's operations, in the transaction that ends it; those of VMs adrift stay."""
    adrift = tx.kv_get(ADRIFT, task) or {}
    held = [Hold(*entry) for entry in tx.kv_get(LOCKS, task) or []]
    kept = [hold_ for hold_ in held if adrift and not _vms_of(tx, hold_).isdisjoint(adrift)]
    ended = [hold_ for hold_ in held if hold_ not in kept]
    if kept:
        tx.kv_set(LOCKS, task, kept)
    else:
        tx.kv_delete(LOCKS, task)
    tx.kv_delete(CANCELLED, task)
    for hold_ in ended:
        _end(tx, task, hold_)
    _refresh_all(tx, ended)


def _vms_of(tx: Transaction, held: Hold) -> set[str]:
    """The VMs that an operation is about: it is on one, on a device of one, or makes one anew."""
    root = held.root or held.ref
    vm = tx.find("VM", root)
    if vm is not None:
        return {root, vm["snapshot_of"]}
    return {device["VM"] for cls in ("VBD", "VIF") if (device := tx.find(cls, root)) is not None}


def _end(tx: Transaction, task: str, held: Hold) -> None:
    record = tx.find(held.cls, held.ref)
    if record is None or not held.own:
        return
    if task in record.get("current_operations", ()):
        left = {key: value for key, value in record["current_operations"].items() if key != task}
        tx.update(held.cls, held.ref, {"current_operations": left})
    if held.cls == "VM":
        leave_place(tx, held.ref, task)


def take_place(tx: Transaction, task: str, vm: str, host: str) -> None:
    """Reserve a VM its place on a host until the task ends or leaves it; others see it so."""
    tx.kv_set(PLACES, vm, [task, host])
    tx.update("VM", vm, {"scheduled_to_be_resident_on": host})


def leave_place(tx: Transaction, vm: str, task: str) -> None:
    """Give back a VM's place, if it is this task's: nobody ends the reservation of another."""
    holder = tx.kv_get(PLACES, vm)
    # One without a holder is of an earlier version, whose tasks had one at a time.
    if holder is not None and holder[0] != task:
        return
    tx.kv_delete(PLACES, vm)
    record = tx.find("VM", vm)
    if record is not None and record["scheduled_to_be_resident_on"] != NULL_REF:
        tx.update("VM", vm, {"scheduled_to_be_resident_on": NULL_REF})


def _refresh_all(tx: Transaction, held: Iterable[Hold]) -> None:
    """Recompute what may be begun on objects; a VM's devices come with it."""
    objects = dict.fromkeys((hold_.cls, hold_.ref) for hold_ in held if hold_.cls in TABLES)
    vms = {ref for cls, ref in objects if cls == "VM"}
    for cls, ref in objects:
        if cls == "VM" or (tx.find(cls, ref) or {}).get("VM") not in vms:
            refresh(tx, cls, ref)


def refresh(tx: Transaction, cls: str, ref: str) -> None:
    """Recompute what may be begun on an object, and on what depends on it."""
    seen = {(cls, ref): None}
    for found in _dependents(tx, cls, ref):
        seen.setdefault(found, None)
    for found_cls, found_ref in seen:
        _recompute(tx, found_cls, found_ref)


def _dependents(tx: Transaction, cls: str, ref: str) -> Iterator[tuple[str, str]]:
    """A VM's devices, their disks and its appliance; a VBD's disk; a disk's VBDs."""
    record = tx.find(cls, ref)
    if record is None:
        return
    match cls:
        case "VM":
            for vbd in record["VBDs"]:
                yield "VBD", vbd
                yield "VDI", (tx.find("VBD", vbd) or {}).get("VDI", NULL_REF)
            for vif in record["VIFs"]:
                yield "VIF", vif
            yield "VM_appliance", record["appliance"]
        case "VBD":
            yield "VDI", record["VDI"]
        case "VDI":
            for vbd in record["VBDs"]:
                yield "VBD", vbd


def _recompute(tx: Transaction, cls: str, ref: str) -> None:
    record = tx.find(cls, ref)
    if record is None:
        return
    found = TABLES[cls].allowed(tx, ref, record)
    if found != record["allowed_operations"]:
        tx.update(cls, ref, {"allowed_operations": found})
