"""A VM's settings."""

import time
from typing import Any

from datamodel import XenAPIError, api, enums, not_implemented
from datamodel.classes import (
    VDI,
    VM,
    Host,
    HostRef,
    VDIRef,
    VM_appliance,
    VM_applianceRef,
    VM_groupRef,
    VM_metrics,
    VMRef,
)
from datamodel.objects import altered, name_of, ref_of
from datamodel.refs import NULL_REF, is_null
from pooldb import Transaction
from rules.lifecycle.vm import check_snapshot
from rules.placement.memory import overhead_bytes
from rules.values import bios
from rules.values.dates import date
from rules.values.vm_values import (
    check_multiplier,
    check_natural,
    check_restart_priority,
    check_vcpus,
)
from xenops.envelope import XENOPSD

from forwarder.core.context import Context
from forwarder.core.patterns import adder, remover, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.messages.vm.on_host import on_resident
from forwarder.records import blobs
from forwarder.records.new_vm import NEW_METRICS, VENDOR_DEVICE_PLATFORM

for _field in (
    *("actions_after_crash", "blocked_operations", "platform", "xenstore_data"),
    *("other_config", "snapshot_schedule"),
):
    implements(f"VM.set_{_field}")(setter(VM, _field))
for _field in ("other_config", "platform", "blocked_operations", "NVRAM"):
    implements(f"VM.add_to_{_field}")(adder(VM, _field))
    implements(f"VM.remove_from_{_field}")(remover(VM, _field))
implements("VM.create_new_blob")(blobs.creator(VM))


@implements("VM.update_allowed_operations")
def update_allowed_operations(ctx: PoolContext, self: VMRef) -> None:
    with ctx.transaction() as tx:
        locking.refresh(tx, name_of(VM), self)


@implements("VM.set_VCPUs_number_live")
def set_vcpus_number_live(ctx: Context, self: VMRef, nvcpu: int) -> None:
    ctx.lock(VM, self, "changing_VCPUs_live")
    check_vcpus(int(ctx.view.get(VM, self).VCPUs_max), nvcpu, nvcpu)
    on_resident(ctx, self, XENOPSD.VM.set_vcpus, vcpus=nvcpu)


@implements("VM.set_VCPUs_max")
def set_vcpus_max(ctx: Context, self: VMRef, value: int) -> None:
    ctx.lock(VM, self, "changing_VCPUs")
    check_vcpus(value, int(ctx.view.get(VM, self).VCPUs_at_startup), value)
    update_resources(ctx, self, VCPUs_max=value)


@implements("VM.set_VCPUs_at_startup")
def set_vcpus_at_startup(ctx: PoolContext, self: VMRef, value: int) -> None:
    check_vcpus(int(ctx.view.get(VM, self).VCPUs_max), value, value)
    update_resources(ctx, self, VCPUs_at_startup=value)


def update_resources(ctx: PoolContext, vm: VMRef, **changes: Any) -> None:
    """Set fields on which Xen's own need of memory depends, and that need with them."""
    overhead = overhead_bytes(altered(ctx.view.get(VM, vm), changes))
    _update(ctx, vm, **changes, memory_overhead=overhead)


@implements("VM.set_is_a_template")
def set_is_a_template(ctx: Context, self: VMRef, value: bool) -> None:
    if value:
        ctx.lock(VM, self, "make_into_template")
    with ctx.transaction() as tx:
        become(tx, self, template=value)


@implements("VM.set_is_default_template")
def set_is_default_template(ctx: Context, vm: VMRef, value: bool) -> None:
    """Set both the field and the key that old clients read; a default template is a template."""
    becomes = value and not ctx.view.get(VM, vm).is_a_template
    if becomes:
        ctx.lock(VM, vm, "make_into_template")
    with ctx.transaction() as tx:
        if becomes:
            become(tx, vm, template=True)
        mark = {"default_template": str(value).lower()}
        others = {k: v for k, v in tx.get(VM, vm).other_config.items() if k not in mark}
        changed_vm = tx.edit(VM, vm)
        changed_vm.is_default_template = value
        changed_vm.other_config = {**mark, **others}
        locking.refresh(tx, name_of(VM), vm)


