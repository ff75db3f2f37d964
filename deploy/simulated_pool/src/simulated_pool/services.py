"""Which processes make up a simulated pool, and the settings that each is started with."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from broker.topology import POOL_VHOST, host_vhost
from service_table import Need, Per, Service

from simulated_pool.layout import Host, Layout, Machine

MIB_KIB = 1024
REAL_XENSTORE = "/run/xenstored/socket"
DOM0_STATE, DOM0_DOOR = "/var/lib/warren", "/run/warren/door"


@dataclass(frozen=True)
class Process:
    """A supervised process: its name, command line and when it is started (lower first)."""

    name: str
    command: tuple[str, ...]
    order: int
    restarts: bool = True


@dataclass(frozen=True)
class Instance:
    """A service as it runs on a machine, for a host if each host has one."""

    layout: Layout
    service: Service
    name: str
    machine: Machine
    of_host: Host | None = None

    @property
    def address(self) -> str:
        return self.machine.address if self.of_host is None else self.of_host.address

    @property
    def host(self) -> Host:
        """Its host; raises an error for a service of the pool."""
        assert self.of_host is not None, f"{self.name} has no host"
        return self.of_host

    def folder(self, *parts: str) -> str:
        """A folder of the pool, made if need be."""
        return str(self.layout.path(*parts, "x").parent)


def processes(layout: Layout) -> list[Process]:
    """All processes but the broker, with their settings written to files."""
    xens = [
        _xen(layout, host, layout.machine(number))
        for number, host in enumerate(layout.hosts, 1)
        if not host.through
    ]
    return xens + [_process(instance) for instance in instances(layout)]


def instances(layout: Layout) -> list[Instance]:
    """All services of the pool as they run."""
    return [
        Instance(layout, service, name, machine, host)
        for service in layout.services
        for name, machine, host in _places(layout, service)
    ]


def _places(layout: Layout, service: Service) -> list[tuple[str, Machine, Host | None]]:
    """Where a service runs, and its name there, with a number if there are several."""
    if service.per is Per.HOST:
        return [
            (service.called(host.name), layout.machine(number), host)
            for number, host in enumerate(layout.hosts, 1)
        ]
    if Need.CLIENTS in service.needs:
        return [(gateway.name, gateway.machine, None) for gateway in layout.gateways]
    if service.per is Per.SEVERAL:
        return [
            (f"{service.called()}-{number}", layout.machine(number), None)
            for number in range(1, layout.forwarders + 1)
        ]
    return [(service.called(), layout.machine(1), None)]


def _process(of: Instance) -> Process:
    config = of.layout.path("config", f"{of.name}.json")
    config.write_text(json.dumps(settings(of), indent=2))
    through, python = of.machine.through, sys.executable
    if of.of_host is not None and of.of_host.through:
        through, python = of.of_host.through, "python3"
    command = (*through, python, "-m", of.service.module, "--config", str(config))
    return Process(of.name, command, of.service.order, of.service.restarts)


def settings(of: Instance) -> dict[str, object]:
    """The settings of a service: those of all services, and those of its needs."""
    said: dict[str, object] = {
        "service": of.name,
        "log_dir": of.folder("log"),
        "alive_file": str(of.layout.path("alive", of.name)),
    }
    if of.service.rights is not None:
        said["broker"] = _broker(of)
    if of.service.port is not None:
        said["listen"] = [of.address, of.layout.ports[of.name]]
    for need in of.service.needs:
        said |= NEEDS[need](of)
    return said


def _xen(layout: Layout, host: Host, machine: Machine) -> Process:
    folder = layout.path("hosts", host.name, "xen", "state").parent
    command = (
        *(*machine.through, sys.executable, "-m", "xenports.simulated"),
        *("--state", str(folder)),
        *("--socket", str(xen_socket(layout, host))),
        *("--memory-mib", str(host.memory_mib)),
    )
    return Process(f"xen-{host.name}", command, 1)


def xen_socket(layout: Layout, host: Host) -> Path:
    return layout.path("hosts", host.name, "xen", "xen.sock")


def xenstore_socket(layout: Layout, host: Host) -> Path:
    return layout.path("hosts", host.name, "xen", "xenstored", "socket")


def multipathd_socket(layout: Layout, host: Host) -> Path:
    """The socket of a simulated host's multipathd; only tests make one."""
    return layout.path("hosts", host.name, "multipathd.socket")


