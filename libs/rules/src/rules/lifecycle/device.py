"""What plugging needs, for VBDs and VIFs alike."""

from datamodel import XenAPIError
from datamodel.classes import VBD, VIF, VM, VM_guest_metrics
from pooldb import Reader

ENDING = ("clean_shutdown", "hard_shutdown", "suspend", "pause")
"""Operations of a VM beside which nothing is plugged."""


def check_live(
    ref: str,
    record: VBD | VIF,
    operation: str,
    vm: VM,
    states: tuple[str, ...] = ("Running",),
) -> None:
    """Raise unless the VM runs, is not about to stop, and the operation would change something."""
    if vm.power_state not in states:
        raise XenAPIError("VM_BAD_POWER_STATE", record.VM, "running", vm.power_state.lower())
    plugged = record.currently_attached or record.reserved
    if operation == "plug" and plugged:
        raise XenAPIError("DEVICE_ALREADY_ATTACHED", ref)
    if operation in ("unplug", "unplug_force") and not plugged:
        raise XenAPIError("DEVICE_ALREADY_DETACHED", ref)
    if operation in ("plug", "unplug"):
        for other in vm.current_operations.values():
            if other in ENDING:
                reason = f"Current operation on VM:{record.VM} is {other}"
                raise XenAPIError("OPERATION_NOT_ALLOWED", reason)


def check_hotplug(tx: Reader, record: VBD | VIF, vm: VM, cls: str) -> None:
    """Raise unless the running guest can be given a device: it has drivers, or is paravirtual."""
    if vm.domain_type != "hvm":
        return
    metrics = tx.find(VM_guest_metrics, vm.guest_metrics)
    claim = (
        "unspecified"
        if metrics is None
        else (metrics.can_use_hotplug_vbd if cls == "VBD" else metrics.can_use_hotplug_vif)
    )
    if claim == "no":
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VM states it does not support {cls} hotplug.")
    if claim == "unspecified" and not (metrics is not None and metrics.PV_drivers_detected):
        raise XenAPIError("VM_MISSING_PV_DRIVERS", record.VM)
