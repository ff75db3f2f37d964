"""Operations in progress: begun in a transaction, and ended in the one that ends their task."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Protocol, TypeAlias

from datamodel import XenAPIError, api
from datamodel.classes import VBD, VDI, VIF, VM, Host, TaskRef, VM_appliance
from datamodel.objects import ClassName, name_of
from datamodel.refs import NULL_REF, Ref, as_ref
from pooldb import Reader, Transaction
from rules.lifecycle import ends, holds, sr, vbd, vdi, vif, vm, vm_appliance
from rules.lifecycle import host as host_table
from rules.lifecycle.holds import Hold, How, Need

from forwarder.locks import turns
from forwarder.locks.subjects import of_key
from forwarder.place import register

LOCKS = "locks"
"""kv namespace: task → list of its `Hold`s."""

CANCELLED = "cancelled"
"""kv namespace: task to be cancelled → true, if its record is gone and cannot say so."""

LOST = "lost"
"""kv namespace: VM that is not where the pool has it → the host that showed that."""

ADRIFT = "adrift"
"""kv namespace: ended task → {object that it still holds: its doubts}; see `doubts.keeping`."""


class Busy(XenAPIError):
    """A refusal that may be lifted when one of the objects ``watched`` changes."""

    def __init__(self, error: XenAPIError, watched: Iterable[str]) -> None:
        super().__init__(error.code, *error.params)
        self.watched = frozenset(watched)


Doubt: TypeAlias = list[Any]
"""A host, and the id of an operation or migration that it may have done, or may yet do."""


class Table(Protocol):
    """A class's operations, and which of them may be begun on an object."""

    def check(
        self, tx: Reader, ref: Any, record: Any, operation: str, *, strict: bool = True
    ) -> None: ...

    def allowed(self, tx: Reader, ref: Any, record: Any) -> list[str]: ...


TABLES: dict[str, Table] = {
    **{"VM": vm, "VBD": vbd, "VIF": vif, "VDI": vdi, "SR": sr, "host": host_table},
    "VM_appliance": vm_appliance,
}


def begin(
    tx: Transaction,
    task: TaskRef,
    cls: ClassName,
    ref: Ref[Any],
    operation: str,
    *,
    also: Iterable[Need] = (),
    strict: bool = True,
) -> None:
    """Check an operation, and hold all that it needs; ``also`` is what this call needs besides.

    Does nothing if this task has begun the operation already. Raises what the class's table says,
    or `Busy` if another task holds an object, was accepted before and wants it, or may lift the
    refusal when it ends. If that task cannot end because a host is silent: HOST_OFFLINE[host].
    """
    mine, held = _holds(tx, task)
    record = tx.get(cls, ref)
    first = _first(cls, ref, operation)
    if first in mine or record.get("current_operations", {}).get(task) == operation:
        return
    has_begun = any(hold_.ref == ref for hold_ in mine)
    previous = None if has_begun else turns.before(tx, task, first, {other for other, _ in held})
    if previous is not None:
        waits = XenAPIError("OTHER_OPERATION_IN_PROGRESS", cls, ref, operation, previous)
        raise Busy(waits, {previous})
    wanted = [first, *_wanted([*_needs(tx, first), *_behind(tx, also)], first)]
    _check(tx, task, wanted, held, strict=strict)
    _note(tx, task, mine, wanted)
    turns.tell(tx, task, first)


def check(
    tx: Transaction, cls: ClassName, ref: Ref[Any], operation: str, *, strict: bool = True
) -> None:
    """Raise what ``begin`` would, for another task."""
    first = _first(cls, ref, operation)
    wanted = [first, *_wanted(_needs(tx, first), first)]
    _check(tx, NULL_REF, wanted, _holds(tx, NULL_REF)[1], strict=strict)


def _first(cls: ClassName, ref: Ref[Any], operation: str) -> Hold:
    return Hold(cls, ref, operation, holds.own(cls, operation).value, root=ref)


def _needs(tx: Transaction, first: Hold) -> Iterator[Need]:
    yield from holds.others(tx, first.cls, first.ref, first.operation)


