"""The broker's own troubles: it cuts off, blocks, loses a queue, delivers again and again.

Each time calls wait or fail with a clear error, nothing is lost or done twice, and the pool works
afterwards.
"""

import contextlib
import re
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
import XenAPI
from broker.dead_letters import LIMIT, DeadLetter, look
from broker.topology import (
    DELIVERY_LIMIT,
    FORWARDER_QUEUE,
    MEMORY_QUEUE,
    POOL_VHOST,
    UPDATES_QUEUE,
    XENOPSD_QUEUE,
    host_vhost,
)
from simulated_pool import pool as pools

from broker import BrokerSettings, node
from tests.conftest import Pool, make_vm, remove_vm
from tests.faults.test_kills import OUT_OF_REACH, assert_true, end_of

HOST = "host1"
MADE = re.compile(r'"atomic": "VmCreate\b')
GARBAGE = b"{no JSON"
FLAPS = 5
STORM = 50
ALARMS = {
    "memory": (
        ("set_vm_memory_high_watermark", "absolute", "1MB"),
        ("set_vm_memory_high_watermark", "absolute", node.MEMORY_MAX),
    ),
    "disk": (("set_disk_free_limit", "100000GB"), ("set_disk_free_limit", node.DISK_FREE_MIN)),
}
"""What sets off an alarm of the broker's, and what ends it."""


