"""VDIs on SRs of type dummy: records without bytes, with the rules of real ones."""

import time
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction

from forwarder import locking
from forwarder.context import Context, is_null
from forwarder.lifecycle import vdi as vdi_table
from forwarder.lifecycle.holds import How
from forwarder.messages.sr import require_attached
from forwarder.reconcile import date
from forwarder.registry import implements

OWN_FIELDS = frozenset(
    {
        *("uuid", "allowed_operations", "current_operations", "VBDs", "crash_dumps", "snapshots"),
        *("location", "snapshot_of", "snapshot_time", "is_a_snapshot", "parent"),
    }
)


def create_vdi(tx: Transaction, values: dict[str, Any]) -> str:
    """Add a VDI to its SR; raises INVALID_VALUE, SR_FULL."""
    sr, size = values["SR"], int(values["virtual_size"])
    tx.get("SR", sr)
    if size < 0:
        raise XenAPIError("INVALID_VALUE", "virtual_size must be non-negative", size)
    require_space(tx, sr, size)
    uuid = new_uuid()
    ref = tx.create(
        "VDI",
        {**values, "uuid": uuid, "location": uuid, "managed": True, "virtual_size": size},
    )
    _account(tx, sr)
    locking.refresh(tx, "VDI", ref)
    return ref


def require_space(tx: Transaction, sr: str, size: int) -> None:
    """Raise SR_FULL[bytes wanted, bytes free] unless an SR has room for so many more bytes."""
    record = tx.get("SR", sr)
    free = int(record["physical_size"]) - int(record["virtual_allocation"])
    if record["physical_size"] > 0 and size > free:
        raise XenAPIError("SR_FULL", size, free)


def destroy_vdi(tx: Transaction, vdi: str) -> None:
    """Remove a VDI; VBDs that named it are empty afterwards."""
    record = tx.get("VDI", vdi)
    for vbd in record["VBDs"]:
        tx.update("VBD", vbd, {"VDI": NULL_REF, "empty": True})
    for snapshot in record["snapshots"]:
        tx.update("VDI", snapshot, {"snapshot_of": NULL_REF})
    tx.delete("VDI", vdi)
    _account(tx, record["SR"])


def copy_vdi(tx: Transaction, source: str, *, snapshot: bool, sr: str = NULL_REF) -> str:
    """A VDI like another one, on its SR or the one given."""
    record = tx.get("VDI", source)
    values = {key: value for key, value in record.items() if key not in OWN_FIELDS}
    if not is_null(sr):
        values["SR"] = sr
    if snapshot:
        values |= {
            "is_a_snapshot": True,
            "snapshot_of": source,
            "snapshot_time": date(time.time()),
        }
    return create_vdi(tx, values)


def _account(tx: Transaction, sr: str) -> None:
    record = tx.find("SR", sr)
    if record is None:
        return
    total = sum(int(tx.get("VDI", vdi)["virtual_size"]) for vdi in record["VDIs"])
    tx.update("SR", sr, {"virtual_allocation": total})


