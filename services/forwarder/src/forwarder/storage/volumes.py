"""Disks: made, copied, resized, reverted, moved and erased, and recorded."""

import logging
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import SR, VBD, VDI, SRRef, VDIRef
from datamodel.objects import name_of
from datamodel.refs import is_null
from pooldb import Transaction
from rules.lifecycle import sr as sr_table
from rules.lifecycle import vdi as table

from forwarder import drivers
from forwarder.core.context import Context
from forwarder.locks import locking
from forwarder.records.fields import Operation, cleared, taken
from forwarder.storage import backend, contents, disks
from forwarder.storage.making import making, recorded
from forwarder.storage.own import volume_of
from forwarder.storage.sources import check_source, require_managed

SPARSE = "THIN_PROVISIONING"
"""The feature of types of SR whose disks have only what was written."""

log = logging.getLogger(__name__)


def require_room(ctx: Context, wanted: Mapping[SRRef, int]) -> None:
    """Raise SR_FULL[wanted, free] if it is known that an SR has no room for so many bytes."""
    for sr, size in wanted.items():
        backend.of(ctx, sr).require_room(sr, size)


def create(ctx: Context, values: Mapping[str, Any]) -> VDIRef:
    """Make a disk on its SR; raises what `Making.create` does."""
    with making(ctx) as making_:
        made = making_.create(values)
        with ctx.transaction() as tx:
            return recorded(tx, made)


def copy(ctx: Context, source: VDIRef, operation: Operation) -> VDIRef:
    """Make a disk like another one on the same SR; raises what `Making.copy` does."""
    with making(ctx) as making_:
        made = making_.copy(source, operation)
        with ctx.transaction() as tx:
            return recorded(tx, made)


def full_copy(ctx: Context, source: VDIRef, sr: SRRef, base: VDIRef) -> VDIRef:
    """Make a copy that shares nothing with its source; raises what `overwrite` does.

    It does not have the contents of ``base``, so all is copied.
    """
    source_record = ctx.view.get(VDI, source)
    check_source(source, source_record, Operation.COPY)
    _check_base(ctx, base, sr, source)
    backend.of(ctx, sr).require_room(sr, int(source_record.virtual_size))
    with making(ctx) as making_:
        made = making_.full_copy(source, sr)
        with ctx.transaction() as tx:
            return recorded(tx, made)


def overwrite(ctx: Context, source: VDIRef, into: VDIRef, base: VDIRef) -> None:
    """Give a disk the contents of another; its record changes only in what the storage answers.

    If it has the contents of ``base``, only what differs is written. Raises SR_HAS_NO_PBDS,
    VDI_READONLY, VDI_TOO_SMALL, VDI_NOT_SPARSE, and what `check_source` and `check_unused` raise.
    """
    record, destination = ctx.view.get(VDI, source), ctx.view.get(VDI, into)
    check_source(source, record, Operation.COPY)
    sr_table.require_plugged(ctx.view, destination.SR)
    table.check_unused(ctx.view, into, destination, "copy")
    if destination.read_only or destination.is_a_snapshot:
        raise XenAPIError("VDI_READONLY", into)
    if int(destination.virtual_size) < int(record.virtual_size):
        raise XenAPIError("VDI_TOO_SMALL", into, record.virtual_size)
    _check_base(ctx, base, destination.SR, into)
    there = backend.of(ctx, destination.SR)
    filled = there.vdi_copy(source, destination.SR, volume_of(destination), base)
    with ctx.transaction() as tx:
        contents.update(tx, into, filled)


def _check_base(ctx: Context, base: VDIRef, sr: SRRef, named: VDIRef) -> None:
    """Raise unless differences from ``base``, if that is a disk, can be written to an SR's disk."""
    if is_null(base):
        return
    record, type_ = ctx.view.get(VDI, base), ctx.view.get(SR, sr).type
    require_managed(base, record)
    table.check(ctx.view, base, record, Operation.COPY.value)
    is_sparse = type_ in drivers.DRIVERS or SPARSE in sr_table.features(ctx.view, type_)
    if not is_sparse:
        raise XenAPIError("VDI_NOT_SPARSE", named)


