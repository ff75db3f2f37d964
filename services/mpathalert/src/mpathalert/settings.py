"""What the watcher and the alerter are told at their start, each in a JSON file.

Secrets stand in files of their own.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import BrokerSettings

# What multipath-tools listens on; ``@`` says that it is abstract.
MULTIPATHD_SOCKET = "@/org/kernel/linux/storage/multipathd"
INTERVAL_S = 120.0


@dataclass(frozen=True)
class Watch:
    """For the watcher of one host. ``boot_mount`` is where its root file system is mounted."""

    service: str
    multipathd_socket: str
    boot_mount: Path
    broker: BrokerSettings
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None


@dataclass(frozen=True)
class Alert:
    """For the alerter of the pool, a client of the XenAPI at ``url``.

    ``authority_file`` is who vouches for it there; None for those whom this machine trusts anyway.
    While paths flap there is at most one message for an SR in ``interval_s``. Prometheus reads the
    levels at ``listen``.
    """

    service: str
    url: str
    authority_file: str | None
    pool_secret: str
    interval_s: float
    listen: tuple[str, int]
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None


def load_watch(path: Path) -> Watch:
    """Read the watcher's settings; KeyError names what is missing."""
    said: dict[str, Any] = json.loads(path.read_text())
    return Watch(
        service=said["service"],
        multipathd_socket=said.get("multipathd_socket", MULTIPATHD_SOCKET),
        boot_mount=Path(said.get("boot_mount", "/")),
        broker=BrokerSettings.read(said["broker"], said["service"]),
        log_dir=said["log_dir"],
        alive_file=said.get("alive_file"),
    )


def load_alert(path: Path) -> Alert:
    """Read the alerter's settings; KeyError names what is missing."""
    said: dict[str, Any] = json.loads(path.read_text())
    return Alert(
        service=said["service"],
        url=said["url"],
        authority_file=said.get("authority_file"),
        pool_secret=Path(said["pool_secret_file"]).read_text().strip(),
        interval_s=said.get("interval_s", INTERVAL_S),
        listen=(said["listen"][0], said["listen"][1]),
        log_dir=said["log_dir"],
        alive_file=said.get("alive_file"),
    )
