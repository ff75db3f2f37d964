"""The VIF's operations. The first refusal in the order of `check` is the one that counts."""

from datamodel import XenAPIError
from datamodel.classes import VIF, VM, VIFRef
from pooldb import Reader

from rules.lifecycle import device
from rules.lifecycle.possible import possible

# Upstream's order of allowed_operations, which does not show ``unplug_force``.
OPERATIONS = ("attach", "unplug", "plug")
LIVE = ("plug", "unplug", "unplug_force")
"""Operations on the interface of a VM that runs."""


def check(tx: Reader, ref: VIFRef, record: VIF, operation: str, *, strict: bool = True) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    running = record.current_operations
    if running:
        names, tasks = ("{" + "; ".join(listed) + "}" for listed in (running.values(), running))
        raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VIF", ref, names, tasks)
    if operation not in LIVE:
        return
    vm = tx.get(VM, record.VM)
    if operation == "plug" and vm.is_control_domain:
        raise XenAPIError("OPERATION_NOT_ALLOWED", "Control domain does not support hotplug")
    device.check_live(ref, record, operation, vm)
    if operation != "unplug_force":
        device.check_hotplug(tx, record, vm, "VIF")


def allowed(tx: Reader, ref: VIFRef, record: VIF) -> list[str]:
    return possible(check, OPERATIONS, tx, ref, record)
