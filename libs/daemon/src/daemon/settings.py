"""What a daemon is told at its start, a JSON file. Secrets stand in files of their own."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from broker import BrokerSettings


class SettingsError(Exception):
    """A file says too little, too much, or something else than is asked for."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every daemon is told."""

    service: str
    """Its name in logs, in the broker and to whom it serves."""
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None = None


class BrokerAccess(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """See `broker.BrokerSettings`."""

    addresses: tuple[str, ...]
    vhost: str
    user: str
    password_file: str
    authority_file: str | None = None


class HostSettings(Settings, frozen=True, kw_only=True):
    """What each daemon of a host is told, which speaks to the broker."""

    broker: BrokerAccess

    def broker_settings(self) -> BrokerSettings:
        return BrokerSettings.read(msgspec.structs.asdict(self.broker), self.service)


S = TypeVar("S", bound=Settings)


def load(path: Path, kind: type[S]) -> S:
    """Read settings; raises SettingsError, which names the file and the key."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind, dec_hook=_of_text)
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsError(f"settings {path}: {error}") from error


def _of_text(kind: type, said: Any) -> Any:
    """A value that JSON has no type for, such as a path; TypeError is told as the rest."""
    return kind(said)
