"""All that exists in the broker, as data made from the table of services."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service_table import SERVICES, Rights, Service, at_hosts, at_pool
from service_table.names import (
    EVENTS_EXCHANGE,
    FORWARDER_QUEUE,
    MEMORY_QUEUE,
    STORAGE_QUEUE,
    UPDATES_EXCHANGE,
    UPDATES_QUEUE,
    XENOPSD_QUEUE,
)

__all__ = [
    "DEAD_LETTER",
    "DELIVERY_LIMIT",
    "EVENTS_EXCHANGE",
    "FORWARDER_QUEUE",
    "MEMORY_QUEUE",
    "POOL_VHOST",
    "STORAGE_QUEUE",
    "UPDATES_EXCHANGE",
    "UPDATES_QUEUE",
    "XENOPSD_QUEUE",
    "Definitions",
    "definitions",
    "host_definitions",
    "host_users",
    "host_vhost",
    "pool_users",
]

DEAD_LETTER = "org.xen.xapi.dead-letter"
# The broker's name for the exchange that leads to each queue by the queue's name.
DEFAULT_EXCHANGE = "amq.default"

POOL_VHOST = "/"

Definitions = Mapping[str, list[dict[str, Any]]]
"""Entries by kind, as RabbitMQ imports them."""

# Messages that are not durable, see `broker.kinds`, pass through a classic queue of a single node
# several times faster than through a quorum queue. In a cluster a classic queue would die with its
# node, so there these are quorum queues, too.
BRIEF = frozenset({FORWARDER_QUEUE, MEMORY_QUEUE, STORAGE_QUEUE})
# A message that killed its receiver this often goes to the dead letters instead.
DELIVERY_LIMIT = 20
# Of the forwarders' updates: the newest ones say it all, so older ones may be dropped.
UPDATES_KEPT = 100_000

# If nobody takes messages any more, senders are refused from here on: they had better give up work
# that waits so long.
WORK_MAX = 100_000
# Dead letters are for people to read; the oldest are dropped.
DEAD_LETTERS_KEPT = 10_000
# For each service that listens: news only say that something changed, so the latest are enough.
NEWS_KEPT = 10_000
# A host's service has one connection, and may reconnect before the broker misses the last one.
HOST_CONNECTIONS_MAX = 8

UPDATE_KINDS = ("vm.#", "vbd.#", "vif.#", "host.#", "multipath.#", "storage.#")


def host_vhost(host_uuid: str) -> str:
    return f"host/{host_uuid}"


def _queue(vhost: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum", **arguments},
    }


def _work_queue(vhost: str, name: str, nodes: int) -> dict[str, Any]:
    if name in BRIEF and nodes == 1:
        return _queue(vhost, name, **{"x-queue-type": "classic"})
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": DEAD_LETTER}
    return _queue(vhost, name, **dead, **{"x-delivery-limit": DELIVERY_LIMIT})


def _policies(vhost: str, services: Iterable[Service]) -> list[dict[str, Any]]:
    """The bounds of a vhost's queues, by their purpose."""
    work = _any(*_work(services))
    news = _any(EVENTS_EXCHANGE, UPDATES_EXCHANGE)
    return [
        _policy(vhost, "work", f"^{work}$", WORK_MAX, "reject-publish"),
        _policy(vhost, "dead letters", f"^{_any(DEAD_LETTER)}$", DEAD_LETTERS_KEPT, "drop-head"),
        _policy(vhost, "news", rf"^{news}\.", NEWS_KEPT, "drop-head"),
    ]


def _work(services: Iterable[Service]) -> list[str]:
    """The queues of these services' work."""
    return [service.queue for service in services if service.queue is not None]


def _any(*names: str) -> str:
    """A pattern of these names."""
    return f"({'|'.join(re.escape(name) for name in names)})"


def _policy(vhost: str, name: str, pattern: str, most: int, overflow: str) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": name,
        "pattern": pattern,
        "apply-to": "queues",
        "priority": 0,
        "definition": {"max-length": most, "overflow": overflow},
    }


