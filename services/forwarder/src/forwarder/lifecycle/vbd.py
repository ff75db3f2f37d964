"""The VBD's operations."""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF

OPERATIONS = ("attach", "eject", "insert", "plug", "unplug", "unplug_force")
LIVE = ("Running", "Paused")


def check(
    tx: Any, ref: str, record: Mapping[str, Any], operation: str, *, strict: bool = True
) -> None:
    """Raise the field's error unless the operation may begin now."""
    for task, other in record["current_operations"].items():
        raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VBD", ref, other, task)
    vm = tx.find("VM", record["VM"])
    power_state = vm["power_state"] if vm is not None else "Halted"
    if operation == "attach":
        return
    if operation in ("insert", "eject") and record["type"] not in ("CD", "Floppy"):
        raise XenAPIError("VBD_NOT_REMOVABLE_MEDIA", ref)
    if operation == "insert" and not record["empty"]:
        raise XenAPIError("VBD_NOT_EMPTY", ref)
    if operation == "eject" and record["empty"]:
        raise XenAPIError("VBD_IS_EMPTY", ref)
    if operation in ("plug", "unplug", "unplug_force") and power_state not in LIVE:
        raise XenAPIError(
            "VM_BAD_POWER_STATE", record["VM"], "Running, Paused", power_state.lower()
        )
    if operation == "plug" and record["currently_attached"]:
        raise XenAPIError("DEVICE_ALREADY_ATTACHED", ref)
    if operation == "plug" and record["VDI"] == NULL_REF and record["type"] == "Disk":
        raise XenAPIError("VBD_IS_EMPTY", ref)
    if operation in ("unplug", "unplug_force") and not record["currently_attached"]:
        raise XenAPIError("DEVICE_ALREADY_DETACHED", ref)


def allowed(tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]:
    return [operation for operation in OPERATIONS if _may(tx, ref, record, operation)]


def _may(tx: Any, ref: str, record: Mapping[str, Any], operation: str) -> bool:
    try:
        check(tx, ref, record, operation)
    except XenAPIError:
        return False
    return True
