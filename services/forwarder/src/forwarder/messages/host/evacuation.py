"""host.evacuate, and what stands in its way."""

import time
from collections.abc import Collection

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostRef, NetworkRef, VMRef
from rules.placement import election, memory

from forwarder.core.context import LOCK_WAIT_S, LOOK_ANYWAY_S, Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.messages.vm.migrate import other_hosts, pool_migrate, why_immobile


def guests(ctx: PoolContext, host: HostRef) -> list[VMRef]:
    """The VMs that run on a host, its control domain left out."""
    return [
        vm
        for vm in ctx.view.get(Host, host).resident_VMs
        if not ctx.view.get(VM, vm).is_control_domain
    ]


@implements("host.get_vms_which_prevent_evacuation")
def get_vms_which_prevent_evacuation(ctx: Context, self: HostRef) -> dict[VMRef, list[str]]:
    """The VMs that cannot be moved now, or to no other host, with the error of their migration."""
    errors = {vm: _why_it_stays(ctx, vm, self) for vm in guests(ctx, self)}
    return {vm: error.description for vm, error in errors.items() if error is not None}


def _why_it_stays(ctx: Context, vm: VMRef, host: HostRef) -> XenAPIError | None:
    """The error that would refuse the VM's migration away from the host; None if it can go."""
    error = why_immobile(ctx, vm)
    if error is not None:
        return error
    record = ctx.view.get(VM, vm)
    others = other_hosts(ctx, host)
    refusals = [election.refusal(ctx.view, vm, record, other) for other in others]
    if not others:
        return XenAPIError("NO_HOSTS_AVAILABLE", vm)
    return next(iter(refusals)) if all(refusals) else None


@implements("host.assert_can_evacuate")
def assert_can_evacuate(ctx: Context, host: HostRef) -> None:
    """Raise CANNOT_EVACUATE_HOST with a reason for each VM that cannot go."""
    _refuse(get_vms_which_prevent_evacuation(ctx, host).values())


def _refuse(reasons: Collection[list[str]]) -> None:
    if reasons:
        raise XenAPIError("CANNOT_EVACUATE_HOST", "|".join(map(",".join, reasons)))


@implements("host.evacuate")
def evacuate(ctx: Context, host: HostRef, network: NetworkRef, evacuate_batch_size: int) -> None:
    """Move every VM elsewhere, one after the other; if any cannot go, raise before the first moves.

    Waits for VMs that only another operation keeps here, and for VMs on their way to the host; no
    others come meanwhile. A VM that has left or ended by itself is not moved.
    """
    ctx.lock(Host, host, "evacuate")
    reasons = get_vms_which_prevent_evacuation(ctx, host).values()
    _refuse([reason for reason in reasons if reason[0] != "OTHER_OPERATION_IN_PROGRESS"])
    moved = 0
    while leaving := guests(ctx, host) or _await_arrivals(ctx, host):
        ctx.check_cancelled()
        _move(ctx, leaving[0], host)
        moved += 1
        ctx.progress(moved / (moved + len(leaving) - 1))


def _await_arrivals(ctx: Context, host: HostRef) -> list[VMRef]:
    """Wait until a VM on its way to a host arrives there, or all have given up; those that arrived.

    Raises OTHER_OPERATION_IN_PROGRESS for a VM that does neither for `LOCK_WAIT_S`.
    """
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        since = ctx.db.view.generation
        coming, here = _coming(ctx, host), guests(ctx, host)
        if here or not coming:
            return here
        if time.monotonic() > deadline:
            for task, operation in ctx.view.get(VM, coming[0]).current_operations.items():
                raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", coming[0], operation, task)
        # Cancelling a task whose record is gone changes nothing that could be seen.
        ctx.await_change(coming, since, LOOK_ANYWAY_S)


def _coming(ctx: PoolContext, host: HostRef) -> list[VMRef]:
    return list(ctx.view.naming(VM, "scheduled_to_be_resident_on", host))


def _move(ctx: Context, vm: VMRef, host: HostRef) -> None:
    try:
        ctx.lock(VM, vm, "pool_migrate")
        if vm in guests(ctx, host):
            pool_migrate(ctx, vm, _destination(ctx, vm, host), {"live": "true"})
    except XenAPIError as error:
        stays = ctx.is_adrift(VM, vm) or vm in guests(ctx, host)
        if stays or error.code == "TASK_CANCELLED":
            raise


def _destination(ctx: PoolContext, vm: VMRef, source: HostRef) -> HostRef:
    """The host with the most free memory of those that can take the VM."""
    record = ctx.view.get(VM, vm)
    willing = [
        host
        for host in other_hosts(ctx, source)
        if election.refusal(ctx.view, vm, record, host) is None
    ]
    if not willing:
        raise XenAPIError("NO_HOSTS_AVAILABLE")
    return max(willing, key=lambda host: memory.free_bytes(ctx.view, host))
