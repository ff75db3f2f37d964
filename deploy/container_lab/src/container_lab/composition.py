"""The composition as its user runs it: up, looked at, down.

By hand: Compose has no library, and its command line is what is to be tried.
"""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from container_lab.engine import DOCKER, Engine
from container_lab.images import CHECKOUT, VERSION

PORTS = ("HTTPS", "HTTP", "MANAGEMENT", "AMQPS", "PROMETHEUS")
HEALTHY_TIMEOUT_S = 120.0
LOOK_EVERY_S = 0.2


class NotHealthy(Exception):
    """A container does not come up; the text is the end of its log."""


class Composition:
    """docker-compose.yml of ``checkout`` with some profiles, at free ports of loopback."""

    def __init__(
        self, engine: Engine, profiles: str, checkout: Path = CHECKOUT, version: str = VERSION
    ) -> None:
        self.ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        self._engine = engine
        self._checkout = checkout
        self._settings = {
            "COMPOSE_PROFILES": profiles,
            "WARREN_ADDRESS": "127.0.0.1",
            "WARREN_DATABASE_HOST": "postgresql" if "postgres" in profiles else "",
            "WARREN_VERSION": version,
            **{f"WARREN_{name}_PORT": str(port) for name, port in self.ports.items()},
        }

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.ports['HTTPS']}"

    def compose(self, *arguments: str) -> str:
        """Run Compose and return its output; raises CalledProcessError, the output shown."""
        done = subprocess.run(
            [DOCKER, "compose", *arguments],
            cwd=self._checkout,
            env=self._engine.environment | self._settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return done.stdout

    def up(self) -> None:
        """Start everything and wait until each service is healthy."""
        self.compose("up", "--detach", "--no-build", "--quiet-pull")
        for service in self.services():
            self.await_healthy(service)

    def down(self) -> None:
        """Remove containers, networks and volumes."""
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "20")

    def operator(self, *arguments: str) -> str:
        """Run the operator's command line."""
        return self.compose("run", "--rm", "--no-deps", "warren", *arguments).strip()

    def services(self) -> list[str]:
        """The services that do not end by themselves."""
        listed = self.compose("ps", "--all", "--format", "json").splitlines()
        containers = [json.loads(line) for line in listed]
        return sorted(entry["Service"] for entry in containers if entry["State"] != "exited")

    def container(self, service: str) -> dict[str, Any]:
        """The engine's description of a service's container."""
        name = self.compose("ps", "--all", "--quiet", service).strip()
        (description,) = json.loads(self._engine.docker("inspect", name))
        assert isinstance(description, dict)
        return description

    def await_healthy(self, service: str, other_than: int = 0) -> None:
        """Wait for a healthy container whose process is not ``other_than``. Raises NotHealthy."""
        deadline = time.monotonic() + HEALTHY_TIMEOUT_S
        while True:
            state = self.container(service)["State"]
            if state["Pid"] not in (0, other_than) and state["Health"]["Status"] == "healthy":
                return
            if time.monotonic() > deadline:
                raise NotHealthy(f"{service}: {self.compose('logs', '--tail', '30', service)}")
            time.sleep(LOOK_EVERY_S)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
