"""What atomics act on: this host's domains, devices, disks and journal."""

import os
from pathlib import Path
from typing import BinaryIO

from xenops.types import Disk

from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains
from xenopsd.journal import Journal


class Host:
    """Made once by ``__main__``; ``images`` is the folder of suspend images that hosts share."""

    def __init__(
        self, domains: Domains, devices: Devices, journal: Journal, hooks_dir: str, images: Path
    ) -> None:
        self.domains = domains
        self.devices = devices
        self.journal = journal
        self.hooks_dir = hooks_dir
        self._images = images
        images.mkdir(parents=True, exist_ok=True)

    def image_path(self, disk: Disk) -> Path:
        return self._images / f"{disk.value.replace('/', '_')}.img"

    def sync(self, stream: BinaryIO) -> None:
        """The image must be on the disk before the domain that it holds is destroyed."""
        stream.flush()
        os.fsync(stream.fileno())

    def set_suspended(self, vm: str, suspended: bool) -> None:
        extra = self.journal.extra(vm)
        extra["suspended"] = suspended
        self.journal.set_extra(vm, extra)
