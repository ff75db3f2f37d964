"""Operations: whatever goes wrong in one, it ends, and who waits for it is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest
from broker.envelope import Message
from daemon.journal import Journal, Operation
from daemon.operations import Operations
from daemon.queues import Queues
from daemon.server import Params
from daemon.tasks import RunningTask
from daemon.updates import Updates
from xenops.errors import XenopsError, internal_error
from xenops.types import Task

ANSWER_S = 30.0
FAILED, UNDONE = internal_error("failed"), internal_error("undone")


def nothing(_: Any = None) -> None:
    return None


def fails(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise error

    return fail


@dataclass(frozen=True)
class Attempt:
    """`daemon.operations.Work` that does what it is told."""

    do_: Callable[[RunningTask], None] = nothing
    undo_: Callable[[XenopsError], XenopsError | None] = nothing

    def do(self, task: RunningTask) -> None:
        self.do_(task)

    def undo(self, error: XenopsError) -> XenopsError | None:
        return self.undo_(error)


@dataclass
class Daemon:
    """One without a broker."""

    journal: Journal
    work: Callable[[Operation, Params], Any] = lambda *_: Attempt()
    told: SimpleQueue[Any] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        broker: Any = self
        updates, self.queues = Updates(broker, self.journal), Queues(2)

        def work(operation: Operation, params: Params) -> Any:
            return self.work(operation, params)

        self.operations = Operations(
            self.journal, self.queues, updates, work, lambda subject: subject, "test", "queue"
        )

    def publish(self, exchange: str, key: str, message: Message) -> None:
        self.told.put(message.body)

    def begin(self, id_: str) -> None:
        self.operations.begin(Operation(id_, "work", "subject", {}, "debug"), {}, None)

    def ended(self, id_: str) -> Task:
        """How an operation ended, once that is told."""
        while True:
            said = self.told.get(timeout=ANSWER_S)
            if said["id"] == id_ and said["state"]["state"][0] != "Pending":
                return self.operations.tasks.stat(id_)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(Journal(tmp_path / "journal.db"))
    yield daemon
    daemon.queues.close()


@pytest.mark.parametrize(
    ("work", "error"),
    [
        (lambda *_: Attempt(), None),
        (lambda *_: Attempt(fails(FAILED), lambda error: error), "failed"),
        (lambda *_: Attempt(fails(FAILED), lambda error: UNDONE), "undone"),
        (lambda *_: Attempt(fails(FAILED)), None),
        (lambda *_: Attempt(fails(FAILED), fails(UNDONE)), "failed"),
        (lambda *_: Attempt(fails(FAILED), fails(KeyError("bug"))), "failed"),
        (lambda *_: Attempt(fails(KeyError("bug")), lambda error: error), "KeyError: 'bug'"),
        (fails(KeyError("bug")), "KeyError: 'bug'"),
        (fails(FAILED), "failed"),
    ],
)
def test_each_operation_ends_and_says_how(daemon: Daemon, work: Any, error: str | None) -> None:
    daemon.work = work
    daemon.begin("one")
    state = daemon.ended("one").state
    if error is None:
        assert state.tag == "Completed"
    else:
        assert (state.tag, state.value) == ("Failed", ["Internal_error", error])
    assert daemon.journal.unfinished() == []


def test_what_goes_with_a_successful_end_goes_with_no_other(daemon: Daemon) -> None:
    gone: list[str] = []

    def do(task: RunningTask) -> None:
        task.at_success = lambda: gone.append(task.id)
        if task.id == "fails":
            raise FAILED

    daemon.work = lambda *_: Attempt(do, lambda error: error)
    for id_ in ("fails", "succeeds"):
        daemon.begin(id_)
        daemon.ended(id_)
    assert gone == ["succeeds"]


@pytest.mark.parametrize("verdict", [{"to": 1}, FAILED, None])
def test_a_judge_says_what_becomes_of_what_a_death_interrupted(
    daemon: Daemon, verdict: Params | XenopsError | None
) -> None:
    begun: list[Params] = []

    def work(operation: Operation, params: Params) -> Attempt:
        begun.append(params)
        return Attempt()

    daemon.work = work
    daemon.journal.begin(Operation("one", "work", "subject", {"to": 2}, "debug"))
    daemon.operations.recover(lambda operation: verdict)
    assert (daemon.ended("one").state.tag == "Failed") == (verdict is FAILED)
    assert begun == ([verdict] if isinstance(verdict, dict) else [])


def test_who_waits_for_an_end_is_told_how_the_subject_is(daemon: Daemon) -> None:
    heard: SimpleQueue[Any] = SimpleQueue()

    def do(task: RunningTask) -> None:
        assert daemon.operations.tasks.await_end(task.id, heard.put)

    daemon.work = lambda *_: Attempt(do)
    daemon.begin("one")
    assert heard.get(timeout=ANSWER_S) == "subject"
    assert daemon.operations.tasks.stat("one").state.tag == "Completed"
    assert not daemon.operations.tasks.await_end("one", heard.put)


# --- epochs ---------------------------------------------------------------------------------------


def of_epoch(id_: str, epoch: int) -> Operation:
    return Operation(id_, "work", "subject", {"epoch": epoch}, "debug")


def is_overtaken(task: Task) -> bool:
    return task.state.tag == "Failed" and task.state.value == ["Cancelled", task.id]


@pytest.mark.parametrize(
    ("epochs", "overtaken"),
    [
        ([0, 0], [False, False]),
        ([1, 1, 2], [False, False, False]),
        ([2, 1, 2], [False, True, False]),
        ([3, 0], [False, True]),
    ],
)
def test_an_operation_of_an_older_epoch_than_was_seen_is_not_begun(
    daemon: Daemon, epochs: list[int], overtaken: list[bool]
) -> None:
    begun: list[str] = []

    def work(operation: Operation, params: Params) -> Attempt:
        begun.append(operation.id)
        return Attempt()

    daemon.work = work
    ids = [str(number) for number in range(len(epochs))]
    for id_, epoch in zip(ids, epochs, strict=True):
        daemon.operations.begin(of_epoch(id_, epoch), {}, None)
        assert is_overtaken(daemon.ended(id_)) == overtaken[int(id_)]
    assert begun == [id_ for id_ in ids if not overtaken[int(id_)]]


def test_what_waits_while_a_newer_epoch_comes_is_not_begun_either(daemon: Daemon) -> None:
    held, let_go = Event(), Event()

    def hold(task: RunningTask) -> None:
        held.set()
        assert let_go.wait(ANSWER_S)

    daemon.work = lambda operation, _: Attempt(hold if operation.id == "first" else nothing)
    daemon.operations.begin(of_epoch("first", 1), {}, None)
    assert held.wait(ANSWER_S)
    for id_, epoch in (("waits", 1), ("newer", 2)):
        daemon.operations.begin(of_epoch(id_, epoch), {}, None)
    let_go.set()
    ended = {id_: daemon.ended(id_) for id_ in ("first", "waits", "newer")}
    assert [is_overtaken(task) for task in ended.values()] == [False, True, False]


def test_a_journal_takes_up_no_work_of_an_older_epoch(daemon: Daemon) -> None:
    daemon.journal.begin(of_epoch("old", 1))
    daemon.journal.see("subject", 2)
    daemon.operations.recover(lambda operation: {})
    assert is_overtaken(daemon.ended("old"))
