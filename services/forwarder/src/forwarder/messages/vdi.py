"""VDIs: all work on disks, which the storage of their SRs does."""

from typing import Any

from datamodel import XenAPIError, enums, handle_invalid
from datamodel.classes import PBD, SR, VBD, VDI, VM, PoolRef, SRRef, VDIRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, is_null
from rules.lifecycle.holds import How, needed
from rules.lifecycle.sr import require_plugged
from rules.lifecycle.vdi import check_unused, type_word

from forwarder.core.context import Context
from forwarder.core.patterns import refusal, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.drivers import DRIVERS
from forwarder.locks import locking
from forwarder.records.fields import Operation
from forwarder.storage import backend, contents, volumes
from forwarder.storage.backend import Backend
from forwarder.storage.making import Made, recorded
from forwarder.storage.sources import check_source, require_managed

BY_STORAGE_ALONE = (
    *("cbt_enabled", "is_a_snapshot", "managed", "metadata_of_pool", "missing"),
    *("physical_utilisation", "read_only", "sharable", "snapshot_of", "snapshot_time"),
    "virtual_size",
)
"""Fields that only the SR's driver may write, because only it knows them."""

implements("VDI.set_allow_caching")(setter(VDI, "allow_caching"))
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
    return volumes.create(ctx, args)


@implements("VDI.destroy")
def destroy(ctx: Context, self: VDIRef) -> None:
    ctx.lock(VDI, self, "destroy")
    record = ctx.view.get(VDI, self)
    require_plugged(ctx.view, record.SR)
    require_managed(self, record)
    volumes.destroy(ctx, self)


@implements("VDI.clone")
def clone(ctx: Context, vdi: VDIRef, driver_params: dict[str, str]) -> VDIRef:
    return _copy(ctx, vdi, Operation.CLONE)


@implements("VDI.snapshot")
def snapshot(ctx: Context, vdi: VDIRef, driver_params: dict[str, str]) -> VDIRef:
    return _copy(ctx, vdi, Operation.SNAPSHOT)


def _copy(ctx: Context, vdi: VDIRef, operation: Operation) -> VDIRef:
    ctx.lock_any(name_of(VDI), vdi, operation.value)
    require_plugged(ctx.view, ctx.view.get(VDI, vdi).SR)
    return volumes.copy(ctx, vdi, operation)


@implements("VDI.resize")
def resize(ctx: Context, vdi: VDIRef, size: int) -> None:
    ctx.lock(VDI, vdi, "resize")
    volumes.resize(ctx, vdi, size)


@implements("VDI.copy")
def copy(ctx: Context, vdi: VDIRef, sr: SRRef, base_vdi: VDIRef, into_vdi: VDIRef) -> VDIRef:
    """Make a full copy on another SR, or in an existing VDI that is large enough.

    With ``base_vdi``, whose contents ``into_vdi`` has, only what differs is written.
    """
    base = needed(VDI, base_vdi, How.READ)
    if not is_null(into_vdi):
        ctx.lock(VDI, vdi, "copy", base, needed(VDI, into_vdi, How.CHANGE))
        volumes.overwrite(ctx, vdi, into_vdi, base_vdi)
        return into_vdi
    if is_null(sr):
        raise handle_invalid("SR", sr)
    ctx.lock(VDI, vdi, "copy", base, needed(SR, sr, How.KEEP))
    require_plugged(ctx.view, sr)
    return volumes.full_copy(ctx, vdi, sr, base_vdi)


@implements("VDI.update")
def update(ctx: Context, vdi: VDIRef) -> None:
    """Bring the record up to date with what the SR's storage says about the disk."""
    ctx.lock(VDI, vdi, "update")
    require_plugged(ctx.view, ctx.view.get(VDI, vdi).SR)
    volumes.update(ctx, vdi)


