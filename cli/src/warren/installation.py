"""An installed Warren: each service's settings and secrets, in a folder for that service alone.

The same settings serve containers and plain processes; ``Site`` says what differs.
"""

import enum
import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from service_table import HOST_FOLDER, SERVICES, Need, Service, at_hosts, at_pool

from broker import topology
from warren import certificates
from warren.files import secret, write_private

STATE = Path("/var/lib/warren")
RUNTIME = Path("/run/warren")
XENSTORE = "/run/xenstored/socket"
# The folder of a simulated Xen.
XEN = RUNTIME / "xen"
DOOR = RUNTIME / "door"
# A file on every host's root file system, which can be mounted into a container.
ON_ROOT = "/etc/machine-id"
AMQPS_PORT, MANAGEMENT_PORT, METRICS_PORT = 5671, 15671, 15692
OPERATOR = "operator"
BROKER_AUTHORITY = Path(OPERATOR, "broker-authority.pem")
BROKER_CERTIFICATE = Path("rabbitmq", "server.pem")
BROKER_PASSWORD, BROKER_AUTHORITY_PUBLIC = "broker-password", "broker-authority-public.pem"
LOCAL_NAMES = ("localhost", "127.0.0.1")
POOL_SECRET, ROOT_PASSWORD = Path("xapi", "pool-secret"), "root-password"
DATABASE_CERTIFICATE = Path("postgresql", "server.pem")
DATABASE_NAME, DATABASE_USER, DATABASE_PASSFILE = "pool", "warren", "database-password"
GATEWAY_CERTIFICATES = Path("xapi", "certificates")
GATEWAY_CERTIFICATE = GATEWAY_CERTIFICATES / "gateway.pem"
BROKER_MEMORY_MAX, BROKER_DISK_FREE_MIN = "400MB", "200MB"


class Account(enum.StrEnum):
    """The accounts that the setup makes passwords for."""

    ROOT = "root"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Host:
    """A host of the pool. ``memory_mib`` is all its memory, including the control domain's."""

    name: str
    uuid: str
    address: str
    cpus: int
    memory_mib: int
    simulated: bool = False

    @property
    def folder(self) -> str:
        """The folder of its services' settings; only simulated hosts share a machine."""
        return f"{HOST_FOLDER}-{self.name}" if self.simulated else HOST_FOLDER


@dataclass(frozen=True)
class Site:
    """The operator's choices for an installation."""

    root: Path
    """The folder of the settings, such as /etc/warren."""
    pool_name: str
    broker_host: str
    """The name by which the services reach the broker."""
    gateway_host: str
    """The name by which Warren's own clients reach the gateway."""
    database_host: str | None
    """The PostgreSQL server that keeps the pool database; None keeps it in a file."""
    listen_host: str
    https_port: int
    http_port: int
    public_port: int
    """The port that clients reach the gateway at."""
    names: tuple[str, ...]
    """Names and addresses that clients call the gateway by."""
    log_dir: str | None
    """None sends the logs where the services' output goes."""
    hosts: tuple[Host, ...] = ()

    def folder(self, service: str) -> Path:
        return self.root / service


@dataclass(frozen=True)
class Instance:
    """A service of the pool (``of_site``) or of a host (``of_host``), in an installation."""

    service: Service
    folder: Path
    broker: tuple[str, int]
    log_dir: str | None
    of_site: Site | None = None
    of_host: Host | None = None

    @property
    def name(self) -> str:
        """The name of the service, and of its user at the broker."""
        return self.service.called(None if self.of_host is None else self.of_host.name)

    @property
    def site(self) -> Site:
        """The installation; only the pool's services may need it."""
        assert self.of_site is not None, f"{self.name} knows nothing of the pool"
        return self.of_site

    @property
    def host(self) -> Host:
        """The host; only a host's services may need it."""
        assert self.of_host is not None, f"{self.name} has no host"
        return self.of_host

    @property
    def password_file(self) -> Path:
        return self.folder / self.service.password_file


