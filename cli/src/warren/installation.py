"""An installed Warren: each service's settings and secrets in a folder that it alone reads.

The same settings serve containers and plain processes; ``Site`` says what differs.
"""

import enum
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from broker import topology
from warren import certificates
from warren.files import secret, write_private

STATE = Path("/var/lib/warren")
RUNTIME = Path("/run/warren")
XENSTORE = "/run/xenstored/socket"
# A file on the root file system of every host, which a container can be given.
ON_ROOT = "/etc/machine-id"
AMQPS_PORT, MANAGEMENT_PORT, METRICS_PORT = 5671, 15671, 15692
ALERTER_METRICS_PORT = 9442
OPERATOR, ALERTER = "operator", "mpathalert"
BROKER_AUTHORITY = Path(OPERATOR, "broker-authority.pem")
BROKER_CERTIFICATE = Path("rabbitmq", "server.pem")
BROKER_PASSWORD, BROKER_AUTHORITY_PUBLIC = "broker-password", "broker-authority-public.pem"
POOL_USERS = (OPERATOR, "xapi", "forwarder")
"""The broker's users who may use every vhost."""
LOCAL_NAMES = ("localhost", "127.0.0.1")
POOL_SECRET = Path("xapi", "pool-secret")
DATABASE_CERTIFICATE = Path("postgresql", "server.pem")
DATABASE_NAME, DATABASE_USER, DATABASE_PASSFILE = "pool", "warren", "database-password"
GATEWAY_CERTIFICATES = Path("xapi", "certificates")
GATEWAY_CERTIFICATE = GATEWAY_CERTIFICATES / "gateway.pem"
BROKER_MEMORY_MAX, BROKER_DISK_FREE_MIN = "400MB", "200MB"


class Account(enum.StrEnum):
    """Who has a password that the setup made."""

    ROOT = "root"
    OPERATOR = "operator"


def user_of(host: str) -> str:
    """The broker's user of the services of the host with this name."""
    return f"xenopsd-{host}"


@dataclass(frozen=True)
class Host:
    """A host of the pool. ``memory_mib`` is all its memory, the control domain's included."""

    name: str
    uuid: str
    address: str
    cpus: int
    memory_mib: int
    simulated: bool = False

    @property
    def user(self) -> str:
        return user_of(self.name)

    @property
    def folder(self) -> str:
        """The folder of its services' settings; a machine is one host, unless it simulates some."""
        return f"xenopsd-{self.name}" if self.simulated else "xenopsd"


@dataclass(frozen=True)
class Site:
    """What the operator says of an installation."""

    root: Path
    """The folder of the settings, such as /etc/warren."""
    pool_name: str
    broker_host: str
    """The name under which the services reach the broker."""
    gateway_host: str
    """The name under which Warren's own clients reach the gateway."""
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
    """None sends the logs to where the services' output goes."""
    hosts: tuple[Host, ...] = ()

    def folder(self, service: str) -> Path:
        return self.root / service


def install(site: Site) -> Site:
    """Write everything that is missing, and the settings anew; returns the site with its hosts.

    Secrets, certificates and the hosts' uuids stay as they are when they are there.
    """
    site = replace(site, hosts=tuple(_known(site, host) for host in site.hosts))
    ca = certificates.authority(site.root / BROKER_AUTHORITY, certificates.AUTHORITY_NAME)
    folders = {name: name for name in POOL_USERS} | {host.user: host.folder for host in site.hosts}
    passwords = {
        user: secret(site.folder(folder) / BROKER_PASSWORD) for user, folder in folders.items()
    }
    for folder in folders.values():
        write_private(site.folder(folder) / BROKER_AUTHORITY_PUBLIC, ca.public)
    _broker(site, ca, passwords)
    if site.database_host is not None:
        _postgresql(site, ca, site.database_host)
    _xapi(site, ca)
    _forwarder(site)
    _alerter(site, ca)
    for host in site.hosts:
        write_host(site.folder(host.folder), host, broker_at(site), site.log_dir)
    write_settings(site.folder(OPERATOR), operator_settings(site))
    return site