def _check(
    tx: Transaction,
    task: TaskRef,
    wanted: list[Hold],
    held: list[tuple[TaskRef, Hold]],
    *,
    strict: bool,
) -> None:
    about: Ref[Any] = NULL_REF
    try:
        for hold_ in holds.in_order(wanted):
            if hold_.own and hold_.cls in TABLES:
                about = hold_.ref
                record = tx.get(api.kinds[hold_.cls], about)
                TABLES[hold_.cls].check(tx, about, record, hold_.operation, strict=strict)
        _check_free(wanted, held)
    except XenAPIError as error:
        lifting = set(ends.lifted_by(tx, about, error)) - {task}
        if error.code != "OTHER_OPERATION_IN_PROGRESS" and not lifting:
            raise
        tasks = lifting | set(_in_the_way(tx, wanted, held))
        # Tasks with objects adrift can end only when their hosts are live again.
        signs = _look_for_silent(tx, tasks)
        roots = {held_.root for other, held_ in held if other in tasks and held_.root}
        ours = {hold_.ref for hold_ in wanted if hold_.own}
        raise Busy(error, tasks | signs | roots | ours) from None


def hold(
    tx: Transaction,
    task: TaskRef,
    cls: ClassName,
    ref: Ref[Any],
    operation: str,
    how: How,
    root: Ref[Any],
) -> None:
    """Have a task hold one more object for its operation on ``root``; raises as `begin` does."""
    mine, held = _holds(tx, task)
    wanted = [Hold(cls, ref, operation, how.value, own=False, root=root)]
    _check_free(wanted, held)
    _note(tx, task, mine, wanted)


def _holds(tx: Transaction, task: TaskRef) -> tuple[list[Hold], list[tuple[TaskRef, Hold]]]:
    """What a task holds itself, and what each of the others holds."""
    mine: list[Hold] = []
    held: list[tuple[TaskRef, Hold]] = []
    for other, noted in tx.kv_items(LOCKS).items():
        for hold_ in (Hold(*entry) for entry in noted):
            if other == task:
                mine.append(hold_)
            else:
                held.append((as_ref(other), hold_))
    return mine, held


def _behind(tx: Transaction, also: Iterable[Need]) -> Iterator[Need]:
    for cls, ref, how in also:
        yield from holds.with_what_is_behind(tx, cls, ref, how)


def _wanted(needs: Iterable[Need], first: Hold) -> Iterator[Hold]:
    begun_too = holds.BEGUN_TOO.get((first.cls, first.operation), {})
    for cls, ref, how in dict.fromkeys(needs):
        name = begun_too.get(cls)
        operation = name or first.operation
        yield Hold(cls, ref, operation, how.value, own=name is not None, root=first.ref)


def _check_free(wanted: Iterable[Hold], held: list[tuple[TaskRef, Hold]]) -> None:
    for hold_ in wanted:
        for task, other in held:
            if not holds.go_together(hold_, other):
                raise XenAPIError(
                    "OTHER_OPERATION_IN_PROGRESS", other.cls, other.ref, other.operation, task
                )


def _in_the_way(
    tx: Transaction, wanted: Iterable[Hold], held: list[tuple[TaskRef, Hold]]
) -> Iterator[str]:
    """The tasks that work on the wanted objects."""
    for hold_ in wanted:
        yield from (tx.find(hold_.cls, hold_.ref) or {}).get("current_operations", ())
        yield from (task for task, other in held if not holds.go_together(hold_, other))


def _note(tx: Transaction, task: TaskRef, mine: list[Hold], wanted: list[Hold]) -> None:
    tx.kv_set(LOCKS, task, [*mine, *wanted])
    shown = [hold_ for hold_ in wanted if hold_.own and holds.is_shown(hold_.cls, hold_.operation)]
    for hold_ in shown:
        operations = tx.get(hold_.cls, hold_.ref)["current_operations"]
        changes = {"current_operations": {**operations, task: hold_.operation}}
        tx.update(hold_.cls, hold_.ref, changes)
    _refresh_all(tx, shown)