def resize(ctx: Context, vdi: VDIRef, size: int) -> None:
    """Make a disk larger; raises SR_FULL, VDI_NOT_MANAGED, or what its storage raises."""
    record = ctx.view.get(VDI, vdi)
    require_managed(vdi, record)
    more = size - int(record.virtual_size)
    if more < 0:
        raise drivers.backend_failure(79, "VDI Invalid size [opterr=shrinking not allowed]")
    storage = backend.of(ctx, record.SR)
    storage.require_room(record.SR, more)
    resized = storage.vdi_resize(vdi, size)
    with ctx.transaction() as tx:
        contents.update(tx, vdi, resized)


def update(ctx: Context, vdi: VDIRef) -> None:
    """Bring a disk's record up to date with its storage."""
    found = backend.of(ctx, ctx.view.get(VDI, vdi).SR).vdi_stat(vdi)
    with ctx.transaction() as tx:
        contents.update(tx, vdi, found)


def revert(ctx: Context, vdi: VDIRef, snapshot: VDIRef) -> None:
    """Give a disk that nobody uses the contents of its snapshot; it stays the same disk."""
    reverted = backend.of(ctx, ctx.view.get(VDI, vdi).SR).vdi_revert(vdi, snapshot)
    with ctx.transaction() as tx:
        saved = taken(VDI, Operation.REVERT, vars(tx.get(VDI, snapshot)))
        restored = saved | cleared(VDI, Operation.REVERT) | contents.facts(reverted)
        tx.update(name_of(VDI), vdi, restored)
        contents.account(tx, tx.get(VDI, vdi).SR)
        locking.refresh(tx, name_of(VDI), vdi)


def move(ctx: Context, vdi: VDIRef, sr: SRRef) -> VDIRef:
    """Copy a disk to another SR, put the copy in its place, and destroy it; the copy.

    Raises what `Making.full_copy` does. If an earlier run of the task came so far, only the rest is
    done.
    """
    moved = moved_before(ctx, vdi)
    if moved is not None:
        discard(ctx, vdi)
        return moved
    backend.of(ctx, sr).require_room(sr, int(ctx.view.get(VDI, vdi).virtual_size))
    with making(ctx) as making_:
        made = making_.full_copy(vdi, sr, Operation.CLONE)
        with ctx.transaction() as tx:
            moved = recorded(tx, made)
            _replace(tx, vdi, moved)
    _destroy_replaced(ctx, vdi)
    return moved


def moved_before(ctx: Context, vdi: VDIRef) -> VDIRef | None:
    """The copy by which an earlier run of this task replaced a disk."""
    source = ctx.view.find(VDI, vdi)
    uuid = "" if source is None else ctx.uuid_of(f"{Operation.CLONE.value}/{source.uuid}", 1)
    found = (ref for ref, record in ctx.view.all(VDI).items() if record.uuid == uuid)
    return next(found, None)


def _replace(tx: Transaction, vdi: VDIRef, by: VDIRef) -> None:
    """Have all that needs a disk use another one that is like it."""
    old = tx.get(VDI, vdi)
    for vbd in old.VBDs:
        tx.edit(VBD, vbd).VDI = by
    for cls, name in disks.REFERRING:
        for ref, referring in tx.all(cls).items():
            if referring[name] == vdi:
                tx.update(cls, ref, {name: by})
    locking.refresh(tx, name_of(VDI), by)


def _destroy_replaced(ctx: Context, vdi: VDIRef) -> None:
    """Destroy a disk that nobody needs any more; one that cannot be destroyed now is left."""
    try:
        destroy(ctx, vdi)
    except XenAPIError as error:
        log.warning("disk %s is not needed any more and is still there: %s", vdi, error)


def destroy(ctx: Context, vdi: VDIRef) -> None:
    """Erase a disk, and remove its record as `remove` does."""
    record = ctx.view.get(VDI, vdi)
    backend.of(ctx, record.SR).vdi_delete(record.SR, record.location)
    with ctx.transaction() as tx:
        remove(tx, vdi)


def discard(ctx: Context, vdi: VDIRef) -> None:
    """Erase a disk that is not needed any more, if it is there; if it cannot be erased it stays."""
    if not is_null(vdi) and ctx.view.find(VDI, vdi) is not None:
        _destroy_replaced(ctx, vdi)


def remove(tx: Transaction, vdi: VDIRef) -> None:
    """Remove a disk's record as `disks.forget` does, and count its SR's disks anew."""
    sr = tx.get(VDI, vdi).SR
    disks.forget(tx, vdi)
    contents.account(tx, sr)
