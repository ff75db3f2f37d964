"""Tasks of a daemon: what is said of them while they run and after their end."""

import sqlite3
from pathlib import Path

import pytest
from daemon.journal import Journal, Operation
from daemon.tasks import Tasks
from xenops.errors import XenopsError

OPERATION = Operation("operation/1", "VM.start", "vm", {}, "debug")


class FullDisk(Journal):
    """A journal whose file may not grow while `full`; the refusal is SQLite's own."""

    def limit(self, pages: int) -> None:
        self._run(f"pragma max_page_count = {pages}")


@pytest.fixture
def journal(tmp_path: Path) -> FullDisk:
    journal = FullDisk(tmp_path / "journal.db")
    assert journal.begin(OPERATION)
    return journal


def test_an_end_is_known_after_a_restart(journal: FullDisk) -> None:
    tasks = Tasks(journal)
    tasks.end(tasks.start("operation/1", "debug"), XenopsError("Cancelled", "operation/1"))
    assert Tasks(journal).stat("operation/1").state.tag == "Failed"


def test_an_end_that_does_not_fit_is_written_when_there_is_room(journal: FullDisk) -> None:
    waited: list[float] = []

    def make_room(seconds: float) -> None:
        waited.append(seconds)
        journal.limit(10_000)

    tasks = Tasks(journal, wait=make_room)
    task = tasks.start("operation/1", "debug")
    task.facts["large"] = "x" * 100_000
    journal.limit(1)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        journal.end("operation/1", {"facts": task.facts})
    tasks.end(task, None)
    assert len(waited) == 1
    assert tasks.stat("operation/1").state.tag == "Completed"
    assert tasks.ids() == []
