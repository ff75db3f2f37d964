"""Merges of an SR's layers as people see them: a task for each SR on which hosts merge now.

| what hosts say | the task |
| --- | --- |
| one merges | is pending, and tells how much of the backlog is done |
| none merges any more | ends as success, or with the error that one of them met |
| none merges any more, and some are told not to | is cancelled |
| one has restarted, and has not looked yet | waits |
| one that merged is silent, or has the SR no longer | fails |

All of it follows from the hosts' last reports and a note, so any forwarder goes on with it.
"""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError, handle_invalid
from datamodel.classes import SR, Host, HostRef, SRRef, Task, TaskRef
from datamodel.refs import as_ref
from pooldb import Transaction, tasks
from rules.lifecycle.host import is_live
from xenops.storage import STORAGE, AttachedSr, Merges, StorageReport

from forwarder.core import announcements
from forwarder.core.announcements import DEGRADED
from forwarder.daemons import errors

TASKS = "merging-tasks"
"""kv namespace: SR → its task, the hosts that merge or have merged, and the longest backlog."""

FULL = "merging-full"
"""kv namespace: SR of which operators know that it has no room for merges → the host that said so.
"""

NAME, NO_SPACE = "Garbage Collection", "SM_GC_NO_SPACE"
"""Names of the task and of a message about an SR, which clients know."""

STEP, NEARLY = 0.02, 0.99
"""Less progress is not worth a write; and as long as a host merges, not all is done."""

Said = Mapping[HostRef, AttachedSr]
"""What the living hosts say of one SR."""


def show(tx: Transaction, reports: Mapping[HostRef, StorageReport]) -> None:
    """Begin, follow and end the tasks, as the hosts' last reports say."""
    said: dict[str, dict[HostRef, AttachedSr]] = {}
    for host, report in reports.items():
        if is_live(tx, host):
            for uuid, attached in report.srs.items():
                said.setdefault(uuid, {})[host] = attached
    notes, tellers = tx.kv_items(TASKS), tx.kv_items(FULL)
    for sr, record in tx.all(SR).items():
        of_sr = said.get(record.uuid, {})
        if sr not in notes and _merging(of_sr):
            task = tasks.create(tx, "", NAME, f"{NAME} for SR {record.uuid}", cancellable=False)
            tx.edit(Task, task).other_config = {"applies_to": sr}
            notes[sr] = {"task": task, "hosts": [], "most": 1}
        _tell_full(tx, sr, of_sr, tellers.get(sr))
    for named, note in notes.items():
        sr = as_ref(named)
        found = tx.find(SR, sr)
        _follow(tx, sr, note, {} if found is None else said.get(found.uuid, {}))
    for named in tellers:
        if tx.find(SR, as_ref(named)) is None:
            tx.kv_delete(FULL, named)


def _merging(said: Said) -> dict[HostRef, AttachedSr]:
    """The hosts that merge now."""
    return {host: attached for host, attached in said.items() if attached.merging is not None}


def _follow(tx: Transaction, sr: SRRef, note: Mapping[str, Any], said: Said) -> None:
    task: TaskRef = as_ref(note["task"])
    if tx.find(Task, task) is None:  # a client has removed it; another one shows what goes on
        tx.kv_delete(TASKS, sr)
        return
    merging = _merging(said)
    hosts: list[HostRef] = sorted({*map(as_ref, note["hosts"]), *merging})
    failure = _lost(tx, sr, hosts, said)
    if failure is None and merging:
        backlog = min(attached.backlog for attached in merging.values())
        most = max(note["most"], backlog)
        part = max(attached.merging or 0.0 for attached in merging.values())
        _progress(tx, task, min(NEARLY, (most - backlog + part) / most))
        tx.kv_set(TASKS, sr, {"task": task, "hosts": hosts, "most": most})
    elif failure is not None or all(_has_looked(said[host]) for host in hosts):
        tasks.end(tx, task, failure or _ending(sr, task, [said[host] for host in hosts]))
        tx.kv_delete(TASKS, sr)


def _has_looked(attached: AttachedSr) -> bool:
    """Whether a host knows how the last merges have ended."""
    is_told = attached.backlog >= 0 or attached.not_merged is not None
    return is_told and attached.merging is None


def _lost(tx: Transaction, sr: SRRef, hosts: list[HostRef], said: Said) -> XenAPIError | None:
    """Why it will not be heard how the merges of some host end."""
    if tx.find(SR, sr) is None:
        return handle_invalid("SR", sr)
    for host in hosts:
        if host not in said:
            is_there = tx.find(Host, host) is not None and is_live(tx, host)
            return XenAPIError("SR_NOT_ATTACHED", sr) if is_there else _offline(host)
    return None


def _offline(host: HostRef) -> XenAPIError:
    return XenAPIError("HOST_OFFLINE", host)


def _ending(sr: SRRef, task: TaskRef, said: list[AttachedSr]) -> XenAPIError | None:
    """The error with which merges have ended, if any."""
    failures = (_failure(sr, task, attached) for attached in said)
    is_stopped = any(each.merges is Merges.NONE and each.backlog for each in said)
    stopped = XenAPIError("TASK_CANCELLED", task) if is_stopped else None
    return next((failure for failure in failures if failure is not None), stopped)


def _failure(sr: SRRef, task: str, attached: AttachedSr) -> XenAPIError | None:
    if attached.not_merged is None:
        return None
    return errors.translate(STORAGE.read_error(attached.not_merged), sr, task)


def _progress(tx: Transaction, task: TaskRef, fraction: float) -> None:
    """Show how far the merges are; a backlog that grows takes nothing back."""
    if fraction >= tx.get(Task, task).progress + STEP:
        tx.edit(Task, task).progress = round(fraction, 3)


def _tell_full(tx: Transaction, sr: SRRef, said: Said, teller: str | None) -> None:
    """Tell operators once that an SR has no room for merges, until its host can merge again."""
    failures = ((host, _failure(sr, "", attached)) for host, attached in said.items())
    full = [host for host, error in failures if error and error.code == "SR_BACKEND_FAILURE_44"]
    if teller is None and full:
        text = (
            "has no room to merge layers that are not needed any more: destroy VDIs or snapshots,"
            " or make its storage larger; merging goes on by itself then"
        )
        announcements.write_of_sr(tx, NO_SPACE, sr, text, DEGRADED)
        tx.kv_set(FULL, sr, full[0])
    elif teller is not None and not full:
        last = said.get(as_ref(teller))
        if tx.find(Host, as_ref(teller)) is None or (last is not None and _has_looked(last)):
            tx.kv_delete(FULL, sr)