def _look_for_silent(tx: Transaction, tasks: Iterable[str]) -> set[str]:
    """Raise HOST_OFFLINE[host] if ended tasks have objects adrift on a host that cannot be asked.

    Otherwise the objects whose change would tell that such a host has fallen silent.
    """
    signs: set[str] = set()
    for task in tasks:
        for doubts in (tx.kv_get(ADRIFT, task) or {}).values():
            for host, _ in doubts:
                if not host_table.is_live(tx, host):
                    raise XenAPIError("HOST_OFFLINE", host)
                signs.add(tx.get(Host, host).metrics)
    return signs


def end_all(tx: Transaction, task: TaskRef) -> None:
    """Remove a task's operations, in the transaction that ends it; objects adrift keep theirs."""
    adrift = {of_key(key).ref for key in tx.kv_get(ADRIFT, task) or {}}
    held = [Hold(*entry) for entry in tx.kv_get(LOCKS, task) or []]
    kept = [hold_ for hold_ in held if adrift and not _objects_of(tx, hold_).isdisjoint(adrift)]
    ended = [hold_ for hold_ in held if hold_ not in kept]
    if kept:
        tx.kv_set(LOCKS, task, kept)
    else:
        tx.kv_delete(LOCKS, task)
    tx.kv_delete(CANCELLED, task)
    register.end(tx, task)
    for hold_ in ended:
        _end(tx, task, hold_)
    _refresh_all(tx, ended)


def _objects_of(tx: Transaction, held: Hold) -> set[Ref[Any]]:
    """The objects of an operation: the one it was begun on, and the VM of a device or snapshot."""
    root = held.root or held.ref
    vm = tx.find(VM, root)
    if vm is not None:
        return {root, vm.snapshot_of}
    devices = (tx.find(VBD, root), tx.find(VIF, root))
    return {root, *(device.VM for device in devices if device is not None)}


def _end(tx: Transaction, task: TaskRef, held: Hold) -> None:
    record = tx.find(held.cls, held.ref)
    if record is None or not held.own:
        return
    if task in record.get("current_operations", ()):
        left = {key: value for key, value in record["current_operations"].items() if key != task}
        tx.update(held.cls, held.ref, {"current_operations": left})
    if held.cls == name_of(VM):
        register.leave(tx, task, held.ref)


def _refresh_all(tx: Transaction, held: Iterable[Hold]) -> None:
    """`refresh` objects and the devices of VMs."""
    objects = dict.fromkeys((hold_.cls, hold_.ref) for hold_ in held if hold_.cls in TABLES)
    vms = {ref for cls, ref in objects if cls == name_of(VM)}
    for cls, ref in objects:
        if cls == name_of(VM) or (tx.find(cls, ref) or {}).get("VM") not in vms:
            refresh(tx, cls, ref)


def refresh(tx: Transaction, cls: ClassName, ref: Ref[Any]) -> None:
    """Have the commit show what may be begun on an object, and on what depends on it now."""
    for each in ((cls, ref), *_dependents(tx, cls, ref)):
        tx.at_last(("allowed", *each), partial(_recompute, cls=each[0], ref=each[1]))


def _dependents(
    tx: Transaction, cls: ClassName, ref: Ref[Any]
) -> Iterator[tuple[ClassName, Ref[Any]]]:
    """A VM's devices, their disks and its appliance; a VBD's disk; a disk's VBDs."""
    record = tx.find(api.kinds[cls], ref)
    match record:
        case VM():
            for vbd_ref in record.VBDs:
                yield name_of(VBD), vbd_ref
                vbd = tx.find(VBD, vbd_ref)
                if vbd is not None:
                    yield name_of(VDI), vbd.VDI
            for vif in record.VIFs:
                yield name_of(VIF), vif
            yield name_of(VM_appliance), record.appliance
        case VBD():
            yield name_of(VDI), record.VDI
        case VDI():
            for vbd_ref in record.VBDs:
                yield name_of(VBD), vbd_ref


def _recompute(tx: Transaction, cls: ClassName, ref: Ref[Any]) -> None:
    record = tx.find(api.kinds[cls], ref)
    if record is None:
        return
    allowed = TABLES[cls].allowed(tx, ref, record)
    if allowed != record.allowed_operations:
        tx.update(cls, ref, {"allowed_operations": allowed})
