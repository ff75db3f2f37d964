"""Disks that are raw files of this host, each behind a loop device while it is active."""

import subprocess
from contextlib import suppress
from pathlib import Path

from xenops.errors import XenopsError

from xenopsd.ports.storage import DummyStorage


class FileStorage:
    """`xenopsd.ports.storage.Storage`; the right to write a file is as for disks without bytes."""

    def __init__(self, files: Path, rights: DummyStorage, loops: Path) -> None:
        self._files = files
        self._rights = rights
        self._loops = loops
        loops.mkdir(parents=True, exist_ok=True)

    def _file(self, disk: str) -> Path:
        return self._files / f"{disk.replace('/', '_')}.raw"

    def _loop(self, disk: str, owner: str) -> Path:
        """Remembers the loop device that a VM has the disk through."""
        return self._loops / f"{disk.replace('/', '_')}@{owner}"

    def activate(self, disk: str, owner: str, *, writable: bool) -> str:
        file, loop = self._file(disk), self._loop(disk, owner)
        if not file.exists():
            raise XenopsError("Storage_backend_error", ("VDI_MISSING", [disk, str(file)]))
        self._rights.activate(disk, owner, writable=writable)
        with suppress(FileNotFoundError):
            return loop.read_text()
        mode = [] if writable else ["--read-only"]
        done = subprocess.run(
            ["losetup", "--find", "--show", *mode, str(file)],
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            self._rights.deactivate(disk, owner)
            raise XenopsError("Storage_backend_error", ("losetup", [disk, done.stderr.strip()]))
        loop.write_text(done.stdout.strip())
        return done.stdout.strip()

    def deactivate(self, disk: str, owner: str) -> None:
        loop = self._loop(disk, owner)
        with suppress(FileNotFoundError):
            subprocess.run(["losetup", "--detach", loop.read_text()], check=False)
            loop.unlink()
        self._rights.deactivate(disk, owner)

    def epoch_begin(self, disk: str, *, persistent: bool) -> None:
        if not persistent:
            raise XenopsError("Unimplemented", "a file that forgets what is written")

    def epoch_end(self, disk: str) -> None:
        pass
