"""Storage paths: what the hosts' watchers report becomes the keys that clients read.

``PBD.other_config`` has ``mpath-<SCSI id>`` = ``[working, most]`` for each map of a plugged PBD,
and ``multipathed``; ``host.other_config`` has ``mpath-boot``. ``most`` is the largest total ever
seen, because an unplugged path is missing from the total, too. An operator who took a path away on
purpose sets ``multipath-accepted-<SCSI id>`` to the right number, which holds until more paths
work.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from datamodel.classes import PBD, SR, Host, HostRef
from datamodel.refs import Ref, as_ref
from pooldb import Transaction
from xenops.multipath import BOOT, KEY, Level, Paths, Report, parse_level

from forwarder.updates.registry import on

REPORTS = "multipath"
"""kv namespace: host → its last report."""

ACCEPTED = "multipath-accepted-"
MULTIPATHED = "multipathed"
IDS = "SCSIid"
COUNT = re.compile("[0-9]{1,9}")


@on("multipath")
def take(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> None:
    """Keep a report and write its keys; raises msgspec.ValidationError, changing nothing.

    A report that comes a second time, or after a newer one of the same watcher, is left alone.
    """
    report = msgspec.convert(body, Report)
    last = tx.kv_get(REPORTS, host)
    kept = None if last is None else msgspec.convert(last, Report)
    if kept is None or kept.watcher != report.watcher or kept.number < report.number:
        tx.kv_set(REPORTS, host, msgspec.to_builtins(report))
        _settle(tx, host, report)


def settle(tx: Transaction) -> None:
    """Write the last reports' keys anew: PBDs and operators' settings may have changed since."""
    for said_by, kept in tx.kv_items(REPORTS).items():
        host: HostRef = as_ref(said_by)
        if tx.find(Host, host) is None:
            tx.kv_delete(REPORTS, host)
        else:
            _settle(tx, host, msgspec.convert(kept, Report))


def _settle(tx: Transaction, host: HostRef, report: Report) -> None:
    boot = report.maps.get(report.boot or "")
    _write(tx, Host, host, {} if boot is None else {BOOT: boot})
    for pbd in tx.get(Host, host).PBDs:
        ids = _scsi_ids(tx, tx.get(PBD, pbd))
        _write(tx, PBD, pbd, {id_: report.maps[id_] for id_ in ids if id_ in report.maps})


def _scsi_ids(tx: Transaction, pbd: PBD) -> list[str]:
    """The disks that a PBD reaches; none while it is unplugged."""
    if not pbd.currently_attached:
        return []
    sr = tx.find(SR, pbd.SR)
    lists = [pbd.device_config.get(IDS, ""), "" if sr is None else sr.sm_config.get(IDS, "")]
    return [id_.strip() for id_ in ",".join(lists).split(",") if id_.strip()]


def _write(
    tx: Transaction, cls: type[Host] | type[PBD], ref: Ref[Any], maps: Mapping[str, Paths]
) -> None:
    """Write all keys of a record at once, so that nobody sees only some of them."""
    edited: Host | PBD = tx.edit(Host, ref) if cls is Host else tx.edit(PBD, ref)
    old = edited.other_config
    new = {key: value for key, value in old.items() if not key.startswith(KEY)}
    for name, paths in maps.items():
        accepted = _accepted(old, name)
        if accepted is not None and paths.current <= accepted:
            most = accepted
        else:
            before = parse_level(old.get(KEY + name, ""))
            most = max(paths.total, 0 if before is None else before.max)
            if accepted is not None:
                del new[ACCEPTED + name]
        new[KEY + name] = str(Level(paths.current, most))
    if isinstance(edited, PBD):
        new.pop(MULTIPATHED, None)
        new |= {MULTIPATHED: "true"} if maps else {}
    edited.other_config = new


def _accepted(other_config: Mapping[str, str], name: str) -> int | None:
    text = other_config.get(ACCEPTED + name, "")
    return int(text) if COUNT.fullmatch(text) else None
