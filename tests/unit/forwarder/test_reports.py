"""Whether a host is live is what its reports say, whichever forwarder hears them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pooldb
import pytest
from forwarder.updates.hearing import HEARD, SILENCE_MAX_S
from forwarder.updates.reports import BACK_S, Reports
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


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Forwarder(Reports):
    """One that looks every second; ``answers`` are the hosts that do, None while it reaches none.

    It is stopped ``while_asking`` for so many seconds, once.
    """

    def __init__(self, db: Database) -> None:
        self.clock = Clock()
        super().__init__(db, self.clock)
        self.answers: set[str] | None = set()
        self.while_asking = 0.0
        self.asked: list[str] = []
        self.answering = self._answering

    def _answering(self, hosts: Iterable[str], timeout_s: float) -> dict[str, bool]:
        self.asked += hosts
        stopped, self.while_asking = self.while_asking, 0.0
        self.clock.now += timeout_s + stopped
        return {} if self.answers is None else {host: host in self.answers for host in hosts}

    def look(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.clock.now += 1.0
            self.look_for_silent_hosts()


@pytest.fixture
def forwarder(db: Database, host: str) -> Forwarder:
    """One that has been there for long, and has not heard the host for a while."""
    found = Forwarder(db)
    found.take(host, Heartbeat())  # type: ignore[arg-type]
    found.look(BACK_S)
    grow_silent(db, host)
    return found


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
    Forwarder(db).look(BACK_S)
    assert not is_live(db, host)


def test_what_one_forwarder_hears_counts_for_all(
    db: Database, host: str, forwarder: Forwarder
) -> None:
    Reports(db).take(host, Heartbeat())  # type: ignore[arg-type]
    forwarder.look(1)
    assert is_live(db, host)
    assert forwarder.asked == []


def test_a_host_that_answers_is_live_though_nobody_reads_its_reports(
    db: Database, host: str, forwarder: Forwarder
) -> None:
    """The forwarder that they are delivered to stands still."""
    forwarder.answers = {host}
    forwarder.look(3)
    assert is_live(db, host)
    assert forwarder.asked == [host]


def test_who_was_away_hears_the_hosts_before_it_judges_them(
    db: Database, host: str, forwarder: Forwarder
) -> None:
    forwarder.clock.now += 50.0
    forwarder.look(BACK_S - 1)
    assert is_live(db, host)
    forwarder.look(2)
    assert not is_live(db, host)


def test_who_was_away_while_it_asked_does_not_know_who_answered(
    db: Database, host: str, forwarder: Forwarder
) -> None:
    forwarder.while_asking = 50.0
    forwarder.look(1)
    assert is_live(db, host)
    forwarder.answers = {host}
    forwarder.look(BACK_S + 1)
    assert is_live(db, host)


def test_who_does_not_reach_the_broker_does_not_judge(
    db: Database, host: str, forwarder: Forwarder
) -> None:
    forwarder.answers = None
    forwarder.look(2 * BACK_S)
    assert is_live(db, host)
    forwarder.answers = set()
    forwarder.look(BACK_S + 1)
    assert not is_live(db, host)


def test_a_host_that_is_heard_while_it_is_asked_is_live(
    db: Database, host: str, forwarder: Forwarder
) -> None:
    def answering(hosts: Iterable[str], timeout_s: float) -> dict[str, bool]:
        forwarder.take(host, Heartbeat())  # type: ignore[arg-type]
        return dict.fromkeys(hosts, False)

    forwarder.answering = answering
    forwarder.look(1)
    assert is_live(db, host)


def test_a_change_is_published_and_silence_as_usual_is_not(db: Database, host: str) -> None:
    published: list[int] = []
    reports = Reports(db)
    reports.publish = published.append
    reports.take(host, Heartbeat())  # type: ignore[arg-type]
    reports.look_for_silent_hosts()
    assert published == [db.view.generation]


SHOWN = ("power_state", "resident_on", "scheduled_to_be_resident_on", "domid", "metrics")


def shown(db: Database, vm: str) -> list[Any]:
    return [db.view.get("VM", vm)[name] for name in SHOWN]


def test_a_host_says_nothing_of_a_vm_that_is_on_others(db: Database, host: str) -> None:
    with db.transaction() as tx:
        other = tx.create("host", {"name_label": "host2"})
        there = {"power_state": "Running", "resident_on": other}
        coming = {"power_state": "Halted", "scheduled_to_be_resident_on": other}
        nowhere = {"power_state": "Halted"}
        vms = [tx.create("VM", found) for found in (there, coming, nowhere)]
    for vm, record in [(vm, db.view.get("VM", vm)) for vm in vms]:
        off = Told(record["uuid"], version=2, state={**STATE, "power_state": "Halted"})
        for report in (Runs(record["uuid"], 1), off):
            Reports(db).take(host, report)  # type: ignore[arg-type]
        assert shown(db, vm) == [record[name] for name in SHOWN]


@pytest.mark.parametrize("version", [0, -1, 1])
def test_a_report_whose_version_goes_back_changes_nothing(
    guest: "Guest", db: Database, version: int
) -> None:
    guest.told(version=2)
    guest.told(version=version, state={**STATE, "power_state": "Paused"})
    assert guest.shown() == ("Running", True, True)


def test_a_report_of_another_pools_vm_is_refused_with_a_word(
    guest: "Guest", db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with db.transaction() as tx:
        uuid = tx.get("pool", tx.create("pool", {}))["uuid"]
    guest.told(pool="another pool")
    assert guest.shown() == ("Halted", False, False)
    assert "another pool" in caplog.text
    guest.told(version=2, pool=uuid)
    assert guest.shown() == ("Running", True, True)


def test_a_state_that_was_written_before_costs_no_commit(db: Database, host: str) -> None:
    with db.transaction() as tx:
        coming = {"power_state": "Halted", "scheduled_to_be_resident_on": host}
        vm = tx.create("VM", {"name_label": "web", **coming})
    uuid = db.view.get("VM", vm)["uuid"]
    first, again = Runs(uuid, 1), Runs(uuid, 1)
    Reports(db).take(host, first)  # type: ignore[arg-type]
    heard = db.read_kv(HEARD, host)
    assert db.view.get("VM", vm)["power_state"] == "Running"
    Reports(db).take(host, again)  # type: ignore[arg-type]
    assert again.acked
    assert db.read_kv(HEARD, host) == heard


# --- what cannot be read ------------------------------------------------------------------------

NONSENSE: tuple[Any, ...] = (None, "nonsense", -1, 1e300, float("nan"), [], {}, [[]], "9" * 5000)
STATE: dict[str, Any] = encode(VmState, RUNNING)
PLUGGED = {"active": True, "plugged": True}
INTERFACE = {**PLUGGED, "kthread_pid": 0, "media_present": True, "pvs_rules_active": False}


class Told(Report):
    """A host tells of a VM with a disk and an interface; members can be anything."""

    def __init__(self, uuid: str, **members: Any) -> None:
        devices = {
            "vbds": [[{"id": [uuid, "xvdaa"]}, PLUGGED]],
            "vifs": [[{"id": [uuid, "0"]}, INTERFACE]],
        }
        said = {"kind": "vm", "id": uuid, "version": 1, "state": STATE, **devices}
        super().__init__({**said, **members})


class Guest:
    """A VM that ``host`` runs, with a disk at the 27th place and an interface."""

    def __init__(self, db: Database, host: str) -> None:
        self._db, self._host = db, host
        with db.transaction() as tx:
            metrics = tx.create("VM_metrics", {})
            running = {"power_state": "Halted", "scheduled_to_be_resident_on": host}
            self.vm = tx.create("VM", {**running, "metrics": metrics})
            self.vbd = tx.create("VBD", {"VM": self.vm, "userdevice": "26", "empty": True})
            self.vif = tx.create("VIF", {"VM": self.vm, "device": "0"})

    @property
    def uuid(self) -> str:
        return str(self._db.view.get("VM", self.vm)["uuid"])

    def told(self, **members: Any) -> None:
        report = Told(self.uuid, **members)
        Reports(self._db).take(self._host, report)  # type: ignore[arg-type]
        assert report.acked

    def shown(self) -> tuple[str, bool, bool]:
        """The power state, and whether disk and interface are plugged."""
        view = self._db.view
        return (
            view.get("VM", self.vm)["power_state"],
            view.get("VBD", self.vbd)["currently_attached"],
            view.get("VIF", self.vif)["currently_attached"],
        )


@pytest.fixture
def guest(db: Database, host: str) -> Guest:
    return Guest(db, host)


def test_a_disk_at_any_place_is_found_by_its_name(guest: Guest, db: Database) -> None:
    guest.told()
    assert guest.shown() == ("Running", True, True)
    assert db.view.get("VBD", guest.vbd)["device"] == "xvdaa"


@pytest.mark.parametrize("field", [name for name in STATE if name != "power_state"])
def test_a_field_that_cannot_be_read_is_lost_alone(guest: Guest, field: str) -> None:
    for version, nonsense in enumerate(NONSENSE, start=1):
        guest.told(version=version, state={**STATE, field: nonsense})
        assert guest.shown() == ("Running", True, True), nonsense
    without = {name: said for name, said in STATE.items() if name != field}
    guest.told(version=len(NONSENSE) + 1, state={**without, "power_state": "Paused"})
    assert guest.shown() == ("Paused", True, True)


def test_without_a_power_state_nothing_is_known_of_a_vm(guest: Guest) -> None:
    for version, nonsense in enumerate(NONSENSE, start=1):
        guest.told(version=version, state={**STATE, "power_state": nonsense})
        assert guest.shown() == ("Halted", False, False), nonsense


@pytest.mark.parametrize(
    "make",
    [
        lambda nonsense: nonsense,
        lambda nonsense: [nonsense, PLUGGED],
        lambda nonsense: [{"id": nonsense}, PLUGGED],
        lambda nonsense: [{"id": ["vm", nonsense]}, PLUGGED],
        lambda nonsense: [{"id": ["vm", "xvdaa"]}, nonsense],
    ],
)
def test_a_device_that_cannot_be_read_is_lost_alone(
    guest: Guest, make: Callable[[Any], Any]
) -> None:
    good = Told(guest.uuid).body
    for version, nonsense in enumerate(NONSENSE, start=1):
        odd = make(nonsense)
        guest.told(version=version, vbds=[odd, *good["vbds"]], vifs=[odd, *good["vifs"]])
        assert guest.shown() == ("Running", True, True), nonsense


def test_a_record_of_a_device_without_a_place_spoils_no_report(guest: Guest, db: Database) -> None:
    with db.transaction() as tx:
        for place in ("garbage", "", "26"):
            tx.create("VBD", {"VM": guest.vm, "userdevice": place, "empty": True})
    guest.told()
    assert guest.shown()[0] == "Running"


def test_what_cannot_be_read_is_logged_once_with_its_name(
    guest: Guest, caplog: pytest.LogCaptureFixture
) -> None:
    for version in (1, 2):
        guest.told(version=version, vbds=[[{"id": ["vm", "xvdq"]}, "nonsense"]])
    (said,) = [one.getMessage() for one in caplog.records if "cannot be read" in one.getMessage()]
    assert guest.uuid in said
    assert "VBD xvdq" in said


@pytest.mark.parametrize("fact", [*FACTS, "control_domain_kib", "memory_reserve_kib"])
def test_a_host_lives_whatever_it_says_of_itself(db: Database, host: str, fact: str) -> None:
    for nonsense in NONSENSE:
        with db.transaction() as tx:
            tx.update("host_metrics", tx.get("host", host)["metrics"], {"live": False})
        beat = Heartbeat(**{fact: nonsense})
        Reports(db).take(host, beat)  # type: ignore[arg-type]
        assert is_live(db, host), nonsense
        assert beat.acked
