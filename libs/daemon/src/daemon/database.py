"""What must outlive a daemon: one SQLite file, in which each statement is safe once it is done."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Database:
    """Threads share it. ``tables`` are the statements that make what is not there yet."""

    def __init__(self, path: Path | str, tables: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(tables)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What the block does is one transaction."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                # SQLite has undone it already when the disk is full, say.
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise
