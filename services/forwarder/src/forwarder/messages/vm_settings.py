"""A VM's settings: those that a running VM takes at once, and those that have rules."""

from typing import Any

from datamodel import XenAPIError

from forwarder import locking
from forwarder.context import Context
from forwarder.election import overhead_bytes
from forwarder.messages.vm_create import check_memory, check_vcpus
from forwarder.messages.vm_power import on_resident
from forwarder.registry import implements

VBD_DEVICES, VIF_DEVICES = 255, 16
LIVE = ("Running", "Paused")
RESTART_PRIORITIES = ("", "restart", "best-effort")


@implements("VM.update_allowed_operations")
def update_allowed_operations(ctx: Context, self: str) -> None:
    with ctx.transaction() as tx:
        locking.refresh(tx, "VM", self)


@implements("VM.assert_operation_valid")
def assert_operation_valid(ctx: Context, self: str, op: str) -> None:
    locking.TABLES["VM"].check(ctx.view, self, ctx.view.get("VM", self), op)


@implements("VM.get_allowed_VBD_devices")
def get_allowed_vbd_devices(ctx: Context, vm: str) -> list[str]:
    taken = {ctx.view.get("VBD", vbd)["userdevice"] for vbd in ctx.view.get("VM", vm)["VBDs"]}
    return [str(number) for number in range(VBD_DEVICES) if str(number) not in taken]


@implements("VM.get_allowed_VIF_devices")
def get_allowed_vif_devices(ctx: Context, vm: str) -> list[str]:
    taken = {ctx.view.get("VIF", vif)["device"] for vif in ctx.view.get("VM", vm)["VIFs"]}
    return [str(number) for number in range(VIF_DEVICES) if str(number) not in taken]


@implements("VM.set_VCPUs_number_live")
def set_vcpus_number_live(ctx: Context, self: str, nvcpu: int) -> None:
    ctx.lock("VM", self, "changing_VCPUs_live")
    check_vcpus(int(ctx.view.get("VM", self)["VCPUs_max"]), nvcpu)
    on_resident(ctx, self, "VM.set_vcpus", vcpus=nvcpu)


@implements("VM.set_VCPUs_max")
def set_vcpus_max(ctx: Context, self: str, value: int) -> None:
    ctx.lock("VM", self, "changing_VCPUs")
    check_vcpus(value, int(ctx.view.get("VM", self)["VCPUs_at_startup"]))
    _update(ctx, self, VCPUs_max=value)


@implements("VM.set_VCPUs_at_startup")
def set_vcpus_at_startup(ctx: Context, self: str, value: int) -> None:
    check_vcpus(int(ctx.view.get("VM", self)["VCPUs_max"]), value)
    _update(ctx, self, VCPUs_at_startup=value)


@implements("VM.set_memory_dynamic_range")
def set_memory_dynamic_range(ctx: Context, self: str, min: int, max: int) -> None:
    ctx.lock("VM", self, "changing_dynamic_range")
    _set_memory(ctx, self, memory_dynamic_min=min, memory_dynamic_max=max)


@implements("VM.set_memory_dynamic_min")
def set_memory_dynamic_min(ctx: Context, self: str, value: int) -> None:
    ctx.lock("VM", self, "changing_dynamic_range")
    _set_memory(ctx, self, memory_dynamic_min=value)


@implements("VM.set_memory_dynamic_max")
def set_memory_dynamic_max(ctx: Context, self: str, value: int) -> None:
    ctx.lock("VM", self, "changing_dynamic_range")
    _set_memory(ctx, self, memory_dynamic_max=value)


@implements("VM.set_memory_static_range")
def set_memory_static_range(ctx: Context, self: str, min: int, max: int) -> None:
    ctx.lock("VM", self, "changing_static_range")
    _set_memory(ctx, self, memory_static_min=min, memory_static_max=max)


@implements("VM.set_memory_static_min")
def set_memory_static_min(ctx: Context, self: str, value: int) -> None:
    ctx.lock("VM", self, "changing_static_range")
    _set_memory(ctx, self, memory_static_min=value)


@implements("VM.set_memory_static_max")
def set_memory_static_max(ctx: Context, self: str, value: int) -> None:
    ctx.lock("VM", self, "changing_static_range")
    _set_memory(ctx, self, memory_static_max=value)


@implements("VM.set_memory_limits")
def set_memory_limits(
    ctx: Context, self: str, static_min: int, static_max: int, dynamic_min: int, dynamic_max: int
) -> None:
    ctx.lock("VM", self, "changing_static_range")
    _set_memory(
        ctx,
        self,
        memory_static_min=static_min,
        memory_static_max=static_max,
        memory_dynamic_min=dynamic_min,
        memory_dynamic_max=dynamic_max,
    )


@implements("VM.set_memory")
def set_memory(ctx: Context, self: str, value: int) -> None:
    ctx.lock("VM", self, "changing_static_range")
    _set_memory(
        ctx, self, memory_static_max=value, memory_dynamic_min=value, memory_dynamic_max=value
    )


def _set_memory(ctx: Context, vm: str, **changes: int) -> None:
    """Set limits that are in order; a running VM's dynamic range is told to its host."""
    record = {**ctx.view.get("VM", vm), **changes}
    check_memory(record)
    if record["power_state"] in LIVE:
        on_resident(
            ctx,
            vm,
            "VM.set_memory_dynamic_range",
            minimum=record["memory_dynamic_min"],
            maximum=record["memory_dynamic_max"],
        )
    else:
        changes["memory_target"] = record["memory_dynamic_max"]
    changes["memory_overhead"] = overhead_bytes(record)
    _update(ctx, vm, **changes)