def write_host(folder: Path, host: Host, broker: tuple[str, int], log_dir: str | None) -> None:
    """Write the settings of a host's services into their folder."""
    common = host_settings(folder, host, broker, log_dir)
    write_settings(folder, xenopsd_settings(folder, host, common))
    write_settings(folder, squeezed_settings(host, common), "squeezed.json")
    write_settings(folder, watcher_settings(host, common), "mpathalert.json")


def write_settings(folder: Path, settings: Mapping[str, Any], name: str = "settings.json") -> None:
    write_private(folder / name, json.dumps(settings, indent=2) + "\n")


def _known(site: Site, host: Host) -> Host:
    """The host under the uuid that it was given first."""
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
    host_users = {host.uuid: host.user for host in site.hosts}
    definitions = topology.definitions(passwords, host_users, OPERATOR)
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


def broker_settings(folder: Path, broker: tuple[str, int], vhost: str, user: str) -> dict[str, Any]:
    """How a service reaches the broker; its password and whom it trusts are in its folder."""
    return {
        "addresses": [f"{broker[0]}:{broker[1]}"],
        "vhost": vhost,
        "user": user,
        "password_file": str(folder / BROKER_PASSWORD),
        "authority_file": str(folder / BROKER_AUTHORITY_PUBLIC),
    }


def _certified(path: Path, ca: certificates.Authority, names: Sequence[str]) -> None:
    """Have a certificate for these names in ``path``."""
    if not path.exists():
        write_private(path, certificates.signed(ca, list(dict.fromkeys(names))))


def _postgresql(site: Site, ca: certificates.Authority, host: str) -> None:
    folder = site.folder("postgresql")
    password = secret(folder / "password")
    _certified(site.root / DATABASE_CERTIFICATE, ca, [host, *LOCAL_NAMES])
    write_private(folder / "pg_hba.conf", "local all all peer\nhostssl all all all scram-sha-256\n")
    write_private(folder / "postgresql.conf", "\n".join(database_configuration(folder)) + "\n")
    for service in POOL_USERS:
        write_private(site.folder(service) / DATABASE_PASSFILE, f"*:*:*:*:{password}\n")


def database_configuration(folder: Path) -> list[str]:
    """The lines of postgresql.conf: TLS for all who come over the network."""
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


def database_url(site: Site, service: str) -> str:
    """How a service reaches the pool database."""
    if site.database_host is None:
        return f"sqlite:///{STATE / 'pool/pool.db'}"
    folder = site.folder(service)
    options = {
        "passfile": folder / DATABASE_PASSFILE,
        "sslmode": "verify-full",
        "sslrootcert": folder / BROKER_AUTHORITY_PUBLIC,
    }
    said = "&".join(f"{name}={value}" for name, value in options.items())
    return f"postgresql://{DATABASE_USER}@{site.database_host}/{DATABASE_NAME}?{said}"


def _xapi(site: Site, ca: certificates.Authority) -> None:
    folder = site.folder("xapi")
    for name in ("root-password", "pool-secret"):
        secret(folder / name)
    gateway = site.root / GATEWAY_CERTIFICATE
    if not gateway.exists():
        write_private(gateway, certificates.self_signed(site.names))
    # By this name Warren's own clients ask for a certificate that they can check.
    known = site.root / GATEWAY_CERTIFICATES / f"{site.gateway_host}.pem"
    _certified(known, ca, [site.gateway_host])
    settings = {
        "service": "xapi",
        "listen": [site.listen_host, site.https_port],
        "certificates_dir": str(gateway.parent),
        "redirect": [site.listen_host, site.http_port],
        "public_port": site.public_port,
        "unix_socket": str(RUNTIME / "xapi.sock"),
        "database": database_url(site, "xapi"),
        "broker": broker_settings(folder, broker_at(site), topology.POOL_VHOST, "xapi"),
        "root_password_file": str(folder / "root-password"),
        "pool_secret_file": str(folder / "pool-secret"),
        "log_dir": site.log_dir,
        "alive_file": alive_file("xapi"),
    }
    write_settings(folder, settings)


def _forwarder(site: Site) -> None:
    folder = site.folder("forwarder")
    settings = {
        "service": "forwarder",
        "database": database_url(site, "forwarder"),
        "broker": broker_settings(folder, broker_at(site), topology.POOL_VHOST, "forwarder"),
        "log_dir": site.log_dir,
        "alive_file": alive_file("forwarder"),
    }
    write_settings(folder, settings)
    pool = {
        "database": database_url(site, "forwarder"),
        "pool_name": site.pool_name,
        "hosts": [host_facts(host) for host in site.hosts],
    }
    write_private(folder / "pool.json", json.dumps(pool, indent=2) + "\n")


