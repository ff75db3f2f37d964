"""Merges of an SR's layers as people see them: which host does what, and a task for each SR."""

from pathlib import Path
from typing import Any

import pytest
from datamodel.classes import SR, HostMetrics, Pool, Task
from datamodel.refs import as_ref
from xenops.storage import Merges

from tests.unit.forwarder.hosted_pool import HostedPool

FULL = ["Backend_error", ["SR_BACKEND_FAILURE_44", ["", "There is insufficient space", ""]]]
BROKEN = ["Backend_error", ["SR_BACKEND_FAILURE_46", ["", "The VDI is not available", ""]]]
FIRST, SECOND = 0, 1


@pytest.fixture
def pool(tmp_path: Path) -> HostedPool:
    return HostedPool(tmp_path)


def say(
    pool: HostedPool,
    sr: str,
    backlog: int,
    merging: float | None,
    *,
    host: int = FIRST,
    **more: Any,
) -> None:
    """Have a host report how its merges of an SR stand."""
    said = {"backlog": backlog, "merging": merging, **more}
    pool.shelf(sr).merging[pool.hosts[host]] = said
    pool.report(pool.hosts[host])


def tasks(pool: HostedPool) -> list[Any]:
    return sorted(pool.all("task").values(), key=lambda task: str(task["finished"]))


def task(pool: HostedPool) -> Any:
    (found,) = tasks(pool)
    return found


def messages(pool: HostedPool) -> list[tuple[str, str]]:
    return [(each["name"], each["obj_uuid"]) for each in pool.all("message").values()]


def set_live(pool: HostedPool, host: int, *, live: bool) -> None:
    metrics = as_ref(pool.get("host", pool.hosts[host])["metrics"])
    with pool.db.transaction() as tx:
        tx.edit(HostMetrics, metrics).live = live


# --- the task -----------------------------------------------------------------------------------


def test_while_a_host_merges_there_is_a_task_that_tells_how_far_it_is(pool: HostedPool) -> None:
    sr = pool.sr()
    say(pool, sr, 3, None)
    assert tasks(pool) == [], "layers may wait for what only others can do"
    seen = []
    for backlog, merging in ((4, 0.0), (4, 0.5), (2, 0.0), (6, 0.0), (1, 0.9)):
        say(pool, sr, backlog, merging)
        shown = task(pool)
        assert (shown["name_label"], shown["status"]) == ("Garbage Collection", "pending")
        assert shown["other_config"] == {"applies_to": sr}
        assert shown["allowed_operations"] == []
        seen.append(shown["progress"])
    assert seen == [0.0, 0.125, 0.5, 0.5, 0.983]
    say(pool, sr, 0, None)
    assert (task(pool)["status"], task(pool)["progress"]) == ("success", 1.0)
    say(pool, sr, 0, None)
    assert len(tasks(pool)) == 1
    say(pool, sr, 1, 0.0)
    assert sorted(each["status"] for each in tasks(pool)) == ["pending", "success"]


def test_two_hosts_that_merge_one_sr_have_one_task(pool: HostedPool) -> None:
    sr, other = pool.sr(), pool.sr()
    say(pool, sr, 4, 0.0)
    say(pool, sr, 3, 0.0, host=SECOND)
    assert len(tasks(pool)) == 1
    say(pool, other, 1, 0.0)
    assert [each["other_config"]["applies_to"] for each in tasks(pool)] == [sr, other]
    say(pool, other, 0, None)
    say(pool, sr, 1, None)
    assert [each["status"] for each in tasks(pool)].count("pending") == 1
    say(pool, sr, 0, None, host=SECOND)
    assert [each["status"] for each in tasks(pool)] == ["success", "success"]


def test_a_daemon_that_was_started_again_goes_on_with_its_task(pool: HostedPool) -> None:
    sr = pool.sr()
    say(pool, sr, 2, 0.5)
    say(pool, sr, -1, None)
    assert task(pool)["status"] == "pending"
    say(pool, sr, 1, 0.0)
    say(pool, sr, 0, None)
    assert task(pool)["status"] == "success"


def gone_silent(pool: HostedPool, sr: str) -> list[str]:
    set_live(pool, FIRST, live=False)
    return ["HOST_OFFLINE", pool.hosts[FIRST]]


def unplugged(pool: HostedPool, sr: str) -> list[str]:
    pbds = (pool.get("SR", sr)["PBDs"], pool.hosts[FIRST])
    (pbd,) = (ref for ref in pbds[0] if pool.get("PBD", ref)["host"] == pbds[1])
    pool.call("PBD.unplug", pbd)
    pool.report(pool.hosts[FIRST])
    return ["SR_NOT_ATTACHED", sr]


