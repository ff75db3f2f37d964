"""What a host does beside xenstore for a device to work: block devices' numbers, bridges."""

import os
import subprocess
import time
from pathlib import Path
from typing import Protocol

from xenops.errors import XenopsError, internal_error

INTERFACE_TIMEOUT_S = 30.0
LOOK_S = 0.02


class Hotplug(Protocol):
    """Calls raise XenopsError."""

    def disk_nodes(self, params: str) -> dict[str, str]:
        """What a disk's back end has to know of the device that it opens."""
        ...

    def connect(self, domid: int, position: int, bridge: str) -> None:
        """Put the host's end of an interface on a bridge, once the back end has made it."""
        ...


class NoHotplug:
    """For the simulated Xen, whose back ends need nothing."""

    def disk_nodes(self, params: str) -> dict[str, str]:
        return {}

    def connect(self, domid: int, position: int, bridge: str) -> None:
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
        name = f"vif{domid}.{position}"
        deadline = time.monotonic() + INTERFACE_TIMEOUT_S
        while not Path(f"/sys/class/net/{name}").exists():
            if time.monotonic() > deadline:
                raise internal_error(f"the kernel has not made {name}")
            time.sleep(LOOK_S)
        done = subprocess.run(
            ["ip", "link", "set", name, "master", bridge, "up"],
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise XenopsError("Internal_error", f"{name} on {bridge}: {done.stderr.strip()}")
