"""What exists in the broker, as data; ``python -m broker.topology`` prints it as definitions."""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

FORWARDER_QUEUE = "org.xen.xapi.forwarder"
EVENTS_EXCHANGE = "org.xen.xapi.events"
DEAD_LETTER = "org.xen.xapi.dead-letter"
XENOPSD_QUEUE = "org.xen.xapi.xenopsd.classic"
MEMORY_QUEUE = "org.xen.xapi.memory"
UPDATES_EXCHANGE = "org.xen.xapi.xenopsd.updates"
UPDATES_QUEUE = "org.xen.xapi.forwarder.updates"

POOL_VHOST = "/"

Definitions = Mapping[str, list[dict[str, Any]]]
"""Entries by kind, as RabbitMQ imports them."""

# A message that killed its receiver this often goes to the dead letters instead.
DELIVERY_LIMIT = 20
# The forwarders' copy of updates: the newest ones tell all, older ones may go.
UPDATES_KEPT = 100_000

# Where nobody takes messages any more, senders are refused from here on: work that waits so long is
# better given up by who asked for it.
WORK_MAX = 100_000
# Dead letters are for people to read; the oldest go.
DEAD_LETTERS_KEPT = 10_000
# What one service that listens is behind by; news say "look", so the latest are enough.
NEWS_KEPT = 10_000
# A host's services have three connections; each may come back before the broker missed it.
HOST_CONNECTIONS_MAX = 16

UPDATE_KINDS = ("vm.#", "vbd.#", "vif.#", "host.#", "multipath.#")


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


def _work_queue(vhost: str, name: str) -> dict[str, Any]:
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": DEAD_LETTER}
    return _queue(vhost, name, **dead, **{"x-delivery-limit": DELIVERY_LIMIT})


def _policies(vhost: str) -> list[dict[str, Any]]:
    """The bounds of a vhost's queues, by what they are for."""
    work = _any(FORWARDER_QUEUE, XENOPSD_QUEUE, MEMORY_QUEUE)
    news = _any(EVENTS_EXCHANGE, UPDATES_EXCHANGE)
    return [
        _policy(vhost, "work", f"^{work}$", WORK_MAX, "reject-publish"),
        _policy(vhost, "dead letters", f"^{_any(DEAD_LETTER)}$", DEAD_LETTERS_KEPT, "drop-head"),
        _policy(vhost, "news", rf"^{news}\.", NEWS_KEPT, "drop-head"),
    ]


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


def definitions(
    users: Mapping[str, str], host_users: Mapping[str, str], operator: str
) -> Definitions:
    """Everything that the broker of a pool holds, in RabbitMQ's definitions format.

    ``users``: password by name of those who may use every vhost. ``host_users``: name of the user
    by uuid of the host whose vhost it may use, and no other. ``operator`` administers.
    """
    shared = [user for user in users if user not in host_users.values()]
    pool = {
        "vhosts": [{"name": POOL_VHOST}],
        "users": [
            _host_user(name, password)
            if name in host_users.values()
            else _user(name, password, "administrator" if name == operator else "")
            for name, password in users.items()
        ],
        "permissions": [_permission(user, POOL_VHOST) for user in shared],
        "policies": _policies(POOL_VHOST),
        "exchanges": [_exchange(POOL_VHOST, EVENTS_EXCHANGE, "fanout")],
        "queues": [_work_queue(POOL_VHOST, FORWARDER_QUEUE), _queue(POOL_VHOST, DEAD_LETTER)],
    }
    hosts = [_host(uuid, [*shared, user]) for uuid, user in host_users.items()]
    return _joined([pool, *hosts])


def host_definitions(uuid: str, user: str, password: str, shared: Iterable[str]) -> Definitions:
    """What a host that joins adds: its vhost, its ``user``, and what the ``shared`` ones may do."""
    return _joined([{"users": [_host_user(user, password)]}, _host(uuid, [*shared, user])])


def _host(uuid: str, users: Iterable[str]) -> Definitions:
    """A host's vhost, used by these users."""
    vhost = host_vhost(uuid)
    updates = {"x-single-active-consumer": True, "x-max-length": UPDATES_KEPT}
    return {
        "vhosts": [{"name": vhost}],
        "permissions": [_permission(user, vhost) for user in users],
        "policies": _policies(vhost),
        "exchanges": [_exchange(vhost, UPDATES_EXCHANGE, "topic")],
        "queues": [
            _queue(vhost, DEAD_LETTER),
            _work_queue(vhost, XENOPSD_QUEUE),
            _work_queue(vhost, MEMORY_QUEUE),
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


def _host_user(name: str, password: str) -> dict[str, Any]:
    return {**_user(name, password, ""), "limits": {"max-connections": HOST_CONNECTIONS_MAX}}


def _user(name: str, password: str, tags: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": _password_hash(name, password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def _permission(user: str, vhost: str) -> dict[str, Any]:
    return {"user": user, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}


def _joined(parts: Iterable[Definitions]) -> Definitions:
    joined: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        for kind, entries in part.items():
            joined.setdefault(kind, []).extend(entries)
    return joined


def _password_hash(user: str, password: str) -> str:
    """RabbitMQ's salted SHA-256 of a password; the same user's is always the same."""
    salt = hashlib.sha256(user.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


if __name__ == "__main__":
    json.dump(definitions({}, dict.fromkeys(sys.argv[1:], ""), ""), sys.stdout, indent=2)
