"""Operations in progress: begun and ended in transactions, so that none stays for ever."""

from collections.abc import Mapping
from typing import Any, Protocol

from datamodel.refs import NULL_REF
from pooldb import Transaction

from forwarder.lifecycle import host, sr, vbd, vdi, vif, vm, vm_appliance

LOCKS = "locks"
"""kv namespace: task → list of [class, reference] that it holds."""


class Table(Protocol):
    """A class's operations: which one may be begun on which object."""

    def check(
        self, tx: Any, ref: str, record: Mapping[str, Any], operation: str, *, strict: bool = True
    ) -> None: ...

    def allowed(self, tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]: ...


TABLES: dict[str, Table] = {
    **{"VM": vm, "VBD": vbd, "VIF": vif, "VDI": vdi, "SR": sr, "host": host},
    "VM_appliance": vm_appliance,
}


def begin(
    tx: Transaction, task: str, cls: str, ref: str, operation: str, *, strict: bool = True
) -> None:
    """Check and note an operation; one that this task has noted already is left alone."""
    record = tx.get(cls, ref)
    if record["current_operations"].get(task) == operation:
        return
    TABLES[cls].check(tx, ref, record, operation, strict=strict)
    tx.update(cls, ref, {"current_operations": {**record["current_operations"], task: operation}})
    held = tx.kv_get(LOCKS, task) or []
    tx.kv_set(LOCKS, task, [*held, [cls, ref]])
    refresh(tx, cls, ref)


def begin_with_devices(tx: Transaction, task: str, vm: str, operation: str) -> None:
    """Begin an operation for which a VM gets its disks and interfaces; nobody else has them."""
    begin(tx, task, "VM", vm, operation)
    record = tx.get("VM", vm)
    for cls, many in (("VBD", "VBDs"), ("VIF", "VIFs")):
        for device in record[many]:
            begin(tx, task, cls, device, "attach")


def end_all(tx: Transaction, task: str) -> None:
    """Remove a task's operations, in the transaction that ends it."""
    for cls, ref in tx.kv_get(LOCKS, task) or []:
        record = tx.find(cls, ref)
        if record is None:
            continue
        left = {key: value for key, value in record["current_operations"].items() if key != task}
        changes: dict[str, Any] = {"current_operations": left}
        if cls == "VM" and record["scheduled_to_be_resident_on"] != NULL_REF:
            changes["scheduled_to_be_resident_on"] = NULL_REF
        tx.update(cls, ref, changes)
        refresh(tx, cls, ref)
    tx.kv_delete(LOCKS, task)


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
