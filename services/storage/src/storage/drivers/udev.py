"""``udev``: the block devices of a host, as removable disks; a folder has a link to each."""

from collections.abc import Mapping
from pathlib import Path

from xenops.storage import VdiInfo

from storage.drivers import config as values
from storage.drivers import devices
from storage.drivers.driver import Config, Description
from storage.drivers.mounts import Mounts
from storage.drivers.whole import WholeDisks, raw, unimplemented
from storage.errors import BackendError
from storage.layers import Layer
from storage.volumes import failures


class Udev:
    description = Description(
        name_label="Block devices",
        name_description="Removable block devices of the host, each a disk",
        features=("SR_UPDATE", "VDI_ATTACH", "VDI_DETACH", "VDI_ACTIVATE", "VDI_DEACTIVATE"),
        configuration={"location": "a folder with a link to each device"},
        image_formats=("raw",),
    )

    def __init__(self, mounts: Mounts) -> None:
        """Nothing is mounted."""

    def probe(self, config: Config) -> str:
        unimplemented("SR_PROBE")

    def create(self, sr: str, config: Config, size: int) -> Config:
        self.attach(sr, config)
        return config

    def attach(self, sr: str, config: Config) -> "Devices":
        attached = Devices(sr, values.path(config, "location"))
        attached.scan()
        return attached

    def detach(self, sr: str, config: Config) -> None:
        """Nothing was mounted."""

    def destroy(self, sr: str, config: Config) -> None:
        """Devices stay."""


class Devices(WholeDisks):
    writable = True

    def __init__(self, sr: str, root: Path) -> None:
        super().__init__(sr)
        self.root = root

    def paths(self) -> Mapping[str, Path]:
        if not self.root.is_dir():
            raise BackendError(
                47, f"The SR is not available [opterr=there is no folder {self.root}]"
            )
        with failures.told(self.root):
            return {
                str(path): path
                for path in sorted(self.root.iterdir())
                if path.name.isprintable() and devices.is_device(path)
            }

    def told(self, vdi: str, path: Path) -> VdiInfo:
        with failures.told(path):
            size = devices.size(path)
        return VdiInfo(
            vdi=vdi,
            name_label=path.name,
            name_description=str(path.resolve()),
            virtual_size=size,
            physical_utilisation=size,
        )

    def layer(self, vdi: str, path: Path) -> Layer:
        return raw(self.identity(vdi), path.resolve(), is_device=True)
