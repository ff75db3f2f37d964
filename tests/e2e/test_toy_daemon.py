"""A daemon that Warren does not know joins a pool: its module, and its row in the table.

Nothing else is written for it: no file of Warren's changes.
"""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
import pika.exceptions
import pytest
from broker.envelope import Message
from broker.topology import POOL_VHOST, UPDATES_EXCHANGE, host_vhost
from service_table import SERVICES, Need, Per, Rights, Service, at_hosts
from simulated_pool import layout as layouts
from simulated_pool import pool as pools

from broker import BrokerSettings, connect
from tests.conftest import Pool

QUEUE = "org.example.toy"
TOY = Service(
    name="toy",
    module="toy",
    does="greets",
    per=Per.HOST,
    order=2,
    needs=frozenset({Need.STATE, Need.MACHINE}),
    rights=Rights(takes=(QUEUE,)),
    queue=QUEUE,
)
BY_BROKER = [service for service in (*at_hosts(SERVICES), TOY) if service.rights is not None]
MODULE = """
import json, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import telemetry
from broker import BrokerSettings, connect

said = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
telemetry.setup(said["service"], said["log_dir"])
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
alive = telemetry.Alive(said["alive_file"])

def greet(delivery):
    alive.sign()
    delivery.reply({"hostname": said["hostname"], "state_dir": said["state_dir"]})
    delivery.ack()

connection = connect(BrokerSettings.read(said["broker"], said["service"]))
connection.serve(QUEUE, greet, ThreadPoolExecutor(1))
stop.wait()
connection.close()
"""


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool whose table has a row more."""
    code, folder = tmp_path_factory.mktemp("code"), tmp_path_factory.mktemp("toys")
    (code / "toy.py").write_text(MODULE.replace("QUEUE", repr(QUEUE)))
    path = [str(code), *filter(None, [os.environ.get("PYTHONPATH")])]
    layout = layouts.load(folder, hosts=2, forwarders=1, port_base=None, services=(*SERVICES, TOY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(path))
        try:
            pools.up(layout, lambda text: None)
            yield Pool(layout)
        finally:
            pools.down(folder)


def settings_of(pool: Pool, name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(pool.layout.path("config", f"{name}.json").read_text())
    return said


def channel(pool: Pool, name: str, vhost: str) -> Any:
    """A channel as a service's user."""
    said = settings_of(pool, name)["broker"] | {"vhost": vhost}
    settings = BrokerSettings.read(said, "tests")
    return pika.BlockingConnection(settings.parameters()).channel()


def greeting(pool: Pool, host: str) -> Any:
    (uuid,) = (one.uuid for one in pool.layout.hosts if one.name == host)
    operator = BrokerSettings(
        (("127.0.0.1", pool.layout.ports["amqp"]),),
        host_vhost(uuid),
        "operator",
        pool.layout.secret("broker-operator"),
        "tests",
    )
    connection = connect(operator)
    try:
        return connection.call(QUEUE, Message(method="greet", body={}), timeout_s=30.0)
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["host1", "host2"])
def test_it_runs_on_each_host_with_the_settings_of_its_needs(toys: Pool, host: str) -> None:
    folder = toys.layout.folder / "hosts" / host / "toy"
    assert greeting(toys, host) == {"hostname": host, "state_dir": str(folder)}
    assert Path(settings_of(toys, f"toy-{host}")["alive_file"]).exists()


def test_it_is_started_again(toys: Pool) -> None:
    before = toys.supervisor.pids()["toy-host1"]
    os.kill(before, signal.SIGKILL)
    assert greeting(toys, "host1")
    assert toys.supervisor.pids()["toy-host1"] != before


@pytest.mark.parametrize("service", BY_BROKER, ids=lambda service: service.name)
def test_a_hosts_service_may_take_from_its_queue_and_no_other(toys: Pool, service: Service) -> None:
    vhost = host_vhost(toys.layout.hosts[0].uuid)
    services = (*SERVICES, TOY)
    queues = {one.queue for one in at_hosts(services) if one.queue is not None}
    allowed = set()
    for queue in queues:
        opened = channel(toys, service.called("host1"), vhost)
        try:
            opened.basic_cancel(opened.basic_consume(queue, lambda *_: None))
            allowed.add(queue)
        except pika.exceptions.ChannelClosedByBroker as error:
            assert error.reply_code == 403
        finally:
            opened.connection.close()
    assert allowed == ({service.queue} if service.queue else set())


def test_it_may_enter_no_other_vhost(toys: Pool) -> None:
    for vhost in (POOL_VHOST, host_vhost(toys.layout.hosts[1].uuid)):
        with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
            channel(toys, "toy-host1", vhost)


def test_it_may_say_nothing_for_others_and_remove_nothing(toys: Pool) -> None:
    vhost = host_vhost(toys.layout.hosts[0].uuid)
    for forbidden in (
        lambda opened: opened.queue_delete(QUEUE),
        lambda opened: opened.exchange_delete(UPDATES_EXCHANGE),
        lambda opened: opened.queue_declare("toy.more"),
        lambda opened: (opened.confirm_delivery(), opened.basic_publish(UPDATES_EXCHANGE, "", b"")),
    ):
        opened = channel(toys, "toy-host1", vhost)
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            forbidden(opened)
        opened.connection.close()
