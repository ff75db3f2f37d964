"""Other programs: run with an argument vector and a time limit, never by a shell."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence

from storage.errors import BackendError

LIMIT = 60.0
"""Seconds for what takes a moment unless the storage hangs."""

PACKAGES: Mapping[str, str] = {
    "blkid": "util-linux",
    "lsblk": "util-linux",
    "lvcreate": "lvm2",
    "mkfs.ext4": "e2fsprogs",
    "mount": "mount",
    "mount.cifs": "cifs-utils",
    "mount.nfs": "nfs-common",
    "qemu-img": "qemu-utils",
    "setpriv": "util-linux",
    "showmount": "nfs-common",
    "umount": "mount",
    "vgcreate": "lvm2",
    "vgs": "lvm2",
    "wipefs": "util-linux",
}
"""The Debian package of each program that a driver needs."""


class ProgramFailed(Exception):
    """A program ended badly; ``told`` is what it said."""

    def __init__(self, program: str, code: int, told: str) -> None:
        super().__init__(f"{program} failed with {code}: {told}")
        self.told = told


def missing(needs: Sequence[str]) -> list[str]:
    """What to say about each of these programs that is not installed."""
    return [
        f"{program} is not installed; the Debian package {PACKAGES[program]} has it"
        for program in needs
        if shutil.which(program, path=PATH) is None
    ]


PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def run(
    *arguments: str,
    limit: float = LIMIT,
    secrets: Mapping[str, str] | None = None,
    kept_open: Sequence[int] = (),
) -> str:
    """Run a program and wait; its standard output.

    ``secrets`` go into its environment. Descriptors that are ``kept_open`` are closed once the
    program has ended too, even if we end before. Raises BackendError 70 if it is not installed, 47
    if it takes longer than ``limit`` seconds (it is ended), and ProgramFailed.
    """
    program = arguments[0]
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit,
            env={"PATH": PATH, "LC_ALL": "C", **(secrets or {})},
            pass_fds=kept_open,
            check=False,
        )
    except FileNotFoundError:
        package = PACKAGES.get(program, program)
        raise BackendError(
            70, f"{program} is not installed; the Debian package {package} has it"
        ) from None
    except subprocess.TimeoutExpired:
        raise BackendError(
            47, f"The SR is not available [opterr={program} did not end within {limit:.0f} s]"
        ) from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip()
        raise ProgramFailed(program, done.returncode, told)
    return done.stdout.decode(errors="replace")
