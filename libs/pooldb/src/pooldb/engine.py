"""What the pool database asks of the SQL engine under it; SQLite and PostgreSQL are the two.

Statements are written once: parameters are question marks, and what only one engine understands
stands behind this port.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class DatabaseError(Exception):
    """The engine does not do what it was asked: it cannot be reached, its disk is full."""


class DiskFull(DatabaseError):
    """The engine has no room to write."""


class Lost(DatabaseError):
    """The engine was lost before a commit: nothing was done, and it may be there again."""


class Rows(Protocol):
    """What a statement found."""

    def fetchone(self) -> Row | None: ...

    def fetchall(self) -> list[Row]: ...

    def __iter__(self) -> Iterator[Row]: ...


class Engine(Protocol):
    """One connection, used by one thread at a time. Every call raises DatabaseError."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Rows: ...

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None: ...

    def begin(self) -> None:
        """Open a transaction alone among all processes; it reads what the one before committed."""
        ...

    def commit(self) -> None:
        """Make it last, and let the next one begin; when this raises, ``undo`` is still due."""
        ...

    def undo(self) -> None:
        """Leave no trace of it, and let the next one begin."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Have all that is read in the block be of one commit, whatever others write meanwhile."""
        ...

    def version(self) -> int:
        """The schema that the tables have, 0 where there are none."""
        ...

    def set_version(self, version: int) -> None: ...

    def now(self) -> float:
        """Seconds since 1970 by the one clock that all processes share."""
        ...

    def close(self) -> None: ...
