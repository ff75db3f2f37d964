"""Which processes make up a simulated pool, and the settings that each is started with."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from simulated_pool.layout import Gateway, Host, Layout, Machine

MIB_KIB = 1024
REAL_XENSTORE = "/run/xenstored/socket"
DOM0_STATE = "/var/lib/warren"


@dataclass(frozen=True)
class Process:
    """A supervised process: its name, command line and when it is started (lower first)."""

    name: str
    command: tuple[str, ...]
    order: int


def processes(layout: Layout) -> list[Process]:
    """All processes but the broker, with their settings written to files."""
    found = []
    for number, host in enumerate(layout.hosts, 1):
        machine = layout.machine(number)
        found += [] if host.through else [_xen(layout, host, machine)]
        for name, module, settings in (
            ("squeezed", "squeezed", squeezed_settings(layout, host)),
            ("xenopsd", "xenopsd", xenopsd_settings(layout, host)),
            ("mpathalert", "mpathalert.watch", watch_settings(layout, host)),
        ):
            service = _service(f"{name}-{host.name}", module, layout, settings, 2, machine)
            if host.through:
                command = (*host.through, "python3", *service.command[1:])
                service = replace(service, command=command)
            found.append(service)
    for number in range(1, layout.forwarders + 1):
        name = f"forwarder-{number}"
        machine = layout.machine(number)
        settings = forwarder_settings(layout, name, machine)
        found.append(_service(name, "forwarder", layout, settings, 3, machine))
    for gateway in layout.gateways:
        settings = xapi_settings(layout, gateway)
        found.append(_service(gateway.name, "xapi", layout, settings, 4, gateway.machine))
    alerter = alert_settings(layout)
    found.append(_service("mpathalert", "mpathalert.alert", layout, alerter, 5, layout.machine(1)))
    return found


def _service(
    name: str,
    module: str,
    layout: Layout,
    settings: dict[str, object],
    order: int,
    machine: Machine,
) -> Process:
    config = layout.path("config", f"{name}.json")
    config.write_text(json.dumps(settings, indent=2))
    command = (*machine.through, sys.executable, "-m", module, "--config", str(config))
    return Process(name, command, order)


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
    """Where a simulated host's multipathd would be; there is none unless a test makes one."""
    return layout.path("hosts", host.name, "multipathd.socket")


def database_url(layout: Layout) -> str:
    return layout.database or f"sqlite:///{layout.path('database', 'pool.db')}"


def _broker(
    layout: Layout, user: str, vhost: str, near: str, through: str | None = None
) -> dict[str, object]:
    """How a service at ``near`` reaches the broker: at the node beside it first."""
    nodes = sorted(layout.nodes, key=lambda node: node.machine.address != near)
    return {
        "addresses": [f"{through or node.machine.address}:{node.amqp}" for node in nodes],
        "vhost": vhost,
        "user": user,
        "password_file": str(layout.secret_file(f"broker-{user}")),
    }


def _broker_of(layout: Layout, host: Host) -> dict[str, object]:
    """The same for the services of a host."""
    user, vhost = f"xenopsd-{host.name}", f"host/{host.uuid}"
    return _broker(layout, user, vhost, host.address, host.broker_address)


def _host_settings(layout: Layout, host: Host, module: str) -> dict[str, object]:
    """What every service of a host is told."""
    # Its database cannot be where two machines see it.
    state = f"{DOM0_STATE}/{module}" if host.through else str(_state(layout, host, module))
    return {
        "service": f"{module}-{host.name}",
        "state_dir": state,
        "xen_socket": None if host.through else str(xen_socket(layout, host)),
        "xenstore_socket": (REAL_XENSTORE if host.through else str(xenstore_socket(layout, host))),
        "broker": _broker_of(layout, host),
        "log_dir": str(layout.path("log", "x").parent),
    }


def _state(layout: Layout, host: Host, module: str) -> Path:
    return layout.path("hosts", host.name, module, "journal").parent


def squeezed_settings(layout: Layout, host: Host) -> dict[str, object]:
    return _host_settings(layout, host, "squeezed")


def xenopsd_settings(layout: Layout, host: Host) -> dict[str, object]:
    return {
        **_host_settings(layout, host, "xenopsd"),
        "host_uuid": host.uuid,
        "hostname": host.name,
        "cpus": host.cpus,
        "shared_storage_dir": str(layout.path("storage", "locks").parent),
        "hooks_dir": str(layout.path("hosts", host.name, "hooks", "x").parent),
        "migration_address": host.address,
    }


def watch_settings(layout: Layout, host: Host) -> dict[str, object]:
    socket = {} if host.through else {"multipathd_socket": str(multipathd_socket(layout, host))}
    return {
        "service": f"mpathalert-{host.name}",
        **socket,
        "broker": _broker_of(layout, host),
        "log_dir": str(layout.path("log", "x").parent),
    }


def alert_settings(layout: Layout) -> dict[str, object]:
    return {
        "service": "mpathalert",
        "url": layout.url,
        "pool_secret_file": str(layout.secret_file("pool")),
        "listen": ["127.0.0.1", layout.ports["mpathalert"]],
        "log_dir": str(layout.path("log", "x").parent),
    }


def forwarder_settings(layout: Layout, name: str, machine: Machine) -> dict[str, object]:
    return {
        "service": name,
        "database": database_url(layout),
        "broker": _broker(layout, "forwarder", "/", machine.address),
        "log_dir": str(layout.path("log", "x").parent),
        "workers": 16,
    }


def first_boot_settings(layout: Layout) -> dict[str, object]:
    """What the pool is told of itself before its first start."""
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


def xapi_settings(layout: Layout, gateway: Gateway) -> dict[str, object]:
    return {
        "service": gateway.name,
        "listen": [gateway.machine.address, gateway.port],
        "one_of_several": layout.xapis > 1,
        "unix_socket": str(layout.path(f"{gateway.name}.sock")),
        "database": database_url(layout),
        "broker": _broker(layout, "xapi", "/", gateway.machine.address),
        "root_password_file": str(layout.secret_file("root")),
        "pool_secret_file": str(layout.secret_file("pool")),
        "log_dir": str(layout.path("log", "x").parent),
    }
