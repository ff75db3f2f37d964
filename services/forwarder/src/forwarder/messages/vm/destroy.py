"""VM.destroy: what is removed with a VM, and what becomes of its children and snapshots."""

from datamodel import api
from datamodel.classes import VM, Blob, VM_appliance, VM_guest_metrics, VM_metrics, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, is_null
from pooldb import Transaction, blobs

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.place import register
from forwarder.records import devices
from forwarder.states import reconcile
from forwarder.storage import disks, volumes
from forwarder.updates import census

OWNED = [
    (relation.one[0], relation.many[1])
    for relation in api.relations
    if relation.many[0] == "VM" and relation.one[1] == "VM"
]
"""The classes of objects that cannot be without their VM, and the VM's fields that list them."""


@implements("VM.destroy")
def destroy(ctx: Context, self: VMRef) -> None:
    """Remove the VM, its devices, metrics and blobs; its disks stay.

    Its suspend image is destroyed unless something else uses that.
    """
    ctx.lock(VM, self, "destroy")
    census.require_nowhere(ctx, self)
    image = ctx.view.get(VM, self).suspend_VDI
    if not is_null(image) and not disks.is_in_use(ctx.view, image, besides=self):
        volumes.discard(ctx, image)
    with ctx.transaction() as tx:
        remove(tx, self)


def remove(tx: Transaction, vm: VMRef) -> None:
    """Remove a VM and all that cannot be without it; its disks stay.

    Its parent gets its children, and its snapshots belong to no VM.
    """
    record = tx.get(VM, vm)
    for vbd in record.VBDs:
        devices.remove_vbd(tx, vbd)
    for vif in record.VIFs:
        devices.remove_vif(tx, vif)
    for cls, many in OWNED:
        for ref in vars(tx.get(VM, vm))[many]:
            tx.delete(cls, ref)
    if tx.find(VM_metrics, record.metrics) is not None:
        tx.delete(VM_metrics, record.metrics)
    if tx.find(VM_guest_metrics, record.guest_metrics) is not None:
        tx.delete(VM_guest_metrics, record.guest_metrics)
    for blob in record.blobs.values():
        if tx.find(Blob, blob) is not None:
            blobs.remove(tx, blob)
    for child in record.children:
        tx.edit(VM, child).parent = record.parent
    for snapshot in record.snapshots:
        tx.edit(VM, snapshot).snapshot_of = NULL_REF
    register.destroy(tx, vm)
    reconcile.forget(tx, vm)
    tx.delete(VM, vm)
    locking.refresh(tx, name_of(VM_appliance), record.appliance)
