"""The types of SR that Warren serves: for each there is a module here, and a row in the table."""

from collections.abc import Callable, Mapping
from pathlib import Path

from storage.drivers import plugin
from storage.drivers.driver import Driver
from storage.drivers.ext import Ext
from storage.drivers.file import File
from storage.drivers.iso import Iso
from storage.drivers.lvm import Lvm
from storage.drivers.mounts import Mounts
from storage.drivers.nfs import Nfs
from storage.drivers.smb import Smb
from storage.drivers.udev import Udev
from storage.volumes import programs

TYPES: Mapping[str, Callable[[Mounts], Driver]] = {
    "ext": Ext,
    "file": File,
    "iso": Iso,
    "lvm": Lvm,
    "nfs": Nfs,
    "smb": Smb,
    "udev": Udev,
}


def table(folder: Path, plugins: Path | None = None) -> dict[str, Driver]:
    """A driver for each type of SR; what they mount is mounted below ``folder``.

    Plug-ins of others are in ``plugins``; they cannot take the place of a type of ours.
    """
    ours = {type_: make(Mounts(folder)) for type_, make in TYPES.items()}
    return {**(plugin.found(plugins) if plugins else {}), **ours}


def missing(driver: Driver) -> list[str]:
    """What to say about each program that is missing here; [] if the type can be served."""
    return programs.missing(driver.description.needs)
