"""Who is killed: by SIGKILL, without a word; whoever supervises it starts it again."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from tests import postgresql
from tests.conftest import Pool

DATABASE = "database"
LOOK_S = 0.01


class Victims:
    def __init__(self, pool: Pool, server: postgresql.Server) -> None:
        self._pool = pool
        self._server = server
        self._restarting: threading.Thread | None = None

    def kill(self, name: str) -> None:
        """Kill a process of the pool, or the database; returns when it is dead."""
        if name == DATABASE:
            self._kill_database()
        else:
            _kill([self._pool.supervisor.pids()[name]])

    def await_database(self) -> None:
        if self._restarting is not None:
            self._restarting.join()

    def _kill_database(self) -> None:
        _kill(self._server.pids())
        self._restarting = threading.Thread(target=self._restart_database)
        self._restarting.start()

    def _restart_database(self) -> None:
        # A child that it had only just started may live on for a moment, and be in the way.
        while True:
            with contextlib.suppress(subprocess.CalledProcessError):
                self._server.start()
                return
            time.sleep(LOOK_S)


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while any(map(_lives, pids)):
        time.sleep(LOOK_S)


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
