"""The pool database on SQLite: transactions, the change log, and the view that follows it."""

import fcntl
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from pooldb.schema import migrate
from pooldb.transaction import CannotWrite, Transaction
from pooldb.view import Change, Deletion, View

BUSY_TIMEOUT_S = 30.0
# The log is cut to this many entries when it has grown by as many again.
LOG_ENTRIES_KEPT = 50_000

_encode = msgspec.json.Encoder().encode


class Database:
    """One process's connection. Threads share it: transactions take turns, reads do not wait."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        # SQLite's own waiting for a writer sleeps and looks again; this one is woken at once.
        self._gate = path.with_suffix(".lock").open("a")
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = full")
        migrate(self._connection)
        self.view = View()
        with self._snapshot():
            self._load()

    def close(self) -> None:
        with self._lock:
            self._connection.close()
            self._gate.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Change the pool. What the block raises undoes it; afterwards ``generation`` is set.

        Raises CannotWrite when the disk is full, say.
        """
        transaction = self.begin()
        try:
            yield transaction
        except sqlite3.OperationalError as error:
            self.undo()
            raise CannotWrite(error) from error
        except BaseException:
            self.undo()
            raise
        self.commit(transaction)

    def begin(self) -> Transaction:
        """Open a transaction, which keeps all others from writing. Raises CannotWrite.

        The same thread ends it, and soon, by ``commit`` or ``undo``.
        """
        self._lock.acquire()
        # A process that dies gives its turn back.
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            self._connection.execute("begin immediate")
            self._follow()
        except sqlite3.OperationalError as error:
            self.undo()
            raise CannotWrite(error) from error
        except BaseException:
            self.undo()
            raise
        return Transaction(self._connection, self.view)

    def commit(self, transaction: Transaction) -> None:
        """Make a transaction last; afterwards its ``generation`` is set. Raises CannotWrite."""
        generation = self.view.generation + 1
        try:
            changes = list(transaction.changes(generation))
            if changes:
                self._write(generation, changes)
            self._connection.execute("commit")
        except sqlite3.OperationalError as error:
            self.undo()
            raise CannotWrite(error) from error
        except BaseException:
            self.undo()
            raise
        if changes:
            transaction.generation = generation
            self.view.apply(generation, changes)
        self._give_turn()

    def undo(self) -> None:
        """Roll back, unless SQLite has done so already, as it does when the disk is full."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        self._lock.release()

    def refresh(self) -> None:
        """Catch up with what other processes committed."""
        with self._lock:
            if self._fact("generation") == self.view.generation:
                return
            with self._snapshot():
                self._follow()

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Have all that is read in the block be of one commit, whatever others write meanwhile."""
        self._connection.execute("begin")
        try:
            yield
        finally:
            self._connection.execute("commit")

    def read_kv(self, ns: str, key: str) -> Any:
        """An internal value outside a transaction; None when there is none."""
        with self._lock:
            return Transaction(self._connection, self.view).kv_get(ns, key)

    def _fact(self, name: str) -> int:
        (value,) = self._connection.execute(
            "select value from facts where name = ?", (name,)
        ).fetchone()
        return int(value)

    def _write(self, generation: int, changes: list[Change]) -> None:
        for change in changes:
            if change.record is None:
                self._connection.execute("delete from rows where ref = ?", (change.ref,))
            else:
                self._connection.execute(
                    "insert or replace into rows values (?, ?, ?, ?, ?)",
                    (
                        change.cls,
                        change.ref,
                        change.created,
                        generation,
                        _encode(change.record).decode(),
                    ),
                )
        self._connection.executemany(
            "insert into log values (?, ?, ?, ?, ?)",
            [
                (generation, change.cls, change.ref, change.created, change.record is None)
                for change in changes
            ],
        )
        self._connection.execute(
            "update facts set value = ? where name = 'generation'", (generation,)
        )
        if generation % LOG_ENTRIES_KEPT == 0:
            self._trim(generation)

    def _trim(self, generation: int) -> None:
        begins = generation - LOG_ENTRIES_KEPT
        self._connection.execute("delete from log where generation <= ?", (begins,))
        self._connection.execute("update facts set value = ? where name = 'log_begins'", (begins,))

    def _follow(self) -> None:
        """Apply what the log has gained, commit by commit."""
        if self._fact("generation") == self.view.generation:
            return
        if self._fact("log_begins") > self.view.generation:
            self.view.reset()
            self._load()
            return
        batch: list[Change] = []
        at = 0
        rows = self._connection.execute(
            "select log.generation, log.cls, log.ref, log.created, log.deleted, rows.record"
            " from log left join rows on rows.ref = log.ref where log.generation > ?"
            " order by log.generation",
            (self.view.generation,),
        ).fetchall()
        for generation, cls, ref, created, deleted, record in rows:
            if generation != at and batch:
                self.view.apply(at, batch)
                batch = []
            at = generation
            # An object that a later commit deleted has no row any more: its own deletion follows.
            if deleted or record is None:
                if deleted:
                    batch.append(Change(cls, ref, created, None))
            else:
                batch.append(Change(cls, ref, created, json.loads(record)))
        self.view.apply(at, batch)

    def _load(self) -> None:
        """Read every row; deletions that the log still knows are kept for `event.from`."""
        rows = self._connection.execute(
            "select cls, ref, created, modified, record from rows order by modified, created"
        ).fetchall()
        for cls, ref, created, modified, record in rows:
            self.view.apply(modified, [Change(cls, ref, created, json.loads(record))])
        # Parents may have been read before their children: place them again, now related.
        by_modified: dict[int, list[Change]] = {}
        for cls, ref, created, modified, record in rows:
            change = Change(cls, ref, created, json.loads(record))
            by_modified.setdefault(modified, []).append(change)
        for modified, changes in by_modified.items():
            self.view.apply(modified, changes)
        for generation, cls, ref, created in self._connection.execute(
            "select generation, cls, ref, created from log where deleted order by generation"
        ):
            self.view.deletions.append(Deletion(cls, ref, created, generation))
        self.view.complete_since = self._fact("log_begins")
        self.view.generation = self._fact("generation")
