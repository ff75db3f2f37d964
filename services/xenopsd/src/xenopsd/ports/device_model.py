"""The port of device models, which emulate the hardware that HVM guests expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from xenops.types import Vm


@dataclass(frozen=True)
class Drive:
    """An IDE drive: its ``position`` (0 to 3), and the block device in it, None if it is empty."""

    position: int
    path: str | None
    removable: bool
    writable: bool


class DeviceModels(Protocol):
    """Calls raise XenopsError."""

    def start(self, domid: int, vm: Vm, drives: Sequence[Drive], state: bytes | None) -> None:
        """Start a domain's device model, from the ``state`` that another one saved, if given."""
        ...

    def stop(self, domid: int) -> None:
        """End a domain's device model; it is no error if none runs."""
        ...

    def insert(self, domid: int, drive: Drive) -> None:
        """Put the medium at ``drive.path`` into a drive."""
        ...

    def eject(self, domid: int, drive: Drive) -> None: ...
    def save(self, domid: int) -> bytes:
        """Stop the hardware, as the guest stops, and return its state."""
        ...

    def resume(self, domid: int) -> None:
        """Let the hardware go on after ``save``, as the guest goes on."""
        ...


class NoDeviceModels:
    """For the simulated Xen, whose guests have no emulated hardware."""

    def start(self, domid: int, vm: Vm, drives: Sequence[Drive], state: bytes | None) -> None:
        pass

    def stop(self, domid: int) -> None:
        pass

    def insert(self, domid: int, drive: Drive) -> None:
        pass

    def eject(self, domid: int, drive: Drive) -> None:
        pass

    def save(self, domid: int) -> bytes:
        return b""

    def resume(self, domid: int) -> None:
        pass
