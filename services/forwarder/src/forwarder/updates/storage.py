"""Storage: what hosts can serve becomes ``SM`` records, and what they have plugged SRs' sizes.

An SR keeps its PBD plugged while it cannot be reached, as its host goes on trying, and a VM that
has lost a disk stays as it is; operators are told by messages.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from datamodel import XenAPIError
from datamodel.classes import SM, SR, VDI, VM, Host, HostRef, SRRef
from datamodel.objects import name_of
from datamodel.refs import as_ref
from pooldb import Transaction
from rules.placement import storage as placement
from xenops.storage import AttachedSr, Pulled, QueryResult, SrHealth, StorageReport

from forwarder.core import announcements
from forwarder.core.announcements import DATA_AT_RISK, GOOD_TO_KNOW, Announcement
from forwarder.drivers import DRIVERS
from forwarder.updates import merging
from forwarder.updates.registry import on

REPORTS = "storage"
"""kv namespace: host → its last report."""

UNREACHABLE, BACK = "SR_UNREACHABLE", "SR_REACHABLE_AGAIN"
"""Names of messages about an SR."""

LOST = "VM_HAS_LOST_DISK"
"""Name of a message about a VM."""

AWAY = (SrHealth.Unreachable, SrHealth.Unavailable)


@on("storage")
def take(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> None:
    """Keep a report and write what it says; raises msgspec.ValidationError, changing nothing.

    A report that comes a second time, or after a newer one of the same daemon, is left alone.
    """
    report, last = msgspec.convert(body, StorageReport), _last(tx, host)
    if last is not None and last.daemon == report.daemon and last.number >= report.number:
        return
    tx.kv_set(REPORTS, host, msgspec.to_builtins(report))
    settle_types(tx)
    for uuid, attached in report.srs.items():
        try:
            sr = tx.by_uuid(SR, uuid)
        except XenAPIError:
            continue  # it is being made or forgotten
        _write_sizes(tx, host, sr, attached)
        before = None if last is None else last.srs.get(uuid)
        _tell_health(tx, host, sr, None if before is None else before.health, attached.health)
    known = [] if last is None else last.pulled
    for pulled in report.pulled:
        if pulled not in known:
            _tell_lost(tx, pulled)
    merging.show(tx, reports(tx))


def _last(tx: Transaction, host: HostRef) -> StorageReport | None:
    kept = tx.kv_get(REPORTS, host)
    return None if kept is None else msgspec.convert(kept, StorageReport)


def reports(tx: Transaction) -> dict[HostRef, StorageReport]:
    """The last report of each host of the pool."""
    kept: dict[Any, Any] = tx.kv_items(REPORTS)
    for said_by in kept:
        if tx.find(Host, as_ref(said_by)) is None:
            tx.kv_delete(REPORTS, said_by)
    return {
        host: msgspec.convert(report, StorageReport)
        for host, report in kept.items()
        if tx.find(Host, host) is not None
    }


def settle_types(tx: Transaction) -> None:
    """Have a record for each type of SR that a host serves, besides those that need no host."""
    by_type: dict[str, dict[HostRef, QueryResult]] = {}
    for host, report in reports(tx).items():
        for served in report.drivers:
            if served.driver not in DRIVERS:
                by_type.setdefault(served.driver, {})[host] = served
    known = {record.type: ref for ref, record in tx.all(SM).items() if record.type not in DRIVERS}
    for type_, served_by in by_type.items():
        if type_ in known:
            tx.update(name_of(SM), known[type_], _record(served_by))
        else:
            tx.new(SM, _record(served_by))
    for type_, sm in known.items():
        if type_ not in by_type:
            tx.delete(SM, sm)


def _record(served_by: Mapping[HostRef, QueryResult]) -> dict[str, Any]:
    """A type of SR as its ``SM`` record; a feature counts once all hosts that serve it have it."""
    said = next(iter(served_by.values()))
    features = {host: _features(served) for host, served in served_by.items()}
    common = set.intersection(*map(set, features.values()))
    counted = {
        name: min(of_host[name] for of_host in features.values())
        for name in features[next(iter(served_by))]
        if name in common
    }
    pending = {host: [name for name in of if name not in common] for host, of in features.items()}
    return {
        "type": said.driver,
        "name_label": said.name,
        "name_description": said.description,
        "vendor": said.vendor,
        "copyright": said.copyright,
        "version": said.version,
        "required_api_version": said.required_api_version,
        "configuration": dict(said.configuration),
        "capabilities": list(counted),
        "features": counted,
        "host_pending_features": {host: names for host, names in pending.items() if names},
        "driver_filename": "",
        "required_cluster_stack": list(said.required_cluster_stack),
        "supported_image_formats": list(said.supported_image_formats),
    }


def _features(served: QueryResult) -> dict[str, int]:
    """The versions of a driver's features, by their names: ``NAME`` or ``NAME/version``."""
    parts = (said.partition("/") for said in served.features)
    return {name: int(version) if version.isdecimal() else 1 for name, _, version in parts}


def _write_sizes(tx: Transaction, host: HostRef, sr: SRRef, attached: AttachedSr) -> None:
    """Write an SR's sizes as the host says them that works on the SR."""
    try:
        is_said_by_its_host = placement.of_sr(tx, sr) == host
    except XenAPIError:
        return
    if is_said_by_its_host and attached.total >= 0:
        used = attached.total - attached.free
        sizes = {"physical_size": attached.total, "physical_utilisation": used}
        tx.update(name_of(SR), sr, sizes)


def _tell_health(
    tx: Transaction, host: HostRef, sr: SRRef, before: SrHealth | None, now: SrHealth
) -> None:
    name = tx.get(Host, host).name_label
    if now in AWAY and before not in AWAY:
        text = f"cannot be reached from host '{name}' ({now.lower()})"
        announcements.write_of_sr(tx, UNREACHABLE, sr, text, DATA_AT_RISK)
    elif before in AWAY and now is SrHealth.Healthy:
        text = f"can be reached again from host '{name}'"
        announcements.write_of_sr(tx, BACK, sr, text, GOOD_TO_KNOW)


def _tell_lost(tx: Transaction, pulled: Pulled) -> None:
    try:
        vm, vdi = tx.by_uuid(VM, pulled.vm), tx.get(VDI, tx.by_uuid(VDI, pulled.vdi))
    except XenAPIError:
        return  # it is gone meanwhile
    text = (
        f"has lost disk '{vdi.name_label}' (uuid: {vdi.uuid}): {pulled.why}; unplug the disk and"
        " plug it again, or reboot the VM by force"
    )
    announcements.write(tx, Announcement(LOST, vm, text, DATA_AT_RISK))
