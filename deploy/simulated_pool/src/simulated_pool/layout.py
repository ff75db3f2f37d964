"""The layout of a simulated pool: one folder with settings, secrets, state and logs."""

import ipaddress
import itertools
import json
import os
import secrets
import socket
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from service_table import SERVICES, Need, Service, at_hosts, at_pool

MEMORY_MIB_DEFAULT = 8192
CPUS_DEFAULT = 4
LOOPBACK, NETWORK = "127.0.0.1", "127.0.0.0"


class PortTaken(Exception):
    """A port that the pool needs is in use by another program."""

    def __init__(self, port: int, purpose: str) -> None:
        super().__init__(
            f"port {port} ({purpose}) is taken on 127.0.0.1; stop the program that listens there"
            " or choose another with --port-base"
        )


@dataclass(frozen=True)
class Machine:
    """Where processes of the pool run: at this address, started ``through`` a command."""

    address: str = LOOPBACK
    through: tuple[str, ...] = ()


@dataclass(frozen=True)
class Host:
    """A host of the pool. ``memory_mib`` is all its memory, the control domain's included.

    A host with a real Xen is reached ``through`` a command that runs others in its dom0, which sees
    this pool's folder at the same path; a simulated host needs no such command.
    """

    name: str
    uuid: str
    memory_mib: int = MEMORY_MIB_DEFAULT
    cpus: int = CPUS_DEFAULT
    address: str = LOOPBACK
    through: tuple[str, ...] = ()
    broker_address: str | None = None
    """The broker's address for this host, if it is not the usual one."""


@dataclass(frozen=True)
class Node:
    """A node of the broker and its ports."""

    name: str
    machine: Machine
    amqp: int
    management: int
    distribution: int


@dataclass(frozen=True)
class Gateway:
    """An xapi."""

    name: str
    machine: Machine
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.machine.address}:{self.port}"


