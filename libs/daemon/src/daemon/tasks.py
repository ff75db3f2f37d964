"""Tasks: an operation's progress, its cancellation and its end, known by the caller's id."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from xenops.codec import encode
from xenops.errors import DETAIL, XenopsError, does_not_exist
from xenops.types import ErrorsError, Task, TaskCompletion, TaskState

from daemon.journal import Journal

log = logging.getLogger(__name__)

# An end that cannot be written, since the disk is full, is tried again so often.
TRY_AGAIN_S = 1.0


EndListener = Callable[[Any], None]
"""Is told the update of the VM's state at the end of a task."""


class RunningTask:
    """The task of an operation that waits or runs; threads share it."""

    def __init__(self, id_: str, debug: str) -> None:
        self.id = id_
        self.debug = debug
        self.began = time.time()
        self.fraction = 0.0
        self.cancellable = True
        self.facts: dict[str, str] = {}
        self.listeners: list[EndListener] = []
        self.at_success: Callable[[], None] | None = None
        """Done in the transaction of a successful end."""
        self.at_cancel: Callable[[], None] | None = None
        """Wakes work that waits for something else, so that it sees that it is cancelled."""
        self._cancel_points = 0
        self._slice = (0.0, 1.0)
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._is_taken = False

    def take(self) -> bool:
        """Begin the work, or find that it has been withdrawn: one of the two is done, once."""
        with self._lock:
            taken, self._is_taken = self._is_taken, True
        return not taken

    withdraw = take
    """Have work that waits not be begun; False if it has begun already."""

    def cancel(self) -> None:
        """Ask the operation to stop where it can; what has gone too far goes through."""
        if self.cancellable:
            self._cancelled.set()
            if self.at_cancel is not None:
                self.at_cancel()

    def check_cancelled(self) -> None:
        self._cancel_points += 1
        self.facts["cancel_points_seen"] = str(self._cancel_points)
        if self._cancelled.is_set() and self.cancellable:
            raise XenopsError("Cancelled", self.id)

    def forbid_cancel(self) -> None:
        self.cancellable = False

    def enter(self, start: float, end: float) -> None:
        """The part of the whole that the next atomic is."""
        self._slice = (start, end)
        self.fraction = start

    def progress(self, fraction: float) -> None:
        start, end = self._slice
        self.fraction = start + (end - start) * min(max(fraction, 0.0), 1.0)


class Tasks:
    """The tasks of a daemon: running ones here, ended ones from the journal."""

    def __init__(self, journal: Journal, wait: Callable[[float], object] = time.sleep) -> None:
        self._journal = journal
        self._wait = wait
        self._running: dict[str, RunningTask] = {}
        self._lock = threading.Lock()

    def start(self, id_: str, debug: str) -> RunningTask:
        task = self._running[id_] = RunningTask(id_, debug)
        return task

    def await_end(self, id_: str, listener: EndListener) -> bool:
        """Have a listener told of a task's end; False when it does not run any more."""
        with self._lock:
            task = self._running.get(id_)
            if task is not None:
                task.listeners.append(listener)
        return task is not None

    def end(self, task: RunningTask, error: XenopsError | None) -> list[EndListener]:
        """Make the end known; a repeated question gets the same answer after a restart too.

        Returns once it is in the journal: a caller waits for it, so it must not be lost. Those who
        wait for the end are the caller's to tell.
        """
        outcome: dict[str, Any] = {"duration": time.time() - task.began, "facts": task.facts}
        if error is not None:
            outcome["error"] = encode(ErrorsError, error.error)
            if error.detail:
                outcome["facts"] = {**task.facts, DETAIL: error.detail}
        also = task.at_success if error is None else None
        while not self._written(task.id, outcome, also):
            self._wait(TRY_AGAIN_S)
        with self._lock:
            self._running.pop(task.id, None)
            return task.listeners

    def _written(self, id_: str, outcome: dict[str, Any], also: Callable[[], None] | None) -> bool:
        try:
            with self._journal.together():
                self._journal.end(id_, outcome)
                if also is not None:
                    also()
        except sqlite3.OperationalError as error:
            log.error("the end of %s cannot be written and is tried again: %s", id_, error)
            return False
        return True

    def running(self, id_: str) -> RunningTask | None:
        """A task that waits or runs; None for one that has ended, or that nobody knows."""
        return self._running.get(id_)

    def ids(self) -> list[str]:
        return list(self._running)

    def stat(self, id_: str) -> Task:
        """What is known of a task; raises XenopsError Does_not_exist."""
        running = self._running.get(id_)
        if running is not None:
            return _describe(
                id_,
                running.debug,
                running.began,
                TaskState("Pending", running.fraction),
                running.facts,
                running.cancellable,
            )
        operation = self._journal.operation(id_)
        if operation is None:
            raise does_not_exist("task", id_)
        outcome = operation.outcome
        if outcome is None:
            state = TaskState("Pending", 0.0)
        elif "error" in outcome:
            state = TaskState("Failed", outcome["error"])
        else:
            state = TaskState("Completed", TaskCompletion(duration=outcome["duration"]))
        facts = (outcome or {}).get("facts", {})
        return _describe(id_, operation.debug, operation.began, state, facts, False)


def _describe(
    id_: str, debug: str, began: float, state: TaskState, facts: dict[str, str], cancellable: bool
) -> Task:
    return Task(
        id=id_,
        dbg=debug,
        ctime=began,
        state=state,
        subtasks={},
        debug_info=facts,
        backtrace="",
        cancellable=cancellable,
    )