def database_url(layout: Layout) -> str:
    return layout.database or f"sqlite:///{layout.path('database', 'pool.db')}"


def _broker(of: Instance) -> dict[str, object]:
    """The addresses of the broker for a service, those of the node on its machine first."""
    host = of.of_host
    nodes = sorted(of.layout.nodes, key=lambda node: node.machine.address != of.address)
    through = None if host is None else host.broker_address
    user = of.service.called(None if host is None else host.name)
    return {
        "addresses": [f"{through or node.machine.address}:{node.amqp}" for node in nodes],
        "vhost": POOL_VHOST if host is None else host_vhost(host.uuid),
        "user": user,
        "password_file": str(of.layout.secret_file(f"broker-{user}")),
    }


def _state(of: Instance) -> str:
    # Its database must not be where two machines see it.
    if of.host.through:
        return f"{DOM0_STATE}/{of.service.state_folder}"
    return of.folder("hosts", of.host.name, of.service.state_folder)


def _door(of: Instance) -> str:
    # Sockets are of one machine.
    if of.host.through:
        return DOM0_DOOR
    return of.folder("hosts", of.host.name, "door", "daemons")


def _xenstore(of: Instance) -> str:
    return REAL_XENSTORE if of.host.through else str(xenstore_socket(of.layout, of.host))


def _multipath(of: Instance) -> dict[str, object]:
    if of.host.through:
        return {}
    return {"multipathd_socket": str(multipathd_socket(of.layout, of.host))}


NEEDS: dict[Need, Callable[[Instance], dict[str, object]]] = {
    Need.STATE: lambda of: {"state_dir": _state(of)},
    Need.XEN: lambda of: {
        "xen_socket": None if of.host.through else str(xen_socket(of.layout, of.host))
    },
    Need.XENSTORE: lambda of: {"xenstore_socket": _xenstore(of)},
    Need.HOST: lambda of: {"host_uuid": of.host.uuid},
    Need.MACHINE: lambda of: {
        "host_uuid": of.host.uuid,
        "hostname": of.host.name,
        "cpus": of.host.cpus,
    },
    Need.SHARED_STORAGE: lambda of: {"shared_storage_dir": of.folder("storage")},
    Need.HOOKS: lambda of: {"hooks_dir": of.folder("hosts", of.host.name, "hooks")},
    Need.ADDRESS: lambda of: {"address": of.address},
    Need.DOOR: lambda of: {"door_dir": _door(of)},
    Need.MULTIPATH: _multipath,
    Need.SRS: lambda of: {},
    Need.BOOTLOADER: lambda of: {},
    Need.DATABASE: lambda of: {"database": database_url(of.layout)},
    Need.ROOT_PASSWORD: lambda of: {"root_password_file": str(of.layout.secret_file("root"))},
    Need.POOL_SECRET: lambda of: {"pool_secret_file": str(of.layout.secret_file("pool"))},
    Need.CLIENTS: lambda of: {
        "listen": [of.address, of.layout.ports[of.name]],
        "one_of_several": of.layout.xapis > 1,
        "unix_socket": str(of.layout.path(f"{of.name}.sock")),
    },
    Need.GATEWAY: lambda of: {"url": of.layout.url},
}
"""The settings for each need of a service."""


def first_boot_settings(layout: Layout) -> dict[str, object]:
    """The settings for the pool's first boot."""
    return {
        "database": database_url(layout),
        "pool_name": "simulated pool",
        "hosts": [
            {
                "uuid": host.uuid,
                "name": host.name,
                "address": host.address,
                "cpus": host.cpus,
                "memory_total_kib": host.memory_mib * MIB_KIB,
            }
            for host in layout.hosts
        ],
    }
