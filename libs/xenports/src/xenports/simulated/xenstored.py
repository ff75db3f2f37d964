"""Starts Debian's xenstored for a simulated host, under the shim that stands in for Xen."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

SHIM = Path(__file__).parent / "shim.c"
SHIM_BUILT = "shim.so"
# Where tools/xenstored-install.sh unpacks Debian's packages; a dom0 has the program in place.
UNPACKED = Path("/var/lib/warren/xenstored")
PROGRAM = "usr/lib/xen-4.17/bin/xenstored"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
START_TIMEOUT_S = 10.0


class NotInstalled(Exception):
    """xenstored or the C compiler is missing."""


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Run a xenstored whose socket is ``folder/socket``; returns once it listens."""
    root = UNPACKED if (UNPACKED / PROGRAM).exists() else Path("/")
    program = root / PROGRAM
    if not program.exists():
        raise NotInstalled("xenstored is missing: run tools/xenstored-install.sh")
    (folder / "dom").mkdir(parents=True, exist_ok=True)
    for domain in (folder / "dom").iterdir():
        domain.unlink()
    path = folder / "socket"
    path.unlink(missing_ok=True)
    shutil.rmtree(folder / "tdb", ignore_errors=True)
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LD_PRELOAD": str(_shim(folder)),
        "LD_LIBRARY_PATH": str(root / LIBRARIES),
        "WARREN_XEN": str(folder),
        "XENSTORED_RUNDIR": str(folder),
        "XENSTORED_PATH": str(path),
    }
    command = [str(program), "--no-fork", "--internal-db", "--pid-file", str(folder / "pid")]
    process = subprocess.Popen(command, env=environment, cwd=folder)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _listens(path):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise NotInstalled(f"xenstored did not start; see its log in {folder}")
        time.sleep(0.01)
    return process


def _listens(path: Path) -> bool:
    """Whether connections are accepted there: a socket's file appears a moment earlier."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _shim(folder: Path) -> Path:
    """The shim: the one beside the program, as in an image, or else compiled here."""
    if (UNPACKED / SHIM_BUILT).exists():
        return UNPACKED / SHIM_BUILT
    built = folder / SHIM_BUILT
    if not built.exists():
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            raise NotInstalled("a C compiler is missing: apt-get install gcc libc6-dev")
        flags = ["-O1", "-fPIC", "-shared", "-w"]
        subprocess.run([compiler, *flags, "-o", str(built), str(SHIM), "-ldl"], check=True)
    return built
