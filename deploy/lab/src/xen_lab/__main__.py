"""``python -m xen_lab run|shell|down``: Warren's back end on real Xen, in an emulated machine."""

import argparse
import os
import shlex
import sys
import time
import tomllib
from pathlib import Path

from xen_lab import image
from xen_lab.machine import Machine

CHECKOUT = Path(__file__).resolve().parents[4]
LIBXEN = CHECKOUT / "services/xenopsd/src/xenopsd/ports/libxen/build.py"
CACHE = Path("/var/cache/warren/lab")
MEMORY_MIB, DOM0_MIB = 2048, 768
SUITE = "tests/contract/test_backend.py"


def up(machine: Machine) -> None:
    if machine.running():
        print(f"lab: machine {machine.number} is running")
        return
    began = time.monotonic()
    built = image.build(CACHE, LIBXEN)
    print(f"lab: image {built.name} after {time.monotonic() - began:.0f} s", flush=True)
    took = machine.start(built, CHECKOUT, MEMORY_MIB, DOM0_MIB)
    print(f"lab: Xen and dom0 are up after {took:.0f} s", flush=True)


def in_dom0(*command: str) -> str:
    """A command line for dom0 with the checkout's Python packages, whose releases it shares."""
    packages = CHECKOUT / ".venv/lib/python3.11/site-packages"
    members = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["warren"]["members"]
    sources = (CHECKOUT / member / "src" for member in members)
    paths = ":".join(str(path) for path in (image.BINDINGS, CHECKOUT, *sources, packages))
    return f"cd /tmp && PYTHONPATH={paths} PYTHONDONTWRITEBYTECODE=1 {shlex.join(command)}"


def run(machine: Machine, options: list[str]) -> int:
    """The contract suite of the back end on real Xen; its exit status."""
    up(machine)
    print("lab: running the back end's suite on real Xen (a few minutes)", flush=True)
    pytest = ("python3", "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(CHECKOUT))
    return machine.run(in_dom0(*pytest, "-v", str(CHECKOUT / SUITE), *options))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m xen_lab", description=__doc__)
    parser.add_argument("what", choices=("run", "shell", "down"))
    parser.add_argument("--folder", type=Path, default=CHECKOUT / "var/lab")
    arguments, rest = parser.parse_known_args()
    machine = Machine(arguments.folder, 1)
    match arguments.what:
        case "run":
            sys.exit(run(machine, rest))
        case "shell":
            up(machine)
            command = machine.ssh()
            os.execvp(command[0], command)
        case "down":
            machine.stop()
            print("lab: the machine is off")


if __name__ == "__main__":
    main()
