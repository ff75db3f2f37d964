"""What the broker holds: nothing in it grows without end."""

import re

from broker import topology

HOST, USER = "6f8c", "xenopsd-host1"


def test_every_queue_is_bounded() -> None:
    made = topology.definitions({"xapi": "a", USER: "b"}, {HOST: USER}, "operator")
    for queue in made["queues"]:
        bounds = [
            policy["definition"]["max-length"]
            for policy in made["policies"]
            if policy["vhost"] == queue["vhost"] and re.search(policy["pattern"], queue["name"])
        ]
        assert len(bounds) + ("x-max-length" in queue["arguments"]) == 1, queue["name"]


def test_a_hosts_user_has_its_own_vhost_and_a_limit_and_others_neither() -> None:
    made = topology.definitions({"xapi": "a", USER: "b"}, {HOST: USER}, "operator")
    limited = [user["name"] for user in made["users"] if "limits" in user]
    vhosts = [entry["vhost"] for entry in made["permissions"] if entry["user"] == USER]
    assert (limited, vhosts) == ([USER], [topology.host_vhost(HOST)])


def test_definitions_are_the_same_each_time() -> None:
    made = [topology.definitions({"xapi": "a"}, {}, "operator") for _ in range(2)]
    assert made[0] == made[1]
