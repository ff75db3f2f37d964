"""The process of an SR, seen from the daemon: its calls, and whether it answers in time."""

import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from storage.worker.wire import METHODS, outcome

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "storage.worker")


class Hung(Exception):
    """An SR's process has not answered a call in time; the call may still take effect."""


class Died(Exception):
    """An SR's process ended in the middle of a call, which may have taken effect."""


class Process(Protocol):
    """Runs the calls of one SR."""

    def call(self, method: str, limit_s: float, /, *args: Any, **named: Any) -> Any:
        """Raises BackendError, ProcessError, Hung or Died."""
        ...

    def hangs(self) -> bool:
        """Whether a call that has taken longer than it may still runs."""
        ...

    def ended(self) -> bool: ...
    def end(self) -> None:
        """End it at once, with all that it has started."""
        ...


Start = Callable[[str], Process]
"""Starts a process for an SR of a type."""


class Starter:
    """Starts processes, all from one thread: the kernel ends each with the thread it came from."""

    def __init__(
        self, mounts: Path, plugins: Path | None = None, command: Sequence[str] = COMMAND
    ) -> None:
        self._mounts = mounts
        self._plugins = plugins
        self._command = command
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="starter")

    def __call__(self, driver: str) -> "OwnProcess":
        return self._thread.submit(self._start, driver).result()

    def _start(self, driver: str) -> "OwnProcess":
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            command = (
                *(*self._command, driver, str(self._mounts), str(self._plugins or "")),
                *(str(descriptor), str(os.getpid())),
            )
            # A session of its own, so that whatever it starts can be ended with it.
            process = subprocess.Popen(command, pass_fds=[descriptor], start_new_session=True)
        return OwnProcess(process, ours)


class OwnProcess:
    """`Process`; threads share it."""

    def __init__(self, process: "subprocess.Popen[bytes]", channel: socket.socket) -> None:
        self._process = process
        self._channel = channel
        self._ids = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}
        self._overdue: set[int] = set()
        self._lock = threading.Lock()
        self._has_ended = False
        threading.Thread(target=self._read, name=f"process {process.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, method: str, limit_s: float, /, *args: Any, **named: Any) -> Any:
        params = METHODS[method].bind(*args, **named)
        answer: Future[Any] = Future()
        with self._lock:
            if self._has_ended:
                raise Died(f"the SR's process {self.pid} has ended")
            id_ = next(self._ids)
            self._waiting[id_] = answer
            line = json.dumps({"id": id_, "method": method, "params": params}).encode()
            with suppress(OSError):  # its end is noticed by the reader
                self._channel.sendall(line + b"\n")
        try:
            return outcome(answer.result(limit_s), method)
        except TimeoutError:
            with self._lock:
                if id_ in self._waiting:
                    self._overdue.add(id_)
            raise Hung(f"{method} has taken longer than {limit_s:g} s") from None

    def _read(self) -> None:
        with suppress(OSError), self._channel.makefile("rb") as lines:
            for line in lines:
                answer = json.loads(line)
                with self._lock:
                    waiting = self._waiting.pop(answer["id"])
                    self._overdue.discard(answer["id"])
                waiting.set_result(answer)
        with self._lock:
            self._has_ended = True
            left, self._waiting = self._waiting, {}
            self._overdue.clear()
        self._process.wait()
        for waiting in left.values():
            waiting.set_exception(Died(f"the SR's process {self.pid} has ended"))

    def hangs(self) -> bool:
        return bool(self._overdue)

    def ended(self) -> bool:
        return self._has_ended

    def end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
