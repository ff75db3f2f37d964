"""Has drivers make, copy, resize, erase and scan disks and SRs, and records the results."""

import time
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import SR, VDI, SRRef, VDIRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import NULL_REF, is_null, new_uuid
from pooldb import Reader, Transaction
from rules.lifecycle import sr as sr_table
from rules.lifecycle import vdi as table
from rules.values.dates import date

from forwarder import drivers
from forwarder.drivers.driver import Contents, Driver, Volume
from forwarder.locks import locking
from forwarder.records.fields import Operation, taken
from forwarder.storage import disks


def create(tx: Transaction, values: Mapping[str, Any]) -> VDIRef:
    """Make a disk on its SR; raises INVALID_VALUE, SR_FULL, SR_OPERATION_NOT_SUPPORTED."""
    sr, size = values["SR"], int(values["virtual_size"])
    if size < 0:
        raise XenAPIError("INVALID_VALUE", "virtual_size must be non-negative", size)
    require_room(tx, {sr: size})
    uuid = new_uuid()
    driver, sr_uuid = _driver(tx, sr, "VDI_CREATE")
    return _record(tx, {**values, "uuid": uuid}, driver.vdi_create(sr_uuid, uuid, size))


def copy(tx: Transaction, source: VDIRef, operation: Operation, sr: SRRef = NULL_REF) -> VDIRef:
    """A disk like another one, on the same SR or the one given; raises what `check_source` does.

    If the driver cannot clone, a clone is a copy.
    """
    record = tx.get(VDI, source)
    check_source(source, record, operation)
    uuid = new_uuid()
    values = {**taken(VDI, operation, vars(record)), "uuid": uuid}
    values["SR"] = record.SR if is_null(sr) else sr
    require_room(tx, {values["SR"]: int(record.virtual_size)})
    volume = _copied(tx, volume_of(record), operation, values, of=record.SR)
    if operation is Operation.SNAPSHOT:
        values |= {
            "is_a_snapshot": True,
            "snapshot_of": source,
            "snapshot_time": date(time.time()),
        }
    return _record(tx, values, volume)


def _copied(
    tx: Transaction, source: Volume, operation: Operation, values: Mapping[str, Any], *, of: SRRef
) -> Volume:
    uuid = values["uuid"]
    can = sr_table.features(tx, tx.get(SR, of).type)
    if operation is Operation.SNAPSHOT:
        driver, sr_uuid = _driver(tx, of, "VDI_SNAPSHOT")
        return driver.vdi_snapshot(sr_uuid, source, uuid)
    if operation is Operation.CLONE and "VDI_CLONE" in can:
        driver, sr_uuid = _driver(tx, of)
        return driver.vdi_clone(sr_uuid, source, uuid)
    driver, sr_uuid = _driver(tx, values["SR"], "VDI_CREATE")
    made = driver.vdi_create(sr_uuid, uuid, source.virtual_size)
    return driver.vdi_copy(sr_uuid, source, made)


def _record(tx: Transaction, values: Mapping[str, Any], volume: Volume) -> VDIRef:
    vdi = tx.new(VDI, {**values, **_facts(volume)})
    vdi.managed = True
    ref = ref_of(vdi)
    account(tx, values["SR"])
    locking.refresh(tx, name_of(VDI), ref)
    return ref


def check_source(vdi: VDIRef, record: VDI, operation: Operation) -> None:
    """Raise the XenAPI's error for a disk whose contents cannot be copied."""
    require_managed(vdi, record)
    if record.type == "cbt_metadata":
        raise XenAPIError("VDI_INCOMPATIBLE_TYPE", vdi, table.type_word(record.type))
    if operation is Operation.SNAPSHOT and record.sharable:
        raise XenAPIError("VDI_IS_SHARABLE", vdi)
    if operation in (Operation.SNAPSHOT, Operation.COPY):
        table.check_on_boot(record)


def require_managed(vdi: VDIRef, record: VDI) -> None:
    """Raise VDI_NOT_MANAGED[VDI] for a disk that belongs to the driver."""
    if not record.managed:
        raise XenAPIError("VDI_NOT_MANAGED", vdi)


def overwrite(tx: Transaction, source: VDIRef, into: VDIRef) -> None:
    """Give a disk the contents of another; its record changes only in what the driver answers.

    Raises SR_HAS_NO_PBDS, VDI_READONLY, VDI_TOO_SMALL, and what `check_source` and `check_unused`
    raise.
    """
    record, destination = tx.get(VDI, source), tx.get(VDI, into)
    check_source(source, record, Operation.COPY)
    sr_table.require_plugged(tx, destination.SR)
    table.check_unused(tx, into, destination, "copy")
    if destination.read_only or destination.is_a_snapshot:
        raise XenAPIError("VDI_READONLY", into)
    if int(destination.virtual_size) < int(record.virtual_size):
        raise XenAPIError("VDI_TOO_SMALL", into, record.virtual_size)
    driver, sr_uuid = _driver(tx, destination.SR)
    filled = driver.vdi_copy(sr_uuid, volume_of(record), volume_of(destination))
    tx.update(name_of(VDI), into, _facts(filled))