def _alerter(site: Site, ca: certificates.Authority) -> None:
    folder = site.folder(ALERTER)
    write_private(folder / "pool-secret", secret(site.root / POOL_SECRET))
    write_private(folder / BROKER_AUTHORITY_PUBLIC, ca.public)
    settings = {
        "service": ALERTER,
        "url": gateway_url(site),
        "authority_file": str(folder / BROKER_AUTHORITY_PUBLIC),
        "pool_secret_file": str(folder / "pool-secret"),
        "listen": [site.listen_host, ALERTER_METRICS_PORT],
        "log_dir": site.log_dir,
        "alive_file": alive_file(ALERTER),
    }
    write_settings(folder, settings)


def gateway_url(site: Site) -> str:
    return f"https://{site.gateway_host}:{site.https_port}"


def alive_file(service: str) -> str:
    return str(RUNTIME / f"{service}.alive")


def host_facts(host: Host) -> dict[str, Any]:
    """What the pool database is told of a host."""
    return {
        "uuid": host.uuid,
        "name": host.name,
        "address": host.address,
        "cpus": host.cpus,
        "memory_total_kib": host.memory_mib * 1024,
    }


def host_settings(
    folder: Path, host: Host, broker: tuple[str, int], log_dir: str | None
) -> dict[str, Any]:
    """What each service of a host is told; they share a folder and a user at the broker."""
    xen = RUNTIME / "xen"
    return {
        "xen_socket": str(xen / "xen.sock") if host.simulated else None,
        "xenstore_socket": str(xen / "xenstored/socket") if host.simulated else XENSTORE,
        "broker": broker_settings(folder, broker, topology.host_vhost(host.uuid), host.user),
        "log_dir": log_dir,
    }


def xenopsd_settings(folder: Path, host: Host, common: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service": f"xenopsd-{host.name}",
        **common,
        "state_dir": str(STATE / "xenopsd"),
        "host_uuid": host.uuid,
        "hostname": host.name,
        "cpus": host.cpus,
        "shared_storage_dir": str(STATE / "storage"),
        "hooks_dir": str(folder / "hooks"),
        "migration_address": host.address,
        "alive_file": alive_file("xenopsd"),
    }


def squeezed_settings(host: Host, common: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service": f"squeezed-{host.name}",
        **common,
        "state_dir": str(STATE / "squeezed"),
        "alive_file": alive_file("squeezed"),
    }


def watcher_settings(host: Host, common: Mapping[str, Any]) -> dict[str, Any]:
    """The watcher of a host's storage paths; a simulated host has none."""
    return {
        "service": f"mpathalert-{host.name}",
        "broker": common["broker"],
        "log_dir": common["log_dir"],
        "boot_mount": "/" if host.simulated else ON_ROOT,
        "alive_file": alive_file("mpathalert-watch"),
    }


def operator_settings(site: Site) -> dict[str, Any]:
    """What the command line needs to find the pool again."""
    return {
        "broker": broker_settings(
            site.folder(OPERATOR), broker_at(site), topology.POOL_VHOST, OPERATOR
        ),
        "management_url": f"https://{site.broker_host}:{MANAGEMENT_PORT}",
        "gateway_url": gateway_url(site),
        "database": database_url(site, OPERATOR),
        "hosts": {host.name: host.uuid for host in site.hosts},
    }


def new_hosts(names: Sequence[str], cpus: int, memory_mib: int, address: str | None) -> list[Host]:
    """Hosts to install, simulated where no ``address`` is given: each is called by its service."""
    return [
        Host(
            name,
            str(uuid.uuid4()),
            address or f"xenopsd-{name}",
            cpus,
            memory_mib,
            simulated=address is None,
        )
        for name in names
    ]


def password(root: Path, account: Account) -> str:
    """What the setup gave an account; root may have changed its own since."""
    file = {Account.ROOT: "xapi/root-password", Account.OPERATOR: f"{OPERATOR}/{BROKER_PASSWORD}"}
    return (root / file[account]).read_text().strip()
