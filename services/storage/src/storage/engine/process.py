"""The process of an engine: qemu-storage-daemon, one for each VM, which outlives the daemon."""

import os
import select
import shutil
import signal
import subprocess
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from storage.engine.errors import EngineError, SilentError

PROGRAM, PACKAGE = "qemu-storage-daemon", "qemu-system-common"
SYSTEMD = Path("/run/systemd/system")
"""Exists where systemd runs; scopes are needed only there."""
START_S, STOP_S = 30.0, 10.0
SOCKET_PATH_MAX = 107
ERRORS_MAX = 1000


class Process:
    """What runs in ``folder``, which has the sockets of one VM's engine and its process id.

    The file with the id stays when the process dies, and goes when it ends as told.
    """

    def __init__(self, folder: Path, pid: int) -> None:
        self.folder = folder
        self._pid = pid
        self._pidfd = os.pidfd_open(pid)
        weakref.finalize(self, os.close, self._pidfd)

    @classmethod
    def start(cls, folder: Path, name: str) -> "Process":
        """Start an engine in a folder that does not exist; it is ready when this returns."""
        if len(os.fsencode(nbd_socket(folder))) > SOCKET_PATH_MAX:
            raise EngineError(f"{folder} has too long a name for sockets")
        folder.mkdir(parents=True, mode=0o700)
        try:
            _run([*_scope(name), *_command(folder)])
            return cls(folder, int(_pid_file(folder).read_text()))
        except (EngineError, OSError, ValueError) as error:
            remove(folder)
            raise EngineError(f"the engine of VM {name} does not start: {error}") from error

    @classmethod
    def find(cls, folder: Path) -> "Process | None":
        """The process that runs in a folder, if one does."""
        with suppress(OSError, ValueError):
            pid = int(_pid_file(folder).read_text())
            process = cls(folder, pid)
            # Its id may be another process's by now, but it cannot change any more.
            if _runs(pid, folder) and process.lives:
                return process
        return None

    @property
    def qmp(self) -> Path:
        return self.folder / "qmp"

    @property
    def nbd(self) -> Path:
        return nbd_socket(self.folder)

    @property
    def lives(self) -> bool:
        return not self.ended_within(0)

    def ended_within(self, within_s: float | None) -> bool:
        """Wait for the process's end, for ever if ``within_s`` is None; whether it has ended."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(None if within_s is None else within_s * 1000))

    def kill(self) -> None:
        """End the process without its help; raises SilentError if its storage holds it fast."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        if not self.ended_within(STOP_S):
            raise SilentError(f"process {self._pid} ({PROGRAM}) cannot be ended: its storage hangs")


def nbd_socket(folder: Path) -> Path:
    return folder / "nbd"


def has_died(folder: Path) -> bool:
    """Whether an engine ran here that has not ended as told, if none runs here now."""
    return _pid_file(folder).exists()


def remove(folder: Path) -> None:
    """Remove the folder of an engine, and whatever was only starting there."""
    for pid in _running(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def _pid_file(folder: Path) -> Path:
    return folder / "pid"


def _command(folder: Path) -> list[str]:
    """It returns once the sockets are there, and leaves the engine in a session of its own."""
    return [
        *(PROGRAM, "--daemonize", "--pidfile", str(_pid_file(folder))),
        *("--chardev", f"socket,id=qmp,path={_option(folder / 'qmp')},server=on,wait=off"),
        *("--monitor", "chardev=qmp"),
        *("--nbd-server", f"addr.type=unix,addr.path={_option(nbd_socket(folder))}"),
    ]


def _option(path: Path) -> str:
    """A path within QEMU's options, where a comma is written twice."""
    return str(path).replace(",", ",,")


def _scope(name: str) -> list[str]:
    """With systemd, all processes of a service end with it, unless they have their own scope."""
    if not SYSTEMD.is_dir():
        return []
    unit = f"warren-engine-{name}"
    return ["systemd-run", "--scope", "--quiet", "--collect", f"--unit={unit}", "--"]


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=START_S,
        )
    except FileNotFoundError as error:
        raise EngineError(f"{error.filename} is missing; {PROGRAM} is in {PACKAGE}") from error
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"it was not ready in {START_S:.0f} s") from error
    if done.returncode:
        raise EngineError(" ".join(done.stderr.split())[-ERRORS_MAX:])


def _running(folder: Path) -> Iterator[int]:
    """The processes that were started to run in a folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        if _runs(int(entry.name), folder):
            yield int(entry.name)


def _runs(pid: int, folder: Path) -> bool:
    words = b"\0".join((b"--pidfile", os.fsencode(_pid_file(folder)), b""))
    with suppress(OSError):
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        program, _, arguments = line.partition(b"\0")
        return Path(os.fsdecode(program)).name == PROGRAM and words in arguments
    return False
