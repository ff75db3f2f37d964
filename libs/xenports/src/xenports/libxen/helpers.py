"""Processes that build, save and restore domains, each for one request; some wait in advance.

Starting a Python process takes longer than many of its requests, so a few are started in advance.
That is done once no helper has been taken for a while: on a small dom0 the start of the next would
take the processor from the operation that has just taken one.
"""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from xenports.hypervisor import HypervisorError

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "xenports.libxen.helper")
ERRORS_MAX = 2000
SPARES = 2
QUIET_S = 3.0


class Process:
    """A helper that waits for its request, and our end of its socket."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.child = subprocess.Popen(
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        self.line.close()


class Helpers:
    """A source of helpers: a few are started once none has been used for ``quiet_s``.

    A helper ends with the thread that started it (PR_SET_PDEATHSIG): our own, which lasts as long
    as the process, or the one that uses the helper.
    """

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        self._quiet_s = quiet_s
        self._waiting: list[Process] = []
        self._used = 0
        self._quiet_at = time.monotonic()
        self._changed = threading.Condition()
        threading.Thread(target=self._start, name="helpers", daemon=True).start()

    def _start(self) -> None:
        while True:
            with self._changed:
                while (left := self._left_s()) != 0:
                    self._changed.wait(left)
            try:
                process = Process()
            except OSError as error:  # whoever needs one is told
                log.warning("no helper can be started: %s", error)
                time.sleep(QUIET_S)
                continue
            with self._changed:
                self._waiting.append(process)
                self._changed.notify_all()

    def _left_s(self) -> float | None:
        """How long until the next helper is to be started; None while enough are waiting."""
        if self._used or len(self._waiting) >= SPARES:
            return None
        return max(self._quiet_at - time.monotonic(), 0)

    def take(self) -> Process:
        """A helper, to be given back to ``done``; raises HypervisorError if none can be started."""
        with self._changed:
            self._used += 1
            while self._waiting:
                helper = self._waiting.pop()
                if helper.child.poll() is None:
                    return helper
                helper.end()
        try:
            return Process()
        except OSError as error:
            self._quiet()
            raise HypervisorError(f"no helper can be started: {error}") from error

    def done(self, process: Process) -> None:
        process.end()
        self._quiet()

    def _quiet(self) -> None:
        with self._changed:
            self._used -= 1
            self._quiet_at = time.monotonic() + self._quiet_s
            self._changed.notify_all()


class Helper:
    """One request in a process of its own: when it dies, this request fails and nothing else."""

    def __init__(self, helpers: Helpers, asked: dict[str, Any], *fds: int) -> None:
        self._what = f"{asked['do']} of domain {asked['domid']}"
        self._helpers = helpers
        self._process = helpers.take()
        try:
            socket.send_fds(self._process.line, [json.dumps(asked).encode()], fds)
        except OSError as error:
            helpers.done(self._process)
            raise HypervisorError(f"{self._what}: the helper has ended: {error}") from error
        self._errors = ""
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def _read_errors(self) -> None:
        assert self._process.child.stderr is not None
        for line in self._process.child.stderr:
            self._errors = (self._errors + line)[-ERRORS_MAX:]

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        self._helpers.done(self._process)

    def result(self, suspend: Callable[[], None] = lambda: None) -> dict[str, int]:
        """The helper's answer; raises HypervisorError, and whatever ``suspend`` raises."""
        assert self._process.child.stdout is not None
        for line in self._process.child.stdout:
            answer = json.loads(line)
            if "suspend" in answer:
                self._suspended(suspend)
            elif "error" in answer:
                self._reader.join(timeout=1)
                raise HypervisorError(f"{answer['error']} ({' '.join(self._errors.split())})")
            else:
                done: dict[str, int] = answer["done"]
                return done
        code = self._process.child.wait()
        self._reader.join(timeout=1)
        raise HypervisorError(f"{self._what}: the helper ended with {code}: {self._errors[-400:]}")

    def _suspended(self, suspend: Callable[[], None]) -> None:
        """Have the guest suspended; if that fails, the helper still ends the save properly."""
        assert self._process.child.stdout is not None
        try:
            suspend()
        except BaseException:
            self._process.line.send(b"false")
            for _ in self._process.child.stdout:
                pass
            raise
        self._process.line.send(b"true")
