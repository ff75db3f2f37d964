"""``python -m multipath_lab WHAT``: Warren's watch over storage paths, on real paths.

run: the suite; up: boot only; shell: a shell in the machine; down: switch it off. Further options
are passed to pytest.

By hand: QEMU and pytest do the work; no library knows their order.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from simulated_pool import pool as pools
from xen_lab.dom0 import CHECKOUT

from multipath_lab import image, pool
from multipath_lab.machine import MultipathMachine

CACHE = Path("/var/cache/warren/lab")
MEMORY_MIB = 1024
TEST_TIMEOUT_S = 600
SUITE = "tests/multipath_lab"


def up(machine: MultipathMachine) -> None:
    """Boot it unless it runs."""
    if not machine.running():
        took = machine.switch_on(image.build(CACHE), CHECKOUT, MEMORY_MIB)
        print(f"lab: the machine is up after {took:.0f} s", flush=True)


def suite(machine: MultipathMachine, options: list[str]) -> int:
    """Run the suite with a pool around the machine; its exit status."""
    made = pool.up(machine, lambda text: print(f"lab: {text}", flush=True))
    environment = os.environ | {"WARREN_MULTIPATH_LAB": str(made.folder)}
    pytest = (sys.executable, "-m", "pytest", f"--timeout={TEST_TIMEOUT_S}", "-v", "-s")
    try:
        done = subprocess.run([*pytest, *(options or [SUITE])], cwd=CHECKOUT, env=environment)
        return done.returncode
    finally:
        pools.down(made.folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m multipath_lab", description=__doc__)
    parser.add_argument("what", choices=("run", "up", "shell", "down"))
    parser.add_argument("--folder", type=Path, default=CHECKOUT / "var/multipath-lab")
    arguments, options = parser.parse_known_args()
    machine = MultipathMachine(arguments.folder)
    match arguments.what:
        case "run":
            up(machine)
            sys.exit(suite(machine, options))
        case "up":
            up(machine)
        case "shell":
            up(machine)
            command = machine.ssh()
            os.execvp(command[0], command)
        case "down":
            pools.down(machine.shared / pool.NAME)
            machine.stop()
            print("lab: the machine is off")


if __name__ == "__main__":
    main()
