"""Disks that are files on this host: raw, qcow2, or a link to a block device."""

import threading
from contextlib import suppress
from pathlib import Path

from xenops.errors import XenopsError
from xenops.types import Disk

from xenopsd.ports.block import BlockDevices, LoopDevices, NbdDevices
from xenopsd.ports.storage import DummyStorage

TRIES = 8


class FileStorage:
    """`xenopsd.ports.storage.Storage`; `DummyStorage` keeps the rights to write.

    The folder ``records`` says through which block device a VM has a disk. A record is written
    before its device is made, so that no device is forgotten when xenopsd dies.
    """

    def __init__(self, files: Path, rights: DummyStorage, records: Path) -> None:
        self._files = files
        self._rights = rights
        self._records = records
        self._kinds: dict[str, BlockDevices] = {".raw": LoopDevices(), ".qcow2": NbdDevices()}
        self._lock = threading.Lock()
        records.mkdir(parents=True, exist_ok=True)

    def _file(self, disk: Disk) -> Path:
        """The disk's file; raises XenopsError if there is none."""
        candidates = self._candidates(disk)
        for file, _ in candidates:
            if file.exists():
                return file
        raise XenopsError(
            "Storage_backend_error", ("VDI_MISSING", [disk.value, str(candidates[0][0])])
        )

    def _candidates(self, disk: Disk) -> list[tuple[Path, BlockDevices]]:
        """The files that the disk may be, each with the kind of device that would show it."""
        name = disk.value.replace("/", "_")
        named = [(self._files / f"{name}{suffix}", made) for suffix, made in self._kinds.items()]
        return [(file.resolve(), devices) for file, devices in named]

    def _record(self, disk: Disk, owner: str) -> Path:
        return self._records / f"{disk.value.replace('/', '_')}@{owner}"

    def attach(self, disk: Disk, owner: str, *, writable: bool) -> None:
        self._file(disk)

    def activate(self, disk: Disk, owner: str, *, writable: bool) -> str:
        file = self._file(disk)
        self._rights.activate(disk, owner, writable=writable)
        if file.is_block_device():
            return str(file)
        try:
            with self._lock:
                return str(self._attached(disk, owner, file, writable=writable))
        except OSError as error:
            self.deactivate(disk, owner)
            raise _refusal(disk, error) from error

    def _attached(self, disk: Disk, owner: str, file: Path, *, writable: bool) -> Path:
        """The device that shows the file, attached now if need be; raises OSError."""
        devices, record = self._kinds[file.suffix], self._record(disk, owner)
        with suppress(FileNotFoundError):
            device = Path(record.read_text())
            if devices.holds(device, file):
                return device
        refused = OSError("this host has no free block device")
        for device, _ in zip(devices.free(), range(TRIES), strict=False):
            record.write_text(str(device))
            try:
                devices.attach(device, file, writable=writable)
            except OSError as error:  # perhaps another process took the device first
                refused = error
            else:
                return device
        raise refused

    def deactivate(self, disk: Disk, owner: str) -> None:
        record = self._record(disk, owner)
        try:
            with self._lock, suppress(FileNotFoundError):
                device = Path(record.read_text())
                for file, devices in self._candidates(disk):
                    if devices.holds(device, file):
                        devices.detach(device)
                record.unlink()
        except OSError as error:
            raise _refusal(disk, error) from error
        self._rights.deactivate(disk, owner)

    def detach(self, disk: Disk, owner: str) -> None:
        self.deactivate(disk, owner)

    def let_go(self, host: str, owner: str | None) -> None:
        self._rights.let_go(host, owner)

    def let_go_own(self, owner: str) -> None:
        self._rights.let_go_own(owner)

    def epoch_begin(self, disk: Disk, *, persistent: bool) -> None:
        if not persistent:
            raise XenopsError("Unimplemented", "a file that forgets what is written")

    def epoch_end(self, disk: Disk) -> None:
        pass


def _refusal(disk: Disk, error: OSError) -> XenopsError:
    return XenopsError("Storage_backend_error", ("VDI_NOT_AVAILABLE", [disk.value, str(error)]))
