"""What a host does beside xenstore for a device to work: block devices' numbers, bridges."""

import fcntl
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from xenops.errors import internal_error

KERNEL_TIMEOUT_S = 30.0
LOOK_S = 0.02
# linux/sockios.h, linux/if.h: what `ip link` would do, without a process for each.
SIOCBRADDIF, SIOCBRDELIF, SIOCGIFFLAGS, SIOCSIFFLAGS = 0x89A2, 0x89A3, 0x8913, 0x8914
IFNAMSIZ, IFF_UP = 16, 1


class Hotplug(Protocol):
    """Calls raise XenopsError."""

    def disk_nodes(self, params: str) -> dict[str, str]:
        """What a disk's back end has to know of the device that it opens."""
        ...

    def connect(self, domid: int, position: int, bridge: str) -> None:
        """Put the host's end of an interface on a bridge, once the back end has made it."""
        ...

    def set_link(self, domid: int, position: int, *, up: bool) -> None:
        """Whether an interface that is on a bridge passes anything on."""
        ...

    def await_gone(self, kind: str, domid: int, device: int) -> None:
        """Wait until the host's end of a closed device (``vbd`` or ``vif``) has gone."""
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
    """Linux's blkback and netback, without the scripts that other toolstacks run for them."""

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
        if not Path(f"/sys/class/net/{bridge}/bridge").is_dir():
            raise internal_error(f"this host has no bridge {bridge}")
        name = _interface(domid, position)
        interface = Path(f"/sys/class/net/{name}")
        _await(interface.exists, f"the kernel has not made {name}")
        try:
            _join(name, bridge)
        except OSError as error:
            raise internal_error(f"{name} on {bridge}: {error.strerror}") from error

    def set_link(self, domid: int, position: int, *, up: bool) -> None:
        name = _interface(domid, position)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
                answer = fcntl.ioctl(control, SIOCGIFFLAGS, _ifreq(name))
                flags = int.from_bytes(answer[IFNAMSIZ : IFNAMSIZ + 2], sys.byteorder)
                wanted = flags | IFF_UP if up else flags & ~IFF_UP
                fcntl.ioctl(control, SIOCSIFFLAGS, _ifreq(name, wanted))
        except OSError as error:
            raise internal_error(f"the link of {name}: {error.strerror}") from error

    def await_gone(self, kind: str, domid: int, device: int) -> None:
        name = f"{kind}-{domid}-{device}"
        found = Path(f"/sys/bus/xen-backend/devices/{name}")
        _await(lambda: not found.exists(), f"the kernel has not let go of {name}")


def _interface(domid: int, position: int) -> str:
    """The host's end of a guest's interface, as netback names it."""
    return f"vif{domid}.{position}"


def _join(name: str, bridge: str) -> None:
    """Have an interface on a bridge and no other; raises OSError."""
    master = Path(f"/sys/class/net/{name}/master")
    present = master.resolve().name if master.exists() else None
    port = socket.if_nametoindex(name)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        if present not in (None, bridge):
            fcntl.ioctl(control, SIOCBRDELIF, _ifreq(str(present), port))
        if present != bridge:
            fcntl.ioctl(control, SIOCBRADDIF, _ifreq(bridge, port))


def _ifreq(name: str, value: int = 0) -> bytes:
    """A request about an interface, as netdevice(7) describes it."""
    return struct.pack(f"={IFNAMSIZ}si20x", name.encode(), value)


def _await(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait for what the kernel does soon; raises XenopsError."""
    deadline = time.monotonic() + KERNEL_TIMEOUT_S
    while not holds():
        if time.monotonic() > deadline:
            raise internal_error(otherwise)
        time.sleep(LOOK_S)
