"""Where a simulated pool keeps its things: one folder with settings, secrets, state and logs."""

import json
import os
import secrets
import socket
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path

MEMORY_MIB_DEFAULT = 8192
CPUS_DEFAULT = 4


class PortTaken(Exception):
    """A port that the pool needs is in use by another program."""

    def __init__(self, port: int, purpose: str) -> None:
        super().__init__(
            f"port {port} ({purpose}) is taken on 127.0.0.1; stop the program that listens there"
            " or choose another with --port-base"
        )


@dataclass(frozen=True)
class Host:
    """A simulated host. ``memory_mib`` is all its memory, the control domain's included."""

    name: str
    uuid: str
    memory_mib: int = MEMORY_MIB_DEFAULT
    cpus: int = CPUS_DEFAULT


@dataclass(frozen=True)
class Layout:
    """What a pool is made of. Written once to ``pool.json``; a second start finds the same pool."""

    folder: Path
    ports: dict[str, int]
    hosts: list[Host]
    forwarders: int = 1
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['xapi']}"

    @property
    def management_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['management']}"

    def path(self, *parts: str) -> Path:
        """A path in the pool's folder; the folders above it exist afterwards."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def secret_file(self, name: str) -> Path:
        """The file of the secret ``name``: made at its first use, readable by its owner alone."""
        path = self.path("secrets", name)
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(18))
        return path

    def secret(self, name: str) -> str:
        return self.secret_file(name).read_text()


PORTS = ("xapi", "amqp", "management", "distribution", "epmd")


def load(folder: Path, *, hosts: int, forwarders: int, port_base: int | None) -> Layout:
    """The pool in ``folder``, made up if there is none yet.

    ``port_base`` None takes ports that are free now. Raises PortTaken for a new pool whose ports
    are in use.
    """
    described = folder / "pool.json"
    if described.exists():
        stored = json.loads(described.read_text())
        return Layout(
            folder,
            stored["ports"],
            [Host(**host) for host in stored["hosts"]],
            stored["forwarders"],
        )
    layout = Layout(
        folder,
        _free_ports() if port_base is None else _fixed_ports(port_base),
        [Host(f"host{number}", str(uuid.uuid4())) for number in range(1, hosts + 1)],
        forwarders,
    )
    folder.mkdir(parents=True, exist_ok=True)
    described.write_text(
        json.dumps(
            {
                "ports": layout.ports,
                "hosts": [asdict(host) for host in layout.hosts],
                "forwarders": forwarders,
            },
            indent=2,
        )
    )
    return layout


def _fixed_ports(base: int) -> dict[str, int]:
    ports = {purpose: base + offset for offset, purpose in enumerate(PORTS)}
    for purpose, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise PortTaken(port, purpose) from error
    return ports


def _free_ports() -> dict[str, int]:
    probes = [socket.socket() for _ in PORTS]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return {
            purpose: probe.getsockname()[1] for purpose, probe in zip(PORTS, probes, strict=True)
        }
    finally:
        for probe in probes:
            probe.close()
