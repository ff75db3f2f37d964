"""A daemon with one operation: counts to a number, and asks at its gate before each step."""

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.journal import Journal, Operation
from daemon.operations import TASK_METHODS, Operations
from daemon.plans import Atomic
from daemon.process import Stop, attend, main
from daemon.queues import Queues
from daemon.runner import Runner
from daemon.server import Params, Server
from daemon.settings import ConnectedSettings
from daemon.tasks import RunningTask
from daemon.updates import Updates
from xenops.envelope import Interface
from xenops.errors import XenopsError
from xenops.idl import Method

from broker import connect

QUEUE, COUNT = "org.xen.xapi.counter", "Counter.count"
METHOD = Method(COUNT, {"debug_info": str, "id": str, "to": int}, frozenset(), str)
INTERFACE = Interface(QUEUE, {**TASK_METHODS, COUNT: METHOD}, XenopsError, unknown="Unimplemented")


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    state_dir: Path


@dataclass(frozen=True)
class Step(Atomic[Path]):
    number: int

    def perform(self, host: Path, task: RunningTask) -> None:
        with socket.socket(socket.AF_UNIX) as gate:
            gate.connect(str(host.with_name("gate")))
            gate.recv(1)
        host.write_text(str(self.number))


class Counting:
    def __init__(self, folder: Path, what: Operation, params: Params) -> None:
        self.counter, self.to = folder / what.subject, params["to"]
        self.was = int(self.counter.read_text())

    def do(self, task: RunningTask) -> None:
        steps = tuple(Step(number) for number in range(self.was + 1, self.to + 1))
        Runner(self.counter, ThreadPoolExecutor(1), "counter").run(steps, task, self.counter.name)

    def undo(self, error: XenopsError) -> XenopsError:
        self.counter.write_text(str(self.was))
        return error


def run(config: Settings, stop: Stop) -> None:
    connection, journal = connect(config.broker_settings()), Journal(config.state_dir / "journal")
    updates, work = Updates(connection, journal), partial(Counting, config.state_dir)

    def tell(counter: str) -> None:
        updates.publish("counter", {"id": counter})

    operations = Operations(journal, Queues(2), updates, work, tell, config.service, QUEUE)
    operations.recover(lambda operation: INTERFACE.read_request(operation.body)[1])
    begins = {COUNT: lambda call: operations.accept(call, call.params["id"])}
    Server(INTERFACE, operations.answers(), begins).serve(connection, QUEUE, threads=2)
    attend(stop, connection, config.alive_file, every_s=2.0)


if __name__ == "__main__":
    main("counter", __doc__, Settings, run)
