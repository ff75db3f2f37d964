"""Whose turn it is: calls for one object are begun in the order in which they were accepted.

Each call's position is noted where it is accepted (`pooldb.calls`), so the order is the same for
all forwarders. A call has begun once it holds something; if it ends without, nobody waits.

Forced operations do not wait for their turn, and come before all calls that merely wait: once the
operation that a forced one is to end has ended, the forced one is next.
"""

from collections.abc import Collection, Iterator
from typing import Any

from datamodel.classes import Task, TaskRef
from datamodel.refs import Ref, as_ref
from pooldb import Transaction, leases
from rules.lifecycle.holds import FORCED, Hold


def before(
    tx: Transaction, task: TaskRef, wanted: Hold, begun: Collection[TaskRef]
) -> TaskRef | None:
    """The task whose turn comes right before this task's on an object; None if it is this one's.

    ``begun`` are the tasks that hold something.
    """
    mine = ((tx.kv_get(leases.TASKS, task) or {}).get("body") or {}).get("accepted")
    if mine is None or wanted.operation in FORCED:
        return None
    waiting = [
        (_is_forced(call), call.get("accepted", mine), other)
        for other, call in _about(tx, wanted.ref)
        if other not in begun
    ]
    earlier = [turn for turn in waiting if turn[0] or turn[1] < mine]
    return max(earlier)[2] if earlier else None


def _is_forced(call: dict[str, Any]) -> bool:
    return call["method"].partition(".")[2] in FORCED


def tell(tx: Transaction, task: TaskRef, wanted: Hold) -> None:
    """Let the tasks whose turn comes later see that this one has begun."""
    if (
        any(other != task for other, _ in _about(tx, wanted.ref))
        and tx.find(Task, task) is not None
    ):
        tx.touch(Task, task)


def _about(tx: Transaction, ref: Ref[Any]) -> Iterator[tuple[TaskRef, dict[str, Any]]]:
    """The accepted calls that name an object, by their tasks."""
    for task, lease in tx.kv_items(leases.TASKS, naming=ref).items():
        call = lease["body"] or {}
        if _is_about(call, ref):
            yield as_ref(task), call


def _is_about(call: dict[str, Any], ref: str) -> bool:
    return ref in _texts(call.get("params", []))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for element in value:
                yield from _texts(element)
        case dict():
            for element in value.values():
                yield from _texts(element)
