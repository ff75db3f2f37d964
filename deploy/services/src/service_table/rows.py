"""What a row of the table says of a service, and the names that follow from it."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Per(enum.Enum):
    """How many there are. It decides the vhost that a service works in, and its name."""

    POOL = enum.auto()
    """One in a pool."""
    SEVERAL = enum.auto()
    """As many as one likes in a pool, which share the work."""
    HOST = enum.auto()
    """One on each host."""


class Need(enum.Enum):
    """What a service cannot work without; each brings settings, and what an installation grants."""

    STATE = enum.auto()
    """A folder for what it must not forget."""
    XEN = enum.auto()
    """The hypervisor, through the bindings of its libraries."""
    XENSTORE = enum.auto()
    """xenstored's socket."""
    MACHINE = enum.auto()
    """Which host of the pool this machine is, and how many processors a simulated one has."""
    SHARED_STORAGE = enum.auto()
    """The folder that all hosts of the pool see."""
    HOOKS = enum.auto()
    """The operator's programs that are run at events."""
    ADDRESS = enum.auto()
    """The address at which other hosts reach it."""
    DOOR = enum.auto()
    """The folder that the host's door shares with those whom it leads others to."""
    MULTIPATH = enum.auto()
    """multipathd, and the file system that the machine booted from."""
    BOOTLOADER = enum.auto()
    """Programs that read a guest's disk as a user without rights."""
    DATABASE = enum.auto()
    """The pool database."""
    POOL_SECRET = enum.auto()
    """What the pool's own members log in with."""
    ROOT_PASSWORD = enum.auto()
    """The password that root is given when the pool is new."""
    CLIENTS = enum.auto()
    """Ports and certificates for the XenAPI's clients."""
    GATEWAY = enum.auto()
    """The XenAPI, as one of its clients."""


@dataclass(frozen=True)
class Rights:
    """What a service may do in a vhost, besides sending to its queues and answering.

    Who may answer may send to each queue of the vhost: both go through the default exchange, and
    the broker does not tell its queues apart.
    """

    takes: tuple[str, ...] = ()
    """Queues that it takes messages from."""
    hears: tuple[str, ...] = ()
    """Exchanges that it listens to, in queues of its own that end with its connection."""
    publishes: tuple[str, ...] = ()
    """Exchanges that it says something to."""


@dataclass(frozen=True)
class Service:
    """A row. Whatever has a default is something that most services do without."""

    name: str
    """What its unit, its sign of life and its row are called."""
    module: str
    """What ``python -m`` runs, with ``--config FILE``; its package is the service's folder."""
    does: str
    """Half a sentence for whoever lists units."""
    per: Per
    """How many there are."""
    order: int
    """When it is started, lower first: a service before those that call it."""
    needs: frozenset[Need]
    """What it needs."""
    rights: Rights | None
    """At the broker, in its host's vhost or the pool's; None where it does not use the broker."""
    queue: str | None = None
    """The queue of its work, which exists because it does."""
    host_rights: Rights | None = None
    """Of a service of the pool, in the vhost of each host."""
    port: int | None = None
    """Where it listens on an installed machine, unless the operator chooses (``Need.CLIENTS``)."""
    folder: str | None = None
    """Where its settings are, if not in a folder of its name: services of a host share one."""
    capabilities: tuple[str, ...] = ()
    """Of Linux. A service that has some runs as root, as Xen's devices require; others do not."""
    outlived: bool = False
    """Whether what it started goes on when it ends or is started again."""
    restarts: bool = True
    """Whether it is started again when it ends, however it does."""

    @property
    def package(self) -> str:
        """Its Python package, which is what its folder and its image are called too."""
        return self.module.partition(".")[0]

    @property
    def settings_folder(self) -> str:
        return self.folder or self.name

    @property
    def settings_file(self) -> str:
        """In that folder."""
        alone = self.settings_folder == self.name
        return "settings.json" if alone else f"{self.package}.json"

    @property
    def password_file(self) -> str:
        """In that folder: the password of its user at the broker."""
        alone = self.settings_folder == self.name
        return "broker-password" if alone else f"{self.package}-broker-password"

    def called(self, host: str | None = None) -> str:
        """What its process, and its user at the broker, are called on the host of this name."""
        return self.package if host is None else f"{self.package}-{host}"


def at_hosts(services: Iterable[Service]) -> list[Service]:
    """Those of which each host has one."""
    return [service for service in services if service.per is Per.HOST]


def at_pool(services: Iterable[Service]) -> list[Service]:
    """Those that the pool has."""
    return [service for service in services if service.per is not Per.HOST]