def forgotten(pool: HostedPool, sr: str) -> list[str]:
    for pbd in pool.get("SR", sr)["PBDs"]:
        pool.call("PBD.unplug", pbd)
    pool.call("SR.forget", sr)
    return ["HANDLE_INVALID", "SR", sr]


def failed(pool: HostedPool, sr: str) -> list[str]:
    say(pool, sr, 1, None, not_merged=BROKEN)
    return ["SR_BACKEND_FAILURE_46", "", "The VDI is not available", ""]


@pytest.mark.parametrize("end", [gone_silent, unplugged, forgotten, failed])
def test_merges_that_do_not_end_well_say_why(pool: HostedPool, end: Any) -> None:
    sr = pool.sr()
    say(pool, sr, 2, 0.5)
    error = end(pool, sr)
    for _ in range(2):
        pool.tend()
    assert (task(pool)["status"], task(pool)["error_info"]) == ("failure", error)
    assert pool.kv("merging-tasks") == {}


def test_a_task_that_a_client_removed_is_shown_anew_while_merges_go_on(pool: HostedPool) -> None:
    sr = pool.sr()
    say(pool, sr, 2, 0.5)
    (ref,) = pool.all("task")
    with pool.db.transaction() as tx:
        tx.delete(Task, as_ref(ref))
    for _ in range(2):
        say(pool, sr, 2, 0.5)
    assert task(pool)["status"] == "pending"


# --- no room ------------------------------------------------------------------------------------


def test_operators_hear_once_that_there_is_no_room_for_merges(pool: HostedPool) -> None:
    sr = pool.sr()
    uuid = pool.get("SR", sr)["uuid"]
    for _ in range(2):
        say(pool, sr, 2, 0.0)
        say(pool, sr, 2, None, not_merged=FULL)
        say(pool, sr, 2, 0.0, not_merged=FULL)
        say(pool, sr, 2, None, not_merged=FULL)
        say(pool, sr, -1, None)
    assert messages(pool) == [("SM_GC_NO_SPACE", uuid)]
    (message,) = pool.all("message").values()
    assert "destroy VDIs or snapshots" in message["body"] and uuid in message["body"]
    say(pool, sr, 0, None)
    say(pool, sr, 2, None, not_merged=FULL)
    assert messages(pool) == [("SM_GC_NO_SPACE", uuid)] * 2


# --- who merges ---------------------------------------------------------------------------------


def set_keys(pool: HostedPool, sr: str, keys: dict[str, str]) -> None:
    with pool.db.transaction() as tx:
        tx.edit(SR, as_ref(sr)).other_config = keys


def merges(pool: HostedPool, sr: str) -> list[Merges]:
    """What the hosts merge once each has reported and was told what is wrong."""
    for host in pool.hosts:
        pool.report(host)
    pool.tend()
    return [pool.shelf(sr).merges.get(host, Merges.NONE) for host in pool.hosts]


def test_one_of_the_hosts_that_share_an_sr_merges_what_nobody_uses(pool: HostedPool) -> None:
    shared, own = pool.sr(), pool.sr(shared=False, host=SECOND)
    assert merges(pool, shared) == [Merges.ALL, Merges.OPEN]
    assert merges(pool, own) == [Merges.NONE, Merges.ALL]
    asked = len(pool.house.asked)
    merges(pool, shared)
    assert len(pool.house.asked) == asked


def test_a_new_coordinator_merges_in_place_of_the_old_one(pool: HostedPool) -> None:
    sr = pool.sr()
    with pool.db.transaction() as tx:
        (ref,) = tx.refs(Pool)
        tx.edit(Pool, ref).master = as_ref(pool.hosts[SECOND])
    assert merges(pool, sr) == [Merges.OPEN, Merges.ALL]


@pytest.mark.parametrize("key", ["gc", "coalesce", "leaf-coalesce"])
def test_a_key_stops_all_merges_of_an_sr_until_it_is_gone(pool: HostedPool, key: str) -> None:
    sr = pool.sr()
    say(pool, sr, 2, 0.5)
    set_keys(pool, sr, {key: "false"})
    assert merges(pool, sr) == [Merges.NONE, Merges.NONE]
    say(pool, sr, 1, None)
    assert task(pool)["status"] == "cancelled"
    set_keys(pool, sr, {key: "true"})
    assert merges(pool, sr) == [Merges.ALL, Merges.OPEN]
