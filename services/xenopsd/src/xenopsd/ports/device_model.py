"""The device model: what plays the hardware that an HVM guest expects."""

from typing import Protocol

from xenops.types import Vm


class DeviceModels(Protocol):
    """Calls raise XenopsError."""

    def start(self, domid: int, vm: Vm, *, restored: bool) -> None:
        """Have one run for a domain; ``restored``: with the state of its suspend image."""
        ...

    def stop(self, domid: int) -> None:
        """End a domain's; one that does not run is no error."""
        ...


class NoDeviceModels:
    """For the simulated Xen, whose guests have no emulated hardware."""

    def start(self, domid: int, vm: Vm, *, restored: bool) -> None:
        pass

    def stop(self, domid: int) -> None:
        pass
