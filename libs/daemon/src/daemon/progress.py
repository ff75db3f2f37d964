"""Tells the progress of operations that take long, from one thread for all of them."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from daemon.tasks import RunningTask

log = logging.getLogger(__name__)

EVERY_S = 0.5


class Progress:
    """``tell`` publishes a task; it is called now and then, while the task's progress changes."""

    def __init__(self, tell: Callable[[RunningTask], object]) -> None:
        self._tell = tell
        self._told: dict[RunningTask, float] = {}
        self._lock = threading.Lock()
        self._begun = threading.Event()
        threading.Thread(target=self._follow, name="progress", daemon=True).start()

    @contextmanager
    def of(self, task: RunningTask) -> Iterator[None]:
        """Tell a task's progress during the block."""
        with self._lock:
            self._told[task] = task.fraction
        self._begun.set()
        try:
            yield
        finally:
            with self._lock:
                del self._told[task]

    def _follow(self) -> None:
        pause = threading.Event()
        while True:
            self._begun.wait()
            self._begun.clear()
            while self._told:
                pause.wait(EVERY_S)
                self.tell_changes()

    def tell_changes(self) -> None:
        """Tell the tasks that have moved since they were last told."""
        with self._lock:
            moved = [task for task, told in self._told.items() if task.fraction != told]
            self._told.update((task, task.fraction) for task in moved)
        for task in moved:
            try:
                self._tell(task)
            except sqlite3.OperationalError as error:
                log.error("the progress of %s cannot be told: %s", task.id, error)
