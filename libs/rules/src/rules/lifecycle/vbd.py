"""The VBD's operations. The first refusal in the order of `check` is the one that counts."""

from collections.abc import Iterator

from datamodel import XenAPIError
from datamodel.classes import VBD, VDI, VM, VBDRef
from pooldb import Reader

from rules.lifecycle import device
from rules.lifecycle.possible import possible
from rules.lifecycle.vm import LIVE

# Upstream's order of allowed_operations.
OPERATIONS = (*("attach", "unpause", "unplug", "plug", "insert", "unplug_force", "pause", "eject"),)
PLUGGING = ("plug", "unplug", "unplug_force")
USING = ("attach", "plug", "insert")
"""Operations that give the VM its disk."""

PAUSING = ("pause", "unpause")
"""Operations that may go on side by side."""


def check(tx: Reader, ref: VBDRef, record: VBD, operation: str, *, strict: bool = True) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    _check_concurrency(ref, record, operation)
    _check_drive(ref, record, operation)
    vm = tx.get(VM, record.VM)
    states = LIVE if operation in PAUSING else ("Running",)
    if operation in (*PLUGGING, *PAUSING):
        device.check_live(ref, record, operation, vm, states)
    if operation in PLUGGING:
        device.check_hotplug(tx, record, vm, "VBD")
        if record.type == "CD" and vm.domain_type == "hvm":
            raise XenAPIError(
                "OPERATION_NOT_ALLOWED",
                "HVM CDROMs cannot be hotplugged/unplugged, only inserted or ejected",
            )
    if operation in ("insert", "eject") and vm.power_state == "Suspended":
        raise XenAPIError("VM_BAD_POWER_STATE", record.VM, "halted, running", "suspended")
    if not record.empty and operation in USING:
        check_disk(tx, ref, record)


def _check_concurrency(ref: VBDRef, record: VBD, operation: str) -> None:
    beside = PAUSING if operation == "pause" else ("attach", *PAUSING)
    for task, other in record.current_operations.items():
        if operation not in PAUSING or other not in beside:
            raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VBD", ref, other, task)


def _check_drive(ref: VBDRef, record: VBD, operation: str) -> None:
    if operation in ("unplug", "unplug_force") and not record.unpluggable:
        raise XenAPIError("VBD_NOT_UNPLUGGABLE", ref)
    if operation in ("insert", "eject") and record.type != "CD":
        raise XenAPIError("VBD_NOT_REMOVABLE_MEDIA", ref)
    if operation == "eject" and record.empty:
        raise XenAPIError("VBD_IS_EMPTY", ref)
    if operation == "insert" and not record.empty:
        raise XenAPIError("VBD_NOT_EMPTY", ref)


def check_disk(tx: Reader, ref: VBDRef, record: VBD) -> None:
    """Raise unless a VBD with this record may have its disk beside the disk's present users."""
    vdi_ref = record.VDI
    vdi = tx.find(VDI, vdi_ref)
    if vdi is None or _is_dom0(tx, record):
        return
    if not vdi.managed:
        raise XenAPIError("VDI_NOT_MANAGED", ref)
    for task, other in vdi.current_operations.items():
        if other not in ("mirror", "copy"):
            raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VDI", vdi_ref, other, task)
    if record.currently_attached:
        return
    writes = record.mode == "RW"
    users = list(_users(tx, ref, vdi))
    if not vdi.sharable and ("RW" in users or (writes and users)):
        raise XenAPIError("VDI_IN_USE", vdi_ref)
    if writes and vdi.read_only:
        raise XenAPIError("VDI_READONLY", vdi_ref)


def _users(tx: Reader, ref: VBDRef, vdi: VDI) -> Iterator[str]:
    """The modes in which other VBDs hold the disk now."""
    for other in vdi.VBDs:
        vbd = tx.find(VBD, other)
        if other == ref or vbd is None:
            continue
        vm = tx.find(VM, vbd.VM)
        suspended = vm is not None and vm.power_state == "Suspended"
        held = vbd.currently_attached or vbd.reserved or vbd.current_operations
        if held and not suspended and not _is_dom0(tx, vbd):
            yield str(vbd.mode)


def _is_dom0(tx: Reader, vbd: VBD) -> bool:
    """Whether a VBD belongs to a control domain: then the storage decides what may go together."""
    vm = tx.find(VM, vbd.VM)
    return vm is not None and bool(vm.is_control_domain)


def allowed(tx: Reader, ref: VBDRef, record: VBD) -> list[str]:
    return possible(check, OPERATIONS, tx, ref, record)
