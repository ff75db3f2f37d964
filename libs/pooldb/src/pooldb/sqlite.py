"""The pool database in a file of this machine."""

import fcntl
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pooldb.engine import DatabaseError, DiskFull, Rows

BUSY_TIMEOUT_S = 30.0


class SQLite:
    """`pooldb.engine.Engine`; makes the file if it does not exist."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        # SQLite itself waits for a writer by sleeping and trying again; a lock wakes us at once.
        self._gate = path.with_suffix(".lock").open("a")
        self.execute("pragma journal_mode = wal")
        self.execute("pragma synchronous = full")

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        try:
            return self._connection.execute(statement, parameters)
        except sqlite3.OperationalError as error:
            raise _failure(error) from error

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        try:
            self._connection.executemany(statement, parameters)
        except sqlite3.OperationalError as error:
            raise _failure(error) from error

    def begin(self) -> None:
        # A process that dies lets go of the lock.
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            self.execute("begin immediate")
        except DatabaseError:
            self._give_turn()
            raise

    def commit(self) -> None:
        self.execute("commit")
        self._give_turn()

    def undo(self) -> None:
        try:
            # When the disk is full, SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self.execute("rollback")
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_UN)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.execute("begin")
        try:
            yield
        finally:
            self.execute("commit")

    def version(self) -> int:
        row = self.execute("pragma user_version").fetchone()
        assert row is not None
        return int(row[0])

    def set_version(self, version: int) -> None:
        self.execute(f"pragma user_version = {version}")

    def now(self) -> float:
        return time.time()

    def close(self) -> None:
        self._connection.close()
        self._gate.close()


def _failure(error: sqlite3.OperationalError) -> DatabaseError:
    return DiskFull(str(error)) if "disk is full" in str(error) else DatabaseError(str(error))
