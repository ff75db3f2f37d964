"""Block devices of the host, as SRs are made of."""

import os
import stat
from pathlib import Path

from storage.drivers import config as values
from storage.drivers.driver import Config
from storage.errors import BackendError
from storage.volumes.programs import ProgramFailed, run


def of(config: Config) -> list[Path]:
    """The devices of a device_config, which may name several with commas between.

    Raises BackendError 90 if there is none, 47 if one is no block device.
    """
    named = values.text(config, "device").split(",")
    devices = [values.path_of("device", name) for name in named]
    for device in devices:
        if not is_device(device):
            raise BackendError(47, f"The SR is not available [opterr=no such device: {device}]")
    if len({device.resolve() for device in devices}) < len(devices):
        raise values.refuse("device", "names a device twice")
    return devices


def is_device(path: Path) -> bool:
    try:
        return stat.S_ISBLK(path.stat().st_mode)
    except OSError:
        return False


def size(path: Path) -> int:
    """A device's size in bytes."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.lseek(descriptor, 0, os.SEEK_END)
    finally:
        os.close(descriptor)


def check_empty(device: Path) -> None:
    """Raise BackendError 16 if there is anything on a device, or if it is in use."""
    try:
        os.close(os.open(device, os.O_RDONLY | os.O_EXCL))
    except OSError as failed:
        raise BackendError(
            16, f"The SR is in use [opterr={device} is in use: {failed.strerror}]"
        ) from None
    there = run("wipefs", "--no-act", "--noheadings", "--output", "TYPE", "--", str(device)).split()
    if there:
        raise BackendError(
            16,
            f"The SR is in use [opterr={device} has {', '.join(there)} on it; if nobody needs "
            f"that, erase it with: wipefs --all {device}]",
        )


def tag(device: Path, name: str) -> str:
    """What the superblock of a device says, like ``TYPE`` or ``UUID``; "" if nothing."""
    try:
        arguments = ("--probe", "--output", "value", "--match-tag", name, "--", str(device))
        return run("blkid", *arguments).strip()
    except ProgramFailed:
        return ""
