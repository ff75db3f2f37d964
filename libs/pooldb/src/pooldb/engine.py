"""What the pool database needs of the SQL engine under it, which is SQLite or PostgreSQL.

Statements are the same for both, with question marks for parameters; what differs between the
engines stands behind this port.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class DatabaseError(Exception):
    """The engine cannot do what it was asked: it is out of reach, say, or its disk is full."""


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
        """Open the only transaction of all processes; it sees what the one before it committed."""
        ...

    def commit(self) -> None:
        """Commit it, and let the next one begin; if this raises, ``undo`` must still be called."""
        ...

    def undo(self) -> None:
        """Roll it back, and let the next one begin."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Read everything in the block as of one commit, whatever others write meanwhile."""
        ...

    def version(self) -> int:
        """The schema's version, 0 where there are no tables."""
        ...

    def set_version(self, version: int) -> None: ...

    def now(self) -> float:
        """Seconds since 1970, by a clock that all processes share."""
        ...

    def close(self) -> None: ...