def become(tx: Transaction, vm: VMRef, *, template: bool) -> None:
    """Turn a template into a VM, which counts as installed now, or a VM into a template.

    A template has no metrics.
    """
    record = tx.get(VM, vm)
    metrics = tx.find(VM_metrics, record.metrics)
    installed = {"install_time": date(time.time())}
    changes: dict[str, Any] = {"is_a_template": template}
    if template:
        changes |= {"ha_always_run": False, "groups": [], "metrics": NULL_REF}
        if metrics is not None:
            tx.delete(VM_metrics, record.metrics)
    elif metrics is None:
        vm_metrics = tx.new(VM_metrics, {**NEW_METRICS, **installed})
        changes["metrics"] = ref_of(vm_metrics)
    else:
        tx.update(name_of(VM_metrics), record.metrics, installed)
    tx.update(name_of(VM), vm, changes)
    locking.refresh(tx, name_of(VM), vm)


@implements("VM.set_domain_type")
def set_domain_type(ctx: PoolContext, self: VMRef, value: enums.DomainType) -> None:
    if value == "unspecified":
        raise XenAPIError("INVALID_VALUE", "domain_type", value)
    _update(ctx, self, domain_type=value, HVM_boot_policy="BIOS order" if value == "hvm" else "")


@implements("VM.set_HVM_boot_policy")
def set_hvm_boot_policy(ctx: PoolContext, self: VMRef, value: str) -> None:
    _update(ctx, self, HVM_boot_policy=value, domain_type="hvm" if value else "pv")


@implements("VM.set_HVM_shadow_multiplier")
def set_hvm_shadow_multiplier(ctx: Context, self: VMRef, value: float) -> None:
    ctx.lock(VM, self, "changing_shadow_memory")
    check_multiplier("multiplier", value)
    update_resources(ctx, self, HVM_shadow_multiplier=value)


@implements("VM.set_shadow_multiplier_live")
def set_shadow_multiplier_live(ctx: Context, self: VMRef, multiplier: float) -> None:
    ctx.lock(VM, self, "changing_shadow_memory_live")
    check_multiplier("multiplier", multiplier)
    raise not_implemented("VM.set_shadow_multiplier_live")


@implements("VM.set_ha_restart_priority", looked_at=())
def set_ha_restart_priority(ctx: PoolContext, self: VMRef, value: str) -> None:
    """Set whether HA restarts the VM; for a running VM this applies from now on."""
    check_restart_priority(value)
    record = ctx.view.get(VM, self)
    runs = record.power_state == "Running" and record.ha_restart_priority != value
    protected = {"ha_always_run": value == "restart"} if runs else {}
    _update(ctx, self, ha_restart_priority=value, **protected)


@implements("VM.set_ha_always_run")
def set_ha_always_run(ctx: PoolContext, self: VMRef, value: bool) -> None:
    set_ha_restart_priority(ctx, self, "restart" if value else "")


@implements("VM.set_order", looked_at=())
def set_order(ctx: PoolContext, self: VMRef, value: int) -> None:
    _set_natural(ctx, self, "order", value)


@implements("VM.set_start_delay", looked_at=())
def set_start_delay(ctx: PoolContext, self: VMRef, value: int) -> None:
    _set_natural(ctx, self, "start_delay", value)


@implements("VM.set_shutdown_delay", looked_at=())
def set_shutdown_delay(ctx: PoolContext, self: VMRef, value: int) -> None:
    _set_natural(ctx, self, "shutdown_delay", value)


def _set_natural(ctx: PoolContext, vm: VMRef, field: str, value: int) -> None:
    check_natural(field, value)
    _update(ctx, vm, **{field: value})


@implements("VM.set_has_vendor_device")
def set_has_vendor_device(ctx: PoolContext, self: VMRef, value: bool) -> None:
    _require_state(ctx, self, "Halted")
    version = int(ctx.view.get(VM, self).hardware_platform_version)
    if value:
        version = max(version, VENDOR_DEVICE_PLATFORM)
    _update(ctx, self, has_vendor_device=value, hardware_platform_version=version)