@implements("VDI.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    if ctx.view.find("SR", args["SR"]) is None:
        raise XenAPIError("HANDLE_INVALID", "SR", args["SR"])
    require_attached(ctx, args["SR"])
    with ctx.transaction() as tx:
        return create_vdi(tx, args)


@implements("VDI.destroy")
def destroy(ctx: Context, self: str) -> None:
    ctx.lock("VDI", self, "destroy")
    with ctx.transaction() as tx:
        destroy_vdi(tx, self)


@implements("VDI.clone")
def clone(ctx: Context, vdi: str, driver_params: dict[str, str]) -> str:
    ctx.lock("VDI", vdi, "clone")
    with ctx.transaction() as tx:
        return copy_vdi(tx, vdi, snapshot=False)


@implements("VDI.snapshot")
def snapshot(ctx: Context, vdi: str, driver_params: dict[str, str]) -> str:
    ctx.lock("VDI", vdi, "snapshot")
    with ctx.transaction() as tx:
        return copy_vdi(tx, vdi, snapshot=True)


@implements("VDI.resize")
def resize(ctx: Context, vdi: str, size: int) -> None:
    ctx.lock("VDI", vdi, "resize")
    if size < int(ctx.view.get("VDI", vdi)["virtual_size"]):
        raise XenAPIError("INVALID_VALUE", "size: a VDI cannot shrink", size)
    with ctx.transaction() as tx:
        record = tx.get("VDI", vdi)
        require_space(tx, record["SR"], size - int(record["virtual_size"]))
        tx.update("VDI", vdi, {"virtual_size": size})
        _account(tx, record["SR"])


implements("VDI.resize_online")(resize)


@implements("VDI.copy")
def copy(ctx: Context, vdi: str, sr: str, base_vdi: str, into_vdi: str) -> str:
    """A full copy on another SR, or into a VDI that is there and large enough."""
    if is_null(into_vdi):
        ctx.lock("VDI", vdi, "copy", ("SR", sr, How.KEEP), ("VDI", base_vdi, How.READ))
        require_attached(ctx, sr)
        with ctx.transaction() as tx:
            return copy_vdi(tx, vdi, snapshot=False, sr=sr)
    ctx.lock("VDI", vdi, "copy", ("VDI", into_vdi, How.CHANGE), ("VDI", base_vdi, How.READ))
    _require_writable(ctx, into_vdi)
    wanted = int(ctx.view.get("VDI", vdi)["virtual_size"])
    found = int(ctx.view.get("VDI", into_vdi)["virtual_size"])
    if found < wanted:
        raise XenAPIError("VDI_TOO_SMALL", into_vdi, found, wanted)
    return into_vdi


def _require_writable(ctx: Context, vdi: str) -> None:
    """Raise VDI_IN_USE or VDI_READONLY unless a disk may be overwritten."""
    record = ctx.view.get("VDI", vdi)
    vdi_table.check(ctx.view, vdi, record, "resize")
    if record["read_only"] or record["is_a_snapshot"]:
        raise XenAPIError("VDI_READONLY", vdi)


@implements("VDI.update")
def update(ctx: Context, vdi: str) -> None:
    """A dummy VDI is what its record says."""
    ctx.lock("VDI", vdi, "update")


@implements("VDI.forget")
def forget(ctx: Context, vdi: str) -> None:
    """Remove the record alone; on a dummy SR that is all that there is."""
    ctx.lock("VDI", vdi, "forget")
    with ctx.transaction() as tx:
        destroy_vdi(tx, vdi)


@implements("VDI.enable_cbt")
def enable_cbt(ctx: Context, self: str) -> None:
    ctx.lock("VDI", self, "enable_cbt")
    with ctx.transaction() as tx:
        tx.update("VDI", self, {"cbt_enabled": True})


@implements("VDI.disable_cbt")
def disable_cbt(ctx: Context, self: str) -> None:
    ctx.lock("VDI", self, "disable_cbt")
    with ctx.transaction() as tx:
        tx.update("VDI", self, {"cbt_enabled": False})


@implements("VDI.data_destroy")
def data_destroy(ctx: Context, self: str) -> None:
    """Give up a snapshot's data and keep what says which blocks changed."""
    record = ctx.view.get("VDI", self)
    if not record["is_a_snapshot"]:
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VDI is not a snapshot: {self}")
    if not record["cbt_enabled"]:
        raise XenAPIError("VDI_NO_CBT_METADATA", self)
    ctx.lock("VDI", self, "data_destroy")
    with ctx.transaction() as tx:
        changes = {"type": "cbt_metadata", "physical_utilisation": 0}
        tx.update("VDI", self, {**changes, "snapshot_of": record["snapshot_of"]})


@implements("VDI.get_nbd_info")
def get_nbd_info(ctx: Context, self: str) -> list[Any]:
    """Nobody serves VDIs of dummy SRs over NBD."""
    return []


@implements("VDI.pool_migrate", looked_at=())
def pool_migrate(ctx: Context, vdi: str, sr: str, options: dict[str, str]) -> str:
    """Move a VDI that a VM has to another SR, under the same uuid."""
    if all(vbd["VDI"] != vdi for vbd in ctx.view.all("VBD").values()):
        raise XenAPIError("VDI_NEEDS_VM_FOR_MIGRATE", vdi)
    require_attached(ctx, sr)
    ctx.lock("VDI", vdi, "mirror", ("SR", sr, How.KEEP))
    record = ctx.view.get("VDI", vdi)
    source = record["SR"]
    if source == sr:
        return vdi
    _require_reachable(ctx, record, sr)
    with ctx.transaction() as tx:
        require_space(tx, sr, int(record["virtual_size"]))
        tx.update("VDI", vdi, {"SR": sr})
        _account(tx, source)
        _account(tx, sr)
    return vdi


def _require_reachable(ctx: Context, vdi: Mapping[str, Any], sr: str) -> None:
    """Raise SR_NO_PBDS[SR] unless the hosts of the VMs that run with a disk have the SR plugged."""
    pbds = [ctx.view.get("PBD", pbd) for pbd in ctx.view.get("SR", sr)["PBDs"]]
    plugged = {pbd["host"] for pbd in pbds if pbd["currently_attached"]}
    vms = (ctx.view.get("VM", ctx.view.get("VBD", vbd)["VM"]) for vbd in vdi["VBDs"])
    if not {vm["resident_on"] for vm in vms} <= {*plugged, NULL_REF}:
        raise XenAPIError("SR_NO_PBDS", sr)


@implements("VDI.read_database_pool_uuid", looked_at=())
def read_database_pool_uuid(ctx: Context, self: str) -> str:
    """The pool whose database a VDI holds a copy of; none holds one."""
    return ""
