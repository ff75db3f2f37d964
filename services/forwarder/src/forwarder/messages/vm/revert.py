"""VM.revert: a VM becomes what it was when a snapshot of it was taken; no disk is lost.

A disk that is in the snapshot gets its old contents back and keeps its reference and uuid, so that
clients and backups find it, and its snapshots still refer to it. If the disk is gone, or something
else uses it as it is, the VM gets a new disk made from the snapshot's, and the old disk is left
alone. A disk that is not in the snapshot is left alone, unattached.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import (
    VBD,
    VDI,
    VM,
    SRRef,
    VDIRef,
    VM_appliance,
    VM_guest_metrics,
    VM_metrics,
    VMRef,
)
from datamodel.model import RefType
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, is_null
from pooldb import Reader, Transaction

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.messages.vm.copy import copy_of, copy_vbd, copy_vif, fresh_generation
from forwarder.messages.vm.force import cancel_others
from forwarder.messages.vm.shutdown import stop
from forwarder.place import register
from forwarder.records import devices, snapshot_metadata
from forwarder.records.fields import Operation, cleared, taken
from forwarder.records.new_vm import NEW_METRICS, new_vm
from forwarder.records.snapshot_metadata import FIELDS, Unreadable
from forwarder.storage import backend, disks, volumes
from forwarder.storage.making import Made, making, recorded
from forwarder.storage.sources import check_source


@implements("VM.revert")
def revert(ctx: Context, snapshot: VMRef) -> None:
    """Make the VM what it was: its settings, devices and disks come from the snapshot.

    A VM that is gone is made anew with its uuid. Raises VM_REVERT_FAILED if that is impossible, and
    SR_FULL before anything has changed.
    """
    record = ctx.view.get(VM, snapshot)
    vm = record.snapshot_of
    is_gone = ctx.view.find(VM, vm) is None
    if is_gone and not record.is_a_snapshot:
        raise XenAPIError("VM_REVERT_FAILED", snapshot, vm)
    if not is_gone:
        cancel_others(ctx, vm, "hard_shutdown")
    ctx.lock(VM, snapshot, "revert")
    if not is_gone:
        with ctx.transaction() as tx:
            register.take(tx, ctx.task, vm)
    require_restorable(ctx, vm, snapshot)
    if is_gone:
        with ctx.transaction() as tx:
            vm = _remade(tx, snapshot)
    if ctx.view.get(VM, vm).power_state != "Halted":
        stop(ctx, vm)
    restore(ctx, vm, snapshot)
    ctx.announce("VM_SNAPSHOT_REVERTED", vm, f"reverted to snapshot '{record.name_label}'")


def require_restorable(ctx: Context, vm: VMRef, snapshot: VMRef) -> None:
    """Raise the reason why a VM cannot be reverted, before anything has changed."""
    read_saved(ctx.view, vm, snapshot)
    wanted: Counter[SRRef] = Counter()
    for disk, images in _images(ctx.view, snapshot).items():
        record = ctx.view.get(VDI, images[0])
        check_source(images[0], record, Operation.REVERT)
        if not _stays(ctx, vm, disk):
            wanted[record.SR] += int(record.virtual_size)
    volumes.require_room(ctx, wanted)


def read_saved(tx: Reader, vm: VMRef, snapshot: VMRef) -> tuple[VMRef, dict[str, Any]]:
    """The VM's reference and record at the time of the snapshot; raises VM_REVERT_FAILED."""
    try:
        return snapshot_metadata.read(tx.get(VM, snapshot).snapshot_metadata)
    except Unreadable as error:
        raise XenAPIError("VM_REVERT_FAILED", snapshot, vm) from error


def _images(tx: Reader, snapshot: VMRef) -> dict[VDIRef, list[VDIRef]]:
    """A snapshot's disks, by the disk that each is a snapshot of, or by itself if that is gone.

    A disk that the VM had at several places has several snapshots.
    """
    disks: dict[VDIRef, list[VDIRef]] = {}
    for vbd in (tx.get(VBD, vbd) for vbd in tx.get(VM, snapshot).VBDs):
        if vbd.type == "Disk" and not is_null(vbd.VDI):
            disk = tx.get(VDI, vbd.VDI).snapshot_of
            key = vbd.VDI if tx.find(VDI, disk) is None else disk
            disks.setdefault(key, []).append(vbd.VDI)
    return disks


