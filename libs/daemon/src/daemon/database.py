"""What must outlive a daemon, in one SQLite file; each statement is durable once it is done."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = 1
"""Grows with each change that earlier versions cannot read; they can live with a new table."""


class SchemaTooNew(Exception):
    """The file was written by a newer Warren than this one, and is left as it is."""


class Database:
    """Threads share it. ``tables`` are the statements that make missing tables.

    Raises SchemaTooNew for a file that this version cannot read.
    """

    def __init__(self, path: Path | str, tables: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._require_readable(path)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(f"{tables}\npragma user_version = {SCHEMA};")

    def _require_readable(self, path: Path | str) -> None:
        (found,) = self._db.execute("pragma user_version").fetchone()
        if found > SCHEMA:
            self._db.close()
            raise SchemaTooNew(
                f"{path} has schema {found}, this program knows {SCHEMA}:"
                " upgrade Warren on this host"
            )

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all statements of the block one transaction."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                # SQLite may have undone it already, as when the disk is full.
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise
