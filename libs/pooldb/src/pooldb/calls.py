"""Calls that forwarders run: how each is accepted, and why it is run only once.

An asynchronous call is accepted by its gateway, since its client is told of its task and leaves. A
synchronous one is accepted by the forwarder that begins it, in its first commit: its client waits,
and its gateway accepts it after all if nothing is heard of it. Until then only the message knows
the call, and messages may come twice. So a gateway numbers its synchronous calls, and says with
each which of the earlier ones it still waits for; a call that nobody waits for is over.
"""

from dataclasses import dataclass
from typing import Any

from pooldb import leases, outcomes, tasks
from pooldb.transaction import Transaction

NUMBERS = "call-numbers"
"""kv namespace: gateway → the last `Numbered` that a forwarder has heard of it, and when."""


@dataclass(frozen=True)
class Numbered:
    """A synchronous call's number at its gateway, and which earlier calls are not over.

    ``fetched`` are tasks whose outcomes clients have: they need not be kept.
    """

    gateway: str
    number: int
    waiting: list[int]
    fetched: list[str]


def accept(tx: Transaction, call: dict[str, Any], unheard_s: float) -> None:
    """Offer a call to all forwarders, in its turn; `leases.offer` says what ``unheard_s`` is."""
    body = {name: value for name, value in call.items() if name != "numbered"}
    body["accepted"] = tx.position()
    leases.offer(tx, leases.TASKS, call["task"], unheard_s, body)


def show(tx: Transaction, call: dict[str, Any]) -> None:
    """Make the record of the call's task, by which clients see and cancel it."""
    name = f"Async.{call['method']}" if call["asynchronous"] else call["method"]
    tasks.create(tx, call["user"], name, ref=call["task"])


def is_known(tx: Transaction, task: str) -> bool:
    """Whether a call was accepted, and its client may still hear what came of it."""
    return (
        tx.kv_get(leases.TASKS, task) is not None or tx.kv_get(outcomes.OUTCOMES, task) is not None
    )


def is_new(tx: Transaction, call: dict[str, Any]) -> bool:
    """Whether a call may be accepted as its message says, which is noted; False if it is over."""
    if "numbered" not in call or is_known(tx, call["task"]):
        return False
    said = Numbered(**call["numbered"])
    last = tx.kv_get(NUMBERS, said.gateway)
    if last is not None and said.number <= last["number"]:
        return said.number in last["waiting"]
    for task in said.fetched:
        outcomes.forget(tx, task)
    entry = {"number": said.number, "waiting": said.waiting, "at": tx.now()}
    tx.kv_set(NUMBERS, said.gateway, entry)
    return True


def drop_old(tx: Transaction) -> None:
    """Forget gateways that have not called for longer than any message of theirs is valid."""
    oldest = tx.now() - outcomes.KEPT_S
    for gateway, entry in tx.kv_items(NUMBERS).items():
        if entry["at"] < oldest:
            tx.kv_delete(NUMBERS, gateway)
