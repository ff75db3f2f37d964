"""What the broker holds: nothing grows without end, and each user may do what its row says."""

import re

import pytest
from service_table import SERVICES, Service, at_hosts

from broker import topology

UUID, HOST = "6f8c", "host1"
VHOST = topology.host_vhost(UUID)


def made(nodes: int = 1) -> topology.Definitions:
    return topology.definitions(
        lambda user: f"password of {user}", {UUID: HOST}, "operator", nodes=nodes
    )


def test_every_queue_is_bounded() -> None:
    definitions = made()
    for queue in definitions["queues"]:
        bounds = [
            policy["definition"]["max-length"]
            for policy in definitions["policies"]
            if policy["vhost"] == queue["vhost"] and re.search(policy["pattern"], queue["name"])
        ]
        assert len(bounds) + ("x-max-length" in queue["arguments"]) == 1, queue["name"]


def test_each_services_queue_is_there_where_it_serves_it() -> None:
    there = {(queue["vhost"], queue["name"]) for queue in made()["queues"]}
    hosts = at_hosts(SERVICES)
    wanted = {
        (VHOST if service in hosts else topology.POOL_VHOST, service.queue)
        for service in SERVICES
        if service.queue is not None
    }
    assert wanted <= there


def test_a_hosts_users_have_its_vhost_alone_and_a_limit_and_others_none() -> None:
    definitions = made()
    users = topology.host_users(HOST)
    limited = [user["name"] for user in definitions["users"] if "limits" in user]
    vhosts = {said["vhost"] for said in definitions["permissions"] if said["user"] in users}
    assert (limited, vhosts) == (users, {VHOST})


@pytest.mark.parametrize(
    "service",
    [service for service in at_hosts(SERVICES) if service.rights is not None],
    ids=lambda service: service.name,
)
def test_a_hosts_service_takes_from_its_own_queue_alone(service: Service) -> None:
    definitions = made()
    (said,) = (one for one in definitions["permissions"] if one["user"] == service.called(HOST))
    queues = [queue["name"] for queue in definitions["queues"] if queue["vhost"] == VHOST]
    taken = [name for name in queues if re.search(said["read"], name)]
    assert taken == ([] if service.queue is None else [service.queue])
    assert not [name for name in queues if re.search(said["configure"], name)]
    assert not [name for name in queues if re.search(said["write"], name)]


@pytest.mark.parametrize("nodes", [1, 3])
def test_a_queue_of_a_single_node_may_forget_what_need_not_be_durable(nodes: int) -> None:
    classic = {
        queue["name"]
        for queue in made(nodes)["queues"]
        if queue["arguments"]["x-queue-type"] == "classic"
    }
    assert classic == (
        {topology.FORWARDER_QUEUE, topology.MEMORY_QUEUE, topology.STORAGE_QUEUE}
        if nodes == 1
        else set()
    )


def test_definitions_are_the_same_each_time() -> None:
    assert made() == made()