@implements("VM.set_NVRAM")
def set_nvram(ctx: PoolContext, self: VMRef, value: dict[str, str]) -> None:
    check_snapshot(self, ctx.view.get(VM, self), "changing_NVRAM")
    _require_state(ctx, self, "Halted")
    _update(ctx, self, NVRAM=value)


@implements("VM.set_bios_strings")
def set_bios_strings(ctx: PoolContext, self: VMRef, value: dict[str, str]) -> None:
    _require_no_bios_strings(ctx, self)
    bios.check(value)
    _update(ctx, self, bios_strings={**bios.GENERIC_BIOS_STRINGS, **value})


@implements("VM.copy_bios_strings")
def copy_bios_strings(ctx: PoolContext, vm: VMRef, host: HostRef) -> None:
    """Show the guest a host's firmware; the VM's affinity becomes that host."""
    _require_no_bios_strings(ctx, vm)
    strings = ctx.view.get(Host, host).bios_strings
    _update(ctx, vm, bios_strings=dict(strings), affinity=host)


def _require_no_bios_strings(ctx: PoolContext, vm: VMRef) -> None:
    if ctx.view.get(VM, vm).bios_strings:
        raise XenAPIError("VM_BIOS_STRINGS_ALREADY_SET")


@implements("VM.set_groups")
def set_groups(ctx: PoolContext, self: VMRef, value: list[VM_groupRef]) -> None:
    refuse_special(
        ctx, self, "Control domains, templates, and snapshots cannot be added to VM groups."
    )
    if len(value) > 1:
        raise XenAPIError("TOO_MANY_GROUPS")
    _update(ctx, self, groups=value)


def refuse_special(ctx: PoolContext, vm: VMRef, refusal: str) -> None:
    """Raise OPERATION_NOT_ALLOWED for a control domain, a template or a snapshot."""
    record = ctx.view.get(VM, vm)
    if record.is_control_domain or record.is_a_template or record.is_a_snapshot:
        raise XenAPIError("OPERATION_NOT_ALLOWED", refusal)


@implements("VM.set_appliance", looked_at=("self",))
def set_appliance(ctx: PoolContext, self: VMRef, value: VM_applianceRef) -> None:
    refuse_special(
        ctx, self, "Control domains, templates and snapshots cannot be assigned to appliances."
    )
    with ctx.transaction() as tx:
        before = tx.get(VM, self).appliance
        if not is_null(value):
            tx.get(VM_appliance, value)
        tx.edit(VM, self).appliance = value
        for appliance in (before, value):
            locking.refresh(tx, name_of(VM_appliance), appliance)


@implements("VM.set_suspend_VDI", looked_at=("self",))
def set_suspend_vdi(ctx: PoolContext, self: VMRef, value: VDIRef) -> None:
    """Have a suspended VM resume from another image."""
    _require_state(ctx, self, "Suspended")
    ctx.view.get(VDI, value)
    _update(ctx, self, suspend_VDI=value)


def _require_state(ctx: PoolContext, vm: VMRef, state: str) -> None:
    actual = ctx.view.get(VM, vm).power_state
    if actual != state:
        raise XenAPIError("VM_BAD_POWER_STATE", vm, state.lower(), actual.lower())


def _update(ctx: PoolContext, vm: VMRef, **changes: Any) -> None:
    with ctx.transaction() as tx:
        tx.update(name_of(VM), vm, changes)
        locking.refresh(tx, name_of(VM), vm)


@implements("VM.get_boot_record")
def get_boot_record(ctx: Context, self: VMRef) -> dict[str, Any]:
    """The present record of a VM that has booted."""
    ctx.lock(VM, self, "get_boot_record")
    ctx.commit()  # what the VM allows meanwhile is written with the lock
    record = ctx.view.get(VM, self)
    return {field.name: vars(record)[field.name] for field in api.classes["VM"].public_fields}