def install(site: Site) -> Site:
    """Write everything that is missing, and all settings anew; returns the site with its hosts.

    Secrets, certificates and hosts' uuids that exist stay as they are.
    """
    site = replace(site, hosts=tuple(_known(site, host) for host in site.hosts))
    ca = certificates.authority(site.root / BROKER_AUTHORITY, certificates.AUTHORITY_NAME)
    services = instances(site)
    passwords = {of.name: secret(of.password_file) for of in services if of.service.rights}
    passwords[OPERATOR] = secret(site.folder(OPERATOR) / BROKER_PASSWORD)
    for folder in {site.folder(OPERATOR), *(of.folder for of in services)}:
        write_private(folder / BROKER_AUTHORITY_PUBLIC, ca.public)
    _broker(site, ca, passwords)
    if site.database_host is not None:
        _postgresql(site, ca, site.database_host)
    _gateway_certificates(site, ca)
    for of in services:
        write_service(of)
    _first_boot(site)
    write_settings(site.folder(OPERATOR), operator_settings(site))
    return site


def instances(site: Site) -> list[Instance]:
    """All services of an installation."""
    pool = [
        Instance(service, site.folder(service.settings_folder), broker_at(site), site.log_dir, site)
        for service in at_pool(SERVICES)
    ]
    hosts = [
        of
        for host in site.hosts
        for of in host_instances(site.folder(host.folder), host, broker_at(site), site.log_dir)
    ]
    return pool + hosts


def host_instances(
    folder: Path, host: Host, broker: tuple[str, int], log_dir: str | None
) -> list[Instance]:
    """All services of a host, which share a folder."""
    return [
        Instance(service, folder, broker, log_dir, of_host=host) for service in at_hosts(SERVICES)
    ]


def write_service(of: Instance) -> None:
    """Write a service's settings, and the secrets that they name."""
    if Need.ROOT_PASSWORD in of.service.needs:
        secret(of.folder / ROOT_PASSWORD)
    if Need.POOL_SECRET in of.service.needs:
        write_private(of.folder / POOL_SECRET.name, secret(of.site.root / POOL_SECRET))
    write_settings(of.folder, service_settings(of), of.service.settings_file)


def write_settings(folder: Path, settings: Mapping[str, Any], name: str = "settings.json") -> None:
    write_private(folder / name, json.dumps(settings, indent=2) + "\n")


def _known(site: Site, host: Host) -> Host:
    """The host, with the uuid that it got at the first setup."""
    path = site.folder(OPERATOR) / f"{host.name}.uuid"
    if not path.exists():
        write_private(path, host.uuid)
    return replace(host, uuid=path.read_text())


def _broker(site: Site, ca: certificates.Authority, passwords: Mapping[str, str]) -> None:
    folder = site.folder("rabbitmq")
    write_private(folder / "authority-public.pem", ca.public)
    _certified(site.root / BROKER_CERTIFICATE, ca, [site.broker_host, *site.names, *LOCAL_NAMES])
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        write_private(cookie, secrets.token_hex(16))
    hosts = {host.uuid: host.name for host in site.hosts}
    definitions = topology.definitions(passwords.__getitem__, hosts, OPERATOR)
    write_private(folder / "definitions.json", json.dumps(definitions, indent=2))
    write_private(folder / "enabled_plugins", "[rabbitmq_management, rabbitmq_prometheus].\n")
    write_private(folder / "rabbitmq.conf", "\n".join(broker_configuration(folder)) + "\n")


def broker_configuration(folder: Path) -> list[str]:
    """The lines of rabbitmq.conf: TLS everywhere, the definitions, and when to raise alarms."""
    lines = [
        "listeners.tcp = none",
        f"listeners.ssl.default = {AMQPS_PORT}",
        f"management.ssl.port = {MANAGEMENT_PORT}",
    ]
    for prefix in ("ssl_options", "management.ssl"):
        lines += [
            f"{prefix}.cacertfile = {folder / 'authority-public.pem'}",
            f"{prefix}.certfile = {folder / 'server.pem'}",
            f"{prefix}.keyfile = {folder / 'server.pem'}",
            f"{prefix}.versions.1 = tlsv1.3",
            f"{prefix}.versions.2 = tlsv1.2",
        ]
    return [
        *lines,
        "ssl_options.verify = verify_none",
        "ssl_options.fail_if_no_peer_cert = false",
        f"prometheus.tcp.port = {METRICS_PORT}",
        f"load_definitions = {folder / 'definitions.json'}",
        f"vm_memory_high_watermark.absolute = {BROKER_MEMORY_MAX}",
        f"disk_free_limit.absolute = {BROKER_DISK_FREE_MIN}",
        "log.console = true",
        "log.console.level = warning",
    ]


