"""Operations from beginning to end: each is begun once, has its subject's turn, and ends for good.

An operation is in the journal before its message is acknowledged. Its `Work` says what it does, and
what follows a failure.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import telemetry
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError, overtaken, unexpected

from daemon.journal import Journal, Operation
from daemon.progress import Progress
from daemon.queues import Item, Queues
from daemon.server import Call, Params
from daemon.tasks import RunningTask, Tasks
from daemon.updates import Updates

log = logging.getLogger(__name__)

CANCEL = "Task.cancel"
TASK_METHODS = {w: method for w, method in XENOPSD.methods.items() if w.startswith("Task.")}
"""Part of the interface of each daemon that has operations; see `Operations.answers`."""


class Work(Protocol):
    """One attempt at one operation."""

    def do(self, task: RunningTask) -> None:
        """Do the whole operation; raises what it fails with."""
        ...

    def undo(self, error: XenopsError) -> XenopsError | None:
        """Undo a failed operation or complete it; returns what its caller is told.

        If this raises, the caller is told ``error``.
        """
        ...


class Operations:
    """``work`` makes a `Work` from an operation and its parameters.

    ``tell`` publishes a subject's state and returns the update, None if the state cannot be read.
    """

    def __init__(
        self,
        journal: Journal,
        queues: Queues,
        updates: Updates,
        work: Callable[[Operation, Params], Work],
        tell: Callable[[str], Any],
        service: str,
        queue: str,
    ) -> None:
        self._journal = journal
        self.tasks = Tasks(journal)
        self._queues = queues
        self._updates = updates
        self._work = work
        self._tell = tell
        self._service = service
        self._queue = queue
        self._beginning = threading.Lock()
        self._progress = Progress(lambda task: updates.task(self.tasks.stat(task.id)))

    def accept(self, call: Call, subject: str) -> None:
        """Begin what a call asks for, and answer with the call's id, which is the task's too."""
        operation = Operation(
            call.id, call.method.wire, subject, call.delivery.body, call.params["debug_info"]
        )
        self.begin(operation, call.params, call.traceparent)
        call.answer(call.id)

    def begin(self, operation: Operation, params: Params, traceparent: str | None) -> None:
        """Journal an operation and put it into its subject's queue; ignore a known one.

        An operation of an older epoch than its subject's ends at once, as overtaken.
        """
        # A repeated call must find the first one's task, or its end.
        with self._beginning:
            if not self._journal.begin(operation):
                return
            task = self.tasks.start(operation.id, operation.debug)
        telemetry.hop(
            service=self._service,
            queue=self._queue,
            message=operation.method,
            task=operation.id,
            subject=operation.subject,
            traceparent=traceparent,
        )
        error = self._overtaken(operation)
        if error is None:
            self._push(task, operation, params)
        else:
            self._end(task, operation.subject, error)

    def _overtaken(self, operation: Operation) -> XenopsError | None:
        """The error of an operation of an older epoch than its subject's; None for any other."""
        seen = self._journal.epoch(operation.subject)
        if operation.epoch >= seen:
            return None
        return overtaken(operation.id, operation.subject, operation.epoch, seen)

    def cancel(self, id_: str, debug: str) -> None:
        """Ask an operation to stop; if it waits, or has not arrived yet, it is never begun."""
        cancelled = XenopsError("Cancelled", id_)
        with self._beginning:
            if self._journal.begin(Operation(id_, CANCEL, "", {}, debug)):
                self.tasks.end(self.tasks.start(id_, debug), cancelled)
        task = self.tasks.running(id_)
        if task is None:
            return
        if task.withdraw():
            known = self._journal.operation(id_)
            self._end(task, known.subject if known else "", cancelled)
        else:
            task.cancel()

    def recover(self, judge: Callable[[Operation], Params | XenopsError | None]) -> None:
        """At the start, have ``judge`` decide on each operation that a death interrupted.

        If it returns parameters, the operation goes on with them, unless it was overtaken. If it
        returns an error, the operation ends with that; if None, it has succeeded.
        """
        for operation in self._journal.unfinished():
            task = self.tasks.start(operation.id, operation.debug)
            verdict = judge(operation)
            if isinstance(verdict, dict):
                verdict = self._overtaken(operation) or verdict
            if isinstance(verdict, dict):
                self._push(task, operation, verdict)
            else:
                self.tasks.end(task, verdict)
                self._updates.task(self.tasks.stat(task.id))

    def answers(self) -> dict[str, Callable[[Params], Any]]:
        """The answers to questions about tasks, for a `daemon.server.Server`."""
        tasks = self.tasks
        return {
            "Task.stat": lambda p: tasks.stat(p["id"]),
            "Task.cancel": lambda p: self.cancel(p["id"], p["debug_info"]),
            "Task.destroy": lambda p: self._journal.forget_operation(p["id"]),
            "Task.list": lambda p: [tasks.stat(id_) for id_ in tasks.ids()],
        }

    def _push(self, task: RunningTask, operation: Operation, params: Params) -> None:
        self._queues.push(operation.subject, Item(lambda: self._run(task, operation, params)))

    def _run(self, task: RunningTask, operation: Operation, params: Params) -> None:
        """Run one operation; whatever happens, its task ends."""
        if not task.take():
            return  # it was cancelled while it waited
        began = time.perf_counter()
        with self._progress.of(task):
            error = self._worked(task, operation, params)
        self._end(task, operation.subject, error)
        telemetry.hop(
            service=self._service,
            message=operation.method,
            task=task.id,
            subject=operation.subject,
            result="failed: " + str(error) if error else "done",
            ms=(time.perf_counter() - began) * 1000,
        )

    def _worked(
        self, task: RunningTask, operation: Operation, params: Params
    ) -> XenopsError | None:
        """Do an operation, or undo it; returns the error that its caller is told."""
        if (overtaken_by := self._overtaken(operation)) is not None:
            return overtaken_by
        work = None
        try:
            work = self._work(operation, params)
            work.do(task)
            return None
        except XenopsError as error:
            failure = error
        except Exception as error:  # a bug fails this operation, and its caller is told
            log.exception("%s of %s failed", operation.method, operation.subject)
            failure = unexpected(f"{type(error).__name__}: {error}")
        try:
            return failure if work is None else work.undo(failure)
        except Exception:
            log.exception("%s is not as it should be after a failure", operation.subject)
            return failure

    def _end(self, task: RunningTask, subject: str, error: XenopsError | None) -> None:
        """End a task, and tell those who wait for it.

        The state is published first, so that whoever hears of the end finds the new state.
        """
        state = self._tell(subject)
        waiting = self.tasks.end(task, error)
        for listener in waiting:
            listener(state)
        if not waiting:
            self._updates.task(self.tasks.stat(task.id))
