"""Operations in progress: begun and ended in transactions, so that none stays for ever."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Transaction

from forwarder.lifecycle import host as host_table
from forwarder.lifecycle import sr, vbd, vdi, vif, vm, vm_appliance

LOCKS = "locks"
"""kv namespace: task → list of [class, reference] that it holds."""

ADRIFT = "adrift"
"""kv namespace: ended task → {VM that it still holds: its doubts}; see `forwarder.adrift`."""

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
    tx: Transaction, task: str, cls: str, ref: str, operation: str, *, strict: bool = True
) -> None:
    """Check and note an operation; one that this task has noted already is left alone.

    What is in the way of it as long as a host is silent is that host: HOST_OFFLINE.
    """
    record = tx.get(cls, ref)
    if record["current_operations"].get(task) == operation:
        return
    check(tx, cls, ref, operation, strict=strict)
    tx.update(cls, ref, {"current_operations": {**record["current_operations"], task: operation}})
    held = tx.kv_get(LOCKS, task) or []
    tx.kv_set(LOCKS, task, [*held, [cls, ref]])
    refresh(tx, cls, ref)


def check(tx: Transaction, cls: str, ref: str, operation: str, *, strict: bool = True) -> None:
    """Raise what ``begin`` would, for another task."""
    record = tx.get(cls, ref)
    try:
        TABLES[cls].check(tx, ref, record, operation, strict=strict)
    except XenAPIError as error:
        if error.code == "OTHER_OPERATION_IN_PROGRESS":
            _look_for_silent(tx, record["current_operations"])
        raise


def _look_for_silent(tx: Transaction, tasks: Iterable[str]) -> None:
    """Raise HOST_OFFLINE[host] for one that ended tasks wait for, and that cannot be asked."""
    for task in tasks:
        for doubts in (tx.kv_get(ADRIFT, task) or {}).values():
            for host, _ in doubts:
                if not host_table.is_live(tx, host):
                    raise XenAPIError("HOST_OFFLINE", host)


def begin_with_devices(tx: Transaction, task: str, vm: str, operation: str) -> None:
    """Begin an operation for which a VM gets its disks and interfaces; nobody else has them."""
    begin(tx, task, "VM", vm, operation)
    record = tx.get("VM", vm)
    for cls, many in (("VBD", "VBDs"), ("VIF", "VIFs")):
        for device in record[many]:
            begin(tx, task, cls, device, "attach")


def end_all(tx: Transaction, task: str) -> None:
    """Remove a task's operations, in the transaction that ends it; those of VMs adrift stay."""
    adrift = tx.kv_get(ADRIFT, task) or {}
    held = tx.kv_get(LOCKS, task) or []
    kept = [[cls, ref] for cls, ref in held if _vm_of(tx, cls, ref) in adrift]
    for cls, ref in held:
        if [cls, ref] not in kept:
            _end(tx, task, cls, ref)
    if not kept:
        tx.kv_delete(LOCKS, task)
    elif kept != held:
        tx.kv_set(LOCKS, task, kept)


def _vm_of(tx: Transaction, cls: str, ref: str) -> str | None:
    """The VM that an object is, or is a device of."""
    return ref if cls == "VM" else (tx.find(cls, ref) or {}).get("VM")


def _end(tx: Transaction, task: str, cls: str, ref: str) -> None:
    record = tx.find(cls, ref)
    if record is None:
        return
    left = {key: value for key, value in record["current_operations"].items() if key != task}
    changes: dict[str, Any] = {"current_operations": left}
    if cls == "VM" and record["scheduled_to_be_resident_on"] != NULL_REF:
        changes["scheduled_to_be_resident_on"] = NULL_REF
    tx.update(cls, ref, changes)
    refresh(tx, cls, ref)


def refresh(tx: Transaction, cls: str, ref: str) -> None:
    """Recompute what may be begun on an object, and on a VM's devices and appliance."""
    record = tx.find(cls, ref)
    if record is None:
        return
    found = TABLES[cls].allowed(tx, ref, record)
    if found != record["allowed_operations"]:
        tx.update(cls, ref, {"allowed_operations": found})
    if cls == "VM":
        for device_cls, many in (("VBD", "VBDs"), ("VIF", "VIFs")):
            for device in record[many]:
                refresh(tx, device_cls, device)
        refresh(tx, "VM_appliance", record["appliance"])
