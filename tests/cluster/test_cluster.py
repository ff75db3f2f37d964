"""A pool on three machines: the broker's nodes, two xapis at one address, PostgreSQL elsewhere.

The machines are network namespaces. Nodes of the broker die by kill -9, each time the leader of the
forwarders' queue; then all that runs on the coordinator dies, for good; at last its machine is off
the network without a word.
"""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest
import XenAPI
from broker.topology import FORWARDER_QUEUE, POOL_VHOST
from simulated_pool import layout as layouts
from simulated_pool import pool as pools

from tests import haproxy, machines, postgresql
from tests.callers import CALLS_EACH, call_while
from tests.conftest import Pool, make_vm, remove_vm

CLIENTS = 4
READS = 100
TAKE_TURN = """
import sys, pooldb
db = pooldb.connect(sys.argv[1])
db.begin()
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def network() -> Iterator[machines.Network]:
    with machines.network(3) as made:
        yield made


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory, network: machines.Network) -> Iterator[Pool]:
    folder = tmp_path_factory.mktemp("cluster")
    with postgresql.running(network.address) as server:
        layout = layouts.load(
            folder,
            hosts=3,
            forwarders=2,
            port_base=None,
            brokers=3,
            xapis=2,
            database=server.new_database(),
            machines=network.machines,
        )
        try:
            pools.up(layout, print)
            yield Pool(layout)
        finally:
            pools.down(folder)


@pytest.fixture(scope="module")
def address(pool: Pool) -> Iterator[str]:
    """Where clients reach the pool, whichever xapi answers."""
    with haproxy.running(pool.layout.gateways) as url:
        yield url


@contextlib.contextmanager
def session(url: str, password: str) -> Iterator[Any]:
    """A session of the unmodified client."""
    opened = XenAPI.Session(url)
    opened.xenapi.login_with_password("root", password, "1.0", "tests")
    yield opened.xenapi
    opened.xenapi.logout()


@pytest.fixture
def vms(pool: Pool, address: str) -> Iterator[list[str]]:
    with session(address, pool.password) as api:
        made = [make_vm(api, disk=False) for _ in range(CLIENTS)]
        yield made
        for vm in made:
            remove_vm(api, vm)


def test_what_one_xapi_was_told_the_other_shows_at_once(pool: Pool, vms: list[str]) -> None:
    urls = [gateway.url for gateway in pool.layout.gateways]
    with session(urls[0], pool.password) as one, session(urls[1], pool.password) as other:
        turns = itertools.cycle([(one, other), (other, one)])
        for number, (writer, reader) in zip(range(READS), turns, strict=False):
            writer.VM.set_name_label(vms[0], f"name {number}")
            assert reader.VM.get_name_label(vms[0]) == f"name {number}"
        for writer, reader in ((one, other), (other, one)):
            writer.VM.start(vms[0], False, False)
            assert reader.VM.get_power_state(vms[0]) == "Running"
            reader.VM.hard_shutdown(vms[0])
            assert writer.VM.get_power_state(vms[0]) == "Halted"


def test_behind_one_address_a_client_reads_what_it_wrote(
    pool: Pool, address: str, vms: list[str]
) -> None:
    with session(address, pool.password) as api:
        for number in range(READS):
            api.VM.set_name_label(vms[0], f"name {number}")
            assert api.VM.get_name_label(vms[0]) == f"name {number}"


def leader(pool: Pool) -> str:
    """The process of the node that the forwarders' queue goes through."""
    for at in pool.layout.nodes:
        with contextlib.suppress(Exception):
            name = pools.management(pool.layout, at).leader(POOL_VHOST, FORWARDER_QUEUE)
            return next(at.name for at in pool.layout.nodes if pools.node_name(at) == name)
    raise AssertionError("no node answers")


def kill(pool: Pool, process: str) -> None:
    os.kill(pool.supervisor.pids()[process], signal.SIGKILL)


def keep_down(pool: Pool, process: str) -> None:
    """Have the supervisor not start it again, or stop it if it has."""
    while process in pool.supervisor.pids():
        with contextlib.suppress(xmlrpc.client.Fault):
            pool.supervisor.stop(process)


def test_a_node_after_the_other_dies_and_no_call_is_lost(
    pool: Pool, address: str, vms: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def kill_leader() -> None:
        kill(pool, leader(pool))
        pools.await_broker(pool.layout)

    counts = call_while(pool, address, vms, [kill_leader, kill_leader])
    with capsys.disabled():
        print(f"\nthe leading node killed twice: {counts}")
    assert counts.sent == CLIENTS * CALLS_EACH
    assert counts.lost == 0


def test_the_coordinator_stays_away_and_no_confirmed_call_is_lost(
    pool: Pool, address: str, vms: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    coordinator = ["xapi", "forwarder-1", leader(pool)]

    def lose_coordinator() -> None:
        for process in coordinator:
            kill(pool, process)
        for process in coordinator:
            keep_down(pool, process)

    counts = call_while(pool, address, vms, [lose_coordinator])
    with capsys.disabled():
        print(f"\n{', '.join(coordinator)} lost for good: {counts}")
    for process in coordinator:
        pool.supervisor.start(process)
    pools.await_broker(pool.layout)
    assert counts.sent == CLIENTS * CALLS_EACH
    assert counts.lost == 0
    # What was under way when the coordinator was lost is a matter of moments: nobody fails later.
    assert len(counts.failed) <= 2 * CLIENTS


def test_the_coordinators_machine_vanishes_and_no_confirmed_call_is_lost(
    pool: Pool,
    network: machines.Network,
    address: str,
    vms: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with session(address, pool.password) as api:
        # Its own guests would be out of reach.
        host = api.host.get_by_name_label(pool.layout.hosts[0].name)[0]
        api.host.disable(host)
        counts = call_while(pool, address, vms, [lambda: network.cut(1)])
        with capsys.disabled():
            print(f"\nthe coordinator's machine off the network: {counts}")
        network.mend(1)
        pools.await_broker(pool.layout)
        api.host.enable(host)
    assert counts.sent == len(vms) * CALLS_EACH
    assert counts.lost == 0


def test_a_writer_that_vanishes_gives_its_turn_back(
    pool: Pool, network: machines.Network, address: str, vms: list[str]
) -> None:
    command = [*network.machines[2].through, sys.executable, "-c", TAKE_TURN]
    with subprocess.Popen(
        [*command, str(pool.layout.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        network.cut(3)
        try:
            with session(address, pool.password) as api:
                api.VM.set_name_label(vms[0], "written")
                assert api.VM.get_name_label(vms[0]) == "written"
        finally:
            network.mend(3)
            writer.kill()
    pools.await_broker(pool.layout)
