"""Tasks: an operation's progress, cancellation and end, under the id that its caller chose."""

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

# How long to wait before an end that could not be written, as on a full disk, is tried again.
TRY_AGAIN_S = 1.0


EndListener = Callable[[Any], None]
"""Is called at the end of a task with the update of its subject's state."""


class RunningTask:
    """The task of an operation that waits or runs. Threads share it."""

    def __init__(self, id_: str, debug: str) -> None:
        self.id = id_
        self.debug = debug
        self.began = time.time()
        self.fraction = 0.0
        self.cancellable = True
        self.facts: dict[str, str] = {}
        self.listeners: list[EndListener] = []
        self.at_success: Callable[[], None] | None = None
        """Called in the transaction that notes a successful end."""
        self.at_cancel: Callable[[], None] | None = None
        """Called at a cancellation, to wake work that waits for something else."""
        self._cancel_points = 0
        self._slice = (0.0, 1.0)
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._is_taken = False

    def take(self) -> bool:
        """Claim the work, to do it or to withdraw it; only the first call returns True."""
        with self._lock:
            taken, self._is_taken = self._is_taken, True
        return not taken

    withdraw = take
    """Keep waiting work from being begun; False if it has begun already."""

    def cancel(self) -> None:
        """Ask the operation to stop, unless it is past the point where it can."""
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
        """Begin an atomic, which makes up this part of the operation's progress."""
        self._slice = (start, end)
        self.fraction = start

    def progress(self, fraction: float) -> None:
        start, end = self._slice
        self.fraction = start + (end - start) * min(max(fraction, 0.0), 1.0)


class Tasks:
    """The tasks of a daemon: running ones are kept here, ended ones in the journal."""

    def __init__(self, journal: Journal, wait: Callable[[float], object] = time.sleep) -> None:
        self._journal = journal
        self._wait = wait
        self._running: dict[str, RunningTask] = {}
        self._lock = threading.Lock()

    def start(self, id_: str, debug: str) -> RunningTask:
        task = self._running[id_] = RunningTask(id_, debug)
        return task

    def await_end(self, id_: str, listener: EndListener) -> bool:
        """Have a listener told of a task's end; returns False if the task is not running."""
        with self._lock:
            task = self._running.get(id_)
            if task is not None:
                task.listeners.append(listener)
        return task is not None

    def end(self, task: RunningTask, error: XenopsError | None) -> list[EndListener]:
        """Write the end into the journal, so that it is still known after a restart.

        Returns once it is written, with the listeners, which the caller is to tell. A caller of the
        operation waits for its end, so that must not be lost.
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
        """A task that waits or runs; None if it has ended or is unknown."""
        return self._running.get(id_)

    def ids(self) -> list[str]:
        return list(self._running)

    def stat(self, id_: str) -> Task:
        """The state of a task; raises XenopsError Does_not_exist."""
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