class Operator:
    """Whoever administers the pool's broker."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        layout = pool.layout
        (self._node,) = layout.nodes
        self._environment = node.environment(
            layout.path(self._node.name, "x").parent,
            address=self._node.machine.address,
            amqp=self._node.amqp,
            management=self._node.management,
            distribution=self._node.distribution,
            epmd=layout.ports["epmd"],
        )

    def do(self, *command: str) -> str:
        control = str(Path(node.SERVER).with_name("rabbitmqctl"))
        done = subprocess.run(
            [control, "--quiet", *command],
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def vhost(self, host: str | None) -> str:
        return POOL_VHOST if host is None else host_vhost(self._pool.host_named(host).uuid)

    def restore(self) -> None:
        """Make again whatever is gone."""
        layout = self._pool.layout
        pools.management(layout, self._node).apply(pools.definitions(layout))

    @contextlib.contextmanager
    def alarm(self, name: str) -> Iterator[None]:
        """Whoever publishes is blocked meanwhile."""
        begin, end = ALARMS[name]
        self.do(*begin)
        try:
            while "blocked" not in self.do("list_connections", "state"):
                pass
            yield
        finally:
            self.do(*end)

    def settings(self, vhost: str) -> BrokerSettings:
        address = (self._node.machine.address, self._node.amqp)
        password = self._pool.layout.secret("broker-operator")
        return BrokerSettings((address,), vhost, "operator", password, "tests")

    @contextlib.contextmanager
    def channel(self, vhost: str) -> Iterator[Any]:
        with pika.BlockingConnection(self.settings(vhost).parameters()) as connection:
            yield connection.channel()


@pytest.fixture(scope="module")
def operator(pool: Pool) -> Operator:
    return Operator(pool)


def call_until_done(pool: Pool, begin: Callable[[Any], str]) -> None:
    """Make an asynchronous call, again whenever a host was out of reach."""
    while True:
        with pool.session() as api:
            task = begin(api)
        record = end_of(pool, task)
        if record["status"] == "success":
            return
        assert record["error_info"][0] in OUT_OF_REACH, record


def works(pool: Pool, host: str = HOST) -> None:
    """The pool runs a VM on a host, and stops it."""
    with pool.session() as api:
        vm = make_vm(api)
        ref = api.host.get_by_name_label(host)[0]
    call_until_done(pool, lambda api: str(api.Async.VM.start_on(vm, ref, False, False)))
    assert_true(pool, vm)
    with pool.session() as api:
        remove_vm(api, vm)


def made(pool: Pool, vm: str) -> int:
    """How often a domain was made for a VM."""
    with pool.session() as api:
        uuid_ = api.VM.get_uuid(vm)
    logs = pool.layout.path("log", "x").parent.glob("xenopsd-*.jsonl")
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return sum(bool(MADE.search(line)) and uuid_ in line for line in lines)


@pytest.fixture
def vms(pool: Pool) -> Iterator[list[str]]:
    with pool.session() as api:
        found = [make_vm(api) for _ in range(4)]
    yield found
    with pool.session() as api:
        for vm in found:
            remove_vm(api, vm)


# --- connections --------------------------------------------------------------------------------


def test_connections_are_cut_again_and_again(
    pool: Pool, operator: Operator, vms: list[str]
) -> None:
    with pool.session() as api:
        tasks = [api.Async.VM.start(vm, False, False) for vm in vms]
    for _ in range(FLAPS):
        operator.do("close_all_connections", "a fault")
    for vm, task in zip(vms, tasks, strict=True):
        record = end_of(pool, task)
        assert record["status"] == "success" or record["error_info"][0] in OUT_OF_REACH, record
        assert_true(pool, vm)
        assert made(pool, vm) == (record["status"] == "success")
    works(pool)


# --- alarms -------------------------------------------------------------------------------------


@pytest.mark.parametrize("alarm", ALARMS)
def test_publishers_are_blocked_and_released(
    pool: Pool, operator: Operator, vms: list[str], alarm: str
) -> None:
    with operator.alarm(alarm), pool.session() as api:
        tasks = [api.Async.VM.start(vm, False, False) for vm in vms]
        assert {api.task.get_status(task) for task in tasks} == {"pending"}
    for vm, task in zip(vms, tasks, strict=True):
        record = end_of(pool, task)
        assert record["status"] == "success" or record["error_info"][0] in OUT_OF_REACH, record
        assert_true(pool, vm)
        assert made(pool, vm) <= 1
    works(pool)


@pytest.mark.timeout(300)
def test_a_call_does_not_wait_for_ever_while_publishers_are_blocked(
    pool: Pool, operator: Operator, vms: list[str]
) -> None:
    with operator.alarm("memory"):
        with pool.session() as api:
            task = api.Async.VM.start(vms[0], False, False)
        assert end_of(pool, task)["error_info"][0] in OUT_OF_REACH
    while True:
        with contextlib.suppress(XenAPI.Failure):
            works(pool)
            break
    call_until_done(pool, lambda api: str(api.Async.VM.start(vms[0], False, False)))
    assert_true(pool, vms[0])


# --- queues -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queue", "host"),
    [
        (FORWARDER_QUEUE, None),
        (XENOPSD_QUEUE, HOST),
        (UPDATES_QUEUE, HOST),
        (MEMORY_QUEUE, HOST),
    ],
)
def test_a_queue_is_deleted_under_its_consumer_and_made_again(
    pool: Pool, operator: Operator, vms: list[str], queue: str, host: str | None
) -> None:
    vhost = operator.vhost(host)
    with pool.session() as api:
        ref = api.host.get_by_name_label(HOST)[0]
        operator.do("delete_queue", "--vhost", vhost, queue)
        task = api.Async.VM.start_on(vms[0], ref, False, False)
        record = end_of(pool, task)
        assert record["status"] == "success" or record["error_info"][0] in OUT_OF_REACH, record
    operator.restore()
    works(pool)
    assert_true(pool, vms[0])


# --- poison -------------------------------------------------------------------------------------


def letters(operator: Operator, vhost: str, id_: str) -> list[DeadLetter]:
    return [letter for letter in look(operator.settings(vhost)) if letter.id == id_]


@pytest.mark.parametrize("queue", [XENOPSD_QUEUE, UPDATES_QUEUE, MEMORY_QUEUE])
@pytest.mark.parametrize("body", [GARBAGE, b"[]", b'{"method": "x"}'])
def test_what_a_host_or_its_listeners_cannot_read_harms_only_itself(
    pool: Pool, operator: Operator, queue: str, body: bytes
) -> None:
    vhost, id_ = operator.vhost(HOST), str(uuid.uuid4())
    with operator.channel(vhost) as channel:
        channel.basic_publish(
            "", queue, body, pika.BasicProperties(message_id=id_, type="VM.start")
        )
    while body == GARBAGE and not letters(operator, vhost, id_):
        pass
    works(pool)


def test_a_message_that_kills_each_receiver_is_given_up_by_the_broker(
    pool: Pool, operator: Operator, vms: list[str]
) -> None:
    vhost, service = operator.vhost(HOST), f"xenopsd-{HOST}"
    id_ = str(uuid.uuid4())
    pool.supervisor.stop(service)
    try:
        with operator.channel(vhost) as channel:
            channel.queue_purge(XENOPSD_QUEUE)
            channel.basic_publish(
                "", XENOPSD_QUEUE, b"{}", pika.BasicProperties(message_id=id_, type="VM.start")
            )
        died = 0
        while LIMIT not in {letter.reason for letter in letters(operator, vhost, id_)}:
            with operator.channel(vhost) as channel:
                died += channel.basic_get(XENOPSD_QUEUE)[0] is not None
    finally:
        pool.supervisor.start(service)
    assert died >= DELIVERY_LIMIT
    works(pool)


# --- again and again ----------------------------------------------------------------------------


def test_a_storm_of_redeliveries_has_each_thing_done_once(
    pool: Pool, operator: Operator, vms: list[str]
) -> None:
    vhost, service = operator.vhost(HOST), f"xenopsd-{HOST}"
    pool.supervisor.stop(service)
    try:
        with pool.session() as api:
            ref = api.host.get_by_name_label(HOST)[0]
            tasks = [api.Async.VM.start_on(vm, ref, False, False) for vm in vms]
        with operator.channel(vhost) as channel:
            taken: dict[str, Any] = {}
            while len(taken) < len(vms):
                method, properties, body = channel.basic_get(XENOPSD_QUEUE)
                if method is not None and properties.type == "VM.start":
                    taken[properties.message_id] = properties, body
            for properties, body in [*taken.values()] * STORM:
                channel.basic_publish("", XENOPSD_QUEUE, body, properties)
    finally:
        pool.supervisor.start(service)
    cutter = threading.Thread(target=operator.do, args=("close_all_connections", "a fault"))
    cutter.start()
    for vm, task in zip(vms, tasks, strict=True):
        record = end_of(pool, task)
        assert record["status"] == "success" or record["error_info"][0] in OUT_OF_REACH, record
        assert made(pool, vm) <= 1
        assert_true(pool, vm)
    cutter.join()
    works(pool)
