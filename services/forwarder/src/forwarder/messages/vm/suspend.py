"""VM.suspend and resume: save a guest to a disk, and bring it back from there."""

import contextlib

from datamodel import XenAPIError
from datamodel.classes import SR, VDI, VM, Host, HostRef, Pool, SRRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, is_null
from pooldb import Reader
from rules.lifecycle.holds import How
from rules.lifecycle.host import is_live
from xenops.envelope import XENOPSD
from xenops.types import Disk

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.daemons import translate
from forwarder.daemons.hosts import Surroundings
from forwarder.locks import locking
from forwarder.messages.vm.on_host import (
    forget,
    metadata,
    named,
    on_resident,
    place,
    resident,
    sync,
)
from forwarder.storage import volumes
from forwarder.storage.making import making, recorded
from forwarder.updates import census


@implements("VM.suspend")
def suspend(ctx: Context, vm: VMRef) -> None:
    """Suspend a VM; after a failure the image is destroyed only if the VM is surely not in it."""
    ctx.lock(VM, vm, "suspend")
    if ctx.view.get(VM, vm).power_state == "Suspended":
        # The forwarder that ran this task before suspended it, and may have come no further.
        for host in [host for host in ctx.view.refs(Host) if is_live(ctx.view, host)]:
            with contextlib.suppress(XenAPIError):
                forget(ctx, host, vm)
        return
    host, disk = resident(ctx, vm), _suspend_vdi(ctx, vm)
    try:
        on_resident(ctx, vm, XENOPSD.VM.suspend, suspend_vdi=disk)
    except XenAPIError:
        if not ctx.is_adrift(VM, vm) and ctx.view.get(VM, vm).power_state != "Suspended":
            _drop_suspend_vdi(ctx, vm)
        raise
    with contextlib.suppress(XenAPIError):
        forget(ctx, host, vm)
    ctx.announce("VM_SUSPENDED", vm, "suspended")


def _suspend_vdi(ctx: Context, vm: VMRef) -> Disk:
    """The disk for the image; a repeated run uses the disk of the first."""
    record = ctx.view.get(VM, vm)
    with making(ctx) as making_:
        made = None
        if is_null(record.suspend_VDI):
            made = making_.create(
                {
                    "name_label": f"Suspend image of {record.name_label}",
                    "SR": _suspend_sr(ctx.view, record),
                    "virtual_size": int(int(record.memory_static_max) * 1.26) + 100 * 2**20,
                    "type": "suspend",
                },
                record.uuid,
            )
        with ctx.transaction() as tx:
            vdi = record.suspend_VDI if made is None else recorded(tx, made)
            tx.edit(VM, vm).suspend_VDI = vdi
            locking.hold(tx, ctx.task, name_of(VDI), vdi, "suspend", How.CHANGE, vm)
    disk = translate.disk_of(ctx.view, vdi)
    assert disk is not None
    return disk


def _suspend_sr(tx: Reader, vm: VM) -> SRRef:
    pool = next(iter(tx.all(Pool).values()))
    host = tx.find(Host, vm.resident_on)
    of_host = NULL_REF if host is None else host.suspend_image_sr
    for sr in (vm.suspend_SR, pool.suspend_image_SR, of_host, pool.default_SR):
        if tx.find(SR, sr) is not None:
            return sr
    raise XenAPIError("VM_NO_SUSPEND_SR", NULL_REF)


def _drop_suspend_vdi(ctx: Context, vm: VMRef) -> None:
    volumes.discard(ctx, ctx.view.get(VM, vm).suspend_VDI)
    with ctx.transaction() as tx:
        tx.edit(VM, vm).suspend_VDI = NULL_REF


@implements("VM.resume")
def resume(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "resume")
    _resume(ctx, vm, NULL_REF, start_paused)


@implements("VM.resume_on")
def resume_on(ctx: Context, vm: VMRef, host: HostRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "resume_on")
    _resume(ctx, vm, host, start_paused)


def _resume(ctx: Context, vm: VMRef, wanted: HostRef, start_paused: bool) -> None:
    """Resume a VM; a failure leaves the VM suspended and its image there for another try."""
    record = ctx.view.get(VM, vm)
    disk = translate.disk_of(ctx.view, record.suspend_VDI)
    if disk is None:
        raise XenAPIError("VM_HAS_NO_SUSPEND_VDI", vm)
    census.require_nowhere(ctx, vm)
    host = place(ctx, vm, wanted)
    described = metadata(ctx, vm, suspended=True)
    around = Surroundings(metadata=described, unpause=not start_paused)
    try:
        ctx.run(host, VM, vm, XENOPSD.VM.resume, record.uuid, around, suspend_vdi=disk)
    except XenAPIError:
        if not ctx.is_adrift(VM, vm):
            _let_go(ctx, host, vm)
        raise
    sync(ctx, host, vm)
    _drop_suspend_vdi(ctx, vm)
    ctx.announce("VM_RESUMED", vm, f"resumed on {named(ctx, host)}")


def _let_go(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """After a failure have a host forget a VM; if it refuses, record what it says about the VM."""
    try:
        forget(ctx, host, vm)
    except XenAPIError:
        sync(ctx, host, vm)
