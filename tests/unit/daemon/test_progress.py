"""The progress of operations is told when it changes, and of no operation that has ended."""

import sqlite3

from daemon.progress import Progress
from daemon.tasks import RunningTask


def test_what_moves_is_told_once() -> None:
    told: list[tuple[str, float]] = []
    progress = Progress(lambda task: told.append((task.id, task.fraction)))
    moves, rests = RunningTask("moves", ""), RunningTask("rests", "")
    with progress.of(moves), progress.of(rests):
        moves.fraction = 0.5
        progress.tell_changes()
        progress.tell_changes()
    moves.fraction = 0.7
    progress.tell_changes()
    assert told == [("moves", 0.5)]


def test_progress_that_cannot_be_told_ends_nothing() -> None:
    def refuse(task: RunningTask) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    progress, task = Progress(refuse), RunningTask("task", "")
    with progress.of(task):
        task.fraction = 0.5
        progress.tell_changes()
