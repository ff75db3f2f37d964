"""What is done for SRs unasked, so that records, hosts and storage agree again after faults.

| what | is done about it |
| --- | --- |
| a disk that a task made and nothing records | it is destroyed |
| a PBD that is plugged, and a host that has lost it | the host is told again |
| a host that does not merge what it should, or more | it is told again |
| merges of a host that went away | their task ends |
| an SR of which a host did not say what it did | it is scanned |
| an SR with auto-scan, or marked as dirty | it is scanned |
| disks that a dead host holds on an SR that nobody had plugged | they are given back |
"""

import logging
import uuid
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, VDI, Host, HostRef, PBDRef, SRRef
from datamodel.refs import as_ref
from pooldb import Database, Reader, Transaction, leases
from rules.lifecycle.host import is_live
from rules.placement import storage as placement
from xenops.errors import Failure
from xenops.storage import STORAGE, AttachedSr

from forwarder.daemons.affairs import Affair
from forwarder.daemons.hosts import Ask
from forwarder.drivers import DRIVERS
from forwarder.storage import contents
from forwarder.storage.hosted import (
    SR_TIMEOUT_S,
    UNSURE,
    VDI_TIMEOUT_S,
    attachment,
    contents_of,
    merges,
)
from forwarder.storage.making import MAKING
from forwarder.storage.release import UNRELEASED, able
from forwarder.updates import merging
from forwarder.updates import storage as updates

log = logging.getLogger(__name__)

REPLUGGED = "replugged"
"""kv namespace: host → the daemon and number of the report after which its PBDs were plugged."""

SCANNED = "auto-scanned"
"""kv namespace: SR → when it was scanned unasked, by the database's clock."""

AUTO_SCAN_S = 30.0
DEBUG = "tend"


def affairs(db: Database) -> Iterator[Affair]:
    """What hosts can be asked for now."""
    with db.transaction() as tx:
        merging.show(tx, updates.reports(tx))
        found = [*_leftovers(db, tx), *_unplugged(db, tx), *_unseen(db, tx), *_held(db, tx)]
    yield from found


def _operation(what: str) -> str:
    """An id of its own for each attempt."""
    return f"tend/{what}/{uuid.uuid4()}"


# --- disks that nothing records ------------------------------------------------------------------


def _leftovers(db: Database, tx: Transaction) -> Iterator[Affair]:
    for disk, note in tx.kv_items(MAKING).items():
        if tx.kv_get(leases.TASKS, note["task"]) is not None:
            continue
        sr = as_ref(note["sr"])
        if note["is_gone"] or tx.find(SR, sr) is None:
            tx.kv_delete(MAKING, disk)
        elif (host := _worker(tx, sr)) is not None:
            yield Affair(frozenset({host}), partial(_erase, db, disk, note, host))


def _worker(tx: Reader, sr: SRRef) -> HostRef | None:
    """The host that works on an SR, if it can be asked."""
    try:
        host = placement.of_sr(tx, sr)
    except XenAPIError:
        return None
    return host if is_live(tx, host) else None


def _erase(db: Database, disk: str, note: dict[str, Any], host: HostRef, ask: Ask) -> None:
    sr = db.view.get(SR, as_ref(note["sr"])).uuid
    call, location = STORAGE.VDI.destroy, note["location"]
    try:
        ask(host, call, _operation("erase"), DEBUG, VDI_TIMEOUT_S, sr=sr, vdi=location)
    except (XenAPIError, Failure) as error:
        if not isinstance(error, Failure) or error.tag != "Vdi_does_not_exist":
            log.warning("disk %s of a failed task is still there: %s", disk, error)
            return
    with db.transaction() as tx:
        if tx.kv_get(MAKING, disk) == note:
            tx.kv_delete(MAKING, disk)


# --- PBDs that a host has lost, or merges otherwise ----------------------------------------------


def _unplugged(db: Database, tx: Transaction) -> Iterator[Affair]:
    for host, report in updates.reports(tx).items():
        known = [report.daemon, report.number]
        if not is_live(tx, host) or tx.kv_get(REPLUGGED, host) == known:
            continue
        wrong = [pbd for pbd in tx.get(Host, host).PBDs if _is_wrong(tx, pbd, report.srs)]
        if wrong:
            tx.kv_set(REPLUGGED, host, known)
        for pbd in wrong:
            yield Affair(frozenset({host}), partial(_plug, db, pbd, host))


