"""How a machine joins the pool, invited by the pool's machine, and how it leaves.

An invitation is a file with the passwords of the new host's users at the broker, the authority to
trust, and the broker's address. Whoever has it can act as that host, and as no other.
"""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

from broker import topology
from warren import gateway
from warren.files import SECRET_BYTES, write_private
from warren.installation import (
    BROKER_AUTHORITY_PUBLIC,
    OPERATOR,
    Host,
    host_instances,
    write_service,
)
from warren.operator import Operator

# Parameters of host.create about licences and directories, which Warren does not have.
LICENSING: tuple[Any, ...] = (
    *("", "", {}, {}, "", {"address": "localhost", "port": "27000"}),
    *(gateway.NULL_REF, {}),
)


def invite(root: Path, host: Host, broker: tuple[str, int]) -> dict[str, Any]:
    """Add a host to the pool and return its invitation; a host of that name is invited again.

    ``broker`` is where the host will find it. Raises BrokerError, GatewayError, NotSetUp.
    """
    operator = Operator(root)
    passwords = {
        user: secrets.token_urlsafe(SECRET_BYTES) for user in topology.host_users(host.name)
    }
    with operator.session() as call:
        known = call("host.get_by_name_label", host.name)
        if known:
            host = Host(**{**asdict(host), "uuid": call("host.get_uuid", known[0])})
        nodes = operator.management.running_nodes()
        added = topology.host_definitions(
            host.uuid, host.name, passwords.__getitem__, OPERATOR, nodes=nodes
        )
        operator.management.apply(added)
        call("host.create", host.uuid, host.name, "", host.name, host.address, *LICENSING)
    return {
        "host": asdict(host),
        "broker": broker,
        "authority": operator.authority(),
        "passwords": passwords,
    }


def join(root: Path, invitation: dict[str, Any], log_dir: str | None) -> Host:
    """Write the settings that make this machine the invited host."""
    host = Host(**invitation["host"])
    folder = root / host.folder
    write_private(folder / BROKER_AUTHORITY_PUBLIC, invitation["authority"])
    address, port = invitation["broker"]
    for of in host_instances(folder, host, (address, port), log_dir):
        if of.service.rights is not None:
            write_private(of.password_file, invitation["passwords"][of.name])
        write_service(of)
    return host


def remove(root: Path, name: str) -> None:
    """Remove a host that is gone for good; its VMs count as off then. Safe to repeat.

    Raises GatewayError while the host still reports, BrokerError, NotSetUp.
    """
    operator = Operator(root)
    with operator.session() as call:
        for host in call("host.get_by_name_label", name):
            call("host.declare_dead", host)
            call("host.destroy", host)
    for user in topology.host_users(name):
        operator.management.remove(user)
