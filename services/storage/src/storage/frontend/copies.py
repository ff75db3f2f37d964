"""Copies and checksums of disks: tasks that callers follow, and that a restart begins anew.

Each is a use of its disks like a VM's, with an engine of its own, so it holds them as VMs do.
"""

import hashlib
import json
import logging
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.database import Database
from daemon.server import Params
from xenops.codec import encode
from xenops.storage import Completion, Errors, StorageError, StorageTask, TaskState

from storage.datapaths.journal import Use
from storage.datapaths.paths import Engines, Paths
from storage.engine.errors import EngineError
from storage.engine.nbd import Nbd
from storage.errors import BackendError
from storage.frontend import differences
from storage.frontend.differences import Bytes, Progress

log = logging.getLogger(__name__)

AT_ONCE = 2
PROGRESS = re.compile(rb"\(([0-9.]+)/100%\)")
READ_AT_ONCE = 64
PIECE = 4 << 20
"""How much of a disk is read at once."""
NAMES = uuid.UUID("5f1a2f0e-3c52-5c55-8d2a-2a4b1f6f3c10")
"""The space of the names of copies' engines."""
TABLES = """
create table if not exists copies (
    id text primary key, params text not null, debug text not null, began real not null,
    outcome text
);
"""


@dataclass
class Running:
    """A task that waits or runs."""

    fraction: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None
    cancelled: threading.Event = field(default_factory=threading.Event)