def resize(tx: Transaction, vdi: VDIRef, size: int) -> None:
    """Make a disk larger; raises SR_FULL, VDI_NOT_MANAGED, or what its driver raises."""
    record = tx.get(VDI, vdi)
    require_managed(vdi, record)
    more = size - int(record.virtual_size)
    if more < 0:
        raise drivers.backend_failure(79, "VDI Invalid size [opterr=shrinking not allowed]")
    require_room(tx, {record.SR: more})
    driver, sr_uuid = _driver(tx, record.SR)
    tx.update(name_of(VDI), vdi, _facts(driver.vdi_resize(sr_uuid, volume_of(record), size)))
    account(tx, record.SR)


def update(tx: Transaction, vdi: VDIRef) -> None:
    """Bring a disk's record up to date with its driver."""
    record = tx.get(VDI, vdi)
    volumes = {volume.location: volume for volume in measure(tx, record.SR)}
    if record.location in volumes:
        tx.update(name_of(VDI), vdi, _facts(volumes[record.location]))
        account(tx, record.SR)


def move(tx: Transaction, vdi: VDIRef, sr: SRRef) -> None:
    """Move a disk to another SR; its reference and uuid stay. Raises what `create` does."""
    record = tx.get(VDI, vdi)
    old = volume_of(record)
    require_room(tx, {sr: old.virtual_size})
    driver, sr_uuid = _driver(tx, sr, "VDI_CREATE")
    made = driver.vdi_create(sr_uuid, record.uuid, old.virtual_size)
    made = driver.vdi_copy(sr_uuid, old, made)
    source, source_uuid = _driver(tx, record.SR)
    source.vdi_delete(source_uuid, old.location)
    tx.update(name_of(VDI), vdi, {"SR": sr, **_facts(made)})
    account(tx, record.SR)
    account(tx, sr)


def destroy(tx: Transaction, vdi: VDIRef) -> None:
    """Erase a disk, and remove its record as `remove` does."""
    record = tx.get(VDI, vdi)
    driver, sr_uuid = _driver(tx, record.SR)
    driver.vdi_delete(sr_uuid, record.location)
    remove(tx, vdi)


def remove(tx: Transaction, vdi: VDIRef) -> None:
    """Remove a disk's record as `disks.forget` does, and count its SR's disks anew."""
    sr = tx.get(VDI, vdi).SR
    disks.forget(tx, vdi)
    account(tx, sr)


def _driver(tx: Reader, sr: SRRef, feature: str | None = None) -> tuple[Driver, str]:
    """An SR's driver and uuid; raises SR_OPERATION_NOT_SUPPORTED if it lacks the feature."""
    record = tx.get(SR, sr)
    sr_table.require_feature(tx, sr, record, feature)
    return drivers.of(record.type), str(record.uuid)


# --- what an SR has -----------------------------------------------------------------------------


def require_room(tx: Reader, wanted: Mapping[SRRef, int]) -> None:
    """Raise SR_FULL[wanted, free] unless each SR has room for so many bytes."""
    for sr, size in wanted.items():
        record = tx.get(SR, sr)
        free = int(record.physical_size) - int(record.virtual_allocation)
        if record.physical_size > 0 and size > free:
            raise XenAPIError("SR_FULL", size, free)


def account(tx: Transaction, sr: SRRef) -> None:
    """Write how much the SR's disks would take if they were full, and what the SR allows."""
    record = tx.find(SR, sr)
    if record is None:
        return
    total = sum(int(tx.get(VDI, vdi).virtual_size) for vdi in record.VDIs)
    tx.edit(SR, sr).virtual_allocation = total
    locking.refresh(tx, name_of(SR), sr)


def scan(tx: Transaction, sr: SRRef) -> None:
    """Bring the records up to date with what is on an SR.

    New disks are recorded; disks that are gone lose their records, unless they are in use.
    """
    recorded = {tx.get(VDI, vdi).location: vdi for vdi in tx.get(SR, sr).VDIs}
    volumes = {volume.location: volume for volume in measure(tx, sr)}
    for location, vdi in recorded.items():
        if location in volumes:
            tx.update(name_of(VDI), vdi, _facts(volumes[location]))
        elif _is_free(tx, vdi):
            disks.forget(tx, vdi)
    for location, volume in volumes.items():
        if location not in recorded:
            _record(tx, {"uuid": new_uuid(), "SR": sr}, volume)
    account(tx, sr)


def measure(tx: Transaction, sr: SRRef) -> tuple[Volume, ...]:
    """Write an SR's size to its record; the volumes on it."""
    record = tx.get(SR, sr)
    volumes = tuple(volume_of(tx.get(VDI, vdi)) for vdi in record.VDIs)
    sizes = int(record.physical_size), int(record.physical_utilisation)
    driver, sr_uuid = _driver(tx, sr)
    scanned = driver.sr_scan(sr_uuid, Contents(*sizes, volumes))
    changed_sr = tx.edit(SR, sr)
    changed_sr.physical_size = scanned.physical_size
    changed_sr.physical_utilisation = scanned.physical_utilisation
    return scanned.volumes


def _is_free(tx: Transaction, vdi: VDIRef) -> bool:
    try:
        locking.check(tx, name_of(VDI), vdi, "forget")
    except XenAPIError:
        return False
    return True


def volume_of(record: VDI) -> Volume:
    """A disk's record as a driver sees the disk."""
    sizes = int(record.virtual_size), int(record.physical_utilisation)
    return Volume(record.location, *sizes)


def _facts(volume: Volume) -> dict[str, Any]:
    return {
        "location": volume.location,
        "virtual_size": volume.virtual_size,
        "physical_utilisation": volume.physical_utilisation,
    }
