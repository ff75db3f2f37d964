"""Finds the kernel on a guest's disk; a process without rights reads what may be anything."""

import os
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from xenports.hypervisor import Boot

PYGRUB = "/usr/lib/xen-4.17/bin/pygrub"
# Before pygrub reads the disk it becomes a user without files, in a chroot, that cannot fork.
NOBODY = 65534
# Device nodes may be made here; file systems elsewhere may forbid them.
NODES, NODE = Path("/dev"), "warren-boot-"
TIMEOUT_S = 120.0
ANSWER_BYTES_MAX = 64 * 1024


class BootloaderError(Exception):
    """No kernel was found; the text says why."""


class Bootloader(Protocol):
    def load(
        self, name: str, device: str | None, arguments: str, cmdline: str
    ) -> AbstractContextManager[Boot]:
        """What the bootloader ``name`` finds on a block device; the context removes its files.

        ``arguments`` are the bootloader's own, ``cmdline`` is added to the kernel's. Entering
        raises BootloaderError.
        """
        ...


class NoBootloader:
    """For the simulated Xen, whose disks hold nothing."""

    @contextmanager
    def load(self, name: str, device: str | None, arguments: str, cmdline: str) -> Iterator[Boot]:
        yield Boot(name, None, cmdline)


class PyGrub:
    """Xen's pygrub. ``folder`` is for its files; an earlier xenopsd's are removed first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for node in NODES.glob(f"{NODE}*"):
            node.unlink()

    @contextmanager
    def load(self, name: str, device: str | None, arguments: str, cmdline: str) -> Iterator[Boot]:
        if name != "pygrub":
            raise BootloaderError(f"{name} is not known; the bootloader is pygrub")
        if device is None:
            raise BootloaderError("the VM has no bootable disk")
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            with _for_nobody(device) as node:
                answer = _run(node, folder, arguments, cmdline)
            yield read(answer, Path(folder))


@contextmanager
def _for_nobody(device: str) -> Iterator[str]:
    """A second node for a device, which only the user without rights may read."""
    node = NODES / f"{NODE}{uuid.uuid4()}"
    os.mknod(node, stat.S_IFBLK | 0o400, os.stat(device).st_rdev)
    try:
        os.chown(node, NOBODY, NOBODY)
        yield str(node)
    finally:
        node.unlink(missing_ok=True)


def _run(device: str, folder: str, arguments: str, cmdline: str) -> bytes:
    try:
        words = shlex.split(arguments)
    except ValueError as error:
        raise BootloaderError(f"the arguments {arguments!r} cannot be read: {error}") from error
    command = [
        *(PYGRUB, "--quiet", f"--runas={NOBODY}", f"--output-directory={folder}"),
        *("--output-format=simple0", f"--args={cmdline}", *words, device),
    ]
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        raise BootloaderError(f"pygrub cannot be started: {error}") from error
    try:
        answer, errors = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise BootloaderError(f"pygrub has not ended in {TIMEOUT_S:.0f} s") from error
    # The exit code is 0 even if the process without rights has failed; stderr says why.
    if process.returncode or len(answer) > ANSWER_BYTES_MAX or (errors and not answer):
        lines = errors.decode(errors="replace").splitlines()
        raise BootloaderError(f"pygrub: {' '.join(lines[-2:])}")
    return answer


def read(answer: bytes, folder: Path) -> Boot:
    """Read the answer of a process that has seen the disk; only files in ``folder`` are accepted.

    Raises BootloaderError.
    """
    words: dict[str, str] = {}
    for line in answer.decode(errors="replace").split("\0"):
        word, _, rest = line.partition(" ")
        words[word] = rest
    files = {name: words[name] for name in ("kernel", "ramdisk") if words.get(name)}
    for file in files.values():
        path = Path(file)
        if path.parent != folder or path.is_symlink() or not path.is_file():
            raise BootloaderError(f"pygrub names {file}, which is not one of its files")
    if "kernel" not in files:
        raise BootloaderError("pygrub has found no kernel")
    return Boot(files["kernel"], files.get("ramdisk"), words.get("args", ""))
