"""``python -m simulated_pool COMMAND``: a pool of simulated hosts on this machine."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from simulated_pool import demo, disks, layout, pool
from simulated_pool.supervision import Supervisor

FOLDER_DEFAULT = Path("var")
PORT_BASE_DEFAULT = 18080


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulated_pool", description=__doc__)
    parser.add_argument(
        "command",
        choices=["demo", "up", "down", "status", "disks"],
        help="demo: start the pool and walk a VM through it; up: start it; down: stop it; "
        "disks: compare the disks of its guests with what the guests wrote",
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER_DEFAULT, help="where the pool lives (default: var)"
    )
    parser.add_argument("--hosts", type=int, default=3, help="simulated hosts of a new pool")
    parser.add_argument(
        "--port-base",
        type=int,
        default=PORT_BASE_DEFAULT,
        help=f"first of the ports of a new pool, for {', '.join(layout.purposes())}",
    )
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    console = Console(highlight=False)
    try:
        if arguments.command == "down":
            stopped = pool.down(folder)
            console.print("the pool is stopped" if stopped else "nothing is running")
        elif arguments.command == "status":
            demo.print_status(folder, console)
        elif arguments.command == "disks" and not Supervisor(folder).running():
            console.print("nothing is running")
        else:
            described = layout.load(
                folder, hosts=arguments.hosts, forwarders=1, port_base=arguments.port_base
            )
            if arguments.command == "disks":
                disks.print_disks(disks.xens(described), console)
                return
            demo.up(described, console)
            if arguments.command == "demo":
                demo.walk_through(described, console)
            demo.print_directions(described, console)
    except (layout.PortTaken, pool.NotReady, demo.WalkFailed) as error:
        console.print(f"[red]{error}[/red]")
        sys.exit(1)


if __name__ == "__main__":
    main()
