"""VM.shutdown, clean_shutdown and hard_shutdown."""

from datamodel import XenAPIError
from datamodel.classes import VM, HostRef, VMRef
from datamodel.objects import name_of
from xenops.envelope import XENOPSD

from forwarder.core.context import Context
from forwarder.core.lanes import LaneName
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.daemons.hosts import Surroundings
from forwarder.locks import locking
from forwarder.messages.vm.force import begin_by_force
from forwarder.messages.vm.on_host import on_resident
from forwarder.place import register
from forwarder.place.transitions import IsOff
from forwarder.states import reconcile
from forwarder.storage import volumes
from forwarder.updates import census

CLEAN_TIMEOUT_S = 1200.0


@implements("VM.clean_shutdown")
def clean_shutdown(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "clean_shutdown")
    unprotect(ctx, vm)
    _shut_down(ctx, vm, CLEAN_TIMEOUT_S)


@implements("VM.hard_shutdown", lane=LaneName.FORCE)
def hard_shutdown(ctx: Context, vm: VMRef) -> None:
    """Stop the VM now; other operations on it are asked to stop first."""
    was_on = ctx.view.get(VM, vm).power_state != "Halted"
    try:
        begin_by_force(ctx, vm, "hard_shutdown")
    except XenAPIError as error:
        if was_on and error.code == "VM_BAD_POWER_STATE":
            return  # an operation that was asked to stop has turned the VM off
        raise
    stop(ctx, vm)


@implements("VM.shutdown")
def shutdown(ctx: Context, vm: VMRef) -> None:
    """Ask the guest to stop; if it cannot or will not, stop it."""
    ctx.lock(VM, vm, "shutdown")
    unprotect(ctx, vm)
    if ctx.view.get(VM, vm).power_state == "Suspended":
        discard_image(ctx, vm)
        return
    delay = float(ctx.view.get(VM, vm).shutdown_delay) or CLEAN_TIMEOUT_S
    try:
        _shut_down(ctx, vm, delay)
    except XenAPIError as error:
        if error.code == "TASK_CANCELLED" or ctx.is_adrift(VM, vm):
            raise
        ctx.hop(step=f"the guest did not stop: {error.code}")
        _shut_down(ctx, vm, None)


def stop(ctx: Context, vm: VMRef) -> None:
    """Turn off a VM that this task holds, whatever the VM is doing."""
    unprotect(ctx, vm)
    if ctx.view.get(VM, vm).power_state == "Suspended":
        discard_image(ctx, vm)
    else:
        _shut_down_anywhere(ctx, vm)
    for host in census.domains_of(ctx, vm):
        _stop_copy(ctx, vm, host)


def _stop_copy(ctx: Context, vm: VMRef, host: HostRef) -> None:
    """End a VM's domain on a host where it has no place, even if the host does not know it."""
    uuid = ctx.view.get(VM, vm).uuid
    try:
        ctx.run(host, VM, vm, XENOPSD.VM.shutdown, uuid, Surroundings(forget=True), delay=None)
    except XenAPIError as error:
        if error.code != "VM_BAD_POWER_STATE":
            raise
        ctx.ask(host, XENOPSD.UNWANTED.destroy, id=uuid, place=ctx.right(vm))


def _shut_down_anywhere(ctx: Context, vm: VMRef) -> None:
    """Shut a VM down; if its host does not know it any more, look for it on all hosts first."""
    try:
        _shut_down(ctx, vm, None)
    except XenAPIError as error:
        if error.code != "VM_BAD_POWER_STATE" or ctx.is_adrift(VM, vm):
            raise
        census.look_for(ctx, vm)
        _shut_down(ctx, vm, None)


def unprotect(ctx: PoolContext, vm: VMRef) -> None:
    """Keep HA from restarting a VM that a client stops."""
    if ctx.view.get(VM, vm).ha_always_run:
        with ctx.transaction() as tx:
            tx.edit(VM, vm).ha_always_run = False


def discard_image(ctx: Context, vm: VMRef) -> None:
    """Halt a suspended VM by destroying its image."""
    volumes.discard(ctx, ctx.view.get(VM, vm).suspend_VDI)
    with ctx.transaction() as tx:
        reconcile.apply_no_image(tx, vm)


def _shut_down(ctx: Context, vm: VMRef, timeout_s: float | None) -> None:
    """Shut a VM down, unless it is halted by now: it ran when this task locked it."""
    if ctx.view.get(VM, vm).power_state != "Halted":
        on_resident(ctx, vm, XENOPSD.VM.shutdown, Surroundings(forget=True), delay=timeout_s)
        _believe_stopped(ctx, vm)
    ctx.announce("VM_SHUTDOWN", vm, f"shut down {manner(timeout_s)}")


def _believe_stopped(ctx: PoolContext, vm: VMRef) -> None:
    """Believe the host that it has shut a VM down, even if it has forgotten the VM since."""
    with ctx.transaction() as tx:
        home = register.of(tx, vm).home
        if home is not None:
            reconcile.apply_stopped(tx, vm, IsOff(home))
        tx.kv_delete(locking.LOST, vm)
        locking.refresh(tx, name_of(VM), vm)


def manner(timeout_s: float | None) -> str:
    return "by force" if timeout_s is None else "by its guest"
