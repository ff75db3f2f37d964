"""Leases: who works on what, until when. They expire by the database's clock.

Work is offered in the transaction that begets it, so that it is done even when nobody hears of it:
a message only tells sooner.
"""

from typing import Any

from pooldb.transaction import Transaction

TASKS = "lease"
"""Namespace of the leases on tasks; a lease's body is the call to run."""

NOBODY = ""


class LeaseLost(Exception):
    """Somebody else took over; this worker must not write any more."""


def offer(tx: Transaction, ns: str, key: str, unheard_s: float, body: Any) -> None:
    """Leave work for whoever takes it; after ``unheard_s`` it counts as expired."""
    tx.kv_set(ns, key, {"owner": NOBODY, "expires": tx.now() + unheard_s, "body": body})


def acquire(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float, body: Any = None) -> bool:
    """Take the lease if it is free, expired or already ours; False when another holds it."""
    found = tx.kv_get(ns, key)
    held = found is not None and found["owner"] not in (NOBODY, owner)
    if held and found["expires"] > tx.now():
        return False
    kept = body if body is not None else (found or {}).get("body")
    tx.kv_set(ns, key, {"owner": owner, "expires": tx.now() + ttl_s, "body": kept})
    return True


def renew(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float) -> None:
    """Hold a lease for longer; one that was released meanwhile stays so."""
    if tx.kv_get(ns, key) is not None:
        acquire(tx, ns, key, owner, ttl_s)


def check(tx: Transaction, ns: str, key: str, owner: str) -> None:
    """Raise LeaseLost unless ``owner`` holds the lease, in the transaction that relies on it."""
    found = tx.kv_get(ns, key)
    if found is None or found["owner"] != owner:
        raise LeaseLost(f"{ns} {key} is no longer held by {owner}")


def release(tx: Transaction, ns: str, key: str) -> None:
    tx.kv_delete(ns, key)


def expired(tx: Transaction, ns: str) -> dict[str, Any]:
    """Leases whose time is over, with the bodies they were taken with."""
    now = tx.now()
    return {key: lease["body"] for key, lease in tx.kv_items(ns).items() if lease["expires"] <= now}
