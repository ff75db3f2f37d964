"""Other programs: run with an argument vector and a time limit, never by a shell."""

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from storage.errors import BackendError

LIMIT = 60.0
"""Seconds for what takes a moment unless the storage hangs."""

LOOK = 0.2
"""Seconds between two looks whether a program is to stop."""

PACKAGES: Mapping[str, str] = {
    "blkdiscard": "util-linux",
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
    """A program ended badly; ``told`` is its complaint, ``output`` what else it wrote."""

    def __init__(self, program: str, code: int, told: str, output: str = "") -> None:
        super().__init__(f"{program} failed with {code}: {told}")
        self.told = told
        self.output = output


def missing(needs: Sequence[str]) -> list[str]:
    """What to say about each of these programs that is not installed."""
    return [
        f"{program} is not installed; the Debian package {PACKAGES.get(program, program)} has it"
        for program in needs
        if shutil.which(program, path=PATH) is None
    ]


PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Stopped(Exception):
    """A program was ended because we were asked to."""


def run(
    *arguments: str,
    limit: float = LIMIT,
    given: str = "",
    kept_open: Sequence[int] = (),
    stop: Callable[[], bool] = lambda: False,
) -> str:
    """Run a program that reads ``given``, and wait; its standard output.

    Descriptors that are ``kept_open`` are closed once the program has ended too, even if we end
    before. Raises BackendError 70 if it is not installed, 47 if it takes longer than ``limit``
    seconds (it is ended), Stopped soon after ``stop`` is true (it is ended), and ProgramFailed.
    """
    program = arguments[0]
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": PATH, "LC_ALL": "C"},
            pass_fds=kept_open,
        )
    except FileNotFoundError:
        raise BackendError(70, missing([program])[0]) from None
    end = time.monotonic() + limit
    said: bytes | None = given.encode()
    with process:
        while True:
            try:
                output, errors = process.communicate(said, timeout=LOOK)
                break
            except subprocess.TimeoutExpired:
                said = None  # it is on its way already
                if stop():
                    process.kill()
                    raise Stopped from None
                if time.monotonic() > end:
                    process.kill()
                    raise BackendError(
                        47,
                        f"The SR is not available [opterr={program} did not end within "
                        f"{limit:.0f} s]",
                    ) from None
    if process.returncode:
        told = errors.decode(errors="replace").strip()
        raise ProgramFailed(program, process.returncode, told, output.decode(errors="replace"))
    return output.decode(errors="replace")
