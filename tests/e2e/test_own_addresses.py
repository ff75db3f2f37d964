"""Hosts of one machine have an address each, and what each host has its usual port there."""

import socket
from dataclasses import replace
from pathlib import Path

from service_table import SERVICES
from simulated_pool import layout as layouts

from tests.conftest import Pool
from tests.e2e.test_toy_daemon import TOY


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_each_host_of_the_pool_is_reached_at_its_own_address(pool: Pool) -> None:
    with pool.session() as api:
        records = api.host.get_all_records().values()
    told = {record["name_label"]: record["address"] for record in records}
    assert told == {host.name: host.address for host in pool.layout.hosts}
    assert len(set(told.values())) == len(told)


def test_hosts_listen_at_the_same_usual_port_unless_it_is_taken(tmp_path: Path) -> None:
    services = (*SERVICES, replace(TOY, port=free_port()))
    with socket.create_server(("127.0.0.2", services[-1].port)):
        base = free_port()
        layout = layouts.load(tmp_path, hosts=3, forwarders=1, port_base=base, services=services)
    ports = [layout.ports[f"toy-{host.name}"] for host in layout.hosts]
    assert ports[0] == ports[2] == services[-1].port
    assert base < ports[1] <= base + len(layout.ports)
