"""Objects adrift: a host fell silent while it worked on them, so nobody knows how the work ended.

Such an object keeps the locks of the task that wanted the work. A VM keeps its place, too, so that
it is not started elsewhere and its disks are not given to another VM. Once the host can be asked
again, it says what became of the object (`doubts.settling`). If it never can, the administrator
decides with ``host.declare_dead`` or ``VM.power_state_reset``.
"""

import logging
from collections.abc import Mapping
from typing import Any

from datamodel.classes import Host, HostRef, TaskRef
from pooldb import Transaction
from xenops.extensions import Place as Right

from forwarder.doubts.rows import ROWS, Call
from forwarder.locks import locking
from forwarder.locks.locking import ADRIFT, Doubt
from forwarder.locks.subjects import Subject, of_key

log = logging.getLogger(__name__)

UNDER_WAY = "under-way"
"""kv namespace: task → {object: its doubts if nobody hears how the work on it ends}."""

DEAD = "dead"
"""kv namespace: host that was declared dead and has not been heard since → true."""


def begin(
    tx: Transaction, task: TaskRef, subject: Subject, host: HostRef, operation: str, call: Call
) -> Right | None:
    """Note that a task is about to have a host work on an object; the right by which it works.

    Any earlier work that the task had done on the object has ended.
    """
    under_way = tx.kv_get(UNDER_WAY, task) or {}
    tx.kv_set(UNDER_WAY, task, {**under_way, subject.key: [[host, operation]]})
    return ROWS[subject.cls].begin(tx, task, subject.ref, call)


def under_way(tx: Transaction) -> dict[TaskRef, dict[Subject, list[Doubt]]]:
    """The objects that hosts may be at work for, by the tasks that want the work."""
    tasks: dict[Any, Any] = tx.kv_items(UNDER_WAY)
    return {task: _by_subject(doubts) for task, doubts in tasks.items()}


def end(tx: Transaction, task: TaskRef) -> None:
    """Forget the work under way of a task that ends: the task itself knows what is adrift."""
    tx.kv_delete(UNDER_WAY, task)


def left_by(tx: Transaction, task: TaskRef) -> dict[Subject, list[Doubt]]:
    """The objects on which hosts may still work for a task whose forwarders all died."""
    under_way = _by_subject(tx.kv_get(UNDER_WAY, task))
    return {
        subject: [*doubts, *ROWS[subject.cls].others(tx, task, subject.ref, doubts)]
        for subject, doubts in under_way.items()
    }


def note(tx: Transaction, task: TaskRef, doubts: Mapping[Subject, list[Doubt]]) -> None:
    """Keep the objects for which it is not known how a task's work on them ended.

    Dead hosts leave no doubt: they are not waited for.
    """
    kept = {
        subject: alive
        for subject, all_ in doubts.items()
        if (alive := [doubt for doubt in all_ if not is_dead(tx, doubt[0])])
    }
    if kept:
        tx.kv_set(ADRIFT, task, {subject.key: alive for subject, alive in kept.items()})
    for subject, alive in kept.items():
        hosts = [host for host, _ in alive]
        log.warning("%s is adrift; to be asked: %s", named(tx, subject), hosts)


def named(tx: Transaction, subject: Subject) -> str:
    """An object's name for logs."""
    record = tx.find(subject.cls, subject.ref)
    return f"{subject.cls} {subject.ref if record is None else record['uuid']}"


def is_dead(tx: Transaction, host: HostRef) -> bool:
    """Whether a host is gone, or was declared dead and has not been heard since."""
    return tx.find(Host, host) is None or bool(tx.kv_get(DEAD, host))


def kept(tx: Transaction) -> dict[TaskRef, dict[Subject, list[Doubt]]]:
    """The objects adrift, by the ended tasks that hold them."""
    tasks: dict[Any, Any] = tx.kv_items(ADRIFT)
    return {task: _by_subject(doubts) for task, doubts in tasks.items()}


def _by_subject(doubts: Mapping[str, list[Doubt]] | None) -> dict[Subject, list[Doubt]]:
    return {of_key(key): its_doubts for key, its_doubts in (doubts or {}).items()}


def hosts_of(tx: Transaction, subject: Subject) -> set[HostRef]:
    """The hosts that have to tell what became of an object; none if it is not adrift."""
    return {host for doubts in kept(tx).values() for host, _ in doubts.get(subject, [])}


def release(tx: Transaction, task: TaskRef, subject: Subject) -> None:
    """Give an object's locks and place back; nothing to do if the object is not adrift."""
    doubts = tx.kv_get(ADRIFT, task) or {}
    if others := {key: its_doubts for key, its_doubts in doubts.items() if key != subject.key}:
        tx.kv_set(ADRIFT, task, others)
    else:
        tx.kv_delete(ADRIFT, task)
    locking.end_all(tx, task)


def forget(tx: Transaction, subject: Subject) -> None:
    """The administrator says what became of an object, so none of its hosts is waited for."""
    for task, doubts in kept(tx).items():
        if subject in doubts:
            release(tx, task, subject)


def forget_host(tx: Transaction, host: HostRef) -> None:
    """The administrator says that a host is dead: only other hosts are still waited for."""
    tx.kv_set(DEAD, host, True)
    for task, of_task in kept(tx).items():
        for subject, doubts in of_task.items():
            left = [doubt for doubt in doubts if doubt[0] != host]
            if not left:
                release(tx, task, subject)
            elif left != doubts:
                tx.kv_set(ADRIFT, task, {**(tx.kv_get(ADRIFT, task) or {}), subject.key: left})
    for row in ROWS.values():
        row.host_is_dead(tx, host)


def is_heard_again(tx: Transaction, host: HostRef) -> None:
    """A host that was declared dead is there after all, and is asked like any other."""
    tx.kv_delete(DEAD, host)
