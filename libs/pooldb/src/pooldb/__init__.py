"""The pool database: an XenAPI object is a row, a commit has a number, reads are in memory."""

from pathlib import Path

from pooldb.database import Database
from pooldb.follower import Follower
from pooldb.transaction import CannotWrite, InvariantError, Transaction
from pooldb.view import Reader, Row, View

SQLITE = "sqlite:///"

__all__ = [
    "CannotWrite",
    "Database",
    "Follower",
    "InvariantError",
    "Reader",
    "Row",
    "Transaction",
    "View",
    "connect",
]


def connect(url: str) -> Database:
    """Open the pool database at ``sqlite:////absolute/path``; it is made if it is not there."""
    if not url.startswith(SQLITE):
        raise ValueError(
            f"{url!r} is no database that Warren knows; write sqlite:////absolute/path"
        )
    return Database(Path(url.removeprefix(SQLITE)))
