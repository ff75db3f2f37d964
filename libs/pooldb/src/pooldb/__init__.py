"""The pool database: each XenAPI object is a row, each commit has a number, reads are in memory."""

from pathlib import Path

from pooldb.database import Database
from pooldb.engine import DatabaseError, DiskFull, Lost
from pooldb.follower import Follower
from pooldb.reader import Reader
from pooldb.sqlite import SQLite
from pooldb.transaction import CannotWrite, InvariantError, Transaction
from pooldb.view import Row, View

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"

__all__ = [
    "CannotWrite",
    "Database",
    "DatabaseError",
    "DiskFull",
    "Follower",
    "InvariantError",
    "Lost",
    "Reader",
    "Row",
    "Transaction",
    "View",
    "connect",
]


def connect(url: str) -> Database:
    """Open the pool database, and make its tables if they are not there.

    ``sqlite:////absolute/path`` is a file for the processes of one machine.
    ``postgresql://user@host/name?passfile=...`` is a server's database, for any number of machines;
    PostgreSQL's manual lists the parameters after the question mark. Raises DatabaseError.
    """
    if url.startswith(SQLITE):
        return Database(SQLite(Path(url.removeprefix(SQLITE))))
    if url.startswith(POSTGRESQL):
        # Its driver takes a while to load, and most pools do not use it.
        from pooldb.postgresql import PostgreSQL

        return Database(PostgreSQL(url))
    raise ValueError(
        f"{url!r} names no database that Warren knows; write sqlite:////absolute/path"
        " or postgresql://user@host/name"
    )
