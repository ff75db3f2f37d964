"""What the types of SR whose disks are files have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from xenops.storage import Probe

from storage.drivers.driver import Config, Description
from storage.drivers.mounts import Mounts
from storage.errors import BackendError
from storage.volumes import failures
from storage.volumes.files import FileVolumes
from storage.volumes.index import FOLDER, Index, owner
from storage.volumes.wanted import UUID

FEATURES = (
    *("SR_PROBE", "SR_UPDATE", "VDI_CREATE", "VDI_DELETE", "VDI_ATTACH", "VDI_DETACH"),
    *("VDI_UPDATE", "VDI_CLONE", "VDI_SNAPSHOT", "VDI_RESIZE", "VDI_REVERT", "VDI_INTRODUCE"),
    *("VDI_ACTIVATE", "VDI_DEACTIVATE", "VDI_CONFIG_CBT", "THIN_PROVISIONING"),
)
IMAGE_FORMATS = ("raw", "qcow2")
NEEDS = ("qemu-img", "setpriv")


class FolderDriver(ABC):
    """A type of SR whose disks are files in a folder, mounted from somewhere or just there."""

    description: Description

    def __init__(self, mounts: Mounts) -> None:
        self.mounts = mounts

    @abstractmethod
    def check(self, config: Config) -> None:
        """Raise BackendError if the device_config of an SR lacks something or is hostile."""

    @abstractmethod
    def probe(self, config: Config) -> str | list[Probe]: ...

    def prepare(self, sr: str, config: Config) -> None:  # noqa: B027 - most have nothing to do
        """Make what is mounted, if that is not there but for the SR."""

    @abstractmethod
    def mounted(self, sr: str, config: Config) -> Path:
        """The SR's folder, there or to be made; what it is on is mounted afterwards."""

    def clean(self, sr: str, config: Config) -> None:  # noqa: B027 - as above
        """Erase what `prepare` has made; it is not mounted."""

    def create(self, sr: str, config: Config, size: int) -> Config:
        self.check(config)
        self.prepare(sr, config)
        was_there = self.mounts.has(sr)
        try:
            made(sr, self.mounted(sr, config))
        finally:
            if not was_there:
                self.detach(sr, config)
        return config

    def attach(self, sr: str, config: Config) -> FileVolumes:
        self.check(config)
        was_there = self.mounts.has(sr)
        folder = self.mounted(sr, config)
        try:
            return FileVolumes(folder, sr).begin()
        except BackendError:
            if not was_there:  # else engines may have its files open
                self.detach(sr, config)
            raise

    def detach(self, sr: str, config: Config) -> None:
        self.mounts.unmount(sr)

    def destroy(self, sr: str, config: Config) -> None:
        self.check(config)
        folder = self.mounted(sr, config)
        if folder.exists():
            FileVolumes(folder, sr).erase()
            if folder.name == sr and not any(folder.iterdir()):
                folder.rmdir()
        self.detach(sr, config)
        self.clean(sr, config)


def made(sr: str, folder: Path) -> None:
    """Make an empty SR in a folder that is empty, or in which it has been made already."""
    with failures.told(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        others = {path.name for path in folder.iterdir()} - {FOLDER, "lost+found"}
        if others and owner(folder) != sr:
            raise BackendError(
                16,
                f"The SR is in use [opterr={folder} is not empty: it has {min(others)!r}; "
                f"introduce the SR that is in it, or choose another folder]",
            )
        Index(folder, sr).create()


def found(folder: Path) -> list[str]:
    """The SRs in the folders below ``folder``, or in it."""
    with failures.told(folder):
        own = owner(folder)
        below = sorted(path for path in folder.iterdir() if UUID.fullmatch(path.name))
    return ([own] if own else []) + [path.name for path in below if owner(path) == path.name]


def sr_list(uuids: Iterable[str]) -> str:
    """A probe's answer, as clients parse it."""
    root = ElementTree.Element("SRlist")
    for uuid in uuids:
        ElementTree.SubElement(ElementTree.SubElement(root, "SR"), "UUID").text = uuid
    return xml(root)


def xml(root: ElementTree.Element) -> str:
    ElementTree.indent(root, "\t")
    return f'<?xml version="1.0" ?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
