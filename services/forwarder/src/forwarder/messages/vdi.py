"""VDIs: all work on disks, which the drivers of their SRs do."""

from typing import Any

from datamodel import XenAPIError, enums, handle_invalid
from datamodel.classes import PBD, SR, VBD, VDI, VM, SRRef, VDIRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, is_null
from rules.lifecycle.holds import How, needed
from rules.lifecycle.sr import require_plugged
from rules.lifecycle.vdi import type_word

from forwarder.core.context import Context
from forwarder.core.patterns import refusal, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.records.fields import Operation
from forwarder.storage import volumes

BY_STORAGE_ALONE = (
    *("cbt_enabled", "is_a_snapshot", "managed", "metadata_of_pool", "missing"),
    *("physical_utilisation", "read_only", "sharable", "snapshot_of", "snapshot_time"),
    "virtual_size",
)
"""Fields that only the SR's driver may write, because only it knows them."""

for _field in ("name_label", "name_description", "allow_caching"):
    implements(f"VDI.set_{_field}")(setter(VDI, _field))
for _field in BY_STORAGE_ALONE:
    implements(f"VDI.set_{_field}", looked_at=("self",))(refusal("PERMISSION_DENIED", ""))
implements("VDI.db_introduce", looked_at=())(refusal("PERMISSION_DENIED", ""))
implements("VDI.db_forget")(refusal("PERMISSION_DENIED", ""))
implements("VDI.resize_online", looked_at=())(refusal("MESSAGE_REMOVED"))
implements("VDI.force_unlock")(refusal("MESSAGE_DEPRECATED"))


@implements("VDI.create")
def create(ctx: Context, args: dict[str, Any]) -> VDIRef:
    sr = args["SR"]
    if ctx.view.find(SR, sr) is None:
        raise handle_invalid("SR", sr)
    ctx.lock(SR, sr, "vdi_create")
    if args["type"] == "cbt_metadata":
        raise XenAPIError("VDI_INCOMPATIBLE_TYPE", "", type_word(args["type"]))
    require_plugged(ctx.view, sr)
    with ctx.transaction() as tx:
        return volumes.create(tx, args)


@implements("VDI.destroy")
def destroy(ctx: Context, self: VDIRef) -> None:
    ctx.lock(VDI, self, "destroy")
    record = ctx.view.get(VDI, self)
    require_plugged(ctx.view, record.SR)
    volumes.require_managed(self, record)
    with ctx.transaction() as tx:
        volumes.destroy(tx, self)


@implements("VDI.clone")
def clone(ctx: Context, vdi: VDIRef, driver_params: dict[str, str]) -> VDIRef:
    return _copy(ctx, vdi, Operation.CLONE)


@implements("VDI.snapshot")
def snapshot(ctx: Context, vdi: VDIRef, driver_params: dict[str, str]) -> VDIRef:
    return _copy(ctx, vdi, Operation.SNAPSHOT)


def _copy(ctx: Context, vdi: VDIRef, operation: Operation) -> VDIRef:
    ctx.lock_any(name_of(VDI), vdi, operation.value)
    require_plugged(ctx.view, ctx.view.get(VDI, vdi).SR)
    with ctx.transaction() as tx:
        return volumes.copy(tx, vdi, operation)


@implements("VDI.resize")
def resize(ctx: Context, vdi: VDIRef, size: int) -> None:
    ctx.lock(VDI, vdi, "resize")
    with ctx.transaction() as tx:
        volumes.resize(tx, vdi, size)


