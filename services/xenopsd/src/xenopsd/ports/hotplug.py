"""What a device needs of its host besides xenstore: a block device's number, a bridge."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pyroute2 import IPRoute, NetlinkError
from xenops.errors import internal_error

KERNEL_TIMEOUT_S = 30.0
LOOK_S = 0.02


class Hotplug(Protocol):
    """Calls raise XenopsError."""

    def disk_nodes(self, params: str) -> dict[str, str]:
        """The nodes that tell a disk's back end which device to open."""
        ...

    def connect(self, domid: int, position: int, bridge: str) -> None:
        """Put an interface's host end on a bridge, once the back end has made it."""
        ...

    def set_link(self, domid: int, position: int, *, up: bool) -> None:
        """Set whether an interface that is on a bridge passes packets."""
        ...

    def await_gone(self, kind: str, domid: int, device: int) -> None:
        """Wait until a closed device (``vbd`` or ``vif``) is gone from the host."""
        ...


class NoHotplug:
    """For the simulated Xen, whose back ends need nothing."""

    def disk_nodes(self, params: str) -> dict[str, str]:
        return {}

    def connect(self, domid: int, position: int, bridge: str) -> None:
        pass

    def set_link(self, domid: int, position: int, *, up: bool) -> None:
        pass

    def await_gone(self, kind: str, domid: int, device: int) -> None:
        pass


class LinuxHotplug:
    """Linux's blkback and netback, without the scripts that other toolstacks run."""

    def disk_nodes(self, params: str) -> dict[str, str]:
        if not params:
            return {}
        try:
            number = os.stat(params).st_rdev
        except OSError as error:
            raise internal_error(f"{params} cannot be opened: {error.strerror}") from error
        # Hexadecimal, as xen-blkback reads it.
        device = f"{os.major(number):x}:{os.minor(number):x}"
        return {"physical-device": device, "hotplug-status": "connected"}

    def connect(self, domid: int, position: int, bridge: str) -> None:
        name = _interface(domid, position)
        with _netlink(f"{name} on {bridge}") as links:
            bridges = links.link_lookup(ifname=bridge, kind="bridge")
            if not bridges:
                raise internal_error(f"this host has no bridge {bridge}")
            _await(lambda: links.link_lookup(ifname=name), f"the kernel has not made {name}")
            # This takes it off its former bridge, if any.
            links.link("set", ifname=name, master=bridges[0])

    def set_link(self, domid: int, position: int, *, up: bool) -> None:
        name = _interface(domid, position)
        with _netlink(f"the link of {name}") as links:
            links.link("set", ifname=name, state="up" if up else "down")

    def await_gone(self, kind: str, domid: int, device: int) -> None:
        name = f"{kind}-{domid}-{device}"
        backend = Path(f"/sys/bus/xen-backend/devices/{name}")
        _await(lambda: not backend.exists(), f"the kernel has not let go of {name}")


def _interface(domid: int, position: int) -> str:
    """The name that netback gives to an interface's host end."""
    return f"vif{domid}.{position}"


@contextmanager
def _netlink(what: str) -> Iterator[IPRoute]:
    """Access to the kernel's network interfaces; raises XenopsError if the kernel refuses."""
    try:
        with IPRoute() as links:
            yield links
    except NetlinkError as error:
        raise internal_error(f"{what}: {os.strerror(error.code)}") from error


def _await(holds: Callable[[], Any], otherwise: str) -> None:
    """Wait until the kernel has done what it soon should; raises XenopsError with ``otherwise``."""
    deadline = time.monotonic() + KERNEL_TIMEOUT_S
    while not holds():
        if time.monotonic() > deadline:
            raise internal_error(otherwise)
        time.sleep(LOOK_S)
