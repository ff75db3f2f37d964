"""The kit for daemons: a daemon of one file, in a folder of its own, at a pool's broker."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from broker.envelope import Message
from broker.topology import UPDATES_EXCHANGE, host_definitions, host_vhost
from service_table import Per, Rights, Service
from simulated_pool import pool as pools
from xenops.codec import decode
from xenops.envelope import Call
from xenops.errors import XenopsError
from xenops.types import Task

from broker import BrokerSettings, connect
from tests.conftest import Pool
from tests.e2e.counter import COUNT, INTERFACE, QUEUE

PROGRAM = Path(__file__).with_name("counter.py")
LINES_MAX = 60
ANSWER_S = 30.0
COUNTER = "sheep"
ROW = Service(
    name="counter",
    module="counter",
    does="counts",
    per=Per.HOST,
    order=2,
    needs=frozenset(),
    rights=Rights(takes=(QUEUE,), publishes=(UPDATES_EXCHANGE,)),
    queue=QUEUE,
)


class Host:
    """Where the counter runs: its process, its gate, and what it tells."""

    def __init__(self, folder: Path, access: dict[str, Any], ours: dict[str, Any]) -> None:
        self.folder = folder
        settings = {
            "service": "counter",
            "log_dir": str(folder),
            "state_dir": str(folder),
            "broker": access,
        }
        (folder / "settings.json").write_text(json.dumps(settings))
        (folder / COUNTER).write_text("0")
        self.gate = socket.socket(socket.AF_UNIX)
        self.gate.settimeout(ANSWER_S)
        self.gate.bind(str(folder / "gate"))
        self.gate.listen()
        self.told: SimpleQueue[Any] = SimpleQueue()
        self.broker = connect(BrokerSettings.read(ours, "test"))
        self.broker.subscribe(UPDATES_EXCHANGE, ["task.#", "counter.#"], self.told.put)
        self.start()

    def start(self) -> None:
        program = shutil.copy(PROGRAM, self.folder)
        command = [sys.executable, program, "--config", str(self.folder / "settings.json")]
        self.process = subprocess.Popen(command)

    def end(self, number: int) -> int:
        os.kill(self.process.pid, number)
        return self.process.wait(ANSWER_S)

    def ask(self, wire: str, operation: str = "", **params: Any) -> Any:
        call, operation = Call(INTERFACE, INTERFACE.method(wire)), operation or str(uuid.uuid4())
        body = call.request(operation, "test", params)
        message = Message(method=wire, body=body, message_id=operation)
        return call.read_reply(self.broker.call(QUEUE, message, timeout_s=ANSWER_S))

    def count(self, operation: str, to: int) -> None:
        assert self.ask(COUNT, operation, id=COUNTER, to=to) == operation

    def reached(self) -> socket.socket:
        """The next step, which goes on when this is closed."""
        return self.gate.accept()[0]

    def counted(self) -> int:
        return int((self.folder / COUNTER).read_text())

    def news(self, operation: str) -> Iterator[Task]:
        """What is told of an operation from now on."""
        while True:
            said = self.told.get(timeout=ANSWER_S)
            if said.get("kind") == "task" and said["id"] == operation:
                yield decode(Task, said["state"])

    def ended(self, operation: str) -> Task:
        return next(task for task in self.news(operation) if task.state.tag != "Pending")


@pytest.fixture
def host(pool: Pool, tmp_path: Path) -> Iterator[Host]:
    name = uuid.uuid4().hex
    node = pool.layout.nodes[0]
    management = pools.management(pool.layout, node)
    management.apply(host_definitions(name, name, lambda user: "secret", "operator", (ROW,)))
    (tmp_path / "password").write_text("secret")
    access = {
        "addresses": [f"{node.machine.address}:{node.amqp}"],
        "vhost": host_vhost(name),
        "user": ROW.called(name),
        "password_file": str(tmp_path / "password"),
    }
    operator = {
        "user": "operator",
        "password_file": str(pool.layout.secret_file("broker-operator")),
    }
    host = Host(tmp_path, access, access | operator)
    yield host
    with contextlib.suppress(ProcessLookupError):
        host.end(signal.SIGKILL)
    host.broker.close()
    management.remove(ROW.called(name))


def test_a_daemon_needs_few_lines_of_its_own() -> None:
    assert sum(bool(line.strip()) for line in PROGRAM.read_text().splitlines()) <= LINES_MAX


def test_an_operation_from_its_beginning_to_its_end(host: Host) -> None:
    host.count("one", 4)
    first = host.reached()
    task = host.ask("Task.stat", id="one")
    assert (task.state.tag, task.state.value, task.cancellable) == ("Pending", 0.0, True)
    first.close()
    second = host.reached()
    assert next(task.state.value for task in host.news("one") if task.state.value) == 0.25
    second.close()
    for _ in range(2):
        host.reached().close()
    assert host.ended("one").state.tag == "Completed"
    assert host.counted() == 4
    assert host.end(signal.SIGTERM) == 0


def test_a_repeated_call_begins_nothing(host: Host) -> None:
    host.count("one", 1)
    step = host.reached()
    host.count("one", 1)
    step.close()
    assert host.ended("one").state.tag == "Completed"
    host.count("one", 5)
    assert host.ask("Task.stat", id="one").state.tag == "Completed"
    assert host.ask("Task.list") == []
    assert host.counted() == 1


def test_what_is_cancelled_is_undone(host: Host) -> None:
    host.count("one", 3)
    host.reached().close()
    step = host.reached()
    assert host.counted() == 1
    host.ask("Task.cancel", id="one")
    step.close()
    assert host.ended("one").state.value == ["Cancelled", "one"]
    assert host.counted() == 0


def test_what_waits_for_its_turn_ends_when_it_is_cancelled(host: Host) -> None:
    host.count("one", 1)
    step = host.reached()
    host.count("two", 2)
    host.ask("Task.cancel", id="two")
    assert host.ended("two").state.tag == "Failed"
    step.close()
    assert host.ended("one").state.tag == "Completed"


def test_what_is_cancelled_before_it_comes_is_not_begun(host: Host) -> None:
    host.ask("Task.cancel", id="one")
    host.count("one", 1)
    assert host.ask("Task.stat", id="one").state.value == ["Cancelled", "one"]
    assert host.ask("Task.list") == []


def test_an_operation_goes_on_after_a_death(host: Host) -> None:
    host.count("one", 2)
    host.reached().close()
    step = host.reached()
    host.end(signal.SIGKILL)
    step.close()
    host.start()
    host.reached().close()
    assert host.ended("one").state.tag == "Completed"
    assert host.counted() == 2
    host.count("one", 2)
    assert host.ask("Task.list") == []


def test_what_is_no_call_is_refused_in_the_interfaces_words(host: Host) -> None:
    answer = host.broker.call(QUEUE, Message(method="x", body={"method": "x"}), timeout_s=ANSWER_S)
    assert INTERFACE.read_error(answer["error"]).tag == "Unimplemented"
    with pytest.raises(XenopsError, match="Does_not_exist"):
        host.ask("Task.stat", id="none")


def test_a_bug_fails_its_operation_and_no_other(host: Host) -> None:
    assert host.ask(COUNT, "bug", id="none", to=1) == "bug"
    assert "FileNotFoundError" in host.ended("bug").state.value[1]
    host.count("one", 1)
    host.reached().close()
    assert host.ended("one").state.tag == "Completed"
