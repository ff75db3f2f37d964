"""Leases: who works on what, until when. They expire by the database's clock.

Work is offered in the transaction that creates it, so it is done even if no message about it
arrives: a message only makes it begin sooner. Work that kills each process that takes it is given
up: the lease counts how often it was taken over, and few take-overs may pass without progress.
"""

from dataclasses import dataclass
from typing import Any

from pooldb.transaction import Transaction

TASKS = "lease"
"""Namespace of the leases on tasks; a lease's body is the call to run."""

NOBODY = ""

VAIN_MAX, TAKE_OVERS_MAX = 3, 30
"""How often work may be taken over without progress, and in all."""


@dataclass(frozen=True)
class TakeOvers:
    """How often work was taken over in all, and since it last made progress."""

    total: int = 0
    vain: int = 0

    @property
    def are_too_many(self) -> bool:
        """Whether the process that took the work over last must give it up."""
        return self.vain > VAIN_MAX or self.total > TAKE_OVERS_MAX


class LeaseLost(Exception):
    """Another process has taken the work over; this one must not write any more."""


def offer(tx: Transaction, ns: str, key: str, unheard_s: float, body: Any) -> None:
    """Offer work; a lease that nobody has acquired expires after ``unheard_s``."""
    tx.kv_set(ns, key, {"owner": NOBODY, "expires": tx.now() + unheard_s, "body": body})


def acquire(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float, body: Any = None) -> bool:
    """Take the lease if it is free, expired or already ours; False if another owner holds it."""
    known = tx.kv_get(ns, key)
    held = known is not None and known["owner"] not in (NOBODY, owner)
    if held and known["expires"] > tx.now():
        return False
    kept = body if body is not None else (known or {}).get("body")
    lease = {"owner": owner, "expires": tx.now() + ttl_s, "body": kept, "handed_over": False}
    tx.kv_set(ns, key, {**(known or {}), **lease})
    return True


def take(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float, body: Any = None) -> bool:
    """`acquire`, and begin the work: taking over an expired lease is counted.

    What its owner has handed over has killed nobody, and is not counted.
    """
    lease = tx.kv_get(ns, key)
    is_over = lease is not None and lease["expires"] <= tx.now() and not lease.get("handed_over")
    if not acquire(tx, ns, key, owner, ttl_s, body):
        return False
    if is_over:
        counts = {name: lease.get(name, 0) + 1 for name in ("vain", "taken_over")}
        tx.kv_set(ns, key, {**tx.kv_get(ns, key), **counts})
    return True


def note_progress(tx: Transaction, ns: str, key: str) -> None:
    """Note that the work has advanced since it was last taken over; a released lease stays so."""
    lease = tx.kv_get(ns, key)
    if lease is not None:
        tx.kv_set(ns, key, {**lease, "vain": 0})


def take_overs(tx: Transaction, ns: str, key: str) -> TakeOvers:
    lease = tx.kv_get(ns, key) or {}
    return TakeOvers(lease.get("taken_over", 0), lease.get("vain", 0))


def renew(tx: Transaction, ns: str, key: str, owner: str, ttl_s: float) -> None:
    """Hold a lease for longer; one that was released meanwhile stays released."""
    if tx.kv_get(ns, key) is not None:
        acquire(tx, ns, key, owner, ttl_s)


def hand_over(tx: Transaction, ns: str, key: str, owner: str) -> None:
    """Have another process take over at once what this one does, or has not begun yet."""
    lease = tx.kv_get(ns, key)
    if lease is not None and lease["owner"] in (NOBODY, owner):
        tx.kv_set(ns, key, {**lease, "owner": NOBODY, "expires": tx.now(), "handed_over": True})


def check(tx: Transaction, ns: str, key: str, owner: str) -> None:
    """Raise LeaseLost unless ``owner`` holds the lease, in the transaction that relies on it."""
    lease = tx.kv_get(ns, key)
    if lease is None or lease["owner"] != owner:
        raise LeaseLost(f"{ns} {key} is no longer held by {owner}")


def release(tx: Transaction, ns: str, key: str) -> None:
    tx.kv_delete(ns, key)


def expired(tx: Transaction, ns: str) -> dict[str, Any]:
    """The leases that have expired, with their bodies."""
    now = tx.now()
    return {key: lease["body"] for key, lease in tx.kv_items(ns).items() if lease["expires"] <= now}
