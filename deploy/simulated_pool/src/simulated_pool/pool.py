"""Brings a simulated pool up and down: the broker, then what the services need, then the services.

By hand: supervisor starts and restarts processes, but does not wait for one to serve before it
starts the next.
"""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from broker.management import Management

from broker import BrokerError, node, topology
from simulated_pool import engines, services
from simulated_pool.layout import Layout, Machine, Node, numbered
from simulated_pool.services import Process
from simulated_pool.supervision import Supervisor, write_settings

READY_TIMEOUT_S = 300.0
LOOK_EVERY_S = 0.1

Say = Callable[[str], None]


class NotReady(Exception):
    """A part of the pool did not come up."""


def up(layout: Layout, say: Say) -> None:
    """Start what does not run yet, and return once every host is live. Raises NotReady."""
    supervisor = Supervisor(layout.folder)
    if not supervisor.running():
        _describe_broker(layout)
        layout.path("log", "x")
        supervisor.launch(write_settings(layout.folder, [*_broker(layout), *_all(layout)]))
    say(f"RabbitMQ: starting, AMQP on port {', '.join(str(at.amqp) for at in layout.nodes)}")
    for process in _broker(layout):
        supervisor.start(process.name)
    await_broker(layout)
    if layout.brokers > 1:
        management(layout, layout.nodes[0]).apply(definitions(layout))
    say("pool database: first boot")
    _first_boot(layout)
    for process in sorted(_all(layout), key=lambda process: process.order):
        say(f"{process.name}: starting")
        supervisor.start(process.name)
    _await("xapi", layout, lambda: _answers(f"{layout.url}/readyz"))
    _await("hosts", layout, lambda: _live_hosts(layout) == len(layout.hosts))


def down(folder: Path) -> bool:
    """Stop everything, guests included; False if nothing runs."""
    supervisor = Supervisor(folder)
    if not supervisor.running():
        return False
    supervisor.shutdown()
    deadline = time.monotonic() + READY_TIMEOUT_S
    while supervisor.running():
        if time.monotonic() > deadline:
            raise NotReady("the supervisor does not stop; see its log")
        time.sleep(LOOK_EVERY_S)
    engines.end(folder)
    return True


def _all(layout: Layout) -> list[Process]:
    return services.processes(layout)


def _broker(layout: Layout) -> list[Process]:
    epmds = [
        Process(numbered("epmd", number), (*machine.through, *_epmd(layout, machine)), 0)
        for number, machine in enumerate(layout.machines, 1)
    ]
    return [*epmds, *(_node(layout, at) for at in layout.nodes)]


def _epmd(layout: Layout, machine: Machine) -> tuple[str, ...]:
    return ("epmd", "-address", machine.address, "-port", str(layout.ports["epmd"]))


def _node(layout: Layout, at: Node) -> Process:
    folder = layout.path(at.name, "x").parent
    arguments = ["--folder", str(folder), "--epmd", str(layout.ports["epmd"])]
    arguments += ["--address", at.machine.address]
    for name in ("amqp", "management", "distribution"):
        arguments += [f"--{name}", str(getattr(at, name))]
    if layout.brokers > 1:
        arguments += ["--cluster", *(node_name(other) for other in layout.nodes)]
        arguments += ["--cookie-file", str(layout.secret_file("broker-cookie"))]
    command = (*at.machine.through, sys.executable, "-m", "broker.node", *arguments)
    return Process(at.name, command, 0)


def node_name(at: Node) -> str:
    """The name of a node of the broker."""
    return node.name_of(at.machine.address, at.amqp)


def management(layout: Layout, at: Node) -> Management:
    """A node's management interface, for the operator."""
    url = f"http://{at.machine.address}:{at.management}"
    return Management(url, "operator", layout.secret("broker-operator"), None)


def await_broker(layout: Layout) -> None:
    """Wait until all nodes of the broker are there. Raises NotReady."""
    _await("RabbitMQ", layout, lambda: _whole(layout))


def _whole(layout: Layout) -> bool:
    """Whether each node of the broker answers, and sees all the others."""
    try:
        seen = [management(layout, at).running_nodes() for at in layout.nodes]
    except BrokerError:
        return False
    return all(count == layout.brokers for count in seen)


def definitions(layout: Layout) -> topology.Definitions:
    """Users, vhosts, queues and exchanges."""
    return topology.definitions(
        lambda user: layout.secret(f"broker-{user}"),
        {host.uuid: host.name for host in layout.hosts},
        "operator",
        layout.services,
        nodes=layout.brokers,
    )


def _describe_broker(layout: Layout) -> None:
    """Write the definitions that the broker loads at its start.

    The nodes of a cluster load only users and rights: a queue that is made before all nodes have
    joined is kept on those alone that have.
    """
    loaded = definitions(layout)
    if layout.brokers > 1:
        loaded = {kind: loaded[kind] for kind in ("vhosts", "users", "permissions")}
    for at in layout.nodes:
        path = layout.path(at.name, "definitions.json")
        path.write_text(json.dumps(loaded, indent=2))
        path.chmod(0o600)


def _first_boot(layout: Layout) -> None:
    config = layout.path("config", "firstboot.json")
    config.write_text(json.dumps(services.first_boot_settings(layout), indent=2))
    command = [sys.executable, "-m", "forwarder.firstboot", "--config", str(config)]
    subprocess.run(command, check=True)


def _await(what: str, layout: Layout, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not holds():
        if time.monotonic() > deadline:
            log = layout.folder / "log"
            raise NotReady(f"{what}: not ready after {READY_TIMEOUT_S:.0f} s; see {log}")
        time.sleep(LOOK_EVERY_S)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _live_hosts(layout: Layout) -> int:
    """How many live hosts a client of the pool sees."""

    def call(method: str, *params: object) -> object:
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        request = urllib.request.Request(
            f"{layout.url}/jsonrpc",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]

    session = call("session.login_with_password", "root", layout.secret("root"))
    metrics = call("host_metrics.get_all_records", session)
    call("session.logout", session)
    assert isinstance(metrics, dict)
    return sum(bool(record["live"]) for record in metrics.values())
