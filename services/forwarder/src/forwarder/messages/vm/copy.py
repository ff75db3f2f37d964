"""VM.clone, copy, snapshot: a new VM like an existing one; see `forwarder.records.fields`."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from datamodel import XenAPIError
from datamodel.classes import (
    SR,
    VBD,
    VDI,
    VIF,
    VM,
    SRRef,
    VBDRef,
    VDIRef,
    VIFRef,
    VM_guest_metrics,
    VM_metrics,
    VMRef,
)
from datamodel.objects import Kind, name_of, ref_of
from datamodel.refs import NULL_REF, Ref, is_null, new_uuid
from pooldb import Reader, Transaction
from rules.lifecycle.holds import How, needed
from rules.lifecycle.sr import require_plugged
from rules.values.dates import date

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.records import devices, snapshot_metadata
from forwarder.records.fields import Operation, taken
from forwarder.records.new_vm import MAC_SEED, NEW_METRICS, mac_of, new_vm
from forwarder.storage import volumes
from forwarder.storage.making import Made, making, recorded

BASE_TEMPLATE = "base_template_name"
TEMPLATE_KEYS = ("default_template", "xensource_internal")
OWNER = "owner"
"""The key of a VBD that tells clients to destroy its disk with the VM."""

Name = TypeVar("Name")
GENERATIONS = random.SystemRandom()


@implements("VM.clone")
def clone(ctx: Context, vm: VMRef, new_name: str) -> VMRef:
    ctx.lock(VM, vm, "clone")
    return copy_vm(ctx, vm, new_name, Operation.CLONE)


@implements("VM.copy")
def copy(ctx: Context, vm: VMRef, new_name: str, sr: SRRef) -> VMRef:
    """Clone a VM, with full copies of its disks: on the given SR, or on those of the originals."""
    ctx.lock(VM, vm, "copy", needed(SR, sr, How.KEEP))
    if not is_null(sr):
        if ctx.view.get(SR, sr).content_type == "iso":
            raise XenAPIError("OPERATION_NOT_ALLOWED", "Cannot copy a VM's disks to an ISO SR")
        require_plugged(ctx.view, sr)
    return copy_vm(ctx, vm, new_name, Operation.COPY, sr=sr)


@implements("VM.snapshot")
def snapshot(ctx: Context, vm: VMRef, new_name: str, ignore_vdis: list[VDIRef]) -> VMRef:
    ctx.lock(VM, vm, "snapshot")
    made = copy_vm(ctx, vm, new_name, Operation.SNAPSHOT, ignored=frozenset(ignore_vdis))
    ctx.announce("VM_SNAPSHOTTED", vm, f"snapshotted as '{new_name}'")
    return made


def copy_vm(
    ctx: Context,
    source: VMRef,
    name: str,
    operation: Operation,
    *,
    sr: SRRef = NULL_REF,
    ignored: frozenset[str] = frozenset(),
) -> VMRef:
    """A new VM like another one, with copies of its disks and devices, except ``ignored`` VDIs.

    Raises SR_FULL before anything is made, and what `Making.copies` does.
    """
    view = ctx.view
    kept = [vbd for vbd in view.get(VM, source).VBDs if _has_none_of(view, vbd, ignored)]
    with_disks = [vbd for vbd in kept if _has_disk(view, vbd)]
    _require_room(ctx, with_disks, sr)
    with making(ctx) as disks:
        made = disks.copies(source, with_disks, operation, sr)
        with ctx.transaction() as tx:
            return _record(tx, source, name, operation, kept, made)


def _record(
    tx: Transaction,
    source: VMRef,
    name: str,
    operation: Operation,
    vbds: Iterable[VBDRef],
    made: Mapping[VBDRef, Made],
) -> VMRef:
    """Record a VM with copies of some of another's VBDs, for whose disks copies were made."""
    original = tx.get(VM, source)
    is_snapshot = operation is Operation.SNAPSHOT
    values = taken(VM, operation, vars(original)) | {
        "name_label": name,
        "other_config": _other_config(original, snapshot=is_snapshot),
        "metrics": copy_of(tx, VM_metrics, original.metrics, NEW_METRICS),
        "guest_metrics": copy_of(tx, VM_guest_metrics, original.guest_metrics),
        "generation_id": fresh_generation(original.generation_id),
    }
    if is_snapshot:
        values |= _as_snapshot(source, original)
    ref = new_vm(tx, values)
    if is_snapshot:
        tx.edit(VM, source).parent = ref
    for vbd in vbds:
        _copy_vbd(tx, vbd, ref, operation, made.get(vbd))
    for vif in original.VIFs:
        _copy_vif(tx, vif, ref, operation)
    locking.refresh(tx, name_of(VM), ref)
    return ref


