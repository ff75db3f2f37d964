"""Disks: the VM for which a disk is active may write it, and no other VM may meanwhile."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from xenops.errors import XenopsError
from xenops.types import Disk


class Storage(Protocol):
    """``disk`` is what a VBD's backend names, by ``sr/vdi``; ``owner`` the VM."""

    def attach(self, disk: Disk, owner: str, *, writable: bool) -> None:
        """Have a disk ready to be activated, which then takes less; nothing is opened yet."""
        ...

    def activate(self, disk: Disk, owner: str, *, writable: bool) -> str:
        """Activate a disk, unless it is active already; returns what a back end opens.

        One that is not attached is attached first.
        """
        ...

    def deactivate(self, disk: Disk, owner: str) -> None:
        """Flush and close a disk, which others may have then; it may be activated again."""
        ...

    def detach(self, disk: Disk, owner: str) -> None:
        """Give a disk back, deactivated first; it is no error if it is not held."""
        ...

    def let_go(self, host: str, owner: str | None) -> None:
        """Give back the disks that a dead host holds, all or those for one owner."""
        ...

    def let_go_own(self, owner: str) -> None:
        """Give back the disks that this host holds for an owner."""
        ...

    def epoch_begin(self, disk: Disk, *, persistent: bool) -> None:
        """Note that a VM starts: a disk that is not persistent loses what was written."""
        ...

    def epoch_end(self, disk: Disk) -> None:
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

    def _file(self, disk: Disk) -> Path:
        return self._folder / str(disk.value).replace("/", "_")

    def attach(self, disk: Disk, owner: str, *, writable: bool) -> None:
        pass  # there is nothing to be made ready

    def activate(self, disk: Disk, owner: str, *, writable: bool) -> str:
        if not writable:
            return f"/dev/dummy/{disk.value}"
        mine = json.dumps({"host": self._host, "vm": owner})
        try:
            with self._file(disk).open("x") as file:
                file.write(mine)
        except FileExistsError:
            held = self._file(disk).read_text()
            if held != mine:
                raise XenopsError(
                    "Storage_backend_error", ("VDI_IN_USE", [disk.value, held])
                ) from None
        return f"/dev/dummy/{disk.value}"

    def deactivate(self, disk: Disk, owner: str) -> None:
        with suppress(FileNotFoundError):
            if json.loads(self._file(disk).read_text()) == {"host": self._host, "vm": owner}:
                self._file(disk).unlink()

    def detach(self, disk: Disk, owner: str) -> None:
        self.deactivate(disk, owner)

    def let_go(self, host: str, owner: str | None) -> None:
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError, ValueError):  # another process is at it
                held = json.loads(file.read_text())
                if held["host"] == host and owner in (None, held["vm"]):
                    file.unlink()

    def let_go_own(self, owner: str) -> None:
        self.let_go(self._host, owner)

    def epoch_begin(self, disk: Disk, *, persistent: bool) -> None:
        pass  # nothing is ever written

    def epoch_end(self, disk: Disk) -> None:
        pass


class HostedStorage(Storage, Protocol):
    """Disks of SRs that are attached before their disks are used."""

    def serves(self) -> bool:
        """Whether any SR is attached."""
        ...


class EachStorage:
    """Disks of this host itself (``Local``), and those of its storage daemon (``VDI``).

    Forwarders and hosts from before there was a storage daemon call the former ``VDI`` too. They
    attach no SR, so until the first one is attached each disk is of this host itself. The file
    ``hosted`` says for ever that one was: a VM must not start without its bytes because the daemon
    has none of its SRs now.
    """

    def __init__(self, local: Storage, daemon: HostedStorage, hosted: Path) -> None:
        self._local = local
        self._daemon = daemon
        self._hosted = hosted
        self._serves = hosted.exists()

    def _of(self, disk: Disk) -> Storage:
        if disk.tag == "Local":
            return self._local
        if not self._serves and self._daemon.serves():
            self._hosted.touch()
            self._serves = True
        return self._daemon if self._serves else self._local

    def attach(self, disk: Disk, owner: str, *, writable: bool) -> None:
        self._of(disk).attach(disk, owner, writable=writable)

    def activate(self, disk: Disk, owner: str, *, writable: bool) -> str:
        return self._of(disk).activate(disk, owner, writable=writable)

    def deactivate(self, disk: Disk, owner: str) -> None:
        self._of(disk).deactivate(disk, owner)

    def detach(self, disk: Disk, owner: str) -> None:
        self._of(disk).detach(disk, owner)
        # Until there was a storage daemon, xenopsd itself kept the rights to all disks.
        self._local.detach(disk, owner)

    def let_go(self, host: str, owner: str | None) -> None:
        self._local.let_go(host, owner)
        self._daemon.let_go(host, owner)

    def let_go_own(self, owner: str) -> None:
        self._local.let_go_own(owner)
        self._daemon.let_go_own(owner)

    def epoch_begin(self, disk: Disk, *, persistent: bool) -> None:
        self._of(disk).epoch_begin(disk, persistent=persistent)

    def epoch_end(self, disk: Disk) -> None:
        self._of(disk).epoch_end(disk)
