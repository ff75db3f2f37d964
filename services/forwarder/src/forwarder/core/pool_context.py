"""What a message's function has at hand if it never waits: the pool and its task."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import telemetry
from datamodel import XenAPIError
from datamodel.classes import Task, TaskRef, VMRef
from pooldb import CannotWrite, Database, Reader, Transaction, calls, leases

from forwarder.core.announcements import Announcement
from forwarder.locks.locking import CANCELLED


class Publish(Protocol):
    def __call__(self, generation: int) -> None: ...


@dataclass
class PoolContext:
    """One run of one task that never waits.

    A function that takes this context cannot lock an object, ask a host or let time pass, as the
    type checker makes sure. That is why `core.lanes` can begin its message at once.
    """

    db: Database
    task: TaskRef
    operation: str
    owner: str
    service: str
    publish: Publish
    session: str | None = None
    subject: str = ""
    traceparent: str | None = None
    announcements: list[Announcement] = field(default_factory=list)
    take_overs: leases.TakeOvers = field(default_factory=leases.TakeOvers)
    """How often the task was taken over, this run included."""
    _open: Transaction | None = None
    _is_outside: bool = False
    _is_vain: bool = False
    _hidden: dict[str, Any] | None = None
    """The call, if its task has no record because nothing was committed yet."""
    _is_fresh: bool = True
    """Whether nothing was done yet, so that the call may as well be run from its beginning later.
    """

    # --- the pool ---------------------------------------------------------------------------
    #
    # The blocks that a function writes are committed together: before it asks or awaits anything
    # outside the pool database, and otherwise with the end of the task.

    @property
    def view(self) -> Reader:
        """The pool with what this task has written."""
        return self.db.view if self._open is None else self._open

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A block of changes to the pool, all or nothing, made while the task's lease is held."""
        if self._open is None:
            self._open = self.db.begin()
            leases.check(self._open, leases.TASKS, self.task, self.owner)
        try:
            with self._open.block() as tx:
                yield tx
        except CannotWrite:
            self.abandon()
            raise
        self._is_fresh = False
        if self._is_outside:
            self.commit()

    def claim(self, ttl_s: float, call: dict[str, Any]) -> bool:
        """Take the task's lease, to be committed with the first changes; False if the call is over.

        A synchronous call that nobody has accepted is accepted; its task gets a record only if
        something is committed before the call ends.

        A take-over is committed at once, so that it counts even if this run changes nothing. The
        lease holds the call from its acceptance to its end: the task's record may have been changed
        or removed by a client meanwhile, and does not tell whether the call is over.
        """
        tx = self._open = self.db.begin()
        if tx.kv_get(leases.TASKS, self.task) is None:
            if not calls.is_new(tx, call):
                return False
            calls.accept(tx, call, ttl_s)
            self._hidden = call
        if not leases.take(tx, leases.TASKS, self.task, self.owner, ttl_s):
            return False
        self.take_overs = leases.take_overs(tx, leases.TASKS, self.task)
        if self.take_overs.vain:
            self.commit()
            self._is_vain = True
        return True

    def commit(self, *, ends: bool = False) -> int:
        """Commit what was written, and tell everybody; the change log's number afterwards.

        Whoever looks sees the task from now on, unless the call ``ends`` with this commit.
        """
        tx, self._open = self._open, None
        if tx is None:
            return self.db.view.generation
        if self._hidden is not None and not ends:
            calls.show(tx, self._hidden)
        self._hidden = None
        if self._is_vain and tx.has_changes:
            leases.note_progress(tx, leases.TASKS, self.task)
            self._is_vain = False
        before = tx.generation
        self.db.commit(tx)
        if tx.generation != before:
            self.publish(tx.generation)
        return tx.generation

    def abandon(self) -> None:
        """Undo what was not committed."""
        if self._open is not None:
            self._open = None
            self.db.undo()

    def check_cancelled(self) -> None:
        """Raise TASK_CANCELLED if the client has cancelled the task."""
        record = self.db.view.find(Task, self.task)
        if record is not None:
            asked = record.status == "cancelling"
        elif self._open is not None:
            asked = bool(self._open.kv_get(CANCELLED, self.task))
        else:
            asked = bool(self.db.read_kv(CANCELLED, self.task))
        if asked:
            raise XenAPIError("TASK_CANCELLED", self.task)

    def progress(self, fraction: float) -> None:
        """Show how far the task is; steps below 2 % are not worth a write."""
        record = self.view.find(Task, self.task)
        if record is not None and abs(fraction - record.progress) >= 0.02:
            with self.transaction() as tx:
                tx.edit(Task, self.task).progress = round(fraction, 3)

    def announce(self, name: str, vm: VMRef, text: str) -> None:
        """Tell operators what was done to a VM, once the task has ended well."""
        self.announcements.append(Announcement(name, vm, text))

    def hop(self, **facts: Any) -> None:
        telemetry.hop(service=self.service, task=self.task, traceparent=self.traceparent, **facts)

    @property
    def debug(self) -> str:
        return f"{self.task} {self.traceparent or ''}".strip()
