"""The pool database: transactions, the change log, and the view that follows it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from pooldb.engine import DatabaseError, Engine
from pooldb.schema import migrate
from pooldb.transaction import CannotWrite, Transaction
from pooldb.view import Change, Deletion, View
from pooldb.watches import Watches

# The log is cut to this many entries when it has grown to twice as many.
LOG_ENTRIES_KEPT = 50_000

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.decode


class Database:
    """One process's connection. Threads share it: transactions take turns, reads do not wait."""

    def __init__(self, engine: Engine) -> None:
        self._lock = threading.RLock()
        self._engine = engine
        migrate(engine)
        self.view = View()
        self.watches = Watches(self.view)
        with engine.snapshot():
            self._load()

    def close(self) -> None:
        with self._lock:
            self._engine.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Change the pool, or nothing if the block raises; ``generation`` is set after it.

        Raises CannotWrite, for instance when the disk is full or the server is gone.
        """
        transaction = self.begin()
        try:
            yield transaction
        except DatabaseError as error:
            self.undo()
            raise CannotWrite(error) from error
        except BaseException:
            self.undo()
            raise
        self.commit(transaction)

    def begin(self) -> Transaction:
        """Open a transaction, which keeps all others from writing. Raises CannotWrite.

        The same thread must end it soon, by ``commit`` or ``undo``.
        """
        self._lock.acquire()
        try:
            self._engine.begin()
        except DatabaseError as error:
            self._lock.release()
            raise CannotWrite(error) from error
        try:
            self._follow()
        except DatabaseError as error:
            self.undo()
            raise CannotWrite(error) from error
        except BaseException:
            self.undo()
            raise
        return Transaction(self._engine, self.view)

    def commit(self, transaction: Transaction) -> None:
        """Commit a transaction; afterwards its ``generation`` is set. Raises CannotWrite."""
        generation = self.view.generation + 1
        try:
            transaction.do_last()
            changes = list(transaction.changes(generation))
            if changes:
                self._write(generation, changes)
            transaction.store_values()
            self._engine.commit()
        except DatabaseError as error:
            self.undo()
            raise CannotWrite(error) from error
        except BaseException:
            self.undo()
            raise
        try:
            if changes:
                transaction.generation = generation
                self.view.apply([(generation, changes)])
        finally:
            self._lock.release()

    def undo(self) -> None:
        """End a transaction without changing anything."""
        try:
            self._engine.undo()
        finally:
            self._lock.release()

    def refresh(self) -> None:
        """Catch up with what other processes committed. Raises DatabaseError."""
        with self._lock, self._engine.snapshot():
            self._follow()

    def read_kv(self, ns: str, key: str) -> Any:
        """An internal value, read outside a transaction; None if there is none."""
        with self._lock, self._engine.snapshot():
            return Transaction(self._engine, self.view).kv_get(ns, key)

    def _fact(self, name: str) -> int:
        row = self._engine.execute("select value from facts where name = ?", (name,)).fetchone()
        assert row is not None
        return int(row[0])

    def _write(self, generation: int, changes: list[Change]) -> None:
        deleted = [(change.ref,) for change in changes if change.record is None]
        if deleted:
            self._engine.executemany("delete from rows where ref = ?", deleted)
        kept = [
            (change.cls, change.ref, change.created, generation, _encode(change.record).decode())
            for change in changes
            if change.record is not None
        ]
        if kept:
            self._engine.executemany(
                "insert into rows values (?, ?, ?, ?, ?) on conflict (ref) do update set"
                " modified = excluded.modified, record = excluded.record",
                kept,
            )
        self._engine.executemany(
            "insert into log values (?, ?, ?, ?, ?)",
            [
                (generation, change.cls, change.ref, change.created, int(change.record is None))
                for change in changes
            ],
        )
        self._engine.execute("update facts set value = ? where name = 'generation'", (generation,))
        if generation % LOG_ENTRIES_KEPT == 0:
            self._trim(generation)

    def _trim(self, generation: int) -> None:
        begins = generation - LOG_ENTRIES_KEPT
        self._engine.execute("delete from log where generation <= ?", (begins,))
        self._engine.execute("update facts set value = ? where name = 'log_begins'", (begins,))

    def _follow(self) -> None:
        """Apply what is new in the log, commit by commit."""
        if self._fact("generation") == self.view.generation:
            return
        if self._fact("log_begins") > self.view.generation:
            self._load()
            return
        commits: dict[int, list[Change]] = {}
        rows = self._engine.execute(
            "select log.generation, log.cls, log.ref, log.created, log.deleted, rows.record"
            " from log left join rows on rows.ref = log.ref where log.generation > ?"
            " order by log.generation",
            (self.view.generation,),
        ).fetchall()
        for generation, cls, ref, created, deleted, record in rows:
            changes = commits.setdefault(generation, [])
            # An object without a row was deleted by a later commit, whose entry follows.
            if deleted:
                changes.append(Change(cls, ref, created, None))
            elif record is not None:
                changes.append(Change(cls, ref, created, _decode(record)))
        # Records are read as the last of these commits left them, so apply all commits at once.
        self.view.apply(commits.items())

    def _load(self) -> None:
        """Read every row, and from the log the deletions that it still has, for `event.from`."""
        commits: dict[int, list[Change]] = {}
        for cls, ref, created, modified, record in self._engine.execute(
            "select cls, ref, created, modified, record from rows order by modified, created"
        ).fetchall():
            change = Change(cls, ref, created, _decode(record))
            commits.setdefault(modified, []).append(change)
        deletions = self._engine.execute(
            "select generation, cls, ref, created from log where deleted = 1 order by generation"
        ).fetchall()
        self.view.reload(
            list(commits.items()),
            [
                Deletion(cls, ref, created, generation)
                for generation, cls, ref, created in deletions
            ],
            complete_since=self._fact("log_begins"),
            generation=self._fact("generation"),
        )
