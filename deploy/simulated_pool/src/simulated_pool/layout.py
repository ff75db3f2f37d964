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
    """A host of the pool. ``memory_mib`` is all its memory, the control domain's included.

    A host with a real Xen is reached ``through`` a command that runs another one in its dom0, which
    sees this pool's folder under the same path; a simulated host is reached through none.
    """

    name: str
    uuid: str
    memory_mib: int = MEMORY_MIB_DEFAULT
    cpus: int = CPUS_DEFAULT
    address: str = "127.0.0.1"
    through: tuple[str, ...] = ()
    broker_address: str = "127.0.0.1"


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


PORTS = ("xapi", "amqp", "management", "distribution", "epmd", "mpathalert")


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
            _with_new_ports(stored["ports"]),
            [Host(**host) for host in stored["hosts"]],
            stored["forwarders"],
        )
    made = [Host(f"host{number}", str(uuid.uuid4())) for number in range(1, hosts + 1)]
    return make(folder, made, forwarders=forwarders, port_base=port_base)


def make(folder: Path, hosts: list[Host], *, forwarders: int, port_base: int | None) -> Layout:
    """A new pool of these hosts, described in its folder. Raises PortTaken as ``load`` does."""
    ports = _free_ports() if port_base is None else _fixed_ports(port_base)
    folder.mkdir(parents=True, exist_ok=True)
    described = {
        "ports": ports,
        "hosts": [asdict(host) for host in hosts],
        "forwarders": forwarders,
    }
    (folder / "pool.json").write_text(json.dumps(described, indent=2))
    return Layout(folder, ports, hosts, forwarders)


def _with_new_ports(stored: dict[str, int]) -> dict[str, int]:
    """A pool that is older than one of the purposes takes any port for it."""
    return _free_ports() | stored


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
