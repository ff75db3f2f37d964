"""What is asked of an engine's process, and whether that lives."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from storage.engine.errors import EngineGone, SilentError
from storage.engine.graph import Graph
from storage.engine.process import Process
from storage.engine.qmp import ClosedError, Qmp

ANSWER_S = 30.0
"""How long a command may take: storage that stalls for longer is broken."""
LOOK_S = 0.5
"""How often is looked again at what takes long, if no event tells of it."""


class Monitor:
    """The monitor of one engine, for any thread; without a process all raises EngineGone.

    It connects when it is first asked, and anew if only the connection has ended.
    """

    def __init__(self, vm: str, process: Process | None, answer_s: float) -> None:
        self._vm = vm
        self._process = process
        self.answer_s = answer_s
        self._qmp: Qmp | None = None
        self._connecting = threading.Lock()
        self._told = threading.Condition()
        self._events = 0

    @property
    def process(self) -> Process:
        if self._process is None or not self._process.lives:
            raise self._gone()
        return self._process

    def _gone(self) -> EngineGone:
        return EngineGone(f"the engine of VM {self._vm} has ended: its disks are pulled")

    def execute(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """Run a command; raises EngineError with QEMU's words, SilentError or EngineGone."""
        process = self.process
        try:
            with self._connecting:
                if self._qmp is None or self._qmp.closed:
                    self._qmp = Qmp(process.qmp, self._hear, self.answer_s)
                qmp = self._qmp
            return qmp.execute(command, arguments)
        except ClosedError as error:
            # The connection ends with the process, whose end may be seen a moment later.
            if process.ended_within(self.answer_s):
                raise self._gone() from error
            raise SilentError(str(error)) from error

    def until(self, holds: Callable[[], bool], within_s: float | None = None) -> None:
        """Wait until something holds: after each event, and now and then, it is asked again."""
        deadline = None if within_s is None else time.monotonic() + within_s
        while True:
            with self._told:
                seen = self._events
            if holds():
                return
            if deadline is not None and time.monotonic() > deadline:
                raise SilentError(f"the engine of VM {self._vm} takes longer than {within_s:.0f} s")
            with self._told:
                if self._events == seen:
                    self._told.wait(LOOK_S)

    def leave(self) -> None:
        """Close the connection, so that another daemon can have it."""
        with self._connecting:
            if self._qmp is not None:
                self._qmp.close()

    def _hear(self, event: Mapping[str, Any]) -> None:
        with self._told:
            self._events += 1
            self._told.notify_all()

    def graph(self) -> Graph:
        return Graph.of(self.execute("x-debug-query-block-graph"))

    def nodes(self) -> dict[str, dict[str, Any]]:
        """What QEMU says of each node, by its name."""
        nodes = self.execute("query-named-block-nodes", {"flat": True})
        return {node["node-name"]: node for node in nodes}

    def exports(self) -> dict[str, str]:
        """The exports, each with the name of the node that it shows."""
        return {each["id"]: each["node-name"] for each in self.execute("query-block-exports")}

    def jobs(self) -> dict[str, dict[str, Any]]:
        """What QEMU says of each job, by its id."""
        return {job["id"]: job for job in self.execute("query-jobs")}
