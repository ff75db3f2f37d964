"""``file``: an SR is a folder of the host, or one that all hosts see by other means."""

from pathlib import Path

from storage.drivers import config as values
from storage.drivers.driver import Config, Description
from storage.drivers.folders import FEATURES, IMAGE_FORMATS, NEEDS, FolderDriver, found, sr_list
from storage.errors import BackendError


class File(FolderDriver):
    description = Description(
        name_label="Folder",
        name_description="Disks are files in a folder of the host",
        features=FEATURES,
        configuration={"location": "the folder"},
        image_formats=IMAGE_FORMATS,
        needs=NEEDS,
    )

    def check(self, config: Config) -> None:
        values.path(config, "location")

    def probe(self, config: Config) -> str:
        location = values.path(config, "location")
        if not location.is_dir():
            raise _no_folder(location)
        return sr_list(found(location))

    def mounted(self, sr: str, config: Config) -> Path:
        location = values.path(config, "location")
        if not location.parent.is_dir():
            raise _no_folder(location.parent)
        return location

    def detach(self, sr: str, config: Config) -> None:
        """Nothing was mounted."""


def _no_folder(path: Path) -> BackendError:
    return BackendError(47, f"The SR is not available [opterr=there is no folder {path}]")
