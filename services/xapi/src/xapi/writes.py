"""Writes to the pool database, off the event loop: those that come together share one commit."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

from pooldb import CannotWrite, Database, Lost, Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE_MAX = 64
"""Services of other processes wait while writes are made, so this many share a commit at most."""

WRITE_MAX_S = 40.0
"""How long writes are tried again, each time for as long as the database waits for its server."""

Outcome = tuple[Any, BaseException | None]
"""What a change returned, or what it raised."""


@dataclass(frozen=True, eq=False)
class _Write:
    change: Callable[[Transaction], Any]
    future: "asyncio.Future[Any]"
    tell: bool


class Writes:
    """The writes of one event loop; ``tell`` hears in the loop of a commit that others wait for."""

    def __init__(self, db: Database, executor: Executor, tell: Callable[[int], None]) -> None:
        self._db = db
        self._executor = executor
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting: deque[_Write] = deque()
        self._is_writing = False

    async def write(self, change: Callable[[Transaction], T], *, tell: bool = True) -> T:
        """Run a change in a transaction, as a block that is all or nothing; its result.

        ``change`` may run again: if the database is lost meanwhile, or another's change is wrong.
        Raises what ``change`` raises, and CannotWrite.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        with self._lock:
            self._waiting.append(_Write(change, future, tell))
            begins, self._is_writing = not self._is_writing, True
        if begins:
            self._loop.run_in_executor(self._executor, self._work)
        return await future

    def _work(self) -> None:
        """Make all writes that wait, and those that come meanwhile."""
        while True:
            with self._lock:
                count = min(len(self._waiting), AT_ONCE_MAX)
                batch = [self._waiting.popleft() for _ in range(count)]
                self._is_writing = bool(batch)
            if not batch:
                return
            outcomes, generation = self._commit(batch)
            self._loop.call_soon_threadsafe(self._end, batch, outcomes, generation)

    def _commit(self, batch: list[_Write]) -> tuple[list[Outcome], int | None]:
        """The outcome of each write, and the commit's generation if it changed anything."""
        deadline = time.monotonic() + WRITE_MAX_S
        while True:
            try:
                with self._db.transaction() as tx:
                    before = tx.generation
                    outcomes = [_outcome(tx, write.change) for write in batch]
                return outcomes, tx.generation if tx.generation != before else None
            except CannotWrite as error:
                if not isinstance(error.error, Lost) or time.monotonic() > deadline:
                    return [(None, error) for _ in batch], None
            except Exception as error:  # a bug outside the changes: it may be one write's
                if len(batch) == 1:
                    return [(None, error)], None
                log.exception("%d writes are made one by one", len(batch))
                return self._commit_each(batch)

    def _commit_each(self, batch: list[_Write]) -> tuple[list[Outcome], int | None]:
        outcomes: list[Outcome] = []
        reached = None
        for write in batch:
            (outcome,), generation = self._commit([write])
            outcomes.append(outcome)
            reached = generation or reached
        return outcomes, reached

    def _end(self, batch: list[_Write], outcomes: list[Outcome], generation: int | None) -> None:
        """Let those who wait for their writes go on, and then tell the others."""
        for write, (result, error) in zip(batch, outcomes, strict=True):
            if write.future.done():
                continue  # nobody waits for it any more
            if error is None:
                write.future.set_result(result)
            else:
                write.future.set_exception(error)
        if generation is not None and any(write.tell for write in batch):
            self._loop.call_soon(self._tell, generation)


def _outcome(tx: Transaction, change: Callable[[Transaction], Any]) -> Outcome:
    try:
        with tx.block():
            return change(tx), None
    except CannotWrite:
        raise
    except Exception as error:
        return None, error
