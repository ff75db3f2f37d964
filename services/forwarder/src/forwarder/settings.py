"""What a forwarder is told at its start, read from a JSON file; secrets have files of their own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import BrokerSettings

WORKERS_DEFAULT = 16


@dataclass(frozen=True)
class Settings:
    service: str
    database: str
    broker: BrokerSettings
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None
    workers: int
    """How many calls work at a time; those that wait do not count."""


def load(path: Path) -> Settings:
    """Read the settings; KeyError names what is missing."""
    said: dict[str, Any] = json.loads(path.read_text())
    return Settings(
        service=said["service"],
        database=said["database"],
        broker=BrokerSettings.read(said["broker"], said["service"]),
        log_dir=said["log_dir"],
        alive_file=said.get("alive_file"),
        workers=said.get("workers", WORKERS_DEFAULT),
    )