def broker_at(site: Site) -> tuple[str, int]:
    return site.broker_host, AMQPS_PORT


def broker_settings(
    folder: Path, broker: tuple[str, int], vhost: str, user: str, password_file: str
) -> dict[str, Any]:
    """How a user reaches the broker; its password and its authority are in ``folder``."""
    return {
        "addresses": [f"{broker[0]}:{broker[1]}"],
        "vhost": vhost,
        "user": user,
        "password_file": str(folder / password_file),
        "authority_file": str(folder / BROKER_AUTHORITY_PUBLIC),
    }


def _certified(path: Path, ca: certificates.Authority, names: Sequence[str]) -> None:
    """Make sure that ``path`` has a certificate for these names."""
    if not path.exists():
        write_private(path, certificates.signed(ca, list(dict.fromkeys(names))))


def _postgresql(site: Site, ca: certificates.Authority, host: str) -> None:
    settings = site.folder("postgresql")
    password = secret(settings / "password")
    _certified(site.root / DATABASE_CERTIFICATE, ca, [host, *LOCAL_NAMES])
    write_private(
        settings / "pg_hba.conf", "local all all peer\nhostssl all all all scram-sha-256\n"
    )
    write_private(settings / "postgresql.conf", "\n".join(database_configuration(settings)) + "\n")
    readers = [of.folder for of in instances(site) if Need.DATABASE in of.service.needs]
    for folder in (site.folder(OPERATOR), *readers):
        write_private(folder / DATABASE_PASSFILE, f"*:*:*:*:{password}\n")


def database_configuration(folder: Path) -> list[str]:
    """The lines of postgresql.conf: TLS for all connections over the network."""
    return [
        f"hba_file = '{folder / 'pg_hba.conf'}'",
        "listen_addresses = '*'",
        f"unix_socket_directories = '{RUNTIME}'",
        "ssl = on",
        f"ssl_cert_file = '{folder / 'server.pem'}'",
        f"ssl_key_file = '{folder / 'server.pem'}'",
        "shared_buffers = 64MB",
        "max_connections = 50",
    ]


def database_url(site: Site, folder: Path) -> str:
    """How a service with its settings in ``folder`` reaches the pool database."""
    if site.database_host is None:
        return f"sqlite:///{STATE / 'pool/pool.db'}"
    options = {
        "passfile": folder / DATABASE_PASSFILE,
        "sslmode": "verify-full",
        "sslrootcert": folder / BROKER_AUTHORITY_PUBLIC,
    }
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return f"postgresql://{DATABASE_USER}@{site.database_host}/{DATABASE_NAME}?{query}"


def _gateway_certificates(site: Site, ca: certificates.Authority) -> None:
    gateway = site.root / GATEWAY_CERTIFICATE
    if not gateway.exists():
        write_private(gateway, certificates.self_signed(site.names))
    # Warren's own clients ask by this name for a certificate that they can check.
    known = site.root / GATEWAY_CERTIFICATES / f"{site.gateway_host}.pem"
    _certified(known, ca, [site.gateway_host])


def _first_boot(site: Site) -> None:
    folder = site.folder("forwarder")
    pool = {
        "database": database_url(site, folder),
        "pool_name": site.pool_name,
        "hosts": [host_facts(host) for host in site.hosts],
    }
    write_settings(folder, pool, "pool.json")


def gateway_url(site: Site) -> str:
    return f"https://{site.gateway_host}:{site.https_port}"


def host_facts(host: Host) -> dict[str, Any]:
    """The facts of a host for the pool database."""
    return {
        "uuid": host.uuid,
        "name": host.name,
        "address": host.address,
        "cpus": host.cpus,
        "memory_total_kib": host.memory_mib * 1024,
    }


