"""``nfs``: a folder of an NFS server, for all hosts."""

from pathlib import Path
from xml.etree import ElementTree

from storage.drivers import config as values
from storage.drivers.driver import Config, Description
from storage.drivers.folders import (
    FEATURES,
    IMAGE_FORMATS,
    NEEDS,
    FolderDriver,
    found,
    sr_list,
    xml,
)
from storage.drivers.mounts import mount
from storage.errors import missing
from storage.volumes.programs import ProgramFailed, run

VERSIONS = ("3", "4", "4.0", "4.1", "4.2")
HARD = ("hard", "proto=tcp", "timeo=600", "noatime", "nosuid", "nodev")
"""A server that is away stops the guests, which go on when it is back; soft would fail them."""


class Nfs(FolderDriver):
    description = Description(
        name_label="NFS",
        name_description="Disks are files in a folder of an NFS server",
        features=FEATURES,
        configuration={
            "server": "the server's name or address",
            "serverpath": "the folder that it exports",
            "nfsversion": f"one of {', '.join(VERSIONS)}; else what both sides know",
            "options": "more options of the mount",
            "nosubdir": "true if the SR is in the folder itself, not in one named by its uuid",
        },
        image_formats=IMAGE_FORMATS,
        needs=(*NEEDS, "mount.nfs", "showmount", "mount", "umount"),
    )

    def check(self, config: Config) -> None:
        source(config)
        options(config)
        values.flag(config, "nosubdir")

    def probe(self, config: Config) -> str:
        server = values.server_of("server", values.text(config, "server"))
        if not config.get("serverpath"):
            missing("serverpath", exports(server))
        self.check(config)
        asked = [*options(config), "ro"]
        with self.mounts.passing(lambda point: mount(source(config), point, "nfs", asked)) as point:
            return sr_list(found(point))

    def mounted(self, sr: str, config: Config) -> Path:
        point = self.mounts.mount(sr, source(config), "nfs", options(config))
        return point if values.flag(config, "nosubdir") else point / sr


def source(config: Config) -> str:
    server = values.server_of("server", values.text(config, "server"))
    return f"{server}:{values.plain_path('serverpath', values.text(config, 'serverpath'))}"


def options(config: Config) -> list[str]:
    version = values.one_of(config, "nfsversion", VERSIONS)
    return [*HARD, *([f"vers={version}"] if version else []), *values.options(config)]


def exports(server: str) -> str:
    """What a server exports, as clients parse it out of an error."""
    root = ElementTree.Element("nfs-exports")
    try:
        told = run("showmount", "--no-headers", "--exports", server, limit=30)
    except ProgramFailed:
        told = ""  # NFS 4 alone has no list
    for line in told.splitlines():
        path, _, access = line.rpartition(" ")
        export = ElementTree.SubElement(root, "Export")
        for name, value in (("Target", server), ("Path", path.strip()), ("Accesslist", access)):
            ElementTree.SubElement(export, name).text = value
    return xml(root)
