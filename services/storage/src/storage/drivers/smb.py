"""``smb``: a share of an SMB server, for all hosts."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.drivers import config as values
from storage.drivers.driver import Config, Description
from storage.drivers.folders import FEATURES, IMAGE_FORMATS, NEEDS, FolderDriver, found, sr_list
from storage.drivers.mounts import mount

SHARE = re.compile(r"//([^/]+)(/[^/]+)+/?")
OPTIONS = ("vers=3.0", "hard", "nosuid", "nodev", "file_mode=0600", "dir_mode=0700")


class Smb(FolderDriver):
    description = Description(
        name_label="SMB",
        name_description="Disks are files on a share of an SMB server",
        features=FEATURES,
        configuration={
            "server": r"\\server\share or //server/share, and folders below it",
            "username": "who connects, with a domain as domain\\name",
            "password": "that user's password",
        },
        image_formats=IMAGE_FORMATS,
        needs=(*NEEDS, "mount.cifs", "mount", "umount"),
    )

    def check(self, config: Config) -> None:
        share(values.text(config, "server"), "server")
        secrets(config, "password")

    def probe(self, config: Config) -> str:
        self.check(config)

        def do(point: Path) -> None:
            with credentials(config, "password") as given:
                mount(_share(config), point, "cifs", [*OPTIONS, *given, "ro"])

        with self.mounts.passing(do) as point:
            return sr_list(found(point))

    def mounted(self, sr: str, config: Config) -> Path:
        with credentials(config, "password") as given:
            return self.mounts.mount(sr, _share(config), "cifs", [*OPTIONS, *given]) / sr


def share(value: str, key: str) -> str:
    """A share's name as mount takes it."""
    name = value.replace("\\", "/")
    match = SHARE.fullmatch(name)
    if match is None or "," in name or ".." in name.split("/"):
        raise values.refuse(key, f"must be //server/share, not {value!r}")
    values.server_of(key, match[1])
    return name


def secrets(config: Config, password: str) -> str:
    """The contents of a file of credentials."""
    user = config.get("username", "")
    lines = {}
    if user:
        domain, _, name = user.rpartition("\\")
        lines = {"username": name, "password": config.get(password, ""), "domain": domain}
    for key, value in lines.items():
        if not value.isprintable():
            # The value itself is a secret.
            raise values.refuse(key, "must be one line of printable characters")
    return "".join(f"{key}={value}\n" for key, value in lines.items() if value)


@contextmanager
def credentials(config: Config, password: str) -> Iterator[list[str]]:
    """The options by which mount.cifs learns who connects: no other process sees the password."""
    text = secrets(config, password)
    if not text:
        yield ["guest"]
        return
    descriptor, name = tempfile.mkstemp(prefix="warren-smb-")
    try:
        os.write(descriptor, text.encode())
        os.close(descriptor)
        yield [f"credentials={name}"]
    finally:
        os.unlink(name)


def _share(config: Config) -> str:
    return share(values.text(config, "server"), "server")
