"""What squeezed is told at its start, read from a JSON file; secrets stand in their own files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import BrokerSettings

# What Xen keeps free for itself under pressure (its low-memory signal comes at 64 MiB), and what
# making a domain takes besides the domain's own memory.
RESERVE_KIB_DEFAULT = (64 + 8) * 1024


@dataclass(frozen=True)
class Settings:
    service: str
    state_dir: Path
    xen_socket: str | None
    """The simulated Xen; None for the real one under this machine."""
    xenstore_socket: str
    reserve_kib: int
    """What no guest may get."""
    broker: BrokerSettings
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None


def load(path: Path) -> Settings:
    """Read the settings; KeyError names what is missing."""
    said: dict[str, Any] = json.loads(path.read_text())
    return Settings(
        service=said["service"],
        state_dir=Path(said["state_dir"]),
        xen_socket=said.get("xen_socket"),
        xenstore_socket=said["xenstore_socket"],
        reserve_kib=said.get("reserve_kib", RESERVE_KIB_DEFAULT),
        broker=BrokerSettings.read(said["broker"], said["service"]),
        log_dir=said["log_dir"],
        alive_file=said.get("alive_file"),
    )
