"""A VM's memory: its limits, its target, and its overhead."""

import time

from datamodel import XenAPIError
from datamodel.classes import VM, VM_metrics, VMRef
from datamodel.objects import altered
from rules.lifecycle.vm import LIVE
from rules.placement import memory
from rules.values.vm_values import check_memory
from xenops.envelope import XENOPSD
from xenops.sizes import MIB

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.messages.vm.on_host import on_resident, resident, sync
from forwarder.messages.vm.settings import update_resources

# As upstream: how near a guest has to come to its target, and how long that may take.
NEAR_BYTES = MIB
WAIT_MAX_S = 256.0
LOOK_EVERY_S = 1.0


@implements("VM.set_memory_dynamic_range")
def set_memory_dynamic_range(ctx: Context, self: VMRef, min: int, max: int) -> None:
    ctx.lock(VM, self, "changing_dynamic_range")
    _set_memory(ctx, self, memory_dynamic_min=min, memory_dynamic_max=max)


@implements("VM.set_memory_dynamic_min")
def set_memory_dynamic_min(ctx: Context, self: VMRef, value: int) -> None:
    ctx.lock(VM, self, "changing_dynamic_range")
    _set_memory(ctx, self, memory_dynamic_min=value)


@implements("VM.set_memory_dynamic_max")
def set_memory_dynamic_max(ctx: Context, self: VMRef, value: int) -> None:
    ctx.lock(VM, self, "changing_dynamic_range")
    _set_memory(ctx, self, memory_dynamic_max=value)


@implements("VM.set_memory_static_range")
def set_memory_static_range(ctx: Context, self: VMRef, min: int, max: int) -> None:
    ctx.lock(VM, self, "changing_static_range")
    _set_memory(ctx, self, memory_static_min=min, memory_static_max=max)


@implements("VM.set_memory_static_min")
def set_memory_static_min(ctx: Context, self: VMRef, value: int) -> None:
    ctx.lock(VM, self, "changing_static_range")
    _set_memory(ctx, self, memory_static_min=value)


@implements("VM.set_memory_static_max")
def set_memory_static_max(ctx: Context, self: VMRef, value: int) -> None:
    ctx.lock(VM, self, "changing_static_range")
    _set_memory(ctx, self, memory_static_max=value)


@implements("VM.set_memory_limits")
def set_memory_limits(
    ctx: Context, self: VMRef, static_min: int, static_max: int, dynamic_min: int, dynamic_max: int
) -> None:
    ctx.lock(VM, self, "changing_memory_limits")
    _set_memory(
        ctx,
        self,
        memory_static_min=static_min,
        memory_static_max=static_max,
        memory_dynamic_min=dynamic_min,
        memory_dynamic_max=dynamic_max,
    )


@implements("VM.set_memory")
def set_memory(ctx: Context, self: VMRef, value: int) -> None:
    ctx.lock(VM, self, "changing_memory_limits")
    _set_memory(
        ctx, self, memory_static_max=value, memory_dynamic_min=value, memory_dynamic_max=value
    )


def _set_memory(ctx: Context, vm: VMRef, **changes: int) -> None:
    """Set limits if they are in order, and tell a running VM's host the dynamic range."""
    record = altered(ctx.view.get(VM, vm), changes)
    check_memory(vars(record))
    if record.power_state in LIVE and not record.is_control_domain:
        _require_room(ctx, vm, record)
        on_resident(
            ctx,
            vm,
            XENOPSD.VM.set_memory_dynamic_range,
            minimum=record.memory_dynamic_min,
            maximum=record.memory_dynamic_max,
        )
    elif "memory_dynamic_min" in changes:
        changes["memory_target"] = record.memory_dynamic_min
    update_resources(ctx, vm, **changes)


def _require_room(ctx: PoolContext, vm: VMRef, record: VM) -> None:
    """Raise unless the minima of all VMs fit on the host, whose squeezed shares out the rest."""
    host = record.resident_on
    least = int(record.memory_dynamic_min) + memory.overhead_bytes(record)
    reason = memory.shortage(ctx.view, vm, host, least)
    if reason is not None:
        raise reason


@implements("VM.set_memory_target_live")
def set_memory_target_live(ctx: Context, self: VMRef, target: int) -> None:
    """Make the guest's dynamic range this one size; raises BALLOONING_DISABLED without squeezed."""
    ctx.lock(VM, self, "changing_memory_live")
    _require_shared(ctx, self)
    _set_memory(ctx, self, memory_dynamic_min=target, memory_dynamic_max=target)


@implements("VM.wait_memory_target_live")
def wait_memory_target_live(ctx: Context, self: VMRef) -> None:
    """Return once the guest has reached its target; raises VM_MEMORY_TARGET_WAIT_TIMEOUT."""
    ctx.lock(VM, self, "awaiting_memory_live")
    deadline = time.monotonic() + WAIT_MAX_S
    while not _has_arrived(ctx, self):
        if time.monotonic() > deadline:
            raise XenAPIError("VM_MEMORY_TARGET_WAIT_TIMEOUT")
        ctx.sleep(LOOK_EVERY_S)


def _has_arrived(ctx: Context, vm: VMRef) -> bool:
    sync(ctx, resident(ctx, vm), vm)
    record = ctx.view.get(VM, vm)
    actual = ctx.view.get(VM_metrics, record.metrics).memory_actual
    return abs(int(actual) - int(record.memory_target)) <= NEAR_BYTES


def _require_shared(ctx: Context, vm: VMRef) -> None:
    if not memory.is_shared(ctx.view, resident(ctx, vm)):
        raise XenAPIError("BALLOONING_DISABLED")
