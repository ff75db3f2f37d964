"""What a service is told at its start, a JSON file. Secrets stand in files of their own."""

from pathlib import Path
from typing import TypeVar

import msgspec
from broker.settings import BrokerAccess, of_text

from broker import BrokerSettings


class SettingsError(Exception):
    """A file says too little, too much, or something else than is asked for."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every service is told."""

    service: str
    """Its name in logs, in the broker and to whom it serves."""
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None = None
    """The file in which the service gives its sign of life."""


class ConnectedSettings(Settings, frozen=True, kw_only=True):
    """What each service is told that speaks to the broker."""

    broker: BrokerAccess

    def broker_settings(self) -> BrokerSettings:
        return self.broker.settings(self.service)


S = TypeVar("S", bound=Settings)


def load(path: Path, kind: type[S]) -> S:
    """Read settings; raises SettingsError, which names the file, the setting and what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind, dec_hook=of_text)
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsError(f"settings {path}: {error}") from error
