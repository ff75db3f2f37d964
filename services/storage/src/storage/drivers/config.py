"""The values of a device_config: each is checked before a program or a path gets it."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from storage.errors import BackendError, missing

SERVER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
OPTIONS = re.compile(r"[A-Za-z0-9_=.:/%-]+(,[A-Za-z0-9_=.:/%-]+)*")
LONGEST = 1024

WRONG = 47


def refuse(key: str, why: str) -> BackendError:
    return BackendError(WRONG, f"The SR is not available [opterr=device_config:{key} {why}]")


def text(config: Mapping[str, str], key: str) -> str:
    """A value that must be there, of one line of printable characters."""
    value = config.get(key, "")
    if not value:
        missing(key)
    if len(value) > LONGEST or not value.isprintable():
        raise refuse(key, f"must be one line of at most {LONGEST} characters, not {value!r}")
    return value


def path_of(key: str, value: str) -> Path:
    """An absolute path that climbs nowhere."""
    pure = PurePosixPath(value)
    if not pure.is_absolute() or ".." in pure.parts or value.startswith("//"):
        raise refuse(key, f"must be an absolute path without .., not {value!r}")
    return Path(pure)


def path(config: Mapping[str, str], key: str) -> Path:
    return path_of(key, text(config, key))


def server_of(key: str, value: str) -> str:
    """A host's name or address, which no mount option can be hidden in."""
    if not SERVER.fullmatch(value):
        raise refuse(key, f"must be a host's name or address, not {value!r}")
    return value


def plain_path(key: str, value: str) -> str:
    """A path on a server, in which mount would see no option."""
    path_of(key, value)
    if "," in value:
        raise refuse(key, f"must not have commas, but is {value!r}")
    return value


def options(config: Mapping[str, str]) -> list[str]:
    """What an administrator adds to the options of a mount."""
    value = config.get("options", "")
    given = value.removeprefix("-o").strip()
    if given and not OPTIONS.fullmatch(given):
        raise refuse("options", f"must be mount options with commas between, not {value!r}")
    return given.split(",") if given else []


def one_of(config: Mapping[str, str], key: str, allowed: tuple[str, ...]) -> str | None:
    value = config.get(key)
    if value is not None and value not in allowed:
        raise refuse(key, f"must be one of {', '.join(allowed)}, not {value!r}")
    return value


def flag(config: Mapping[str, str], key: str) -> bool:
    return one_of(config, key, ("true", "false")) == "true"
