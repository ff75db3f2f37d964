"""``iso``: the images of CDs in a folder, of the host or of a server."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from xenops.storage import VdiInfo

from storage.drivers import config as values
from storage.drivers import nfs, smb
from storage.drivers.driver import Config, Description
from storage.drivers.mounts import Mounts
from storage.drivers.whole import WholeDisks, raw, unimplemented
from storage.errors import BackendError
from storage.layers import Layer
from storage.volumes import failures

log = logging.getLogger(__name__)

SUFFIXES = (".iso", ".img")


class Iso:
    description = Description(
        name_label="ISO library",
        name_description="Images of CDs in a folder of the host or of an NFS or SMB server",
        features=("SR_UPDATE", "VDI_ATTACH", "VDI_DETACH", "VDI_ACTIVATE", "VDI_DEACTIVATE"),
        configuration={
            "location": "a folder of the host, or host:/path (NFS), or //host/share (SMB)",
            "legacy_mode": "true for a folder of the host",
            "type": "nfs_iso or cifs",
            "username": "who connects to an SMB server",
            "cifspassword": "that user's password",
            "options": "more options of an NFS mount",
        },
        image_formats=("raw",),
        needs=("mount", "umount"),
    )

    def __init__(self, mounts: Mounts) -> None:
        self.mounts = mounts

    def probe(self, config: Config) -> str:
        unimplemented("SR_PROBE")

    def create(self, sr: str, config: Config, size: int) -> Config:
        """Only look whether it is there: a library is made by whoever puts images into it."""
        try:
            self.attach(sr, config).scan()
        finally:
            self.detach(sr, config)
        return config

    def attach(self, sr: str, config: Config) -> "Library":
        location = values.text(config, "location")
        kind = values.one_of(config, "type", ("nfs_iso", "cifs"))
        if values.flag(config, "legacy_mode"):
            return Library(sr, values.path(config, "location"), is_mount=False).begin()
        if kind == "cifs" or (kind is None and location.startswith(("//", "\\\\"))):
            share = smb.share(location, "location")
            with smb.credentials(config, "cifspassword") as given:
                point = self.mounts.mount(sr, share, "cifs", [*smb.OPTIONS, "ro", *given])
        else:
            server, _, path = location.rpartition(":")
            source = f"{values.server_of('location', server)}:{values.plain_path('location', path)}"
            asked = [*nfs.HARD, "ro", *values.options(config)]
            point = self.mounts.mount(sr, source, "nfs", asked)
        return Library(sr, point, is_mount=True).begin()

    def detach(self, sr: str, config: Config) -> None:
        self.mounts.unmount(sr)

    def destroy(self, sr: str, config: Config) -> None:
        """Images are left to whoever has put them there."""
        self.detach(sr, config)


class Library(WholeDisks):
    """The files of a folder whose names end like an image's."""

    writable = False

    def __init__(self, sr: str, root: Path, *, is_mount: bool) -> None:
        super().__init__(sr)
        self.root = root
        self.is_mount = is_mount

    def begin(self) -> "Library":
        self.paths()
        return self

    def paths(self) -> Mapping[str, Path]:
        if self.is_mount and not os.path.ismount(self.root):
            raise BackendError(
                47,
                f"The SR is not available [opterr={self.root} is not mounted; plug the PBD again]",
            )
        with failures.told(self.root):
            return {path.name: path for path in sorted(self.root.iterdir()) if self._fits(path)}

    def _fits(self, path: Path) -> bool:
        if not path.name.lower().endswith(SUFFIXES):
            return False
        if not path.name.isprintable() or _foreign(path.name):
            log.warning("%r is not a VDI: its name has characters that cannot be shown", path)
            return False
        real = os.path.realpath(path)
        if not Path(real).is_relative_to(os.path.realpath(self.root)) or not os.path.isfile(real):
            log.warning("%s is not a VDI: it is no file of this folder", path)
            return False
        return True

    def told(self, vdi: str, path: Path) -> VdiInfo:
        status = path.stat()
        return VdiInfo(
            vdi=vdi,
            name_label=vdi,
            read_only=True,
            virtual_size=status.st_size,
            physical_utilisation=status.st_blocks * 512,
        )

    def layer(self, vdi: str, path: Path) -> Layer:
        return raw(self.identity(vdi), path.resolve(), is_device=False)

    def space(self) -> tuple[int, int]:
        with failures.told(self.root):
            space = os.statvfs(self.root)
        return space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize


def _foreign(name: str) -> bool:
    """Whether a name is no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return True
    return False