@implements("VDI.copy")
def copy(ctx: Context, vdi: VDIRef, sr: SRRef, base_vdi: VDIRef, into_vdi: VDIRef) -> VDIRef:
    """Make a full copy on another SR, or in an existing VDI that is large enough."""
    base = needed(VDI, base_vdi, How.READ)
    if not is_null(into_vdi):
        ctx.lock(VDI, vdi, "copy", base, needed(VDI, into_vdi, How.CHANGE))
        with ctx.transaction() as tx:
            volumes.overwrite(tx, vdi, into_vdi)
        return into_vdi
    if is_null(sr):
        raise handle_invalid("SR", sr)
    ctx.lock(VDI, vdi, "copy", base, needed(SR, sr, How.KEEP))
    require_plugged(ctx.view, sr)
    with ctx.transaction() as tx:
        return volumes.copy(tx, vdi, Operation.COPY, sr)


@implements("VDI.update")
def update(ctx: Context, vdi: VDIRef) -> None:
    """Bring the record up to date with what the SR's driver says about the disk."""
    ctx.lock(VDI, vdi, "update")
    record = ctx.view.get(VDI, vdi)
    require_plugged(ctx.view, record.SR)
    with ctx.transaction() as tx:
        volumes.update(tx, vdi)


@implements("VDI.forget")
def forget(ctx: Context, vdi: VDIRef) -> None:
    """Remove only the record; the disk's contents stay where they are."""
    ctx.lock(VDI, vdi, "forget")
    with ctx.transaction() as tx:
        volumes.remove(tx, vdi)


@implements("VDI.set_on_boot")
def set_on_boot(ctx: Context, self: VDIRef, value: enums.OnBoot) -> None:
    _set(ctx, self, "set_on_boot", on_boot=value)


@implements("VDI.enable_cbt")
def enable_cbt(ctx: Context, self: VDIRef) -> None:
    _set(ctx, self, "enable_cbt", cbt_enabled=True)


@implements("VDI.disable_cbt")
def disable_cbt(ctx: Context, self: VDIRef) -> None:
    _set(ctx, self, "disable_cbt", cbt_enabled=False)


@implements("VDI.data_destroy")
def data_destroy(ctx: Context, self: VDIRef) -> None:
    """Give up a snapshot's data, and keep only which blocks have changed."""
    _set(ctx, self, "data_destroy", type="cbt_metadata", physical_utilisation=0)


def _set(ctx: Context, vdi: VDIRef, operation: str, **changes: Any) -> None:
    """Do an operation that only changes the disk's record, as the disk has no blocks."""
    ctx.lock_any(name_of(VDI), vdi, operation)
    with ctx.transaction() as tx:
        tx.update(name_of(VDI), vdi, changes)
        locking.refresh(tx, name_of(VDI), vdi)


@implements("VDI.pool_migrate", looked_at=())
def pool_migrate(ctx: Context, vdi: VDIRef, sr: SRRef, options: dict[str, str]) -> VDIRef:
    """Move a VDI that has a VBD to another SR; its uuid stays."""
    if all(vdi != vbd.VDI for vbd in ctx.view.all(VBD).values()):
        raise XenAPIError("VDI_NEEDS_VM_FOR_MIGRATE", vdi)
    require_plugged(ctx.view, sr)
    ctx.lock(VDI, vdi, "mirror", needed(SR, sr, How.KEEP))
    record = ctx.view.get(VDI, vdi)
    source = record.SR
    if source == sr:
        return vdi
    _require_reachable(ctx, record, sr)
    with ctx.transaction() as tx:
        volumes.move(tx, vdi, sr)
    return vdi


def _require_reachable(ctx: PoolContext, vdi: VDI, sr: SRRef) -> None:
    """Raise SR_HAS_NO_PBDS[SR] unless the SR is plugged on the hosts of all VMs with the disk."""
    pbds = [ctx.view.get(PBD, pbd) for pbd in ctx.view.get(SR, sr).PBDs]
    plugged = {pbd.host for pbd in pbds if pbd.currently_attached}
    vms = (ctx.view.get(VM, ctx.view.get(VBD, vbd).VM) for vbd in vdi.VBDs)
    if not {vm.resident_on for vm in vms} <= {*plugged, NULL_REF}:
        raise XenAPIError("SR_HAS_NO_PBDS", sr)
