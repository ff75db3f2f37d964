"""The pool, as far as one that has no high availability and no outside directory needs it."""

from forwarder.context import Context
from forwarder.registry import implements


@implements("pool.sync_database")
def sync_database(ctx: Context) -> None:
    """Every commit is on the disk before it is answered, so there is nothing left to write."""


@implements("pool.is_slave")
def is_slave(ctx: Context, host: str) -> bool:
    """Every xapi answers every call, so nobody is only a member."""
    return False


@implements("pool.get_license_state")
def get_license_state(ctx: Context, self: str) -> dict[str, str]:
    return {"edition": "free", "expiry": "never"}


@implements("pool.has_extension")
def has_extension(ctx: Context, self: str, name: str) -> bool:
    return False
