"""``python -m xenports.simulated``: the simulated Xen of one host, with its xenstored."""

import argparse
import signal
import sys
from pathlib import Path

from xenports.pyxs.store import Store
from xenports.simulated import xenstored
from xenports.simulated.guests import Guests
from xenports.simulated.machine import Machine
from xenports.simulated.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m xenports.simulated", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of this host")
    parser.add_argument("--socket", type=Path, required=True, help="where xenopsd connects")
    parser.add_argument("--memory-mib", type=int, default=8192)
    parser.add_argument("--seed", type=int, default=1, help="of what the guests write")
    arguments = parser.parse_args()
    folder = arguments.state.resolve() / "xenstored"
    folder.mkdir(parents=True, exist_ok=True)
    daemon = xenstored.start(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        machine = Machine(arguments.memory_mib * 1024, arguments.seed)
        guests = Guests(machine, Store(str(folder / "socket")), folder)
        guests.start()
        Server(machine, guests).serve(arguments.socket.resolve())
    finally:
        daemon.kill()


if __name__ == "__main__":
    main()
