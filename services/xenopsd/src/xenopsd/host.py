"""What atomics act on: this host's domains, devices, disks and journal."""

import base64
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from xenops.errors import XenopsError
from xenops.types import Disk, Metadata, Vbd, VbdMode, Vif, Vm
from xenports.hypervisor import Boot, DomainInfo

from xenopsd.backend import names
from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains, Size, direct_boot, time_offset
from xenopsd.backend.image import read_head
from xenopsd.journal import Journal
from xenopsd.ports.bootloader import Bootloader, BootloaderError
from xenopsd.ports.device_model import DeviceModels

# How many drives of an emulated machine its firmware knows.
IDE = 4
PARTIAL = ".partial"


class Host:
    """Made once by ``__main__``; ``images`` is the folder of suspend images that hosts share."""

    def __init__(
        self,
        domains: Domains,
        devices: Devices,
        device_models: DeviceModels,
        bootloader: Bootloader,
        journal: Journal,
        hooks_dir: str,
        images: Path,
    ) -> None:
        self.domains = domains
        self.devices = devices
        self.device_models = device_models
        self._bootloader = bootloader
        self.journal = journal
        self.hooks_dir = hooks_dir
        self._images = images
        images.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def boot(self, vm: Vm) -> Iterator[Boot]:
        """The files that the VM boots from, until the context ends; raises XenopsError."""
        direct = direct_boot(vm)
        if direct is not None:
            yield direct
            return
        said = vm.ty.value.boot.value
        cmdline = f"{said.legacy_args} {said.extra_args}".strip()
        with ExitStack() as files:
            device = None
            for disk in said.devices[:1]:
                device = files.enter_context(self.devices.reading(vm.id, disk))
            try:
                load = self._bootloader.load(said.bootloader, device, said.bootloader_args, cmdline)
                boot = files.enter_context(load)
            except BootloaderError as error:
                raise XenopsError("Bootloader_error", (vm.id, str(error))) from error
            yield boot

    # If the VM has another domain than when an operation began, that operation made it.

    def note_begun(self, vm: str, domain: DomainInfo | None, operation: str) -> None:
        """Note that an operation is about to make the VM's domain, or to end this one."""
        before = None if domain is None else domain.domid
        self.journal.note_of_domain(vm, start=operation, before=before)

    def has_begun(self, vm: str, operation: str) -> bool:
        """Whether `note_begun` noted this operation last."""
        return bool(self.journal.extra(vm).get("start") == operation)

    def has_new_domain(self, vm: str) -> bool:
        """Whether the VM has another domain than when `note_begun` was called last."""
        domain = self.domains.find(vm)
        return domain is not None and domain.domid != self.journal.extra(vm).get("before")

    # Noted so that a reboot goes on if xenopsd dies between the two domains.

    def set_rebooting(self, vm: str, rebooting: bool) -> None:
        """Note whether the VM's present domain is to be followed by another one."""
        domain = self.domains.find(vm) if rebooting else None
        noted = None if domain is None else domain.domid
        extra = self.journal.extra(vm)
        if extra.get("rebooting") != noted:
            self.journal.set_extra(vm, {**extra, "rebooting": noted})

    def is_rebooting(self, vm: str) -> bool:
        """Whether a domain that is to be followed by another one has gone."""
        noted, domain = self.journal.extra(vm).get("rebooting"), self.domains.find(vm)
        return noted is not None and (domain is None or domain.domid != noted)

    # A device model's state of the hardware travels with the memory, and is used once.

    def saved_hardware(self, vm: str) -> bytes | None:
        """Stop an HVM guest's hardware and return its state."""
        domain = self.domains.get(vm)
        return self.device_models.save(domain.domid) if domain.kind == "hvm" else None

    def keep_hardware(self, vm: str, state: bytes | None) -> None:
        extra = self.journal.extra(vm)
        kept = None if state is None else base64.b64encode(state).decode()
        if extra.get("hardware") != kept:
            self.journal.set_extra(vm, {**extra, "hardware": kept})

    def start_device_model(self, vm: Vm, *, restored: bool) -> None:
        domain = self.domains.get(vm.id)
        kept = self.journal.extra(vm.id).get("hardware") if restored else None
        state = None if kept is None else base64.b64decode(kept)
        vbds = self.journal.metadata(vm.id).vbds
        drives = [self.devices.drive(vbd) for vbd in vbds if names.ide_position(vbd.id[1]) < IDE]
        self.device_models.start(domain.domid, vm, drives, state)

    def resume_in_place(self, metadata: Metadata) -> None:
        """Let a guest go on, with its disks and hardware, after its suspension is given up."""
        vm = metadata.vm.id
        domain = self.domains.get(vm)
        for vbd in sorted(metadata.vbds, key=lambda vbd: vbd.mode is not VbdMode.ReadWrite):
            self.devices.take_back(domain, vbd)
        if domain.kind == "hvm":
            self.device_models.resume(domain.domid)
        self.domains.resume_in_place(vm)

    def image_path(self, disk: Disk) -> Path:
        return self._images / f"{disk.value.replace('/', '_')}.img"

    @contextmanager
    def image(self, vm: Vm, disk: Disk) -> Iterator[BinaryIO]:
        """A VM's suspend image, to be read; raises XenopsError if there is none."""
        try:
            stream = self.image_path(disk).open("rb")
        except FileNotFoundError as error:
            text = f"VM {vm.id} has no suspend image on {disk.value}"
            raise XenopsError("Internal_error", text) from error
        with stream:
            yield stream

    def image_size(self, vm: Vm, disk: Disk) -> Size:
        """The memory that a guest had when it was suspended."""
        with self.image(vm, disk) as stream:
            size = read_head(stream, vm.id)
        return Size.of(vm) if size is None else Size.exactly(*size)

    @contextmanager
    def new_image(self, disk: Disk) -> Iterator[BinaryIO]:
        """A suspend image to write: it exists once the context ends without an error."""
        path = self.image_path(disk)
        partial = path.with_suffix(PARTIAL)
        try:
            with partial.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            partial.rename(path)
        except BaseException:
            self.drop_image(disk)
            raise

    def drop_image(self, disk: Disk) -> None:
        """Remove a suspend image, also a half-written one."""
        path = self.image_path(disk)
        for file in (path, path.with_suffix(PARTIAL)):
            file.unlink(missing_ok=True)

    # Changes while a VM runs must outlive its guest's reboot and its migration.

    def change_vm(self, vm: str, **changes: Any) -> None:
        self.journal.change(vm, lambda known: replace(known, vm=replace(known.vm, **changes)))

    def now(self, vm: Vm) -> Vm:
        """A VM as it is now, with changes that came after its plan was made."""
        return self.journal.metadata(vm.id).vm

    def keep_clock(self, vm: str) -> None:
        """Keep the clock that the guest set in its present domain for the VM's next domain."""
        domain = self.domains.find(vm)
        if domain is None or not self.journal.exists(vm):
            return
        known = self.journal.metadata(vm).vm
        offset = self.domains.clock_offset(known, domain)
        if offset != time_offset(known):
            self.change_vm(vm, platformdata={**known.platformdata, "timeoffset": str(offset)})

    def change_vbd(self, vbd: Vbd, **changes: Any) -> None:
        changed = replace(vbd, **changes)
        self.journal.change(
            vbd.id[0],
            lambda known: replace(
                known, vbds=[changed if one.id == vbd.id else one for one in known.vbds]
            ),
        )

    def change_vif(self, vif: Vif, **changes: Any) -> Vif:
        """Change an interface; returns it as it is now."""
        changed = replace(vif, **changes)
        self.journal.change(
            vif.id[0],
            lambda known: replace(
                known, vifs=[changed if one.id == vif.id else one for one in known.vifs]
            ),
        )
        return changed

    def is_suspended(self, vm: str) -> bool:
        """Whether the VM has a complete suspend image that is not used up."""
        return bool(self.journal.extra(vm).get("suspended"))

    def set_suspended(self, vm: str, suspended: bool) -> None:
        extra = self.journal.extra(vm)
        extra["suspended"] = suspended
        self.journal.set_extra(vm, extra)
