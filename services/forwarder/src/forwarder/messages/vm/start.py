"""VM.start and start_on."""

from typing import Any

from datamodel.classes import VM, HostRef, VM_guest_metrics, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF
from pooldb import Transaction
from rules.values.bios import GENERIC_BIOS_STRINGS
from xenops.envelope import XENOPSD

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.daemons.hosts import Surroundings
from forwarder.messages.vm.on_host import metadata, named, place, sync
from forwarder.updates import census


@implements("VM.start")
def start(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "start")
    census.require_nowhere(ctx, vm)
    _start(ctx, vm, place(ctx, vm), start_paused)


@implements("VM.start_on")
def start_on(ctx: Context, vm: VMRef, host: HostRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "start_on")
    census.require_nowhere(ctx, vm)
    _start(ctx, vm, place(ctx, vm, host), start_paused)


def _start(ctx: Context, vm: VMRef, host: HostRef, start_paused: bool) -> None:
    with ctx.transaction() as tx:
        _prepare(tx, vm)
    uuid, described = ctx.view.get(VM, vm).uuid, metadata(ctx, vm)
    around = Surroundings(metadata=described)
    try:
        ctx.run(host, VM, vm, XENOPSD.VM.start, uuid, around, paused=start_paused)
    finally:
        sync(ctx, host, vm)
    ctx.announce("VM_STARTED", vm, f"started on {named(ctx, host)}")


def _prepare(tx: Transaction, vm: VMRef) -> None:
    """Set the fields that a VM gets at each start, and forget what its last guest said."""
    _forget_guest(tx, vm)
    record = tx.get(VM, vm)
    changes: dict[str, Any] = {}
    if record.ha_restart_priority == "restart":
        changes["ha_always_run"] = True
    if record.domain_type == "hvm" and "device-model" not in record.platform:
        changes["platform"] = {"device-model": _device_model(record), **record.platform}
    if not record.bios_strings:
        # A guest's licence may depend on these, so they stay as they were at the first start.
        changes["bios_strings"] = GENERIC_BIOS_STRINGS
    tx.update(name_of(VM), vm, changes)


def _forget_guest(tx: Transaction, vm: VMRef) -> None:
    """Forget what the last guest said about itself: it need not be true of the next."""
    metrics = tx.get(VM, vm).guest_metrics
    tx.edit(VM, vm).guest_metrics = NULL_REF
    if tx.find(VM_guest_metrics, metrics) is not None:
        tx.delete(VM_guest_metrics, metrics)


def _device_model(record: VM) -> str:
    """The profile of the emulated machine, which depends on the firmware."""
    uefi = record.HVM_boot_params.get("firmware", "bios") == "uefi"
    return "qemu-upstream-uefi" if uefi else "qemu-upstream-compat"
