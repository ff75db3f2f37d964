"""What exists in the broker, as data; ``python -m broker.topology`` prints it as definitions."""

import base64
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

FORWARDER_QUEUE = "org.xen.xapi.forwarder"
EVENTS_EXCHANGE = "org.xen.xapi.events"
DEAD_LETTER = "org.xen.xapi.dead-letter"
XENOPSD_QUEUE = "org.xen.xapi.xenopsd.classic"
MEMORY_QUEUE = "org.xen.xapi.memory"
UPDATES_EXCHANGE = "org.xen.xapi.xenopsd.updates"
UPDATES_QUEUE = "org.xen.xapi.forwarder.updates"

POOL_VHOST = "/"

# A message that killed its receiver this often goes to the dead letters instead.
DELIVERY_LIMIT = 20
# The forwarders' copy of updates: the newest ones tell all, older ones may go.
UPDATES_KEPT = 100_000

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
) -> dict[str, Any]:
    """Everything that the broker of a pool holds, in RabbitMQ's definitions format.

    ``users``: password by name of those who may use every vhost. ``host_users``: name of the user
    by uuid of the host whose vhost it may use, and no other. ``operator`` administers.
    """
    vhosts = [POOL_VHOST, *(host_vhost(uuid) for uuid in host_users)]
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    permissions = [
        {"user": user, "vhost": vhost, **everything}
        for user in users
        if user not in host_users.values()
        for vhost in vhosts
    ]
    permissions += [
        {"user": user, "vhost": host_vhost(uuid), **everything} for uuid, user in host_users.items()
    ]
    return {
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "users": [
            {
                "name": name,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator" if name == operator else "",
            }
            for name, password in users.items()
        ],
        "permissions": permissions,
        "exchanges": [
            _exchange(POOL_VHOST, EVENTS_EXCHANGE, "fanout"),
            *(_exchange(host_vhost(uuid), UPDATES_EXCHANGE, "topic") for uuid in host_users),
        ],
        "queues": [
            _work_queue(POOL_VHOST, FORWARDER_QUEUE),
            *(_queue(vhost, DEAD_LETTER) for vhost in vhosts),
            *(_work_queue(host_vhost(uuid), XENOPSD_QUEUE) for uuid in host_users),
            *(_work_queue(host_vhost(uuid), MEMORY_QUEUE) for uuid in host_users),
            *(
                _queue(
                    host_vhost(uuid),
                    UPDATES_QUEUE,
                    **{"x-single-active-consumer": True, "x-max-length": UPDATES_KEPT},
                )
                for uuid in host_users
            ),
        ],
        "bindings": [
            {
                "source": UPDATES_EXCHANGE,
                "vhost": host_vhost(uuid),
                "destination": UPDATES_QUEUE,
                "destination_type": "queue",
                "routing_key": kind,
                "arguments": {},
            }
            for uuid in host_users
            for kind in UPDATE_KINDS
        ],
    }


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256 of a password."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


if __name__ == "__main__":
    json.dump(definitions({}, dict.fromkeys(sys.argv[1:], ""), ""), sys.stdout, indent=2)
