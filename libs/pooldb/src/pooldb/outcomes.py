"""The outcomes of synchronous calls, each kept from the end of its task until it is fetched.

The transaction that ends the task also leaves the outcome; a message only tells it sooner.
"""

from typing import Any

from pooldb.transaction import Transaction

OUTCOMES = "task-outcome"
"""kv namespace, keyed by task."""

# After so long nobody waits any more: the process that waited is gone.
KEPT_S = 3600.0


def leave(tx: Transaction, task: str, result: Any, error: list[str] | None) -> dict[str, Any]:
    """Leave a result, or an error's code and parameters, for the gateway; returns what is left."""
    outcome = {"result": result, "error": error, "at": tx.now()}
    tx.kv_set(OUTCOMES, task, outcome)
    return outcome


def forget(tx: Transaction, task: str) -> None:
    tx.kv_delete(OUTCOMES, task)


def drop_old(tx: Transaction) -> None:
    """Forget outcomes that nobody has fetched for a long time."""
    oldest = tx.now() - KEPT_S
    for task, outcome in tx.kv_items(OUTCOMES).items():
        if outcome["at"] < oldest:
            forget(tx, task)
