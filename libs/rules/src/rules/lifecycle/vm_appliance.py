"""The appliance's operations: each needs at least one VM to which it would do something."""

from collections.abc import Mapping

from datamodel import XenAPIError
from datamodel.classes import VM, VM_appliance, VM_applianceRef
from pooldb import Reader

from rules.lifecycle.possible import possible

NOT_OFF = ("Running", "Paused", "Suspended")
OPERATIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "start": (("Halted",), "There are no halted VMs in this appliance."),
    "clean_shutdown": (("Running",), "There are no running VMs in this appliance."),
    "hard_shutdown": (NOT_OFF, "All VMs in this appliance are halted."),
    "shutdown": (NOT_OFF, "All VMs in this appliance are halted."),
}
"""The states in one of which a VM has to be, and the refusal if no VM is."""


def check(
    tx: Reader, ref: VM_applianceRef, record: VM_appliance, operation: str, *, strict: bool = True
) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    for task, other in record.current_operations.items():
        raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM_appliance", ref, other, task)
    if not record.VMs:
        raise XenAPIError("OPERATION_NOT_ALLOWED", "Appliance has no VMs.")
    states, refusal = OPERATIONS[operation]
    if not any(tx.get(VM, vm).power_state in states for vm in record.VMs):
        raise XenAPIError("OPERATION_NOT_ALLOWED", refusal)


def allowed(tx: Reader, ref: VM_applianceRef, record: VM_appliance) -> list[str]:
    return possible(check, OPERATIONS, tx, ref, record)