def _is_wrong(tx: Reader, pbd: PBDRef, plugged: Mapping[str, AttachedSr]) -> bool:
    """Whether a host has lost the SR of a PBD that is plugged, or merges otherwise than it should.

    False while an operation is about to change that.
    """
    record = tx.find(PBD, pbd)
    sr = None if record is None else tx.find(SR, record.SR)
    if record is None or sr is None or sr.type in DRIVERS or sr.current_operations:
        return False
    has = plugged.get(sr.uuid)
    return record.currently_attached and (has is None or has.merges is not merges(tx, pbd))


def _plug(db: Database, pbd: PBDRef, host: HostRef, ask: Ask) -> None:
    if not _is_wrong(db.view, pbd, {}):
        return
    params = attachment(db.view, pbd)
    try:
        ask(host, STORAGE.SR.attach, _operation("plug"), DEBUG, SR_TIMEOUT_S, **params)
    except (XenAPIError, Failure) as error:
        log.warning("host %s cannot plug SR %s again: %s", host, params["sr"], error)


# --- SRs whose contents are to be looked at ------------------------------------------------------


def _unseen(db: Database, tx: Transaction) -> Iterator[Affair]:
    unsure, scanned = tx.kv_items(UNSURE), tx.kv_items(SCANNED)
    for gone in [sr for sr in {*unsure, *scanned} if tx.find(SR, as_ref(sr)) is None]:
        tx.kv_delete(UNSURE, gone)
        tx.kv_delete(SCANNED, gone)
    for sr, record in tx.all(SR).items():
        if record.type in DRIVERS or _is_busy(tx, sr):
            continue
        host = _worker(tx, sr)
        if host is None:
            continue
        is_wanted = sr in unsure or "dirty" in record.other_config
        if not is_wanted and record.other_config.get("auto-scan") == "true":
            is_wanted = tx.now() - scanned.get(sr, 0.0) >= _pause(tx, host)
        if is_wanted:
            yield Affair(frozenset({host}), partial(_scan, db, sr, host))


def _pause(tx: Reader, host: HostRef) -> float:
    said = tx.get(Host, host).other_config.get("auto-scan-interval", "")
    return float(said) if said.isdecimal() else AUTO_SCAN_S


def _is_busy(tx: Reader, sr: SRRef) -> bool:
    """Whether an operation changes the SR or its disks, so that a scan would see it half done."""
    record = tx.get(SR, sr)
    disks = (tx.get(VDI, vdi) for vdi in record.VDIs)
    return bool(record.current_operations) or any(disk.current_operations for disk in disks)


def _scan(db: Database, sr: SRRef, host: HostRef, ask: Ask) -> None:
    before, named = contents.seen(db.view, sr), db.view.get(SR, sr).uuid
    try:
        infos, info = ask(host, STORAGE.SR.scan2, _operation("scan"), DEBUG, SR_TIMEOUT_S, sr=named)
    except (XenAPIError, Failure) as error:
        log.warning("SR %s cannot be scanned: %s", named, error)
        return
    with db.transaction() as tx:
        if tx.find(SR, sr) is not None and not _is_busy(tx, sr) and contents.seen(tx, sr) == before:
            contents.apply(tx, sr, contents_of(info, infos))
            tx.kv_delete(UNSURE, sr)
            if tx.get(SR, sr).other_config.get("auto-scan") == "true":
                tx.kv_set(SCANNED, sr, tx.now())


# --- disks that dead hosts hold ------------------------------------------------------------------


def _held(db: Database, tx: Transaction) -> Iterator[Affair]:
    for key, (holder, vm) in tx.kv_items(UNRELEASED).items():
        named, _, of = key.partition(" ")
        sr: SRRef = as_ref(named)
        dead: HostRef = as_ref(of)
        if tx.find(SR, sr) is None or is_live(tx, dead):
            tx.kv_delete(UNRELEASED, key)
        elif (host := next(able(tx, sr, dead), None)) is not None:
            yield Affair(frozenset({host}), partial(_give_back, db, key, sr, host, holder, vm))


def _give_back(
    db: Database, key: str, sr: SRRef, host: HostRef, holder: str, vm: str | None, ask: Ask
) -> None:
    named = db.view.get(SR, sr).uuid
    call = STORAGE.DISKS.release
    try:
        operation = _operation("release")
        ask(host, call, operation, DEBUG, VDI_TIMEOUT_S, sr=named, host=holder, vm=vm)
    except (XenAPIError, Failure) as error:
        log.warning("SR %s still keeps disks for dead host %s: %s", named, holder, error)
        return
    with db.transaction() as tx:
        tx.kv_delete(UNRELEASED, key)
