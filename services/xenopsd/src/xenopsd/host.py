"""What atomics act on: this host's domains, devices, disks and journal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from xenops.errors import XenopsError
from xenops.types import Disk, Vbd, Vif, Vm

from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains, Size
from xenopsd.backend.image import read_head
from xenopsd.journal import Journal
from xenopsd.ports.device_model import DeviceModels


class Host:
    """Made once by ``__main__``; ``images`` is the folder of suspend images that hosts share."""

    def __init__(
        self,
        domains: Domains,
        devices: Devices,
        device_models: DeviceModels,
        journal: Journal,
        hooks_dir: str,
        images: Path,
    ) -> None:
        self.domains = domains
        self.devices = devices
        self.device_models = device_models
        self.journal = journal
        self.hooks_dir = hooks_dir
        self._images = images
        images.mkdir(parents=True, exist_ok=True)

    def image_path(self, disk: Disk) -> Path:
        return self._images / f"{disk.value.replace('/', '_')}.img"

    @contextmanager
    def image(self, vm: Vm, disk: Disk) -> Iterator[BinaryIO]:
        """A VM's suspend image, to be read; raises XenopsError when there is none."""
        try:
            stream = self.image_path(disk).open("rb")
        except FileNotFoundError as error:
            text = f"VM {vm.id} has no suspend image on {disk.value}"
            raise XenopsError("Internal_error", text) from error
        with stream:
            yield stream

    def image_size(self, vm: Vm, disk: Disk) -> Size:
        """What a guest had when it was suspended."""
        with self.image(vm, disk) as stream:
            said = read_head(stream, vm.id)
        return Size.of(vm) if said is None else Size.exactly(*said)

    def sync(self, stream: BinaryIO) -> None:
        """The image must be on the disk before the domain that it holds is destroyed."""
        stream.flush()
        os.fsync(stream.fileno())

    # What changes while a VM runs has to hold after its guest's reboot and on another host.

    def change_vm(self, vm: str, **changes: Any) -> None:
        self.journal.change(vm, lambda found: replace(found, vm=replace(found.vm, **changes)))

    def change_vbd(self, vbd: Vbd, **changes: Any) -> None:
        changed = replace(vbd, **changes)
        self.journal.change(
            vbd.id[0],
            lambda found: replace(
                found, vbds=[changed if one.id == vbd.id else one for one in found.vbds]
            ),
        )

    def change_vif(self, vif: Vif, **changes: Any) -> Vif:
        """The interface as it is now."""
        changed = replace(vif, **changes)
        self.journal.change(
            vif.id[0],
            lambda found: replace(
                found, vifs=[changed if one.id == vif.id else one for one in found.vifs]
            ),
        )
        return changed

    def set_suspended(self, vm: str, suspended: bool) -> None:
        extra = self.journal.extra(vm)
        extra["suspended"] = suspended
        self.journal.set_extra(vm, extra)
