"""What a synchronous call came to: kept from the end of its task until its client has the answer.

Whoever ends the task leaves the outcome in the same transaction; a message only tells it sooner.
"""

from typing import Any

from pooldb.transaction import Transaction

OUTCOMES = "task-outcome"
"""kv namespace, keyed by task."""

# Nobody waits any more: the process that did is gone.
KEPT_S = 3600.0


def leave(tx: Transaction, task: str, result: Any, error: list[str] | None) -> dict[str, Any]:
    """Leave a result, or an error's code and parameters, for whoever waits; as it is left."""
    outcome = {"result": result, "error": error, "at": tx.now()}
    tx.kv_set(OUTCOMES, task, outcome)
    return outcome


def forget(tx: Transaction, task: str) -> None:
    tx.kv_delete(OUTCOMES, task)


def drop_old(tx: Transaction) -> None:
    """Forget what nobody has fetched for a long time."""
    oldest = tx.now() - KEPT_S
    for task, outcome in tx.kv_items(OUTCOMES).items():
        if outcome["at"] < oldest:
            forget(tx, task)
