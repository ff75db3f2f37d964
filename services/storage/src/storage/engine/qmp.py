"""QEMU's Machine Protocol: commands with time limits, from any thread, and events.

See docs/interop/qmp-spec of QEMU: a greeting, then lines of JSON; answers have their command's id.
The client is Warren's own, because `qemu.qmp` of PyPI needs an asyncio loop of its own beside the
daemon's threads, and does not tell a process that died from one that hangs.
"""

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storage.engine.errors import EngineError, SilentError


class ClosedError(EngineError):
    """The other side has closed the connection."""


class Qmp:
    """A connection to the monitor at ``path``; ``on_event`` is called with each event's line.

    An event is told before the answer to any later command, in one thread. It raises SilentError
    if nobody answers in time, ClosedError if nobody is there, or no longer.
    """

    def __init__(
        self, path: Path, on_event: Callable[[dict[str, Any]], None], answer_s: float
    ) -> None:
        self._path = path
        self._on_event = on_event
        self._answer_s = answer_s
        self._ids = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self._awaited: set[int] = set()
        self._changed = threading.Condition()
        self._sending = threading.Lock()
        self._closed = False
        self._socket = socket.socket(socket.AF_UNIX)
        self._lines = self._socket.makefile("rb")
        try:
            self._socket.settimeout(answer_s)
            self._socket.connect(str(path))
            greeting = self._lines.readline()
            self._socket.settimeout(None)
        except OSError as error:
            self._release()
            if isinstance(error, (TimeoutError, BlockingIOError)):  # the latter: many wait already
                raise SilentError(f"the engine at {path} does not answer") from error
            raise ClosedError(f"there is no engine at {path}: {error.strerror}") from error
        if not greeting:
            self._release()
            raise ClosedError(f"the engine at {path} has ended")
        self._reader = threading.Thread(target=self._read, name=f"qmp {path}", daemon=True)
        self._reader.start()
        try:
            self.execute("qmp_capabilities")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._reader:
            self._reader.join()

    @property
    def closed(self) -> bool:
        return self._closed

    def execute(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """Run a command and return its answer; raises EngineError with QEMU's words if it fails."""
        id = next(self._ids)
        line = json.dumps({"execute": command, "arguments": arguments or {}, "id": id}).encode()
        with self._changed:
            self._awaited.add(id)
        try:
            with self._sending, contextlib.suppress(OSError):  # the reader sees the end, too
                self._socket.sendall(line + b"\n")
            with self._changed:
                self._changed.wait_for(lambda: id in self._answers or self._closed, self._answer_s)
                answer = self._answers.pop(id, None)
                closed = self._closed
        finally:
            with self._changed:
                self._awaited.discard(id)
        if answer is None and closed:
            raise ClosedError(f"{command}: the engine at {self._path} has ended")
        if answer is None:
            raise SilentError(f"{command}: no answer from the engine in {self._answer_s:.0f} s")
        if "error" in answer:
            raise EngineError(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def _read(self) -> None:
        try:
            for line in self._lines:
                message = json.loads(line)
                if "event" in message:
                    self._on_event(message)
                    continue
                with self._changed:
                    if message.get("id") in self._awaited:
                        self._answers[message["id"]] = message
                        self._changed.notify_all()
        except (OSError, ValueError):
            pass  # a line cut short, or a connection cut off: the end, in any case
        finally:
            self._release()
            with self._changed:
                self._closed = True
                self._changed.notify_all()

    def _release(self) -> None:
        """Close the connection for the other side, too: it has one at a time."""
        self._lines.close()
        self._socket.close()
