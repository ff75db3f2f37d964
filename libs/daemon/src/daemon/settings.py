"""The settings that a service reads at its start from a JSON file; secrets have their own files."""

from pathlib import Path
from typing import TypeVar

import msgspec
from broker.settings import BrokerAccess, of_text

from broker import BrokerSettings


class SettingsError(Exception):
    """A settings file lacks a setting, has an unknown one, or one of another type."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of every service."""

    service: str
    """The service's name in logs, at the broker and for its clients."""
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None = None
    """The file in which the service gives its sign of life."""


class ConnectedSettings(Settings, frozen=True, kw_only=True):
    """The settings of every service that speaks to the broker."""

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
