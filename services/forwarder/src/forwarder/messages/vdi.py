"""VDIs on SRs of type dummy: records without bytes, with the rules of real ones."""

import time
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError, handle_invalid
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Reader, Transaction

from forwarder import disks, locking
from forwarder.context import Context, is_null
from forwarder.fields import Operation, taken
from forwarder.lifecycle import vdi as vdi_table
from forwarder.lifecycle.holds import How
from forwarder.messages.sr import require_attached
from forwarder.reconcile import date
from forwarder.registry import implements


def create_vdi(tx: Transaction, values: dict[str, Any]) -> str:
    """Add a VDI to its SR; raises INVALID_VALUE, SR_FULL."""
    sr, size = values["SR"], int(values["virtual_size"])
    if size < 0:
        raise XenAPIError("INVALID_VALUE", "virtual_size must be non-negative", size)
    require_room(tx, {sr: size})
    uuid = new_uuid()
    ref = tx.create(
        "VDI",
        {**values, "uuid": uuid, "location": uuid, "managed": True, "virtual_size": size},
    )
    account(tx, sr)
    locking.refresh(tx, "VDI", ref)
    return ref


def require_room(tx: Reader, wanted: Mapping[str, int]) -> None:
    """Raise SR_FULL[wanted, free] unless each SR has room for so many bytes."""
    for sr, size in wanted.items():
        record = tx.get("SR", sr)
        free = int(record["physical_size"]) - int(record["virtual_allocation"])
        if record["physical_size"] > 0 and size > free:
            raise XenAPIError("SR_FULL", size, free)


def destroy_vdi(tx: Transaction, vdi: str) -> None:
    """Remove a VDI, and what only stood for its place in a VM."""
    sr = tx.get("VDI", vdi)["SR"]
    disks.forget(tx, vdi)
    account(tx, sr)


def copy_vdi(tx: Transaction, source: str, operation: Operation, sr: str = NULL_REF) -> str:
    """A VDI like another one, on its SR or the one given; raises what `check_source` does."""
    record = tx.get("VDI", source)
    check_source(source, record, operation)
    values = taken("VDI", operation, record)
    if operation is Operation.COPY:
        values["SR"] = record["SR"] if is_null(sr) else sr
    if operation is Operation.SNAPSHOT:
        values |= {
            "is_a_snapshot": True,
            "snapshot_of": source,
            "snapshot_time": date(time.time()),
        }
    return create_vdi(tx, values)


def check_source(vdi: str, record: Mapping[str, Any], operation: Operation) -> None:
    """Raise the field's error for a VDI whose contents cannot be had."""
    if not record["managed"]:
        raise XenAPIError("VDI_NOT_MANAGED", vdi)
    if record["type"] == "cbt_metadata":
        raise XenAPIError("VDI_INCOMPATIBLE_TYPE", vdi, record["type"])
    if operation is Operation.SNAPSHOT and record["sharable"]:
        raise XenAPIError("VDI_IS_SHARABLE", vdi)
    if operation in (Operation.SNAPSHOT, Operation.COPY) and record["on_boot"] == "reset":
        raise XenAPIError("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION")


def account(tx: Transaction, sr: str) -> None:
    """Have the SR say what its VDIs would take if they were full."""
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
        return copy_vdi(tx, vdi, Operation.CLONE)


@implements("VDI.snapshot")
def snapshot(ctx: Context, vdi: str, driver_params: dict[str, str]) -> str:
    ctx.lock("VDI", vdi, "snapshot")
    with ctx.transaction() as tx:
        return copy_vdi(tx, vdi, Operation.SNAPSHOT)


@implements("VDI.resize")
def resize(ctx: Context, vdi: str, size: int) -> None:
    ctx.lock("VDI", vdi, "resize")
    record = ctx.view.get("VDI", vdi)
    more = size - int(record["virtual_size"])
    if more < 0:
        raise XenAPIError("INVALID_VALUE", "size: a VDI cannot shrink", size)
    with ctx.transaction() as tx:
        require_room(tx, {record["SR"]: more})
        tx.update("VDI", vdi, {"virtual_size": size})
        account(tx, record["SR"])


@implements("VDI.copy")
def copy(ctx: Context, vdi: str, sr: str, base_vdi: str, into_vdi: str) -> str:
    """A full copy on another SR, or into a VDI that is there and large enough."""
    base = ("VDI", base_vdi, How.READ)
    if not is_null(into_vdi):
        ctx.lock("VDI", vdi, "copy", base, ("VDI", into_vdi, How.CHANGE))
        _copy_into(ctx.view, vdi, into_vdi)
        return into_vdi
    if is_null(sr):
        raise handle_invalid("SR", sr)
    ctx.lock("VDI", vdi, "copy", base, ("SR", sr, How.KEEP))
    require_attached(ctx, sr)
    with ctx.transaction() as tx:
        return copy_vdi(tx, vdi, Operation.COPY, sr)


def _copy_into(tx: Reader, source: str, into: str) -> None:
    """Give a VDI the contents of another: of what its record says nothing changes.

    Raises VDI_IN_USE, VDI_READONLY, VDI_TOO_SMALL, and what `check_source` does.
    """
    record, found = tx.get("VDI", source), tx.get("VDI", into)
    check_source(source, record, Operation.COPY)
    # It is overwritten, which nobody who has it must see: as when it is resized.
    vdi_table.check(tx, into, found, "resize")
    if found["read_only"] or found["is_a_snapshot"]:
        raise XenAPIError("VDI_READONLY", into)
    if int(found["virtual_size"]) < int(record["virtual_size"]):
        raise XenAPIError("VDI_TOO_SMALL", into, record["virtual_size"])


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
def get_nbd_info(ctx: Context, self: str) -> list[dict[str, Any]]:
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
        require_room(tx, {sr: int(record["virtual_size"])})
        tx.update("VDI", vdi, {"SR": sr})
        account(tx, source)
        account(tx, sr)
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