@implements("VM.compute_memory_overhead")
def compute_memory_overhead(ctx: Context, vm: str) -> int:
    return overhead_bytes(ctx.view.get("VM", vm))


@implements("VM.get_cooperative", looked_at=())
def get_cooperative(ctx: Context, self: str) -> bool:
    """Deprecated: every VM is taken to be."""
    return True


@implements("VM.set_is_a_template")
def set_is_a_template(ctx: Context, self: str, value: bool) -> None:
    if value:
        ctx.lock("VM", self, "make_into_template")
    _update(ctx, self, is_a_template=value)


@implements("VM.set_domain_type")
def set_domain_type(ctx: Context, self: str, value: str) -> None:
    _update(ctx, self, domain_type=value, HVM_boot_policy="BIOS order" if value == "hvm" else "")


@implements("VM.set_HVM_boot_policy")
def set_hvm_boot_policy(ctx: Context, self: str, value: str) -> None:
    _update(ctx, self, HVM_boot_policy=value, domain_type="hvm" if value else "pv")


@implements("VM.set_HVM_shadow_multiplier")
def set_hvm_shadow_multiplier(ctx: Context, self: str, value: float) -> None:
    ctx.lock("VM", self, "changing_shadow_memory")
    if value < 1.0:
        raise XenAPIError("INVALID_VALUE", "HVM_shadow_multiplier must be at least 1.0", value)
    _update(ctx, self, HVM_shadow_multiplier=value)


@implements("VM.set_ha_restart_priority", looked_at=())
def set_ha_restart_priority(ctx: Context, self: str, value: str) -> None:
    if value not in RESTART_PRIORITIES:
        raise XenAPIError("INVALID_VALUE", "ha_restart_priority", value)
    _update(ctx, self, ha_restart_priority=value)


@implements("VM.set_order", looked_at=())
def set_order(ctx: Context, self: str, value: int) -> None:
    _set_natural(ctx, self, "order", value)


@implements("VM.set_start_delay", looked_at=())
def set_start_delay(ctx: Context, self: str, value: int) -> None:
    _set_natural(ctx, self, "start_delay", value)


@implements("VM.set_shutdown_delay", looked_at=())
def set_shutdown_delay(ctx: Context, self: str, value: int) -> None:
    _set_natural(ctx, self, "shutdown_delay", value)


def _set_natural(ctx: Context, vm: str, field: str, value: int) -> None:
    if value < 0:
        raise XenAPIError("INVALID_VALUE", f"{field} must be non-negative", value)
    _update(ctx, vm, **{field: value})


@implements("VM.set_is_default_template")
def set_is_default_template(ctx: Context, vm: str, value: bool) -> None:
    _require_state(ctx, vm, "Halted")
    _update(ctx, vm, is_default_template=value)


@implements("VM.set_has_vendor_device")
def set_has_vendor_device(ctx: Context, self: str, value: bool) -> None:
    _require_state(ctx, self, "Halted")
    _update(ctx, self, has_vendor_device=value)


@implements("VM.set_NVRAM")
def set_nvram(ctx: Context, self: str, value: dict[str, str]) -> None:
    if ctx.view.get("VM", self)["is_a_snapshot"]:
        raise XenAPIError("VM_IS_SNAPSHOT", self, "changing_NVRAM")
    _require_state(ctx, self, "Halted")
    _update(ctx, self, NVRAM=value)


@implements("VM.set_bios_strings")
def set_bios_strings(ctx: Context, self: str, value: dict[str, str]) -> None:
    if ctx.view.get("VM", self)["bios_strings"]:
        raise XenAPIError("VM_BIOS_STRINGS_ALREADY_SET")
    _update(ctx, self, bios_strings=value)


@implements("VM.set_groups")
def set_groups(ctx: Context, self: str, value: list[str]) -> None:
    refuse_special(
        ctx, self, "Control domains, templates, and snapshots cannot be added to VM groups."
    )
    if len(value) > 1:
        raise XenAPIError("TOO_MANY_GROUPS")
    _update(ctx, self, groups=value)


def refuse_special(ctx: Context, vm: str, refusal: str) -> None:
    """Raise OPERATION_NOT_ALLOWED for a control domain, a template or a snapshot."""
    record = ctx.view.get("VM", vm)
    if record["is_control_domain"] or record["is_a_template"] or record["is_a_snapshot"]:
        raise XenAPIError("OPERATION_NOT_ALLOWED", refusal)


@implements("VM.set_suspend_VDI", looked_at=("self",))
def set_suspend_vdi(ctx: Context, self: str, value: str) -> None:
    """Have a suspended VM resume from another image."""
    _require_state(ctx, self, "Suspended")
    ctx.view.get("VDI", value)
    _update(ctx, self, suspend_VDI=value)


def _require_state(ctx: Context, vm: str, state: str) -> None:
    found = ctx.view.get("VM", vm)["power_state"]
    if found != state:
        raise XenAPIError("VM_BAD_POWER_STATE", vm, state.lower(), found.lower())


def _update(ctx: Context, vm: str, **changes: Any) -> None:
    with ctx.transaction() as tx:
        tx.update("VM", vm, changes)
        locking.refresh(tx, "VM", vm)
