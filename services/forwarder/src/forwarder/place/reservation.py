"""How a VM gets its place: on a host that can run it."""

from datamodel.classes import VM, HostRef, TaskRef, VMRef
from pooldb import Transaction
from rules.placement.election import refusal

from forwarder.place import register


def reserve(tx: Transaction, task: TaskRef, vm_ref: VMRef, host: HostRef) -> None:
    """Give a VM a place on a host, or raise why not; others see the place from this commit on."""
    vm = tx.get(VM, vm_ref)
    if vm.scheduled_to_be_resident_on == host:
        return
    reason = refusal(tx, vm_ref, vm, host)
    if reason is not None:
        raise reason
    register.claim(tx, task, vm_ref, host)
