"""``python -m tests.crash_matrix.service COMMAND…``: a process of a pool, as its machine starts it.

A service of Warren's with points stops at each of them until the gate lets it go on; where nobody
stands at the gate it goes on by itself.
"""

import contextlib
import os
import runpy
import socket
import sys
from pathlib import Path

from tests.crash_matrix.points import POINTS, install

GATE = "gate"


def main() -> None:
    _, *command = sys.argv
    match command:
        case [_, "-m", package, "--config", config] if package in POINTS:
            _run(package, Path(config))
        case _:
            os.execvp(command[0], command)


def _run(package: str, config: Path) -> None:
    name, gate = config.stem, config.parent.parent / GATE

    def reach(point: str) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(gate))
            connection.sendall(f"{name}\n{point}\n".encode())
            connection.recv(1)

    install(POINTS[package](), reach)
    if package == "xapi":
        from xapi import tasks

        # A call that no forwarder heard of is found soon, and so is what another forwarder left.
        tasks.UNHEARD_S = 1.0
    if package == "forwarder":
        from forwarder import worker

        worker.LEASE_S, worker.RENEW_EVERY_S, worker.TAKE_OVER_EVERY_S = 1.0, 0.2, 0.2
    sys.argv = [package, "--config", str(config)]
    runpy.run_module(package, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
