"""What is on an SR, as its record and its disks' records say it."""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import SR, VDI, SRRef, VDIRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Reader, Transaction

from forwarder import drivers
from forwarder.core.context import Context
from forwarder.drivers.driver import Contents, Volume
from forwarder.locks import locking
from forwarder.storage import backend, disks

SCANS_MAX = 10
"""How often an SR is scanned when its disks' records change meanwhile."""

MADE_FOR_GOOD = ("uuid", "is_a_snapshot", "snapshot_of", "snapshot_time", "read_only", "type")
"""What a scan says of new disks only; of others it is known, and a revert may have changed it."""

UNFINISHED = "making-disks"
"""kv namespace, see `storage.making`: its keys are uuids of disks that have no record yet."""


def facts(volume: Volume) -> dict[str, Any]:
    """The fields of a disk's record that its storage knows."""
    return {
        **volume.fields,
        "location": volume.location,
        "virtual_size": volume.virtual_size,
        "physical_utilisation": volume.physical_utilisation,
    }


def account(tx: Transaction, sr: SRRef) -> None:
    """Write how much the SR's disks would take if they were full, and what the SR allows."""
    record = tx.find(SR, sr)
    if record is None:
        return
    total = sum(int(tx.get(VDI, vdi).virtual_size) for vdi in record.VDIs)
    tx.edit(SR, sr).virtual_allocation = total
    locking.refresh(tx, name_of(SR), sr)


def measure(tx: Transaction, sr: SRRef, found: Contents) -> None:
    """Write an SR's own sizes."""
    changed_sr = tx.edit(SR, sr)
    changed_sr.physical_size = found.physical_size
    changed_sr.physical_utilisation = found.physical_utilisation


def scan(ctx: Context, sr: SRRef) -> None:
    """Bring the records up to date with what is on an SR, as `apply` does."""
    for _ in range(SCANS_MAX):
        before = seen(ctx.view, sr)
        found = backend.of(ctx, sr).sr_scan(sr)
        with ctx.transaction() as tx:
            if seen(tx, sr) == before:
                apply(tx, sr, found)
                return
    raise drivers.backend_failure(40, "the SR's disks change all the time; scan it again later")


def seen(tx: Reader, sr: SRRef) -> Mapping[VDIRef, Any]:
    """What must not change while an SR is scanned."""
    records = {vdi: tx.get(VDI, vdi) for vdi in tx.get(SR, sr).VDIs}
    return {
        vdi: (record.location, record.virtual_size, record.name_label, record.name_description)
        for vdi, record in records.items()
    }


def apply(tx: Transaction, sr: SRRef, found: Contents) -> None:
    """Write what was found on an SR.

    New disks are recorded; disks that are gone lose their records, or are marked as missing if
    something needs them. A disk that a task is making is the task's own.
    """
    recorded = {tx.get(VDI, vdi).location: vdi for vdi in tx.get(SR, sr).VDIs}
    volumes = {volume.location: volume for volume in found.volumes}
    for location, vdi in recorded.items():
        if location in volumes:
            _update(tx, vdi, volumes[location])
        elif _is_free(tx, vdi):
            disks.forget(tx, vdi)
        else:
            tx.edit(VDI, vdi).missing = True
    unfinished = tx.kv_items(UNFINISHED)
    for location, volume in volumes.items():
        uuid = volume.fields.get("uuid") or location
        if location not in recorded and uuid not in unfinished:
            _add(tx, sr, volume)
    measure(tx, sr, found)
    _forget_dirt(tx, sr)
    account(tx, sr)


def update(tx: Transaction, vdi: VDIRef, volume: Volume) -> None:
    """Write what was found of one disk."""
    _update(tx, vdi, volume)
    account(tx, tx.get(VDI, vdi).SR)


def _update(tx: Transaction, vdi: VDIRef, volume: Volume) -> None:
    told = {name: value for name, value in facts(volume).items() if name not in MADE_FOR_GOOD}
    tx.update(name_of(VDI), vdi, {**told, "missing": False})


def _add(tx: Transaction, sr: SRRef, volume: Volume) -> None:
    values = facts(volume)
    origin = values.pop("snapshot_of", "")
    values["uuid"] = values.get("uuid") or new_uuid()
    made = tx.new(VDI, {"SR": sr, "managed": True, **values})
    siblings = ((ref, tx.get(VDI, ref)) for ref in tx.get(SR, sr).VDIs)
    of = (ref for ref, each in siblings if origin and origin in (each.location, each.uuid))
    made.snapshot_of = next(of, NULL_REF)
    locking.refresh(tx, name_of(VDI), ref_of(made))


def _forget_dirt(tx: Transaction, sr: SRRef) -> None:
    """Remove the mark by which clients ask for a scan."""
    marks = tx.get(SR, sr).other_config
    if "dirty" in marks:
        left = {key: value for key, value in marks.items() if key != "dirty"}
        tx.edit(SR, sr).other_config = left


def _is_free(tx: Transaction, vdi: VDIRef) -> bool:
    try:
        locking.check(tx, name_of(VDI), vdi, "forget")
    except XenAPIError:
        return False
    return True
