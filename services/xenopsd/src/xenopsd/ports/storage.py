"""Disks: the VM for which a disk is active may write it, and no other VM may meanwhile."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from xenops.errors import XenopsError


class Storage(Protocol):
    """``disk`` is the ``sr/vdi`` that a VBD's backend names; ``owner`` the VM."""

    def activate(self, disk: str, owner: str, *, writable: bool) -> str:
        """Activate a disk, unless it is active already; returns the path that a back end opens."""
        ...

    def deactivate(self, disk: str, owner: str) -> None:
        """Give a disk back; it is no error if it is not held."""
        ...

    def let_go(self, host: str, owner: str | None) -> None:
        """Give back the disks that a dead host holds, all or those for one owner."""
        ...

    def let_go_own(self, owner: str) -> None:
        """Give back the disks that this host holds for an owner."""
        ...

    def epoch_begin(self, disk: str, *, persistent: bool) -> None:
        """Note that a VM starts: a disk that is not persistent loses what was written."""
        ...

    def epoch_end(self, disk: str) -> None:
        """Note that the VM has ended."""
        ...


class DummyStorage:
    """Disks without bytes (SR type ``dummy``): only the right to write is real.

    The right is a file in a folder that all hosts of the pool share, so that a second VM that
    activates the disk is refused.
    """

    def __init__(self, folder: Path, host: str) -> None:
        self._folder = folder
        self._host = host
        folder.mkdir(parents=True, exist_ok=True)

    def _file(self, disk: str) -> Path:
        return self._folder / disk.replace("/", "_")

    def activate(self, disk: str, owner: str, *, writable: bool) -> str:
        if not writable:
            return f"/dev/dummy/{disk}"
        mine = json.dumps({"host": self._host, "vm": owner})
        try:
            with self._file(disk).open("x") as file:
                file.write(mine)
        except FileExistsError:
            held = self._file(disk).read_text()
            if held != mine:
                raise XenopsError("Storage_backend_error", ("VDI_IN_USE", [disk, held])) from None
        return f"/dev/dummy/{disk}"

    def deactivate(self, disk: str, owner: str) -> None:
        with suppress(FileNotFoundError):
            if json.loads(self._file(disk).read_text()) == {"host": self._host, "vm": owner}:
                self._file(disk).unlink()

    def let_go(self, host: str, owner: str | None) -> None:
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError, ValueError):  # another process is at it
                held = json.loads(file.read_text())
                if held["host"] == host and owner in (None, held["vm"]):
                    file.unlink()

    def let_go_own(self, owner: str) -> None:
        self.let_go(self._host, owner)

    def epoch_begin(self, disk: str, *, persistent: bool) -> None:
        pass  # nothing is ever written

    def epoch_end(self, disk: str) -> None:
        pass
