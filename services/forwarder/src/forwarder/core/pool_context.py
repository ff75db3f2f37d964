"""What a message's function has at hand that waits for nobody: the pool and its task."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import telemetry
from datamodel import XenAPIError
from datamodel.classes import Task, TaskRef, VMRef
from pooldb import CannotWrite, Database, Reader, Transaction, leases

from forwarder.core.announcements import Announcement
from forwarder.locks.locking import CANCELLED


class Publish(Protocol):
    def __call__(self, generation: int) -> None: ...


@dataclass
class PoolContext:
    """One run of one task, as far as it waits for nobody.

    A function that takes this one cannot lock an object, ask a host or let time pass. The type
    checker knows that, and `core.lanes` has its message begun at once for that reason.
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
    _is_fresh: bool = True
    """Whether nothing was done yet: a second run is the same as the first would be later."""

    # --- the pool ---------------------------------------------------------------------------
    #
    # What a function writes block by block becomes one commit: at the latest before anything is
    # asked or awaited outside the pool database, and else with the end of the task.

    @property
    def view(self) -> Reader:
        """The pool with what this task has written."""
        return self.db.view if self._open is None else self._open

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A block of changes of the pool, all or nothing, made while the task's lease is held."""
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
        """Take the task's lease, to be committed with the first changes; False when it is over.

        One that is taken over is committed at once, so that it counts even when this run changes
        nothing. A call stands in its lease from its acceptance to its end. What a client has made
        of the task's record meanwhile, or that it is gone, says nothing of the call.
        """
        tx = self._open = self.db.begin()
        if tx.kv_get(leases.TASKS, self.task) is None:
            return False
        if not leases.take(tx, leases.TASKS, self.task, self.owner, ttl_s, call):
            return False
        self.take_overs = leases.take_overs(tx, leases.TASKS, self.task)
        if self.take_overs.vain:
            self.commit()
            self._is_vain = True
        return True

    def commit(self) -> int:
        """Have what was written last, and the others hear of it; the log's number afterwards."""
        tx, self._open = self._open, None
        if tx is None:
            return self.db.view.generation
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
        """Raise TASK_CANCELLED when the client asked for it."""
        record = self.db.view.find(Task, self.task)
        asked = (
            self.db.read_kv(CANCELLED, self.task)
            if record is None
            else record.status == "cancelling"
        )
        if asked:
            raise XenAPIError("TASK_CANCELLED", self.task)

    def progress(self, fraction: float) -> None:
        """Show how far the task is; small steps are not worth a write."""
        record = self.view.find(Task, self.task)
        if record is not None and abs(fraction - record.progress) >= 0.02:
            with self.transaction() as tx:
                tx.edit(Task, self.task).progress = round(fraction, 3)

    def announce(self, name: str, vm: VMRef, text: str) -> None:
        """Have operators told of what was done to a VM, when the task ends well."""
        self.announcements.append(Announcement(name, vm, text))

    def hop(self, **facts: Any) -> None:
        telemetry.hop(service=self.service, task=self.task, traceparent=self.traceparent, **facts)

    @property
    def debug(self) -> str:
        return f"{self.task} {self.traceparent or ''}".strip()
