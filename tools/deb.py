"""Build ``build/warren_<version>_<architecture>.deb``: Warren for a dom0 without containers.

Its Python packages are those of the lock file, checked by their hashes, in a folder of their own.
The bindings of Xen's libraries are built against this machine's. The services' units come from the
table of services. Needs `make env` and libxen-dev.

By hand: debhelper and dh-virtualenv build a source package of one Python project, but this is a
workspace of several with pinned wheels. The maintainer scripts leave their work to systemd and
Debian: users to systemd-sysusers, folders to systemd-tmpfiles, restarts to deb-systemd-invoke.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from closure import ROOT, closure
from service_table import SERVICES
from service_table.units import unit, unit_name

PACKAGES = sorted({service.package for service in SERVICES} | {"cli"})
BUILD, SOURCE = ROOT / "build/deb", ROOT / "deploy/debian"
LIBRARY = BUILD / "usr/lib/warren"
UNITS = "lib/systemd/system"
LIBXEN = ROOT / "libs/xenports/src/xenports/libxen/build.py"
VERSION = "0.1.0"


def run(*command: str | Path) -> str:
    return subprocess.run(
        [str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def install_packages() -> None:
    """Warren's own packages and what they need, into ``LIBRARY``."""
    folders, blocks = closure(*(f"warren-{name}" for name in PACKAGES))
    lock = BUILD.with_suffix(".lock")
    lock.write_text("".join(blocks))
    pip = [ROOT / ".venv/bin/pip", "--quiet", "--disable-pip-version-check", "install"]
    pip += ["--no-deps", "--no-compile", "--target", LIBRARY]
    run(*pip, "--require-hashes", "--requirement", lock)
    run(*pip, "--no-build-isolation", *(ROOT / folder for folder in folders))
    shutil.rmtree(LIBRARY / "bin")


def build_bindings() -> None:
    run("/usr/bin/python3", LIBXEN, LIBRARY)
    for left in LIBRARY.glob("_libxen.[co]"):
        left.unlink()


def write_units(root: Path) -> None:
    """Write the services' units beside the fixed ones, and have the target want all of them."""
    units = root / UNITS
    for service in SERVICES:
        (units / unit_name(service)).write_text(unit(service))
    wants = units / "warren.target.wants"
    wants.mkdir()
    for path in units.glob("warren-*.service"):
        (wants / path.name).symlink_to(f"../{path.name}")


def control(architecture: str) -> str:
    text = (SOURCE / "DEBIAN/control").read_text()
    return text.replace("VERSION", VERSION).replace("ARCHITECTURE", architecture)


def main() -> None:
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(SOURCE / "root", BUILD)
    write_units(BUILD)
    install_packages()
    build_bindings()
    architecture = run("dpkg", "--print-architecture")
    shutil.copytree(SOURCE / "DEBIAN", BUILD / "DEBIAN")
    (BUILD / "DEBIAN/control").write_text(control(architecture))
    package = ROOT / f"build/warren_{VERSION}_{architecture}.deb"
    print(run("dpkg-deb", "--root-owner-group", "--build", BUILD, package))
    print(f"{package.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"the package could not be built (see above). [{failure.returncode}]")