@dataclass(frozen=True)
class Layout:
    """What a pool is made of; written once to ``pool.json``, so that the next start finds it."""

    folder: Path
    ports: dict[str, int]
    hosts: list[Host]
    forwarders: int = 1
    brokers: int = 1
    xapis: int = 1
    database: str | None = None
    """URL of the pool database; None keeps it in the folder."""
    machines: list[Machine] = field(default_factory=lambda: [Machine()])
    """Hosts, forwarders and so on are spread over them in turn."""
    services: tuple[Service, ...] = SERVICES
    """The services of the table; they are not part of the written description."""

    @property
    def url(self) -> str:
        return self.gateways[0].url

    @property
    def management_url(self) -> str:
        return f"http://{self.machines[0].address}:{self.ports['management']}"

    def machine(self, number: int) -> Machine:
        """The machine for the process with this number among those of its kind, from 1 on."""
        return self.machines[(number - 1) % len(self.machines)]

    @property
    def nodes(self) -> list[Node]:
        """The broker's nodes; several make a cluster."""
        return [
            Node(
                numbered("rabbitmq", number),
                self.machine(number),
                *(self.ports[numbered(name, number)] for name in NODE),
            )
            for number in range(1, self.brokers + 1)
        ]

    @property
    def gateways(self) -> list[Gateway]:
        """All xapis."""
        names = {number: numbered("xapi", number) for number in range(1, self.xapis + 1)}
        return [Gateway(name, self.machine(at), self.ports[name]) for at, name in names.items()]

    def path(self, *parts: str) -> Path:
        """A path in the pool's folder; the folders above it exist afterwards."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def secret_file(self, name: str) -> Path:
        """The file of the secret ``name``, made at its first use, which only its owner may read."""
        path = self.path("secrets", name)
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(18))
        return path

    def secret(self, name: str) -> str:
        return self.secret_file(name).read_text()


NODE = ("amqp", "management", "distribution")
# Given by the program that starts the pool, and not kept in its description.
UNDESCRIBED = ("folder", "services")


def numbered(name: str, number: int) -> str:
    """The name of one of several processes of a kind."""
    return name if number == 1 else f"{name}-{number}"


def purposes(
    services: Sequence[Service] = SERVICES,
    hosts: Sequence[str] = (),
    brokers: int = 1,
    xapis: int = 1,
) -> list[str]:
    """What a pool needs ports for: clients, the broker, and services that listen."""
    clients = [service.called() for service in services if Need.CLIENTS in service.needs]
    listening = [service for service in services if service.port is not None]
    return [
        *clients,
        *(numbered(name, number) for number in range(1, brokers + 1) for name in NODE),
        "epmd",
        *(service.called() for service in at_pool(listening)),
        *(service.called(host) for service in at_hosts(listening) for host in hosts),
        *(numbered(name, number) for number in range(2, xapis + 1) for name in clients),
    ]


def load(
    folder: Path,
    *,
    hosts: int,
    forwarders: int,
    port_base: int | None,
    brokers: int = 1,
    xapis: int = 1,
    database: str | None = None,
    machines: Sequence[Machine] = (Machine(),),
    services: tuple[Service, ...] = SERVICES,
) -> Layout:
    """The pool in ``folder``; a new one if there is none yet.

    Without ``port_base`` a new pool takes ports that are free now. Raises PortTaken if the ports of
    a new pool are in use.
    """
    described = folder / "pool.json"
    if described.exists():
        stored = json.loads(described.read_text())
        stored["hosts"] = [Host(**host) for host in stored["hosts"]]
        stored["machines"] = [Machine(**machine) for machine in stored.get("machines", [{}])]
        # For a purpose that is newer than the pool, take any free port.
        names = [host.name for host in stored["hosts"]]
        stored["ports"] = _free_ports(purposes(services, names)) | stored["ports"]
        return Layout(folder, **stored, services=services)
    where = itertools.islice(itertools.cycle(machines), hosts)
    made = [
        Host(f"host{number}", str(uuid.uuid4()), address=_address(machine, number))
        for number, machine in enumerate(where, 1)
    ]
    needed = purposes(services, [host.name for host in made], brokers, xapis)
    ports = _ports(needed, port_base)
    if port_base is not None:
        ports |= _usual_ports(services, made)
    layout = Layout(
        folder, ports, made, forwarders, brokers, xapis, database, list(machines), services
    )
    return _stored(layout)


def make(folder: Path, hosts: list[Host], *, forwarders: int, port_base: int | None) -> Layout:
    """A new pool of these hosts, described in its folder; raises PortTaken as ``load`` does."""
    needed = purposes(hosts=[host.name for host in hosts])
    return _stored(Layout(folder, _ports(needed, port_base), hosts, forwarders))


def _stored(layout: Layout) -> Layout:
    layout.folder.mkdir(parents=True, exist_ok=True)
    described = {name: value for name, value in asdict(layout).items() if name not in UNDESCRIBED}
    (layout.folder / "pool.json").write_text(json.dumps(described, indent=2))
    return layout


def _ports(purposes: list[str], base: int | None) -> dict[str, int]:
    return _free_ports(purposes) if base is None else _fixed_ports(purposes, base)


def _address(machine: Machine, number: int) -> str:
    """The address of the host with this number: each host on a machine has its own.

    Clients take it from ``host.address`` and go to the usual ports there. Linux has a whole network
    of loopback addresses; elsewhere the hosts share one.
    """
    own = str(ipaddress.IPv4Address(NETWORK) + number)
    return own if machine.address == LOOPBACK and _is_free(own, 0) else machine.address


def _usual_ports(services: Sequence[Service], hosts: Sequence[Host]) -> dict[str, int]:
    """The usual ports of each host's services, if they are free and allowed."""
    return {
        service.called(host.name): service.port
        for host in hosts
        if [other.address for other in hosts].count(host.address) == 1
        for service in at_hosts(services)
        if service.port is not None and _is_free(host.address, service.port)
    }


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:  # taken, not allowed, or not an address of this machine
            return False
        return True


def _fixed_ports(purposes: list[str], base: int) -> dict[str, int]:
    ports = {purpose: base + offset for offset, purpose in enumerate(purposes)}
    for purpose, port in ports.items():
        if not _is_free(LOOPBACK, port):
            raise PortTaken(port, purpose)
    return ports


def _free_ports(purposes: list[str]) -> dict[str, int]:
    probes = [socket.socket() for _ in purposes]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return {
            purpose: probe.getsockname()[1] for purpose, probe in zip(purposes, probes, strict=True)
        }
    finally:
        for probe in probes:
            probe.close()
