"""What hosts tell of their machines comes to the records that clients read, and only once."""

from typing import Any

import msgspec
import pytest
from forwarder.records import new_host
from forwarder.updates import heartbeat
from pooldb import Database
from xenopsd.ports.machine import SimulatedMachine

CPUS = 4
FACTS: dict[str, Any] = {
    **{"memory_total_kib": 2048, "memory_free_kib": 1024, "cpus": CPUS},
    **{"agent_start_time": 2000.0, "boot_time": 1000.0},
}


def told(cpus: int = CPUS, **changes: Any) -> dict[str, Any]:
    machine: dict[str, Any] = msgspec.to_builtins(SimulatedMachine(cpus, "host1").describe())
    return {**FACTS, "cpus": cpus, "machine": {**machine, **changes}}


def add_host(db: Database, name: str = "host1", cpus: int = CPUS) -> str:
    said = {"uuid": name, "name": name, "address": "10.0.0.1", "memory_total_kib": 2048}
    with db.transaction() as tx:
        network = tx.create("network", {"bridge": "xenbr0"})
        host = new_host.create(tx, {**said, "cpus": cpus})
        new_host.equip(tx, host, network, {**said, "cpus": cpus})
    return host


@pytest.fixture
def host(db: Database) -> str:
    with db.transaction() as tx:
        tx.create("pool", {"cpu_info": {"vendor": "unknown"}})
    return add_host(db)


def beat(db: Database, host: str, facts: dict[str, Any]) -> None:
    with db.transaction() as tx:
        heartbeat.apply(tx, host, facts)


def processors(db: Database, host: str) -> list[dict[str, Any]]:
    found = [dict(db.view.get("host_cpu", ref)) for ref in db.view.get("host", host)["host_CPUs"]]
    return sorted(found, key=lambda one: one["number"])


def interface(db: Database, host: str) -> tuple[Any, Any]:
    (pif,) = (db.view.get("PIF", ref) for ref in db.view.get("host", host)["PIFs"])
    return pif, db.view.find("PIF_metrics", pif["metrics"])


def test_a_host_tells_of_its_machine(db: Database, host: str) -> None:
    beat(db, host, told())
    record = db.view.get("host", host)
    assert record["cpu_info"]["cpu_count"] == str(CPUS)
    assert record["cpu_info"]["vendor"] == "GenuineIntel"
    assert record["bios_strings"]["system-manufacturer"] == "Warren"
    assert record["bios_strings"]["oem-1"] == "Xen"
    assert record["software_version"]["xen"] == "4.17.0-simulated"
    assert record["software_version"]["product_brand"] == "Warren"
    assert record["software_version"]["squeezed"] == "absent"
    assert [one["number"] for one in processors(db, host)] == list(range(CPUS))
    assert {(one["speed"], one["family"], one["model"]) for one in processors(db, host)} == {
        (2400, 6, 85)
    }


def test_what_was_told_before_is_not_written_again(db: Database, host: str) -> None:
    beat(db, host, told())
    before = db.view.generation
    beat(db, host, told())
    assert db.view.generation == before


def test_processors_that_went_are_shown_no_more(db: Database, host: str) -> None:
    beat(db, host, told())
    kept = [one["uuid"] for one in processors(db, host)][:2]
    beat(db, host, told(2))
    assert [one["uuid"] for one in processors(db, host)] == kept


def test_the_pool_counts_the_processors_of_all(db: Database, host: str) -> None:
    beat(db, host, told())
    other = add_host(db, "host2", cpus=0)
    beat(db, other, told(8))
    (pool,) = db.view.all("pool").values()
    assert pool["cpu_info"] == {"vendor": "GenuineIntel", "cpu_count": "12", "socket_count": "2"}


def test_an_interface_has_the_speed_of_its_card(db: Database, host: str) -> None:
    before, _ = interface(db, host)
    beat(db, host, told())
    pif, metrics = interface(db, host)
    assert (metrics["speed"], metrics["duplex"], metrics["carrier"]) == (1000, True, True)
    assert pif["MAC"] == before["MAC"], "a simulated card has none to tell"
    card = {"carrier": False, "mac": "00:16:3e:00:00:01", "device_name": "a card"}
    beat(db, host, told(interfaces={"eth0": card}))
    pif, metrics = interface(db, host)
    assert (metrics["speed"], metrics["carrier"], metrics["device_name"]) == (0, False, "a card")
    assert pif["MAC"] == "00:16:3e:00:00:01"


def test_a_card_that_is_nobodys_interface_changes_nothing(db: Database, host: str) -> None:
    before = interface(db, host)
    beat(db, host, told(interfaces={"eth9": {"carrier": False}}))
    assert interface(db, host) == before


def test_an_interface_without_metrics_gets_some(db: Database, host: str) -> None:
    (ref,) = db.view.get("host", host)["PIFs"]
    with db.transaction() as tx:
        tx.update("PIF", ref, {"metrics": "OpaqueRef:NULL"})
    beat(db, host, told())
    assert interface(db, host)[1]["speed"] == 1000


def test_an_older_host_tells_how_many_processors_it_has(db: Database, host: str) -> None:
    beat(db, host, {**FACTS, "cpus": 6})
    assert db.view.get("host", host)["cpu_info"]["cpu_count"] == "6"
    assert len(processors(db, host)) == 6


@pytest.mark.parametrize("machine", [{}, {"stat": 7}, "nothing", {**told()["machine"], "stat": {}}])
def test_a_machine_that_cannot_be_read_makes_no_host_silent(
    db: Database, host: str, machine: Any
) -> None:
    before = db.view.get("host", host)["cpu_info"]
    beat(db, host, {**FACTS, "machine": machine})
    assert db.view.get("host", host)["cpu_info"] == before
    assert db.view.get("host_metrics", db.view.get("host", host)["metrics"])["live"]
