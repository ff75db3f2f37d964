"""What a row of the table says of a service, and the names that follow from it."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Per(enum.Enum):
    """How many of a service there are, which decides its vhost and its name."""

    POOL = enum.auto()
    """One in a pool."""
    SEVERAL = enum.auto()
    """Any number in a pool, which share the work."""
    HOST = enum.auto()
    """One on each host."""


class Need(enum.Enum):
    """What a service cannot work without; each need brings settings and rights on the machine."""

    STATE = enum.auto()
    """A folder for its state."""
    XEN = enum.auto()
    """The hypervisor, through the bindings of its libraries."""
    XENSTORE = enum.auto()
    """xenstored's socket."""
    HOST = enum.auto()
    """Which host of the pool this machine is."""
    MACHINE = enum.auto()
    """Which host of the pool this machine is, and how many processors it has if simulated."""
    SHARED_STORAGE = enum.auto()
    """The folder that all hosts of the pool share."""
    HOOKS = enum.auto()
    """The operator's programs that run at events."""
    ADDRESS = enum.auto()
    """The address at which other hosts reach it."""
    DOOR = enum.auto()
    """The folder that the host's door shares with the daemons that it leads clients to."""
    MULTIPATH = enum.auto()
    """multipathd, and the file system that the machine booted from."""
    SRS = enum.auto()
    """The places where SRs are: file systems anywhere, block devices, and what it mounts."""
    BOOTLOADER = enum.auto()
    """Programs that read a guest's disk as an unprivileged user."""
    DATABASE = enum.auto()
    """The pool database."""
    POOL_SECRET = enum.auto()
    """The secret that the pool's members log in with."""
    ROOT_PASSWORD = enum.auto()
    """The password that root is given when the pool is new."""
    CLIENTS = enum.auto()
    """Ports and certificates for the XenAPI's clients."""
    GATEWAY = enum.auto()
    """The XenAPI, as one of its clients."""


@dataclass(frozen=True)
class Rights:
    """What a service may do in a vhost, besides sending to its queues and answering.

    A service that may answer may send to every queue of the vhost, since answers go through the
    default exchange, for which the broker has no rights by queue.
    """

    takes: tuple[str, ...] = ()
    """Queues that it takes messages from."""
    hears: tuple[str, ...] = ()
    """Exchanges that it listens to, through queues of its own that end with its connection."""
    publishes: tuple[str, ...] = ()
    """Exchanges that it publishes to."""


@dataclass(frozen=True)
class Service:
    """A row. Attributes that most services do not need have defaults."""

    name: str
    """The name of its row, its unit and its sign of life."""
    module: str
    """The module for ``python -m`` with ``--config FILE``; its package is the service's folder."""
    does: str
    """What it does, for the list of units."""
    per: Per
    """How many there are."""
    order: int
    """When it is started, lower first; a service starts before those that call it."""
    needs: frozenset[Need]
    """What it needs."""
    rights: Rights | None
    """What it may do in its host's vhost or the pool's; None if it does not use the broker."""
    queue: str | None = None
    """The queue of its work, which the broker is given for it."""
    host_rights: Rights | None = None
    """What a service of the pool may do in the vhost of each host."""
    port: int | None = None
    """Where it listens on an installed machine, unless the operator chooses (``Need.CLIENTS``)."""
    folder: str | None = None
    """The folder of its settings, if not named after it: a host's services share one."""
    state: str | None = None
    """The folder of its state, if not named after its package."""
    capabilities: tuple[str, ...] = ()
    """Its Linux capabilities. A service with any runs as root, as Xen's devices require."""
    outlived: bool = False
    """Whether the processes that it started outlive it."""
    restarts: bool = True
    """Whether it is started again whenever it ends."""

    @property
    def package(self) -> str:
        """The name of its Python package, its folder and its image."""
        return self.module.partition(".")[0]

    @property
    def settings_folder(self) -> str:
        return self.folder or self.name

    @property
    def state_folder(self) -> str:
        return self.state or self.package

    @property
    def settings_file(self) -> str:
        """The name of the file of its settings."""
        alone = self.settings_folder == self.name
        return "settings.json" if alone else f"{self.package}.json"

    @property
    def password_file(self) -> str:
        """The name of the file with its user's password at the broker."""
        alone = self.settings_folder == self.name
        return "broker-password" if alone else f"{self.package}-broker-password"

    def called(self, host: str | None = None) -> str:
        """The name of its process and of its user at the broker, on this host if it has one."""
        return self.package if host is None else f"{self.package}-{host}"


def at_hosts(services: Iterable[Service]) -> list[Service]:
    """The services that run on each host."""
    return [service for service in services if service.per is Per.HOST]


def at_pool(services: Iterable[Service]) -> list[Service]:
    """The services of the pool."""
    return [service for service in services if service.per is not Per.HOST]
