"""Which processes make up a simulated pool, and the settings that each is started with."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from simulated_pool.layout import Host, Layout

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
    for host in layout.hosts:
        found += [] if host.through else [_xen(layout, host)]
        for name, module, settings in (
            ("squeezed", "squeezed", squeezed_settings(layout, host)),
            ("xenopsd", "xenopsd", xenopsd_settings(layout, host)),
            ("mpathalert", "mpathalert.watch", watch_settings(layout, host)),
        ):
            service = _service(f"{name}-{host.name}", module, layout, settings, 2)
            if host.through:
                command = (*host.through, "python3", *service.command[1:])
                service = replace(service, command=command)
            found.append(service)
    for number in range(1, layout.forwarders + 1):
        name = f"forwarder-{number}"
        found.append(_service(name, "forwarder", layout, forwarder_settings(layout, name), 3))
    for name in layout.gateways:
        found.append(_service(name, "xapi", layout, xapi_settings(layout, name), 4))
    found.append(_service("mpathalert", "mpathalert.alert", layout, alert_settings(layout), 5))
    return found


def _service(
    name: str, module: str, layout: Layout, settings: dict[str, object], order: int
) -> Process:
    config = layout.path("config", f"{name}.json")
    config.write_text(json.dumps(settings, indent=2))
    return Process(name, (sys.executable, "-m", module, "--config", str(config)), order)


def _xen(layout: Layout, host: Host) -> Process:
    folder = layout.path("hosts", host.name, "xen", "state").parent
    command = (
        *(sys.executable, "-m", "xenports.simulated"),
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


def _broker(layout: Layout, user: str, vhost: str, address: str = "127.0.0.1") -> dict[str, object]:
    return {
        "addresses": [f"{address}:{node.amqp}" for node in layout.nodes],
        "vhost": vhost,
        "user": user,
        "password_file": str(layout.secret_file(f"broker-{user}")),
    }


def _host_settings(layout: Layout, host: Host, module: str) -> dict[str, object]:
    """What every service of a host is told."""
    # Its database cannot be where two machines see it.
    state = f"{DOM0_STATE}/{module}" if host.through else str(_state(layout, host, module))
    user = f"xenopsd-{host.name}"
    return {
        "service": f"{module}-{host.name}",
        "state_dir": state,
        "xen_socket": None if host.through else str(xen_socket(layout, host)),
        "xenstore_socket": (REAL_XENSTORE if host.through else str(xenstore_socket(layout, host))),
        "broker": _broker(layout, user, f"host/{host.uuid}", host.broker_address),
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
        "broker": _broker(layout, f"xenopsd-{host.name}", f"host/{host.uuid}", host.broker_address),
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


def forwarder_settings(layout: Layout, name: str) -> dict[str, object]:
    return {
        "service": name,
        "database": database_url(layout),
        "broker": _broker(layout, "forwarder", "/"),
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


def xapi_settings(layout: Layout, name: str) -> dict[str, object]:
    return {
        "service": name,
        "listen": ["127.0.0.1", layout.gateways[name]],
        "one_of_several": layout.xapis > 1,
        "unix_socket": str(layout.path(f"{name}.sock")),
        "database": database_url(layout),
        "broker": _broker(layout, "xapi", "/"),
        "root_password_file": str(layout.secret_file("root")),
        "pool_secret_file": str(layout.secret_file("pool")),
        "log_dir": str(layout.path("log", "x").parent),
    }
