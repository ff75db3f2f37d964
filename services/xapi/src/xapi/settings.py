"""What xapi is told at its start, read from a JSON file. Secrets stand in files of their own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import BrokerSettings


@dataclass(frozen=True)
class Settings:
    service: str
    listen_host: str
    listen_port: int
    one_of_several: bool
    """Whether others answer the same clients: then a call first catches up with what they wrote."""
    certificates_dir: str | None
    """Where ``gateway.pem`` is; None speaks plain HTTP, for loopback alone."""
    redirect: tuple[str, int] | None
    """Where plain HTTP is answered with the address to use instead."""
    public_port: int
    """The port that clients reach the gateway at; it may be another one inside a container."""
    unix_socket: str
    """Only this user and root can open this socket; who does is trusted as root."""
    database: str
    broker: BrokerSettings
    root_password_file: str
    """The password that root is given when the pool is new."""
    pool_secret_file: str
    """The secret that the pool's own members log in with."""
    log_dir: str | None
    """None sends the logs to stderr."""
    alive_file: str | None


def load(path: Path) -> Settings:
    """Read the settings; KeyError names what is missing."""
    said: dict[str, Any] = json.loads(path.read_text())
    return Settings(
        service=said["service"],
        listen_host=said["listen"][0],
        listen_port=said["listen"][1],
        one_of_several=said.get("one_of_several", False),
        certificates_dir=said.get("certificates_dir"),
        redirect=tuple(said["redirect"]) if said.get("redirect") else None,
        public_port=said.get("public_port", said["listen"][1]),
        unix_socket=said["unix_socket"],
        database=said["database"],
        broker=BrokerSettings.read(said["broker"], said["service"]),
        root_password_file=said["root_password_file"],
        pool_secret_file=said["pool_secret_file"],
        log_dir=said["log_dir"],
        alive_file=said.get("alive_file"),
    )
