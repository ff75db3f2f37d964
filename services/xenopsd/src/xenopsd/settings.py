"""What xenopsd is told at its start, read from a JSON file. Secrets stand in files of their own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import BrokerSettings

WORKERS_DEFAULT = 8


@dataclass(frozen=True)
class Settings:
    service: str
    host_uuid: str
    hostname: str
    cpus: int
    state_dir: Path
    xen_socket: str | None
    """The simulated Xen; None for the real one under this machine."""
    xenstore_socket: str
    shared_storage_dir: Path
    """Where suspend images and the rights to disks are; all hosts of the pool see it."""
    hooks_dir: str
    migration_address: str
    """The address that other hosts send memory to."""
    broker: BrokerSettings
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None
    workers: int


def load(path: Path) -> Settings:
    """Read the settings; KeyError names what is missing."""
    said: dict[str, Any] = json.loads(path.read_text())
    return Settings(
        service=said["service"],
        host_uuid=said["host_uuid"],
        hostname=said["hostname"],
        cpus=said["cpus"],
        state_dir=Path(said["state_dir"]),
        xen_socket=said.get("xen_socket"),
        xenstore_socket=said["xenstore_socket"],
        shared_storage_dir=Path(said["shared_storage_dir"]),
        hooks_dir=said["hooks_dir"],
        migration_address=said["migration_address"],
        broker=BrokerSettings.read(said["broker"], said["service"]),
        log_dir=said["log_dir"],
        alive_file=said.get("alive_file"),
        workers=said.get("workers", WORKERS_DEFAULT),
    )
