"""Processes that build, save and restore domains, each for one request; some wait for theirs.

Starting a Python process takes longer than much of what it is asked for, so the next one is up
before it is needed, and starts when the processor has nothing else to do.
"""

import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xenports.hypervisor import HypervisorError

COMMAND = (sys.executable, "-m", "xenports.libxen.helper")
ERRORS_MAX = 2000
SPARE_NICE = 19
CAP_SYS_NICE = 23  # linux/capability.h


class Process:
    """A helper that has started and waits for its request, and the socket that it reads.

    A ``spare`` one gives way to everybody until somebody hurries it.
    """

    def __init__(self, *, spare: bool) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.child = subprocess.Popen(
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        self._spare = spare
        if spare:
            os.setpriority(os.PRIO_PROCESS, self.child.pid, SPARE_NICE)

    def hurry(self) -> None:
        """Have it work like everybody else from now on."""
        if self._spare:
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, self.child.pid, ours)

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        self.line.close()


class Helpers:
    """A source of helpers: one waits to be taken, and the next one is up too."""

    def __init__(self) -> None:
        self._ready: queue.Queue[Process | OSError] = queue.Queue(maxsize=1)
        # They end with the thread that started them (PR_SET_PDEATHSIG), which lasts as we do.
        threading.Thread(target=self._start, name="helpers", daemon=True).start()

    def _start(self) -> None:
        spare = may_hurry()
        while True:
            try:
                self._ready.put(Process(spare=spare))
            except OSError as error:
                self._ready.put(error)

    def take(self) -> Process:
        """A helper; raises HypervisorError when none can be started."""
        while True:
            found = self._ready.get()
            if isinstance(found, OSError):
                raise HypervisorError(f"no helper can be started: {found}") from found
            if found.child.poll() is None:
                found.hurry()
                return found
            found.end()


def may_hurry() -> bool:
    """Whether we may give a process the priority back that it was started without."""
    said = re.search(r"^CapEff:\s*([0-9a-f]+)$", Path("/proc/self/status").read_text(), re.M)
    return said is not None and bool(int(said[1], 16) >> CAP_SYS_NICE & 1)


class Helper:
    """One request in a process of its own; its death is this request's failure and no more."""

    def __init__(self, helpers: Helpers, asked: dict[str, Any], *fds: int) -> None:
        self._what = f"{asked['do']} of domain {asked['domid']}"
        self._process = helpers.take()
        self._errors = ""
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        socket.send_fds(self._process.line, [json.dumps(asked).encode()], fds)

    def _read_errors(self) -> None:
        assert self._process.child.stderr is not None
        for line in self._process.child.stderr:
            self._errors = (self._errors + line)[-ERRORS_MAX:]

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.end()

    def result(self, suspend: Callable[[], None] = lambda: None) -> dict[str, int]:
        """What it answers; raises HypervisorError, and whatever ``suspend`` raises."""
        assert self._process.child.stdout is not None
        for line in self._process.child.stdout:
            said = json.loads(line)
            if "suspend" in said:
                self._suspended(suspend)
            elif "error" in said:
                self._reader.join(timeout=1)
                raise HypervisorError(f"{said['error']} ({' '.join(self._errors.split())})")
            else:
                done: dict[str, int] = said["done"]
                return done
        code = self._process.child.wait()
        self._reader.join(timeout=1)
        raise HypervisorError(f"{self._what}: the helper ended with {code}: {self._errors[-400:]}")

    def _suspended(self, suspend: Callable[[], None]) -> None:
        """Have the guest suspended; when it is not, the helper ends the save in order."""
        assert self._process.child.stdout is not None
        try:
            suspend()
        except BaseException:
            self._process.line.send(b"false")
            for _ in self._process.child.stdout:
                pass
            raise
        self._process.line.send(b"true")
