"""VM_appliance: VMs that are started and stopped together, sorted by their ``order``."""

import itertools
from collections.abc import Callable
from typing import Any

from datamodel.classes import VM, VM_appliance, VM_applianceRef, VMRef
from datamodel.objects import ref_of
from datamodel.refs import NULL_REF

from forwarder.core.context import Context
from forwarder.core.lanes import LaneName
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.messages.vm import shutdown as vm_shutdown
from forwarder.messages.vm import start as vm_start


@implements("VM_appliance.create")
def create(ctx: PoolContext, args: dict[str, Any]) -> VM_applianceRef:
    with ctx.transaction() as tx:
        return ref_of(tx.new(VM_appliance, args))


@implements("VM_appliance.destroy")
def destroy(ctx: PoolContext, self: VM_applianceRef) -> None:
    """Remove the appliance; its VMs stay."""
    with ctx.transaction() as tx:
        for vm in tx.get(VM_appliance, self).VMs:
            tx.edit(VM, vm).appliance = NULL_REF
        tx.delete(VM_appliance, self)


@implements("VM_appliance.start")
def start(ctx: Context, self: VM_applianceRef, paused: bool) -> None:
    """Start the VMs that are halted, the lowest order first, with each group's delay."""
    ctx.lock(VM_appliance, self, "start")
    for group in _groups(ctx, self, ("Halted",)):
        for vm in group:
            vm_start.start(ctx, vm, paused, False)
        _wait(ctx, [ctx.view.get(VM, vm).start_delay for vm in group])


@implements("VM_appliance.clean_shutdown")
def clean_shutdown(ctx: Context, self: VM_applianceRef) -> None:
    ctx.lock(VM_appliance, self, "clean_shutdown")
    _stop(ctx, self, vm_shutdown.clean_shutdown)


@implements("VM_appliance.hard_shutdown", lane=LaneName.FORCE)
def hard_shutdown(ctx: Context, self: VM_applianceRef) -> None:
    ctx.lock(VM_appliance, self, "hard_shutdown")
    _stop(ctx, self, vm_shutdown.hard_shutdown)


@implements("VM_appliance.shutdown")
def shutdown(ctx: Context, self: VM_applianceRef) -> None:
    ctx.lock(VM_appliance, self, "shutdown")
    _stop(ctx, self, vm_shutdown.shutdown)


def _stop(ctx: Context, appliance: VM_applianceRef, stop: Callable[[Context, VMRef], None]) -> None:
    """Stop the VMs that are not halted, the highest order first, with each group's delay."""
    for group in reversed(_groups(ctx, appliance, ("Running", "Paused", "Suspended"))):
        for vm in group:
            stop(ctx, vm)
        _wait(ctx, [ctx.view.get(VM, vm).shutdown_delay for vm in group])


def _groups(
    ctx: PoolContext, appliance: VM_applianceRef, states: tuple[str, ...]
) -> list[list[VMRef]]:
    """The appliance's VMs that are in one of the states, grouped by their order."""

    def order(vm: VMRef) -> int:
        return int(ctx.view.get(VM, vm).order)

    vms = [
        vm
        for vm in ctx.view.get(VM_appliance, appliance).VMs
        if ctx.view.get(VM, vm).power_state in states
    ]
    return [list(group) for _, group in itertools.groupby(sorted(vms, key=order), order)]


def _wait(ctx: Context, delays: list[int]) -> None:
    """Let the longest of the VMs' delays pass, in seconds; raises TASK_CANCELLED."""
    ctx.sleep(float(max(delays)))