class Copies(Database):
    """Threads share it."""

    def __init__(
        self,
        path: Path,
        paths: Paths,
        engines: Engines,
        refused: Callable[[Exception], StorageError],
        clients: Callable[[Path, str], AbstractContextManager[Bytes]] = Nbd,
    ) -> None:
        super().__init__(path, TABLES)
        self._clients = clients
        self._paths = paths
        self._engines = engines
        self._refused = refused
        self._guard = threading.Lock()
        self._running: dict[str, Running] = {}
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="copies")

    def recover(self) -> None:
        """Begin anew what a restart has interrupted."""
        for id_, params in self._run("select id, params from copies where outcome is null"):
            self._push(id_, json.loads(params))

    def functions(self) -> dict[str, Callable[[str, Params], Any]]:
        """The calls that concern these tasks, by their names."""
        return {
            "DISKS.copy": lambda o, p: self._begin(p),
            "DISKS.checksum": lambda o, p: self._begin(p),
            "TASK.stat": lambda o, p: self._stat(p["task"]),
            "TASK.list": lambda o, p: [self._stat(id_) for id_ in list(self._running)],
            "TASK.cancel": lambda o, p: self._cancel(p["task"]),
            "TASK.destroy": lambda o, p: self._forget(p["task"]),
        }

    def _begin(self, params: Params) -> None:
        id_, said = params["id"], json.dumps({**params, "dbg": ""})
        with self._guard:
            if self._run("select 1 from copies where id = ?", id_):
                return
            began, debug = time.time(), params["dbg"]
            self._run("insert into copies values (?, ?, ?, ?, null)", id_, said, debug, began)
        self._push(id_, json.loads(said))

    def _push(self, id_: str, params: Params) -> None:
        running = self._running[id_] = Running()
        self._workers.submit(self._work, id_, params, running)

    def _work(self, id_: str, params: Params, running: Running) -> None:
        outcome: dict[str, Any] = {}
        try:
            if "into" in params:
                self._copy(id_, params, running)
            else:
                outcome["md5"] = self._checksum(id_, params, running)
        except (BackendError, EngineError, StorageError) as error:
            failed = error if isinstance(error, StorageError) else self._refused(error)
            outcome = {"error": encode(Errors, failed.error), "detail": failed.detail}
        except Exception as error:  # a bug fails this task, and its caller is told
            log.exception("task %s failed", id_)
            outcome = {"error": encode(Errors, Errors("Internal_error", str(error)))}
        outcome["ended"] = time.time()
        self._run("update copies set outcome = ? where id = ?", json.dumps(outcome), id_)
        self._running.pop(id_, None)

    def _copy(self, id_: str, params: Params, running: Running) -> None:
        vm = str(uuid.uuid5(NAMES, id_))
        source = Use(params["sr"], params["vdi"], vm)
        target = Use(params["into_sr"], params["into"], vm)
        if params["base"] is None:
            with self._open({source: False, target: True}, vm):
                self._convert(id_, source, target, running)
        else:
            base = Use(params.get("base_sr") or params["sr"], params["base"], vm)
            with self._open({source: False, base: False, target: True}, vm):
                self._write_differences(id_, source, base, target, running)

    @contextmanager
    def _open(self, uses: Mapping[Use, bool], vm: str) -> Iterator[None]:
        """A block in which disks can be read, or written too where that is said."""
        try:
            for use, writable in uses.items():
                self._paths.attach(use, vm, writable=writable)
                self._paths.activate(use, vm)
            yield
        except BaseException:
            for use in uses:
                self._paths.destroy(use, vm, allow_leak=True)
            raise
        for use in uses:
            self._paths.destroy(use, vm, allow_leak=False)

    def _write_differences(
        self, id_: str, source: Use, base: Use, target: Use, running: Running
    ) -> None:
        blocks, progress = self._paths.differing(base, source), _progress(id_, running)
        try:
            with (
                self._connect(source) as new,
                self._connect(base) as old,
                self._connect(target) as copy,
            ):
                differences.write(new, old, copy, blocks, progress)
        except EngineError as error:
            raise _io_error(source, str(error)) from error

    def _checksum(self, id_: str, params: Params, running: Running) -> str:
        vm = str(uuid.uuid5(NAMES, id_))
        use, progress = Use(params["sr"], params["vdi"], vm), _progress(id_, running)
        found = hashlib.md5(usedforsecurity=False)
        try:
            with self._open({use: False}, vm), self._connect(use) as disk:
                for offset in range(0, disk.size, PIECE):
                    progress(offset / disk.size)
                    found.update(disk.read(offset, min(PIECE, disk.size - offset)))
        except EngineError as error:
            raise _io_error(use, str(error)) from error
        return found.hexdigest()

    def _connect(self, use: Use) -> AbstractContextManager[Bytes]:
        return self._clients(self._engines.socket(use.vm), use.disk)

    def _convert(self, id_: str, source: Use, target: Use, running: Running) -> None:
        command = (
            *("qemu-img", "convert", "-p", "-n", "--image-opts", "--target-image-opts"),
            *(self._options(source), self._options(target)),
        )
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        ) as process:
            with self._guard:
                running.process = process
                if running.cancelled.is_set():
                    process.kill()
            self._follow(process, running)
            said = process.stderr.read() if process.stderr else b""
        if running.cancelled.is_set():
            raise StorageError("Cancelled", id_)
        if process.returncode:
            text = said.decode(errors="replace").strip()
            raise _io_error(source, text)

    def _follow(self, process: "subprocess.Popen[bytes]", running: Running) -> None:
        """Note the progress that a process prints, until its output ends."""
        if process.stdout is None:
            return
        while printed := process.stdout.read1(READ_AT_ONCE):  # type: ignore[attr-defined]
            for found in PROGRESS.findall(printed):
                running.fraction = float(found) / 100

    def _options(self, use: Use) -> str:
        """A disk as QEMU's options name it; a comma in a value is written twice."""
        socket = str(self._engines.socket(use.vm)).replace(",", ",,")
        return f"driver=nbd,server.type=unix,server.path={socket},export={use.disk}"

    def _stat(self, id_: str) -> StorageTask:
        rows = self._run("select debug, began, outcome from copies where id = ?", id_)
        if not rows:
            raise StorageError("Does_not_exist", ("task", id_))
        debug, began, outcome = rows[0]
        running = self._running.get(id_)
        return StorageTask(
            id=id_,
            dbg=debug,
            ctime=began,
            state=_state(began, outcome, 0.0 if running is None else running.fraction),
            subtasks={},
            debug_info={} if outcome is None else _result(outcome),
            backtrace="",
            cancellable=outcome is None,
        )

    def _cancel(self, id_: str) -> None:
        running = self._running.get(id_)
        if running is None:
            self._stat(id_)
            return
        with self._guard:
            running.cancelled.set()
            if running.process is not None:
                running.process.kill()

    def _forget(self, id_: str) -> None:
        self._run("delete from copies where id = ? and outcome is not null", id_)


def _progress(id_: str, running: Running) -> Progress:
    """Notes the part that is done; raises StorageError Cancelled once that is asked."""

    def progress(fraction: float) -> None:
        running.fraction = fraction
        if running.cancelled.is_set():
            raise StorageError("Cancelled", id_)

    return progress


def _io_error(source: Use, why: str) -> StorageError:
    return StorageError("Backend_error", ("VDI_IO_ERROR", [f"VDI {source.vdi}: {why}"]))


def _result(outcome: str) -> dict[str, str]:
    """What a task has found out."""
    return {name: said for name, said in json.loads(outcome).items() if name == "md5"}


def _state(began: float, outcome: str | None, fraction: float) -> TaskState:
    if outcome is None:
        return TaskState("Pending", fraction)
    said = json.loads(outcome)
    if "error" in said:
        return TaskState("Failed", said["error"])
    return TaskState("Completed", Completion(duration=said["ended"] - began, result=None))
