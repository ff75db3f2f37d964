"""A host's real storage daemon at a pool's broker, with a file SR, for tests that end processes."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
from broker.envelope import Message
from broker.topology import UPDATES_EXCHANGE, host_definitions, host_vhost
from service_table import SERVICES
from simulated_pool import pool as pools
from storage.engine.nbd import Nbd
from xenops.client import Client
from xenops.envelope import Call
from xenops.storage import STORAGE, StorageReport, VdiInfo

from broker import BrokerSettings, connect
from tests.conftest import Pool

ANSWER_S = 60.0
BLOCK = 64 * 1024
MIB = 1024 * 1024
(ROW,) = (service for service in SERVICES if service.name == "storage")
NBD = re.compile("nbd:unix:(?P<socket>[^:]+):exportname=(?P<name>.+)")


def block(number: int) -> bytes:
    return number.to_bytes(8, "big") * (BLOCK // 8)


class StorageHost:
    """One daemon, which may be ended and started again; its engines go on meanwhile."""

    def __init__(self, folder: Path, host: str, access: dict[str, Any], ours: Any) -> None:
        self.folder = folder
        self.host = host
        settings = {
            "service": "storage",
            "log_dir": None,
            "state_dir": str(folder / "state"),
            "host_uuid": host,
            "limit_s": 20.0,
            "broker": access,
        }
        (folder / "settings.json").write_text(json.dumps(settings))
        self.told: SimpleQueue[Any] = SimpleQueue()
        self.broker = connect(BrokerSettings.read(ours, "test"))
        self.broker.subscribe(UPDATES_EXCHANGE, ["storage"], self.told.put)
        self.log = (folder / "log").open("ab")
        self.sr = str(uuid.uuid4())
        self.start()

    def start(self, **environment: str) -> None:
        command = [sys.executable, "-m", "storage", "--config", str(self.folder / "settings.json")]
        self.process = subprocess.Popen(command, stderr=self.log, env={**os.environ, **environment})

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.process.pid, number)
        self.process.wait(ANSWER_S)

    def ask(self, declared: Any, *args: Any, operation: str = "", **named: Any) -> Any:
        def send(call: Call, body: dict[str, Any], id_: str) -> Any:
            message = Message(method=call.wire, body=body, message_id=id_)
            return self.broker.call(STORAGE.queue, message, timeout_s=ANSWER_S)

        client = Client(send, "test")
        return client(declared, operation or str(uuid.uuid4()), *args, **named)

    # --- what a test needs of it ------------------------------------------------------------

    def plug(self) -> None:
        """Make and attach the SR."""
        (self.folder / "sr").mkdir(exist_ok=True)
        config = [("location", str(self.folder / "sr"))]
        config = self.ask(STORAGE.SR.create, self.sr, "files", "", config, 0, driver="file")
        self.ask(STORAGE.SR.attach, self.sr, config, driver="file")

    def disk(self, size: int = 64 * MIB) -> str:
        wanted = VdiInfo(vdi="", uuid=str(uuid.uuid4()), name_label="disk", virtual_size=size)
        return str(self.ask(STORAGE.VDI.create, self.sr, wanted).vdi)

    def activate(self, vdi: str, vm: str, *, writable: bool = True) -> None:
        self.ask(STORAGE.VDI.attach3, f"{vm}/{vdi}", self.sr, vdi, vm, writable)
        self.ask(STORAGE.VDI.activate3, f"{vm}/{vdi}", self.sr, vdi, vm)

    def deactivate(self, vdi: str, vm: str) -> None:
        self.ask(STORAGE.VDI.deactivate, f"{vm}/{vdi}", self.sr, vdi, vm)
        self.ask(STORAGE.VDI.detach, f"{vm}/{vdi}", self.sr, vdi, vm)

    def snapshot(self, vdi: str, operation: str = "") -> str:
        wanted = VdiInfo(vdi=vdi, uuid=str(uuid.uuid4()), name_label="snapshot")
        made = self.ask(STORAGE.VDI.snapshot, self.sr, wanted, operation=operation)
        return str(made.vdi)

    def guest(self, vdi: str, vm: str) -> Nbd:
        """A client of an active disk, as a guest's back end is."""
        way = self.ask(STORAGE.DP.attach_info, self.sr, vdi, f"{vm}/{vdi}", vm)
        found = NBD.fullmatch(way.implementations[1].value.uri)
        assert found is not None
        return Nbd(Path(found["socket"]), found["name"])

    def contents(self, vdi: str, blocks: int) -> list[int]:
        """The numbers in the first blocks of a disk that nobody writes."""
        vm = str(uuid.uuid4())
        self.activate(vdi, vm, writable=False)
        with self.guest(vdi, vm) as guest:
            found = [numbers_of(guest.read(at * BLOCK, BLOCK)) for at in range(blocks)]
        self.deactivate(vdi, vm)
        return found

    def engine_pid(self, vm: str) -> int:
        return int((self.folder / "state" / "run" / vm / "pid").read_text())

    def worker_pids(self) -> list[int]:
        """The processes of this daemon's SRs."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if b"storage.worker" in words and str(self.folder / "state").encode() in b" ".join(
                    words
                ):
                    found.append(int(entry.name))
        return found

    def report(self, wanted: Any) -> StorageReport:
        """The next report for which ``wanted`` is true."""
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            with contextlib.suppress(Empty):
                report = msgspec.convert(self.told.get(timeout=1.0), StorageReport)
                if wanted(report):
                    return report
        raise AssertionError("no report says so")

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.kill()
        for folder in (self.folder / "state" / "run").glob("*"):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError, ValueError):
                os.kill(int((folder / "pid").read_text()), signal.SIGKILL)
        self.broker.close()
        self.log.close()


def numbers_of(data: bytes) -> int:
    number = int.from_bytes(data[:8], "big")
    assert data == block(number), "a block has bytes of two writes"
    return number


@contextlib.contextmanager
def storage_host(pool: Pool) -> Iterator[StorageHost]:
    """A daemon with a vhost of its own, in a folder with a short name, as sockets need."""
    name, node = str(uuid.uuid4()), pool.layout.nodes[0]
    management = pools.management(pool.layout, node)
    management.apply(host_definitions(name, name, lambda user: "secret", "operator", (ROW,)))
    folder = Path(tempfile.mkdtemp(prefix="wd"))
    (folder / "password").write_text("secret")
    access = {
        "addresses": [f"{node.machine.address}:{node.amqp}"],
        "vhost": host_vhost(name),
        "user": ROW.called(name),
        "password_file": str(folder / "password"),
    }
    operator = {
        "user": "operator",
        "password_file": str(pool.layout.secret_file("broker-operator")),
    }
    host = StorageHost(folder, name, access, access | operator)
    try:
        yield host
    finally:
        host.end()
        management.remove(ROW.called(name))
        shutil.rmtree(folder)
