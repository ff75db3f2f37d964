"""Atomics of hardware that is passed through: PCI devices, vGPUs and USB devices.

Plans have them in their places, but no back end passes hardware through yet: plugging raises
Unimplemented, so there is never anything to unplug.
"""

from dataclasses import dataclass

from daemon.tasks import RunningTask
from xenops.errors import XenopsError
from xenops.types import Pci, PciAddress, Vgpu, Vusb

from xenopsd.atomics.atomic import Atomic
from xenopsd.host import Host


@dataclass(frozen=True)
class PciDequarantine(Atomic):
    """Give a device back to the host's driver, which makes the vGPU on it."""

    address: PciAddress

    def perform(self, host: Host, task: RunningTask) -> None:
        raise XenopsError("Unimplemented", "PCI.dequarantine")


@dataclass(frozen=True)
class PciPlug(Atomic):
    """``advertise``: tell the guest through xenstore, not through its device model."""

    pci: Pci
    advertise: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        raise XenopsError("Unimplemented", "PCI.plug")


@dataclass(frozen=True)
class PciUnplug(Atomic):
    pci: Pci

    def perform(self, host: Host, task: RunningTask) -> None:
        pass


@dataclass(frozen=True)
class VgpuSetActive(Atomic):
    vgpu: Vgpu
    active: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.set_active(self.vgpu.id[0], "vgpu", self.vgpu.id[1], self.active)


@dataclass(frozen=True)
class VgpuStart(Atomic):
    """Start a vGPU's emulator; ``saved``: from the state in the suspend image."""

    vgpu: Vgpu
    saved: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        raise XenopsError("Unimplemented", "VGPU.start")


@dataclass(frozen=True)
class VusbPlug(Atomic):
    vusb: Vusb

    def perform(self, host: Host, task: RunningTask) -> None:
        raise XenopsError("Unimplemented", "VUSB.plug")


@dataclass(frozen=True)
class VusbUnplug(Atomic):
    vusb: Vusb

    def perform(self, host: Host, task: RunningTask) -> None:
        pass