def service_settings(of: Instance) -> dict[str, Any]:
    """A service's settings: those that all have, and those of its needs."""
    service, host = of.service, of.of_host
    settings: dict[str, Any] = {
        "service": of.name,
        "log_dir": of.log_dir,
        "alive_file": str(RUNTIME / f"{service.name}.alive"),
    }
    if service.rights is not None:
        vhost = topology.POOL_VHOST if host is None else topology.host_vhost(host.uuid)
        file = service.password_file
        settings["broker"] = broker_settings(of.folder, of.broker, vhost, of.name, file)
    if service.port is not None:
        settings["listen"] = [of.site.listen_host, service.port]
    for need in sorted(service.needs, key=lambda need: need.name):
        settings |= NEEDS[need](of)
    return settings


NEEDS: dict[Need, Callable[[Instance], dict[str, Any]]] = {
    Need.STATE: lambda of: {"state_dir": str(STATE / of.service.state_folder)},
    Need.XEN: lambda of: {"xen_socket": str(XEN / "xen.sock") if of.host.simulated else None},
    Need.XENSTORE: lambda of: {
        "xenstore_socket": str(XEN / "xenstored/socket") if of.host.simulated else XENSTORE
    },
    Need.HOST: lambda of: {"host_uuid": of.host.uuid},
    Need.MACHINE: lambda of: {
        "host_uuid": of.host.uuid,
        "hostname": of.host.name,
        "cpus": of.host.cpus,
    },
    Need.SHARED_STORAGE: lambda of: {"shared_storage_dir": str(STATE / "storage")},
    Need.HOOKS: lambda of: {"hooks_dir": str(of.folder / "hooks")},
    Need.ADDRESS: lambda of: {"address": of.host.address},
    Need.DOOR: lambda of: {"door_dir": str(DOOR)},
    # A simulated host has no storage paths.
    Need.MULTIPATH: lambda of: {"boot_mount": "/" if of.host.simulated else ON_ROOT},
    Need.SRS: lambda of: {},
    Need.BOOTLOADER: lambda of: {},
    Need.DATABASE: lambda of: {"database": database_url(of.site, of.folder)},
    Need.ROOT_PASSWORD: lambda of: {"root_password_file": str(of.folder / ROOT_PASSWORD)},
    Need.POOL_SECRET: lambda of: {"pool_secret_file": str(of.folder / POOL_SECRET.name)},
    Need.CLIENTS: lambda of: {
        "listen": [of.site.listen_host, of.site.https_port],
        "certificates_dir": str(of.site.root / GATEWAY_CERTIFICATES),
        "redirect": [of.site.listen_host, of.site.http_port],
        "public_port": of.site.public_port,
        "unix_socket": str(RUNTIME / "xapi.sock"),
    },
    Need.GATEWAY: lambda of: {
        "url": gateway_url(of.site),
        "authority_file": str(of.folder / BROKER_AUTHORITY_PUBLIC),
    },
}
"""The settings that each need of a service brings."""


def operator_settings(site: Site) -> dict[str, Any]:
    """The settings with which the command line finds the pool again."""
    folder = site.folder(OPERATOR)
    return {
        "broker": broker_settings(
            folder, broker_at(site), topology.POOL_VHOST, OPERATOR, BROKER_PASSWORD
        ),
        "management_url": f"https://{site.broker_host}:{MANAGEMENT_PORT}",
        "gateway_url": gateway_url(site),
        "database": database_url(site, folder),
        "hosts": {host.name: host.uuid for host in site.hosts},
    }


def new_hosts(names: Sequence[str], cpus: int, memory_mib: int, address: str | None) -> list[Host]:
    """Hosts to install; without an ``address`` they are simulated, each reached at its door."""
    return [
        Host(
            name,
            str(uuid.uuid4()),
            address or f"door-{name}",
            cpus,
            memory_mib,
            simulated=address is None,
        )
        for name in names
    ]


def password(root: Path, account: Account) -> str:
    """The password that the setup gave an account; root may have changed it since."""
    file = {
        Account.ROOT: f"xapi/{ROOT_PASSWORD}",
        Account.OPERATOR: f"{OPERATOR}/{BROKER_PASSWORD}",
    }
    return (root / file[account]).read_text().strip()
