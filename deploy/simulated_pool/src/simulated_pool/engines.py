"""The engines of a pool's VMs, which outlive their daemons, and so whoever supervises these."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def engines(folder: Path) -> dict[tuple[str, str], int]:
    """The processes that run, by host and VM; ``folder`` is the pool's."""
    found = {}
    for path in sorted(folder.glob("hosts/*/disks/run/*/pid")):
        with suppress(OSError, ValueError):
            pid = int(path.read_text())
            # The number may be another process's by now.
            if str(path.parent).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found[path.parts[-5], path.parent.name] = pid
    return found


def end(folder: Path) -> None:
    """End them, as the end of a machine does."""
    for pid in engines(folder).values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
