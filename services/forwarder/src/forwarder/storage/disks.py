"""VDIs as records: what uses a disk, and what is removed with it."""

from datamodel import api
from datamodel.classes import VBD, VDI, VM, VDIRef, VMRef
from datamodel.model import RefType
from datamodel.objects import name_of
from datamodel.refs import NULL_REF
from pooldb import Reader, Transaction

from forwarder.locks import locking
from forwarder.records import devices

REFERRING = [
    (cls.name, field.name)
    for cls in api.classes.values()
    for field in cls.fields.values()
    if cls.in_database
    and field.type == RefType(name_of(VDI))
    and (cls.name, field.name) != ("VBD", "VDI")
]
"""The fields that may name a disk, other than VBD.VDI."""


def is_of_vm_alone(tx: Reader, vdi: VDIRef, vm: VMRef) -> bool:
    """Whether only the VM uses the disk's contents, and the disk may be written."""
    record = tx.find(VDI, vdi)
    if record is None or record.is_a_snapshot or record.read_only:
        return False
    users = {tx.get(VBD, vbd).VM for vbd in record.VBDs}
    return users == {vm} and not _is_referred_to(tx, vdi)


def is_in_use(tx: Reader, vdi: VDIRef, besides: VMRef) -> bool:
    """Whether anything in the pool but a VM needs the disk's contents."""
    users = {tx.get(VBD, vbd).VM for vbd in tx.get(VDI, vdi).VBDs}
    return bool(users - {besides}) or _is_referred_to(tx, vdi, besides)


def _is_referred_to(tx: Reader, vdi: VDIRef, besides: VMRef = NULL_REF) -> bool:
    """Whether anything but VBDs, other disks and a VM names the disk."""
    return any(
        record[name] == vdi and ref != besides
        for cls, name in REFERRING
        if cls != "VDI"
        for ref, record in tx.all(cls).items()
    )


def forget(tx: Transaction, vdi: VDIRef) -> None:
    """Remove a disk's record and its VBDs; drives become empty, other references NULL."""
    record = tx.get(VDI, vdi)
    for vbd in record.VBDs:
        of_disk = tx.get(VBD, vbd)
        if of_disk.type == "Disk":
            devices.remove_vbd(tx, vbd)
            locking.refresh(tx, name_of(VM), of_disk.VM)
        else:
            changed_vbd = tx.edit(VBD, vbd)
            changed_vbd.VDI = NULL_REF
            changed_vbd.empty = True
            locking.refresh(tx, name_of(VBD), vbd)
    for cls, name in REFERRING:
        for ref, referring in tx.all(cls).items():
            if referring[name] == vdi:
                tx.update(cls, ref, {name: NULL_REF})
    tx.delete(VDI, vdi)
