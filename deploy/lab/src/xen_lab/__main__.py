"""``python -m xen_lab WHAT``: Warren on real Xen, in two emulated machines.

run: road and suite; road: the whole road on both; suite: the back end's contract in one dom0;
short: one guest's life in one machine, which is switched off afterwards; bench: Warren beside xl;
libvirt: beside libvirt's driver too, PV guests only; up: boot only; shell: a shell in a dom0;
down: switch all off. Further options are passed to pytest.

By hand: QEMU and pytest do the work; no library knows their order.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulated_pool import pool as pools

from xen_lab import dom0, image, pool
from xen_lab.dom0 import CHECKOUT
from xen_lab.machine import CPU, PLAIN_CPU, BootFailed, Machine

CACHE = Path("/var/cache/warren/lab")
MEMORY_MIB, DOM0_MIB = 2048, 768
PACKAGE = "warren.deb"
SUITE = "tests/contract/test_backend.py"
ROAD = "tests/lab"
SHORT = (f"{ROAD}/test_road.py", "-k", "starts_pauses_and_stops and not pvh")
WHATS = ("run", "suite", "road", "short", "bench", "libvirt", "up", "shell", "down")
# The exit status that says that something cannot be tried here.
NOT_HERE = 77
# A guest on an emulated processor is slow.
TEST_TIMEOUT_S = 1800


def up(machines: list[Machine], cpu: str = CPU) -> None:
    """Boot the machines that do not run yet, all at once, and install Warren there."""
    off = [machine for machine in machines if not machine.running()]
    if not off:
        return
    began = time.monotonic()
    package = dom0.package(CACHE)
    built = image.build(CACHE)
    print(f"lab: image {built.name} after {time.monotonic() - began:.0f} s", flush=True)
    with ThreadPoolExecutor() as executor:
        boots = [
            executor.submit(machine.start, built, CHECKOUT, MEMORY_MIB, DOM0_MIB, cpu)
            for machine in off
        ]
    for machine, boot in zip(off, boots, strict=True):
        took = boot.result()
        print(f"lab: machine {machine.number}: Xen and dom0 are up after {took:.0f} s", flush=True)
    shutil.copy(package, machines[0].shared / PACKAGE)
    with ThreadPoolExecutor() as executor:
        for machine, took in zip(off, executor.map(install, off), strict=True):
            print(f"lab: machine {machine.number}: Warren installed in {took:.0f} s", flush=True)


def install(machine: Machine) -> float:
    """Install Warren in a dom0 by its package; the seconds that it took. Raises RuntimeError."""
    began = time.monotonic()
    command = f"dpkg --install {machine.shared / PACKAGE}"
    if machine.run(f"{command} >/tmp/install.log 2>&1 || (cat /tmp/install.log; false)"):
        raise RuntimeError(f"machine {machine.number}: Warren's package cannot be installed")
    return time.monotonic() - began


def suite(machines: list[Machine], options: list[str]) -> int:
    """Run the back end's contract suite in a dom0; its exit status."""
    print("lab: the back end's suite on real Xen (half an hour)", flush=True)
    pytest = ("python3", "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(CHECKOUT))
    timeout = f"--timeout={TEST_TIMEOUT_S}"
    tests = options or [str(CHECKOUT / SUITE)]
    packages = (dom0.PACKAGED, *dom0.checkout())
    return machines[0].run(dom0.line(machines[0].shared, packages, *pytest, timeout, "-v", *tests))


def road(machines: list[Machine], options: list[str]) -> int:
    """Try the whole way from a client of the XenAPI to the guests of real Xen; the exit status."""
    print("lab: the whole road, from the XenAPI's client to the guests", flush=True)
    pytest = ("pytest", f"--timeout={TEST_TIMEOUT_S}", "-v")
    return with_pool(machines, *pytest, *(options or [ROAD]))


def short(machine: Machine) -> int:
    """Try one PV guest's life; the exit status, ``NOT_HERE`` if there can be no such machine."""
    print("lab: one guest on real Xen (five minutes, the image first)", flush=True)
    dom0.package(CACHE)
    try:
        up([machine])
    except (BootFailed, OSError, subprocess.CalledProcessError) as error:
        print(f"lab: not here: {error}", flush=True)
        return NOT_HERE
    try:
        return road([machine], list(SHORT))
    finally:
        machine.stop()


def bench(machines: list[Machine]) -> int:
    """Measure Warren and xl on the same machines; the exit status."""
    print("lab: Warren beside xl (a quarter of an hour)", flush=True)
    return with_pool(machines, "tests.lab.bench")


def libvirt(machines: list[Machine]) -> int:
    """Measure Warren, xl and libvirt on a processor that libvirt knows; the exit status."""
    stop(machines)
    try:
        up(machines, PLAIN_CPU)
        print("lab: Warren beside xl and libvirt (five minutes)", flush=True)
        return with_pool(machines, "tests.lab.bench", "libvirt")
    finally:
        stop(machines)


def stop(machines: list[Machine]) -> None:
    for machine in machines:
        machine.stop()


def with_pool(machines: list[Machine], *module: str) -> int:
    """Run a Python module while a pool of these machines is up; its exit status."""
    made = pool.up(machines, MEMORY_MIB, lambda text: print(f"lab: {text}", flush=True))
    environment = os.environ | {"WARREN_LAB": str(made.folder)}
    try:
        command = [sys.executable, "-m", *module]
        return subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode
    finally:
        pools.down(made.folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m xen_lab", description=__doc__)
    parser.add_argument("what", choices=WHATS)
    parser.add_argument("--folder", type=Path, default=CHECKOUT / "var/lab")
    parser.add_argument("--machine", type=int, choices=(1, 2), default=1, help="for shell")
    arguments, options = parser.parse_known_args()
    machines = [Machine(arguments.folder, number) for number in (1, 2)]
    match arguments.what:
        case "run":
            up(machines)
            failed = road(machines, options)
            sys.exit(suite(machines, options) or failed)
        case "suite":
            up(machines[:1])
            sys.exit(suite(machines, options))
        case "road":
            up(machines)
            sys.exit(road(machines, options))
        case "short":
            sys.exit(short(machines[0]))
        case "bench":
            up(machines)
            sys.exit(bench(machines))
        case "libvirt":
            sys.exit(libvirt(machines))
        case "up":
            up(machines)
        case "shell":
            machine = machines[arguments.machine - 1]
            up([machine])
            command = machine.ssh()
            os.execvp(command[0], command)
        case "down":
            pools.down(machines[0].shared / pool.NAME)
            stop(machines)
            print("lab: the machines are off")


if __name__ == "__main__":
    main()
