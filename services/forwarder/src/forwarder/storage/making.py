"""Disks that a task makes: each is recorded in the end, or destroyed.

Hosts are asked for disks before records tell of them. So a disk's uuid is noted first; the note
goes with the transaction that records the disk. If a task fails, its notes say so before the disks
are destroyed, so that another run of the task makes none of them again. What cannot be destroyed
now, or was left by a task that ended otherwise, is destroyed later (`storage.tending`).
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import SR, VBD, VDI, VM, SRRef, VBDRef, VDIRef, VMRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import NULL_REF, is_null
from pooldb import Transaction
from rules.lifecycle import sr as sr_table
from rules.values.dates import date

from forwarder.core.context import Context
from forwarder.drivers import DRIVERS
from forwarder.drivers.driver import Volume, Wanted
from forwarder.locks import locking
from forwarder.records.fields import Operation, taken
from forwarder.storage import backend, contents
from forwarder.storage.sources import check_source

MAKING = "making-disks"
"""kv namespace: uuid of a disk that is not recorded → {sr, location, task, error, is_gone}.

``error`` is that of the task if it failed, and ``is_gone`` says whether the disk was destroyed.
"""


@dataclass(frozen=True)
class Made:
    """A disk that is there and has no record yet: what the record will say."""

    values: Mapping[str, Any]


@contextmanager
def making(ctx: Context) -> Iterator["Making"]:
    """A block that makes disks and records them; if it raises XenAPIError, they are destroyed."""
    disks = Making(ctx)
    try:
        yield disks
    except XenAPIError as error:
        disks.give_up(error)
        raise


class Making:
    """The disks that one task makes."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._made: dict[str, tuple[SRRef, str]] = {}
        """By uuid: the disk's SR and location."""

    def create(self, values: Mapping[str, Any], named: str = "") -> Made:
        """An empty disk; raises SR_FULL, SR_OPERATION_NOT_SUPPORTED, or what the storage does."""
        sr, size = values["SR"], int(values["virtual_size"])
        storage = backend.of(self._ctx, sr)
        storage.require_room(sr, size)
        self._require(sr, "VDI_CREATE")
        wanted = self._want(sr, f"create/{named}", values)
        return self._keep(sr, wanted, storage.vdi_create(sr, wanted))

    def copy(self, source: VDIRef, operation: Operation, sr: SRRef = NULL_REF) -> Made:
        """A disk like another one, on the same SR or the one given.

        Raises what `check_source` does. If the storage cannot clone, a clone is a copy.
        """
        ctx, record = self._ctx, self._ctx.view.get(VDI, source)
        check_source(source, record, operation)
        into = record.SR if is_null(sr) else sr
        storage = backend.of(ctx, record.SR)
        backend.of(ctx, into).require_room(into, int(record.virtual_size))
        if operation is Operation.SNAPSHOT:
            self._require(into, "VDI_SNAPSHOT")
            wanted = self._want_copy(source, operation, into)
            return self._keep(into, wanted, storage.vdi_snapshot(source, wanted))
        features = sr_table.features(ctx.view, ctx.view.get(SR, record.SR).type)
        if operation is Operation.CLONE and "VDI_CLONE" in features:
            wanted = self._want_copy(source, operation, into)
            with contextlib.suppress(Unable):
                return self._keep(into, wanted, _cloned(storage, source, wanted))
        return self.full_copy(source, into, operation)

    def full_copy(
        self,
        source: VDIRef,
        sr: SRRef,
        operation: Operation = Operation.COPY,
    ) -> Made:
        """A disk on an SR with all of another's contents, of which it shares nothing."""
        self._require(sr, "VDI_CREATE")
        there = backend.of(self._ctx, sr)
        wanted = self._want_copy(source, operation, sr)
        made = self._keep(sr, wanted, there.vdi_create(sr, wanted))
        empty = Volume(made.values["location"], int(made.values["virtual_size"]))
        return self._keep(sr, wanted, there.vdi_copy(source, sr, empty, NULL_REF))

    def copies(
        self, vm: VMRef, vbds: Sequence[VBDRef], operation: Operation, sr: SRRef = NULL_REF
    ) -> dict[VBDRef, Made]:
        """A copy of the disk of each VBD; snapshots of disks that a guest uses, at one instant.

        Raises what `check_source` does, before anything is made.
        """
        ctx = self._ctx
        of = {vbd: ctx.view.get(VBD, vbd).VDI for vbd in vbds}
        for vdi in of.values():
            check_source(vdi, ctx.view.get(VDI, vdi), operation)
        in_use = {vbd: vdi for vbd, vdi in of.items() if self._is_in_use(vm, vbd)}
        at_once = operation is Operation.SNAPSHOT and bool(in_use)
        made = self._snapshots(vm, in_use) if at_once else {}
        left = {vbd: vdi for vbd, vdi in of.items() if vbd not in made}
        return made | {vbd: self.copy(vdi, operation, sr) for vbd, vdi in left.items()}

    def _is_in_use(self, vm: VMRef, vbd: VBDRef) -> bool:
        """Whether a guest may write bytes to the disk now."""
        view, device = self._ctx.view, self._ctx.view.get(VBD, vbd)
        has_bytes = self._has_bytes(view.get(VDI, device.VDI).SR)
        is_up = not is_null(view.get(VM, vm).resident_on)
        return has_bytes and is_up and device.currently_attached

    def _snapshots(self, vm: VMRef, of: Mapping[VBDRef, VDIRef]) -> dict[VBDRef, Made]:
        """Snapshots of disks that a guest uses, all by its host."""
        ctx = self._ctx
        for vdi in of.values():
            self._require(ctx.view.get(VDI, vdi).SR, "VDI_SNAPSHOT")
        wanted = [
            (vdi, self._want_copy(vdi, Operation.SNAPSHOT, ctx.view.get(VDI, vdi).SR))
            for vdi in of.values()
        ]
        storage = backend.of(ctx, ctx.view.get(VDI, wanted[0][0]).SR)
        volumes = storage.vdi_snapshots(ctx.view.get(VM, vm).uuid, wanted)
        return {
            vbd: self._keep(ctx.view.get(VDI, vdi).SR, each, volume)
            for (vbd, vdi), (_, each), volume in zip(of.items(), wanted, volumes, strict=True)
        }

    # --- notes ------------------------------------------------------------------------------

    def _require(self, sr: SRRef, feature: str) -> None:
        sr_table.require_feature(self._ctx.view, sr, self._ctx.view.get(SR, sr), feature)

    def _want_copy(self, source: VDIRef, operation: Operation, sr: SRRef) -> Wanted:
        record = self._ctx.view.get(VDI, source)
        values = {**taken(VDI, operation, vars(record)), "SR": sr}
        if operation is Operation.SNAPSHOT:
            values |= {
                "is_a_snapshot": True,
                "snapshot_of": source,
                "snapshot_time": date(time.time()),
            }
        return self._want(sr, f"{operation.value}/{record.uuid}", values)

    def _want(self, sr: SRRef, named: str, values: Mapping[str, Any]) -> Wanted:
        """Choose a disk's uuid and note it; raises the error by which the task failed before."""
        uuid = self._ctx.new_uuid(named)
        wanted = Wanted(uuid, {**values, "SR": sr, "uuid": uuid})
        if not self._has_bytes(sr):
            return wanted
        self._made[uuid] = sr, uuid
        with self._ctx.transaction() as tx:
            known = tx.kv_get(MAKING, uuid)
            if known is not None and known["error"] is not None:
                raise XenAPIError(*known["error"])
            self._note(tx, uuid)
        return wanted

    def _note(
        self, tx: Transaction, uuid: str, error: XenAPIError | None = None, *, is_gone: bool = False
    ) -> None:
        sr, location = self._made[uuid]
        why = None if error is None else error.description
        note = {"sr": sr, "location": location, "task": self._ctx.task, "error": why}
        tx.kv_set(MAKING, uuid, {**note, "is_gone": is_gone})

    def _keep(self, sr: SRRef, wanted: Wanted, volume: Volume) -> Made:
        self._made[wanted.uuid] = sr, volume.location
        return Made({**wanted.fields, **contents.facts(volume)})

    def give_up(self, error: XenAPIError) -> None:
        """Destroy what was made and not recorded; no other run of the task makes it again."""
        known = {record.uuid for record in self._ctx.view.all(VDI).values()}
        left = {uuid: at for uuid, at in self._made.items() if uuid not in known}
        hosted = [uuid for uuid, (sr, _) in left.items() if self._has_bytes(sr)]
        if hosted:
            with self._ctx.transaction() as tx:
                for uuid in hosted:
                    self._note(tx, uuid, error)
        for uuid, (sr, location) in left.items():
            with contextlib.suppress(XenAPIError):
                backend.of(self._ctx, sr).vdi_delete(sr, location)
                if uuid in hosted:
                    with self._ctx.transaction() as tx:
                        self._note(tx, uuid, error, is_gone=True)

    def _has_bytes(self, sr: SRRef) -> bool:
        return self._ctx.view.get(SR, sr).type not in DRIVERS


class Unable(Exception):
    """The storage has the feature, but not for this disk."""


def _cloned(storage: backend.Backend, source: VDIRef, wanted: Wanted) -> Volume:
    try:
        return storage.vdi_clone(source, wanted)
    except XenAPIError as error:
        if error.code not in ("SR_OPERATION_NOT_SUPPORTED", "SR_BACKEND_FAILURE_38"):
            raise
        raise Unable from error


def recorded(tx: Transaction, made: Made) -> VDIRef:
    """Record a disk that was made; its reference."""
    vdi = tx.new(VDI, made.values)
    vdi.managed = True
    tx.kv_delete(MAKING, vdi.uuid)
    contents.account(tx, vdi.SR)
    locking.refresh(tx, name_of(VDI), ref_of(vdi))
    return ref_of(vdi)
