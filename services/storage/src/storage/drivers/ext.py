"""``ext``: a file system of the host's own disks, of which several are joined by LVM."""

from pathlib import Path

from storage.drivers import devices, groups
from storage.drivers.driver import Config, Description
from storage.drivers.folders import FEATURES, IMAGE_FORMATS, NEEDS, FolderDriver, sr_list
from storage.errors import BackendError
from storage.volumes.programs import ProgramFailed, run

OPTIONS = ("noatime", "nosuid", "nodev")
PREFIX = "XSLocalEXT"
MAKING = 600.0
"""Seconds that mkfs may take, on a large disk."""


class Ext(FolderDriver):
    """The file system has the SR's uuid as its own, so that it is found by it."""

    description = Description(
        name_label="Local EXT4",
        name_description="Disks are files in an ext4 file system on the host's own block devices",
        features=FEATURES,
        configuration={"device": "a block device, or several with commas between, joined by LVM"},
        image_formats=IMAGE_FORMATS,
        needs=(*NEEDS, "mkfs.ext4", "mount", "umount", "blkid", "wipefs"),
    )

    def check(self, config: Config) -> None:
        devices.of(config)

    def probe(self, config: Config) -> str:
        named = devices.of(config)
        if devices.tag(named[0], "TYPE") == "ext4":
            return sr_list([devices.tag(named[0], "UUID")])
        if len(named) == 1:
            return sr_list([])
        names = {str(device) for device in named}
        return sr_list(
            name.removeprefix(f"{PREFIX}-")
            for name, members in groups.known().items()
            if name.startswith(f"{PREFIX}-") and names.issuperset(members)
        )

    def prepare(self, sr: str, config: Config) -> None:
        named = devices.of(config)
        if devices.tag(named[0], "UUID") == sr:
            return  # made before, by an attempt that ended early
        group = groups.name(PREFIX, sr)
        if len(named) > 1:
            if group not in groups.known():
                for device in named:
                    devices.check_empty(device)
                groups.make(group, named)
            rows = groups.report("lvs", "lv_name", group)
            if not rows:
                run("lvcreate", "--quiet", "--yes", "-l", "100%FREE", "-n", sr, "--", group)
        else:
            devices.check_empty(named[0])
        try:
            source = str(self._source(sr, config))
            if devices.tag(Path(source), "UUID") != sr:
                run("mkfs.ext4", "-q", "-m", "0", "-U", sr, source, limit=MAKING)
        except ProgramFailed as failed:
            raise BackendError(
                47, f"The SR is not available [opterr=no file system: {failed.told}]"
            ) from None

    def mounted(self, sr: str, config: Config) -> Path:
        source = self._source(sr, config)
        if devices.tag(source, "UUID") != sr:
            raise BackendError(
                47,
                f"The SR is not available [opterr={source} has no SR {sr}; device_config:device "
                f"names another device than the SR was made on]",
            )
        return self.mounts.mount(sr, str(source), "ext4", OPTIONS)

    def destroy(self, sr: str, config: Config) -> None:
        if devices.tag(self._source(sr, config), "TYPE"):  # else an earlier attempt was through
            super().destroy(sr, config)

    def clean(self, sr: str, config: Config) -> None:
        named = devices.of(config)
        if len(named) > 1:
            groups.remove(groups.name(PREFIX, sr))
        else:
            run("wipefs", "--quiet", "--all", "--", str(named[0]))

    def _source(self, sr: str, config: Config) -> Path:
        named = devices.of(config)
        if len(named) == 1:
            return named[0]
        return Path("/dev") / groups.name(PREFIX, sr) / sr
