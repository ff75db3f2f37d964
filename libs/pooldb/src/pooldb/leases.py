"""Leases: who works on what, until when. They expire by the database's clock.

Work is offered in the transaction that begets it, so that it is done even when nobody hears of it:
a message only tells sooner. What kills whoever works on it, again and again, is given up: each
take-over is counted in the lease, and those without progress are few.
"""

from dataclasses import dataclass
from typing import Any

from pooldb.transaction import Transaction

TASKS = "lease"
"""Namespace of the leases on tasks; a lease's body is the call to run."""

NOBODY = ""

VAIN_MAX, TAKE_OVERS_MAX = 3, 30
"""How often work is taken over without progress, and at all."""


@dataclass(frozen=True)
class TakeOvers:
    """How often work was taken over at all, and since it last made progress."""

    total: int = 0
    vain: int = 0

    @property
    def are_too_many(self) -> bool:
        """Whether who took it over last must not begin it any more."""
        return self.vain > VAIN_MAX or self.total > TAKE_OVERS_MAX


class LeaseLost(Exception):
    """Somebody else took over; this worker must not write any more."""


def offer(tx: Transaction, ns: str, key: str, unheard_s: float, body: Any) -> None:
    """Leave work for whoever takes it; after ``unheard_s`` it counts as expired."""
    tx.kv_set(ns, key, {"owner": NOBODY, "expires": tx.now() + unheard_s, "body": body})


def acquire(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float, body: Any = None) -> bool:
    """Take the lease if it is free, expired or already ours; False when another holds it."""
    known = tx.kv_get(ns, key)
    held = known is not None and known["owner"] not in (NOBODY, owner)
    if held and known["expires"] > tx.now():
        return False
    kept = body if body is not None else (known or {}).get("body")
    lease = {"owner": owner, "expires": tx.now() + ttl_s, "body": kept}
    tx.kv_set(ns, key, {**(known or {}), **lease})
    return True


def take(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float, body: Any) -> bool:
    """``acquire`` for who begins the work now: one that has expired is taken over, and counted."""
    lease = tx.kv_get(ns, key)
    is_over = lease is not None and lease["expires"] <= tx.now()
    if not acquire(tx, ns, key, owner, ttl_s, body):
        return False
    if is_over:
        counts = {name: lease.get(name, 0) + 1 for name in ("vain", "taken_over")}
        tx.kv_set(ns, key, {**tx.kv_get(ns, key), **counts})
    return True


def note_progress(tx: Transaction, ns: str, key: str) -> None:
    """The work is further than it was when it was taken over last; a released lease stays so."""
    lease = tx.kv_get(ns, key)
    if lease is not None:
        tx.kv_set(ns, key, {**lease, "vain": 0})


def take_overs(tx: Transaction, ns: str, key: str) -> TakeOvers:
    lease = tx.kv_get(ns, key) or {}
    return TakeOvers(lease.get("taken_over", 0), lease.get("vain", 0))


def renew(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float) -> None:
    """Hold a lease for longer; one that was released meanwhile stays so."""
    if tx.kv_get(ns, key) is not None:
        acquire(tx, ns, key, owner, ttl_s)


def check(tx: Transaction, ns: str, key: str, owner: str) -> None:
    """Raise LeaseLost unless ``owner`` holds the lease, in the transaction that relies on it."""
    lease = tx.kv_get(ns, key)
    if lease is None or lease["owner"] != owner:
        raise LeaseLost(f"{ns} {key} is no longer held by {owner}")


def release(tx: Transaction, ns: str, key: str) -> None:
    tx.kv_delete(ns, key)


def expired(tx: Transaction, ns: str) -> dict[str, Any]:
    """Leases whose time is over, with the bodies they were taken with."""
    now = tx.now()
    return {key: lease["body"] for key, lease in tx.kv_items(ns).items() if lease["expires"] <= now}