def _exchange(vhost: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def pool_users(services: Iterable[Service] = SERVICES) -> list[str]:
    """The users of the pool's services."""
    return [service.called() for service in at_pool(services) if service.rights is not None]


def host_users(host: str, services: Iterable[Service] = SERVICES) -> list[str]:
    """The users of the services on the host of this name."""
    return [service.called(host) for service in at_hosts(services) if service.rights is not None]


def definitions(
    password: Callable[[str], str],
    hosts: Mapping[str, str],
    operator: str,
    services: tuple[Service, ...] = SERVICES,
    *,
    nodes: int = 1,
) -> Definitions:
    """Everything that the broker of a pool holds, in RabbitMQ's definitions format.

    Each service has a user with the rights of its row and no others; ``operator`` may administer
    everything. ``password`` returns a user's password; ``hosts`` has the hosts' names by uuid. The
    broker has so many ``nodes``. A queue that is there already keeps its type.
    """
    users = [_user(name, password(name)) for name in pool_users(services)]
    pool = {
        "vhosts": [{"name": POOL_VHOST}],
        "users": [_user(operator, password(operator), "administrator"), *users],
        "permissions": [
            _everything(operator, POOL_VHOST),
            *(
                _permission(service, service.called(), POOL_VHOST, service.rights)
                for service in at_pool(services)
                if service.rights is not None
            ),
        ],
        "policies": _policies(POOL_VHOST, services),
        "exchanges": [_exchange(POOL_VHOST, EVENTS_EXCHANGE, "fanout")],
        "queues": [
            *(_work_queue(POOL_VHOST, queue, nodes) for queue in _work(at_pool(services))),
            _queue(POOL_VHOST, DEAD_LETTER),
        ],
    }
    of_hosts = [
        host_definitions(uuid, name, password, operator, services, nodes=nodes)
        for uuid, name in hosts.items()
    ]
    return _joined([pool, *of_hosts])


def host_definitions(
    uuid: str,
    name: str,
    password: Callable[[str], str],
    operator: str,
    services: tuple[Service, ...] = SERVICES,
    *,
    nodes: int = 1,
) -> Definitions:
    """What a host adds: its vhost, its services' users, and rights there of the pool's services."""
    vhost = host_vhost(uuid)
    updates = {"x-single-active-consumer": True, "x-max-length": UPDATES_KEPT}
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            _user(user, password(user), limits={"max-connections": HOST_CONNECTIONS_MAX})
            for user in host_users(name, services)
        ],
        "permissions": [
            _everything(operator, vhost),
            *(
                _permission(service, service.called(), vhost, service.host_rights)
                for service in at_pool(services)
                if service.host_rights is not None
            ),
            *(
                _permission(service, service.called(name), vhost, service.rights)
                for service in at_hosts(services)
                if service.rights is not None
            ),
        ],
        "policies": _policies(vhost, services),
        "exchanges": [_exchange(vhost, UPDATES_EXCHANGE, "topic")],
        "queues": [
            _queue(vhost, DEAD_LETTER),
            *(_work_queue(vhost, queue, nodes) for queue in _work(at_hosts(services))),
            _queue(vhost, UPDATES_QUEUE, **updates),
        ],
        "bindings": [
            {
                "source": UPDATES_EXCHANGE,
                "vhost": vhost,
                "destination": UPDATES_QUEUE,
                "destination_type": "queue",
                "routing_key": kind,
                "arguments": {},
            }
            for kind in UPDATE_KINDS
        ],
    }


def _user(name: str, password: str, tags: str = "", **said: Any) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": _password_hash(name, password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
        **said,
    }


def _everything(user: str, vhost: str) -> dict[str, Any]:
    return {"user": user, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}


def _permission(service: Service, user: str, vhost: str, rights: Rights) -> dict[str, Any]:
    """What a service's user may make, write and read, as patterns of whole names.

    A queue for listening is named after the exchange, the service and its connection.
    """
    own = [rf"{re.escape(name)}\.{re.escape(service.package)}[^.]*\.[^.]+" for name in rights.hears]
    write = [re.escape(name) for name in (DEFAULT_EXCHANGE, *rights.publishes)]
    read = [re.escape(name) for name in (*rights.takes, *rights.hears)]
    return {
        "user": user,
        "vhost": vhost,
        "configure": _whole(own),
        "write": _whole([*write, *own]),
        "read": _whole([*read, *own]),
    }


def _whole(patterns: Iterable[str]) -> str:
    """A pattern that matches what one of these matches whole; without any, it matches nothing."""
    return f"^({'|'.join(patterns)})$"


def _joined(parts: Iterable[Definitions]) -> Definitions:
    joined: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        for kind, entries in part.items():
            joined.setdefault(kind, []).extend(entries)
    return joined


def _password_hash(user: str, password: str) -> str:
    """RabbitMQ's salted SHA-256 of a password; always the same for the same user and password."""
    salt = hashlib.sha256(user.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