def _remade(tx: Transaction, snapshot: VMRef) -> VMRef:
    """Make the VM of a snapshot anew, with nothing but the fields by which it is known.

    All its snapshots belong to it again. Raises VM_REVERT_FAILED if another VM has its uuid.
    """
    old, saved = read_saved(tx, NULL_REF, snapshot)
    records = tx.all(VM)
    if any(record.uuid == saved["uuid"] for record in records.values()):
        raise XenAPIError("VM_REVERT_FAILED", snapshot, NULL_REF)
    known_by = ("uuid", "name_label", "other_config", "tags", "affinity")
    vm = new_vm(tx, _living(tx, {name: saved[name] for name in known_by}))
    for ref, record in records.items():
        if record.is_a_snapshot and record.snapshot_of == NULL_REF and _is_of(record, old):
            tx.edit(VM, ref).snapshot_of = vm
    return vm


def _is_of(snapshot: VM, vm: str) -> bool:
    try:
        return snapshot_metadata.read(snapshot.snapshot_metadata)[0] == vm
    except Unreadable:
        return False


def restore(ctx: Context, vm: VMRef, snapshot: VMRef) -> None:
    """Give a halted VM the settings, devices and disks of a snapshot of it.

    New disks are made first, as the old contents of those that stay are gone for good.
    """
    images = _images(ctx.view, snapshot)
    staying = {disk for disk in images if _stays(ctx, vm, disk)}
    with making(ctx) as making_:
        made = {
            disk: making_.copy(of_disk[0], Operation.CLONE)
            for disk, of_disk in images.items()
            if disk not in staying
        }
        for disk in staying:
            volumes.revert(ctx, disk, images[disk][0])
        with ctx.transaction() as tx:
            of_image: dict[VDIRef, VDIRef] = {}
            for disk, of_disk in images.items():
                new = disk if disk in staying else _replaced(tx, disk, of_disk[0], made[disk])
                of_image |= dict.fromkeys(of_disk, new)
            _restore(tx, vm, snapshot, of_image)


def _stays(ctx: Context, vm: VMRef, disk: VDIRef) -> bool:
    """Whether a VM's disk gets its old contents back, and need not be replaced."""
    return disks.is_of_vm_alone(ctx.view, disk, vm) and backend.of(
        ctx, ctx.view.get(VDI, disk).SR
    ).vdi_can_revert(disk)


def _replaced(tx: Transaction, disk: VDIRef, image: VDIRef, made: Made) -> VDIRef:
    """The new disk with a snapshot's contents; all snapshots of the old one refer to it."""
    new = recorded(tx, made)
    for each in [image] if disk == image else tx.get(VDI, disk).snapshots:
        tx.edit(VDI, each).snapshot_of = new
    return new


def _restore(
    tx: Transaction, vm: VMRef, snapshot: VMRef, of_image: Mapping[VDIRef, VDIRef]
) -> None:
    """Write the settings and devices; ``of_image`` has the VM's disk for each of the snapshot."""
    old, image_record = tx.get(VM, vm), tx.get(VM, snapshot)
    for vbd in old.VBDs:
        devices.remove_vbd(tx, vbd)
    for vif in old.VIFs:
        devices.remove_vif(tx, vif)
    _, saved = read_saved(tx, vm, snapshot)
    tx.update(
        name_of(VM),
        vm,
        {
            **_living(tx, taken(VM, Operation.REVERT, saved)),
            **cleared(VM, Operation.REVERT),
            "parent": snapshot,
            "metrics": copy_of(tx, VM_metrics, image_record.metrics, NEW_METRICS),
            "guest_metrics": copy_of(tx, VM_guest_metrics, image_record.guest_metrics),
            # The guest must learn that it goes back in time: a directory server would fork.
            "generation_id": fresh_generation(saved["generation_id"]),
        },
    )
    if tx.find(VM_metrics, old.metrics) is not None:
        tx.delete(VM_metrics, old.metrics)
    if tx.find(VM_guest_metrics, old.guest_metrics) is not None:
        tx.delete(VM_guest_metrics, old.guest_metrics)
    for vbd in image_record.VBDs:
        vdi = tx.get(VBD, vbd).VDI
        copy_vbd(tx, vbd, vm, Operation.REVERT, {"VDI": of_image.get(vdi, vdi)})
    for vif in image_record.VIFs:
        copy_vif(tx, vif, vm, Operation.REVERT, {})
    locking.refresh(tx, name_of(VM), vm)
    locking.refresh(tx, name_of(VM_appliance), old.appliance)


def _living(tx: Transaction, values: Mapping[str, Any]) -> dict[str, Any]:
    """A VM's values, with NULL in place of references to objects that are gone."""
    return {name: _or_null(tx, name, value) for name, value in values.items()}


def _or_null(tx: Transaction, name: str, value: Any) -> Any:
    match FIELDS[name].type:
        case RefType(cls) if tx.find(cls, value) is None:
            return NULL_REF
    return value