def _has_none_of(view: Reader, vbd: VBDRef, ignored: frozenset[str]) -> bool:
    vdi = view.get(VBD, vbd).VDI
    return is_null(vdi) or vdi not in ignored


def _has_disk(view: Reader, vbd: VBDRef) -> bool:
    record = view.get(VBD, vbd)
    return record.type == "Disk" and not is_null(record.VDI)


def _require_room(ctx: Context, vbds: Iterable[VBDRef], sr: SRRef) -> None:
    """Raise SR_FULL unless there is room for all the disks on the SR, or on their own SRs."""
    wanted: Counter[SRRef] = Counter()
    for vbd in vbds:
        vdi = ctx.view.get(VDI, ctx.view.get(VBD, vbd).VDI)
        wanted[vdi.SR if is_null(sr) else sr] += int(vdi.virtual_size)
    volumes.require_room(ctx, wanted)


def _other_config(record: VM, *, snapshot: bool) -> dict[str, str]:
    """A copy's other_config: with a seed of its own for addresses, and its template's name."""
    kept = {k: v for k, v in record.other_config.items() if k not in TEMPLATE_KEYS}
    if not snapshot:
        seed = {MAC_SEED: new_uuid()}
        kept = {**kept, **seed} if MAC_SEED in kept else {**seed, **kept}
    if record.is_a_template and BASE_TEMPLATE not in kept:
        kept = {BASE_TEMPLATE: record.name_label, **kept}
    return kept


def copy_of(
    tx: Transaction,
    cls: Kind[Name, Any],
    source: Ref[Name],
    otherwise: Mapping[str, Any] | None = None,
) -> Ref[Name]:
    """A copy of an object; if there is no such object, a new one with ``otherwise``, or NULL."""
    record = tx.find(cls, source)
    values = otherwise if record is None else {k: v for k, v in vars(record).items() if k != "uuid"}
    return NULL_REF if values is None else ref_of(tx.new(cls, values))


def fresh_generation(present: str) -> str:
    """A new generation id for a copy, if the original's guest wants to know of copies."""
    if present == "":
        return ""
    return ":".join(str(GENERATIONS.randrange(2**63)) for _ in range(2))


def _as_snapshot(source: VMRef, record: VM) -> dict[str, Any]:
    return {
        "is_a_snapshot": True,
        "is_a_template": True,
        "snapshot_of": source,
        "snapshot_time": date(time.time()),
        "snapshot_info": {
            "disk-snapshot-type": "crash_consistent",
            "power-state-at-snapshot": record.power_state,
        },
        "snapshot_metadata": snapshot_metadata.written(source, record),
        "parent": record.parent,
    }


def _copy_vbd(
    tx: Transaction, source: VBDRef, vm: VMRef, operation: Operation, made: Made | None
) -> None:
    """Copy a VBD to another VM; a disk is the one that was ``made``, a medium is shared."""
    source_record = tx.get(VBD, source)
    changes: dict[str, Any] = {
        "VDI": source_record.VDI if made is None else recorded(tx, made),
        "other_config": source_record.other_config,
    }
    if source_record.type == "Disk":
        changes["other_config"] = {OWNER: "", **source_record.other_config}
    copy_vbd(tx, source, vm, operation, changes)


def copy_vbd(
    tx: Transaction, source: VBDRef, vm: VMRef, operation: Operation, changes: dict[str, Any]
) -> None:
    """Copy a VBD to another VM, unplugged; ``changes`` say which disk is in it."""
    values = taken(VBD, operation, vars(tx.get(VBD, source)))
    empty = is_null(changes["VDI"])
    devices.add_vbd(tx, {**values, "VM": vm, **changes, "empty": empty})


def _copy_vif(tx: Transaction, source: VIFRef, vm: VMRef, operation: Operation) -> None:
    """Copy a VIF to another VM; except in snapshots the copy gets a MAC address of its own."""
    changes = {}
    if operation is not Operation.SNAPSHOT:
        seed = tx.get(VM, vm).other_config[MAC_SEED]
        mac = mac_of(seed, int(tx.get(VIF, source).device))
        changes = {"MAC": mac, "MAC_autogenerated": True}
    copy_vif(tx, source, vm, operation, changes)


def copy_vif(
    tx: Transaction, source: VIFRef, vm: VMRef, operation: Operation, changes: dict[str, Any]
) -> None:
    """Copy a VIF to another VM, unplugged."""
    values = taken(VIF, operation, vars(tx.get(VIF, source)))
    devices.add_vif(tx, {**values, "VM": vm, **changes})
