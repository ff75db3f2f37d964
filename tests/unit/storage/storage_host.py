"""A host's storage daemon without a broker: its SRs and engines are in memory."""

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from broker.envelope import Message
from storage.datapaths.journal import Datapaths
from storage.datapaths.paths import Paths
from storage.frontend.calls import Calls, described
from storage.frontend.copies import Copies
from storage.frontend.frontend import Frontend, refused
from storage.frontend.journal import Journal
from storage.frontend.merging import Merger
from storage.frontend.reports import Reports
from storage.frontend.srs import Srs
from xenops.client import Client
from xenops.envelope import Call
from xenops.storage import STORAGE, VdiInfo

from broker import Delivery
from tests.unit.storage.memory import (
    Faults,
    MemoryDisks,
    MemoryDriver,
    MemoryEngines,
    MemoryProcess,
)

SR, VM = "sr1", "vm1"
ANSWER_S = 30.0


class Host:
    """A host's storage daemon, which can be started again; what it keeps is in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.driver = MemoryDriver()
        self.engines = MemoryEngines()
        self.exports = MemoryDisks()
        self.faults = Faults()
        self.reports: list[dict[str, Any]] = []
        self.operations = 0
        self.start()

    def start(self) -> None:
        self.journal = Journal(self.folder / "srs.db")
        self.processes: list[MemoryProcess] = []
        drivers = {"memory": self.driver}
        self.srs = Srs(self.journal, self._process, lambda sr, on: self.paths.take_up(sr, on), 1.0)
        self.merger = Merger(self.srs, self.engines, refused, lambda: self.told.tell())
        self.paths = Paths(
            Datapaths(self.folder / "datapaths.db"),
            self.engines,
            "host",
            self.srs.disks,
            lambda: self.told.tell(),
        )
        self.merger.paths = self.paths
        self.told = Reports(
            lambda: [described(name, driver) for name, driver in drivers.items()],
            self.srs,
            self.paths,
            lambda key, body: self.reports.append(dict(body)),
        )
        self.copies = Copies(
            self.folder / "copies.db", self.paths, self.engines, refused, self.exports.client
        )
        calls = Calls("host", drivers, self.srs, self.paths, self.told.tell)
        self.frontend = Frontend(calls, self.paths, self.copies, self.journal, "storage")

    def _process(self, driver: str) -> MemoryProcess:
        self.processes.append(MemoryProcess(self.driver, self.faults))
        return self.processes[-1]

    def send(self, call: Call, body: dict[str, Any], operation: str) -> "Future[Any]":
        answer: Future[Any] = Future()
        wire = json.loads(Message(method=call.wire, body=body).encoded())
        self.frontend.handle(
            Delivery(
                call.wire,
                wire,
                operation,
                {},
                STORAGE.queue,
                lambda: None,
                answer.set_result,
                print,
            )
        )
        return answer

    def answer(self, call: Call, body: dict[str, Any], operation: str) -> Any:
        return json.loads(json.dumps(self.send(call, body, operation).result(ANSWER_S)))

    def ask(self, declared: Any, *args: Any, operation: str = "", **named: Any) -> Any:
        self.operations += 1
        client = Client(self.answer, "test")
        return client(declared, operation or f"operation{self.operations}", *args, **named)

    def sr(self) -> None:
        config = self.ask(
            STORAGE.SR.create, SR, "name", "", [("location", "/x")], 0, driver="memory"
        )
        self.ask(STORAGE.SR.attach, SR, config, driver="memory")

    def disk(self, uuid: str = "disk", **more: Any) -> VdiInfo:
        wanted = VdiInfo(vdi="", uuid=uuid, name_label=uuid, virtual_size=1 << 30, **more)
        made: VdiInfo = self.ask(STORAGE.VDI.create, SR, wanted)
        return made

    def activate(self, vdi: str, vm: str = VM) -> None:
        self.ask(STORAGE.VDI.attach3, f"{vm}/{vdi}", SR, vdi, vm, True)
        self.ask(STORAGE.VDI.activate3, f"{vm}/{vdi}", SR, vdi, vm)

    def deactivate(self, vdi: str, vm: str = VM) -> None:
        self.ask(STORAGE.VDI.deactivate, f"{vm}/{vdi}", SR, vdi, vm)
        self.ask(STORAGE.VDI.detach, f"{vm}/{vdi}", SR, vdi, vm)