@implements("VDI.forget")
def forget(ctx: Context, vdi: VDIRef) -> None:
    """Remove only the record; the disk's contents stay where they are."""
    ctx.lock(VDI, vdi, "forget")
    with ctx.transaction() as tx:
        volumes.remove(tx, vdi)


@implements("VDI.set_name_label")
def set_name_label(ctx: Context, self: VDIRef, value: str) -> None:
    _rename(ctx, self, "name_label", value)


@implements("VDI.set_name_description")
def set_name_description(ctx: Context, self: VDIRef, value: str) -> None:
    _rename(ctx, self, "name_description", value)


def _rename(ctx: Context, vdi: VDIRef, field: str, value: str) -> None:
    """Change a name, which the storage keeps, too."""
    _storage(ctx, vdi).vdi_rename(vdi, field, value)
    with ctx.transaction() as tx:
        tx.update(name_of(VDI), vdi, {field: value})
        locking.refresh(tx, name_of(VDI), vdi)


@implements("VDI.introduce")
def introduce(
    ctx: Context,
    uuid: str,
    name_label: str,
    name_description: str,
    sr: SRRef,
    type_: enums.VdiType,
    sharable: bool,
    read_only: bool,
    other_config: dict[str, str],
    location: str,
    xenstore_data: dict[str, str],
    sm_config: dict[str, str],
    managed: bool,
    virtual_size: int,
    physical_utilisation: int,
    metadata_of_pool: PoolRef,
    is_a_snapshot: bool,
    snapshot_time: str,
    snapshot_of: VDIRef,
) -> VDIRef:
    """Record a disk that is on an SR already; its sizes are what the storage says.

    Raises LOCATION_NOT_UNIQUE[SR, location] if it is recorded.
    """
    ctx.lock(SR, sr, "vdi_introduce")
    require_plugged(ctx.view, sr)
    if any(ctx.view.get(VDI, vdi).location == location for vdi in ctx.view.get(SR, sr).VDIs):
        raise XenAPIError("LOCATION_NOT_UNIQUE", sr, location)
    found = backend.of(ctx, sr).vdi_introduce(sr, uuid, location, sm_config)
    values = {
        "SR": sr,
        "uuid": uuid,
        "name_label": name_label,
        "name_description": name_description,
        "type": type_,
        "sharable": sharable,
        "read_only": read_only,
        "other_config": other_config,
        "xenstore_data": xenstore_data,
        "metadata_of_pool": metadata_of_pool,
        "is_a_snapshot": is_a_snapshot,
        "snapshot_time": snapshot_time,
        "snapshot_of": snapshot_of,
    }
    with ctx.transaction() as tx:
        return recorded(tx, Made({**values, **contents.facts(found)}))


@implements("VDI.set_on_boot")
def set_on_boot(ctx: Context, self: VDIRef, value: enums.OnBoot) -> None:
    ctx.lock(VDI, self, "set_on_boot")
    _storage(ctx, self).vdi_persist(self, persistent=value == "persist")
    _set(ctx, self, on_boot=value)


@implements("VDI.enable_cbt")
def enable_cbt(ctx: Context, self: VDIRef) -> None:
    ctx.lock(VDI, self, "enable_cbt")
    _storage(ctx, self).vdi_track(self, enabled=True)
    _set(ctx, self, cbt_enabled=True)


@implements("VDI.disable_cbt")
def disable_cbt(ctx: Context, self: VDIRef) -> None:
    ctx.lock(VDI, self, "disable_cbt")
    _storage(ctx, self).vdi_track(self, enabled=False)
    _set(ctx, self, cbt_enabled=False)


@implements("VDI.data_destroy")
def data_destroy(ctx: Context, self: VDIRef) -> None:
    """Give up a snapshot's data, and keep only which blocks have changed."""
    ctx.lock(VDI, self, "data_destroy")
    _storage(ctx, self).vdi_drop_data(self)
    _set(ctx, self, type="cbt_metadata", physical_utilisation=0)


