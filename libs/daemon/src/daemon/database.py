"""What must outlive a daemon, in one SQLite file.

Whatever is done outlives the process. It outlives the machine's power too, which takes a disk's
time to write, unless what is written is of no use afterwards: the domains end with the power.
"""

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

    With ``until_power_off`` nothing in it needs to outlive the machine's power. Raises SchemaTooNew
    for a file that this version cannot read.
    """

    def __init__(self, path: Path | str, tables: str, *, until_power_off: bool = False) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._require_readable(path)
        self._db.execute("pragma journal_mode = wal")
        self._synchronous = "normal" if until_power_off else "full"
        self._db.execute(f"pragma synchronous = {self._synchronous}")
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

    @contextmanager
    def until_power_off(self) -> Iterator[None]:
        """What the block writes need not outlive the machine's power.

        It does so, all the same, once a later transaction outside such a block is done.
        """
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("pragma synchronous = normal")
            try:
                yield
            finally:
                self._db.execute(f"pragma synchronous = {self._synchronous}")
