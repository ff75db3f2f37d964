"""Whether a host is live is what its reports say, whichever forwarder hears them."""

from pathlib import Path
from typing import Any

import pooldb
import pytest
from forwarder.reports import HEARD, SILENCE_MAX_S, Reports
from pooldb import Database
from xenops.codec import encode
from xenops.types import PowerState, VmDomainType, VmState

FACTS = {
    **{"memory_total_kib": 2048, "memory_free_kib": 1024, "cpus": 2},
    **{"agent_start_time": 2000.0, "boot_time": 1000.0},
}
RUNNING = VmState(
    power_state=PowerState.Running,
    domids=[7],
    consoles=[],
    memory_target=0,
    memory_actual=0,
    memory_limit=0,
    vcpu_target=1,
    shadow_multiplier_target=1.0,
    rtc_timeoffset="",
    uncooperative_balloon_driver=False,
    guest_agent={},
    xsdata_state={},
    pv_drivers_detected=False,
    last_start_time=0.0,
    hvm=False,
    nomigrate=False,
    nested_virt=False,
    domain_type=VmDomainType.Domain_PVH,
    featureset="",
    numa_optimised=False,
    numa_nodes=0,
    numa_node_memory=[],
)


class Report:
    """A report as the broker delivers it."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.acked = False

    def ack(self) -> None:
        self.acked = True


class Heartbeat(Report):
    def __init__(self, **facts: Any) -> None:
        super().__init__({"kind": "host", "state": FACTS | facts})


class Runs(Report):
    """A host says that it runs a VM."""

    def __init__(self, uuid: str, version: int) -> None:
        state = encode(VmState, RUNNING)
        super().__init__({"kind": "vm", "id": uuid, "version": version, "state": state})


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")


@pytest.fixture
def host(db: Database) -> str:
    with db.transaction() as tx:
        metrics = tx.create("host_metrics", {"live": False})
        return tx.create("host", {"name_label": "host1", "metrics": metrics})


def is_live(db: Database, host: str) -> bool:
    metrics = db.view.get("host", host)["metrics"]
    return bool(db.view.get("host_metrics", metrics)["live"])


def grow_silent(db: Database, host: str) -> None:
    with db.transaction() as tx:
        tx.kv_set(HEARD, host, tx.now() - SILENCE_MAX_S - 1)


def test_a_heartbeat_makes_a_host_live_and_is_acknowledged(db: Database, host: str) -> None:
    beat = Heartbeat()
    Reports(db).take(host, beat)  # type: ignore[arg-type]  # only body and ack are used
    assert is_live(db, host)
    assert beat.acked


def test_a_control_domain_has_the_size_that_xen_says(db: Database, host: str) -> None:
    with db.transaction() as tx:
        metrics = tx.create("VM_metrics", {"memory_actual": 0})
        vm = tx.create("VM", {"is_control_domain": True, "metrics": metrics})
        tx.update("host", host, {"control_domain": vm})
    Reports(db).take(host, Heartbeat(control_domain_kib=786432))  # type: ignore[arg-type]
    assert db.view.get("VM", vm)["memory_static_max"] == 768 * 1024 * 1024
    assert db.view.get("VM_metrics", metrics)["memory_actual"] == 768 * 1024 * 1024


def test_a_silent_host_is_not_live_even_for_a_forwarder_that_never_heard_it(
    db: Database, host: str
) -> None:
    Reports(db).take(host, Heartbeat())  # type: ignore[arg-type]
    grow_silent(db, host)
    Reports(db).look_for_silent_hosts()
    assert not is_live(db, host)


def test_what_one_forwarder_hears_counts_for_all(db: Database, host: str) -> None:
    first, second = Reports(db), Reports(db)
    first.take(host, Heartbeat())  # type: ignore[arg-type]
    grow_silent(db, host)
    second.take(host, Heartbeat())  # type: ignore[arg-type]
    first.look_for_silent_hosts()
    assert is_live(db, host)


def test_a_change_is_published_and_silence_as_usual_is_not(db: Database, host: str) -> None:
    published: list[int] = []
    reports = Reports(db)
    reports.publish = published.append
    reports.take(host, Heartbeat())  # type: ignore[arg-type]
    reports.look_for_silent_hosts()
    assert published == [db.view.generation]


def test_a_vm_that_two_hosts_run_is_told_once_and_left_alone(db: Database, host: str) -> None:
    with db.transaction() as tx:
        other = tx.create("host", {"name_label": "host2"})
        vm = tx.create("VM", {"name_label": "web", "power_state": "Running", "resident_on": other})
    reports = Reports(db)
    for version in (1, 2):
        reports.take(host, Runs(db.view.get("VM", vm)["uuid"], version))  # type: ignore[arg-type]
    (message,) = db.view.all("message").values()
    assert (message["name"], message["priority"]) == ("VM_RUNS_TWICE", 1)
    assert "runs on host host1 too, though the pool has it on host host2" in message["body"]
    assert db.view.get("VM", vm)["resident_on"] == other


def test_a_migration_is_no_second_copy(db: Database, host: str) -> None:
    with db.transaction() as tx:
        other = tx.create("host", {"name_label": "host2"})
        moving = {"resident_on": other, "current_operations": {"task": "pool_migrate"}}
        vm = tx.create("VM", {"name_label": "web", "power_state": "Running", **moving})
    Reports(db).take(host, Runs(db.view.get("VM", vm)["uuid"], 1))  # type: ignore[arg-type]
    assert db.view.all("message") == {}


def test_a_state_that_was_written_before_costs_no_commit(db: Database, host: str) -> None:
    with db.transaction() as tx:
        vm = tx.create("VM", {"name_label": "web", "power_state": "Halted"})
    uuid = db.view.get("VM", vm)["uuid"]
    first, again = Runs(uuid, 1), Runs(uuid, 1)
    Reports(db).take(host, first)  # type: ignore[arg-type]
    heard = db.read_kv(HEARD, host)
    assert db.view.get("VM", vm)["power_state"] == "Running"
    Reports(db).take(host, again)  # type: ignore[arg-type]
    assert again.acked
    assert db.read_kv(HEARD, host) == heard