@implements("VDI.list_changed_blocks")
def list_changed_blocks(ctx: Context, vdi_from: VDIRef, vdi_to: VDIRef) -> str:
    """Which blocks of 64 KiB were changed since ``vdi_from``, a bit for each, in base64."""
    ctx.lock(VDI, vdi_to, "list_changed_blocks", needed(VDI, vdi_from, How.READ))
    return _storage(ctx, vdi_to).vdi_changed_blocks(vdi_from, vdi_to)


@implements("VDI.checksum")
def checksum(ctx: Context, self: VDIRef) -> str:
    """The MD5 of a disk that nobody uses; raises what `check_source` and `check_unused` do."""
    record = ctx.view.get(VDI, self)
    check_source(self, record, Operation.CLONE)
    require_plugged(ctx.view, record.SR)
    check_unused(ctx.view, self, record, "checksum")
    return _storage(ctx, self).vdi_checksum(self)


def _storage(ctx: Context, vdi: VDIRef) -> Backend:
    return backend.of(ctx, ctx.view.get(VDI, vdi).SR)


def _set(ctx: PoolContext, vdi: VDIRef, **changes: Any) -> None:
    with ctx.transaction() as tx:
        tx.update(name_of(VDI), vdi, changes)
        locking.refresh(tx, name_of(VDI), vdi)


@implements("VDI.revert")
def revert(ctx: Context, snapshot: VDIRef) -> None:
    """Give a disk the contents that it had when the snapshot was taken; it stays the same disk."""
    record = ctx.view.get(VDI, snapshot)
    disk = record.snapshot_of
    if not record.is_a_snapshot or ctx.view.find(VDI, disk) is None:
        raise XenAPIError("ONLY_REVERT_SNAPSHOT")
    ctx.lock(VDI, disk, "revert_from", needed(VDI, snapshot, How.READ))
    require_managed(disk, ctx.view.get(VDI, disk))
    require_plugged(ctx.view, record.SR)
    volumes.revert(ctx, disk, snapshot)


@implements("VDI.pool_migrate", looked_at=())
def pool_migrate(ctx: Context, vdi: VDIRef, sr: SRRef, options: dict[str, str]) -> VDIRef:
    """Move a VDI that has a VBD to another SR; the disk there has a reference of its own.

    Raises VDI_IN_USE for a disk with bytes that a VM writes now.
    """
    moved = volumes.moved_before(ctx, vdi)
    if moved is None and all(vdi != vbd.VDI for vbd in ctx.view.all(VBD).values()):
        raise XenAPIError("VDI_NEEDS_VM_FOR_MIGRATE", vdi)
    require_plugged(ctx.view, sr)
    ctx.lock(VDI, vdi, "mirror", needed(SR, sr, How.KEEP))
    record = ctx.view.get(VDI, vdi)
    if sr == record.SR:
        return vdi
    _require_reachable(ctx, record, sr)
    if moved is None and ctx.view.get(SR, record.SR).type not in DRIVERS:
        vbds = (ctx.view.get(VBD, vbd) for vbd in record.VBDs)
        if any(vbd.currently_attached for vbd in vbds):
            raise XenAPIError("VDI_IN_USE", vdi, "mirror")
    return volumes.move(ctx, vdi, sr)


def _require_reachable(ctx: PoolContext, vdi: VDI, sr: SRRef) -> None:
    """Raise SR_HAS_NO_PBDS[SR] unless the SR is plugged on the hosts of all VMs with the disk."""
    pbds = [ctx.view.get(PBD, pbd) for pbd in ctx.view.get(SR, sr).PBDs]
    plugged = {pbd.host for pbd in pbds if pbd.currently_attached}
    vms = (ctx.view.get(VM, ctx.view.get(VBD, vbd).VM) for vbd in vdi.VBDs)
    if not {vm.resident_on for vm in vms} <= {*plugged, NULL_REF}:
        raise XenAPIError("SR_HAS_NO_PBDS", sr)
