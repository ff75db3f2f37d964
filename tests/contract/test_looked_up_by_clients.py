"""The maps that clients look things up in have upstream's keys, on simulated hosts."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pooldb
import pytest
from forwarder import drivers, firstboot
from forwarder.states import guest_metrics
from forwarder.updates import heartbeat
from pooldb import Database
from rules.values.restrictions import LICENSE_PARAMS, RESTRICTIONS
from xenopsd.ports.machine import SimulatedMachine
from xenports.simulated.addresses import addresses
from xenports.simulated.guests import SYSTEM

from tests.contract.replay import DATA

RECORDED: dict[str, Any] = json.loads(gzip.decompress((DATA / "clients.json.gz").read_bytes()))

NOT_SAID = {"db_schema", "git_id", "version"}
"""The schema of upstream's database, the commit it was built of, its licence daemon's."""
ADDED_TO_LICENCE = {"sku_type"}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """A fresh pool whose only host has told of itself once."""
    db = pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")
    said = {"uuid": "u", "name": "host1", "address": "10.0.0.1"}
    described = {"pool_name": "p", "hosts": [{**said, "cpus": 4, "memory_total_kib": 1 << 23}]}
    facts = {
        **{"agent_start_time": 1.0, "boot_time": 1.0, "cpus": 4, "squeezed": True},
        **{"memory_total_kib": 1 << 23, "memory_free_kib": 1 << 22},
        "machine": msgspec.to_builtins(SimulatedMachine(4, "host1").describe()),
    }
    with db.transaction() as tx:
        firstboot.populate(tx, described)
        heartbeat.apply(tx, tx.refs("host")[0], facts)
    return db


def only(db: Database, cls: str) -> Any:
    (record,) = db.view.all(cls).values()
    return record


def types(record: dict[str, Any]) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in record.items()}


def test_nothing_is_restricted_in_the_same_words() -> None:
    assert RECORDED["restrictions"] == RESTRICTIONS
    ours = {key: said for key, said in LICENSE_PARAMS.items() if key not in ADDED_TO_LICENCE}
    assert ours == RECORDED["license_params"]


def test_pool_and_hosts_say_the_same_of_restrictions(db: Database) -> None:
    assert only(db, "pool")["restrictions"] == RESTRICTIONS
    assert only(db, "host")["license_params"].items() >= RESTRICTIONS.items()


@pytest.mark.parametrize("name", sorted(RECORDED["host"]))
def test_a_host_says_all_that_upstream_says(db: Database, name: str) -> None:
    assert set(RECORDED["host"][name]) - NOT_SAID <= set(only(db, "host")[name])


def test_the_pool_counts_processors_under_the_same_keys(db: Database) -> None:
    assert sorted(only(db, "pool")["cpu_info"]) == RECORDED["pool"]["cpu_info"]


def test_a_card_says_what_one_does(db: Database) -> None:
    assert types(only(db, "PIF_metrics")) == RECORDED["PIF_metrics"]
    assert only(db, "PIF_metrics")["speed"] == 1000


def test_drivers_have_the_shape_and_the_words_of_upstream(db: Database) -> None:
    words = {word for features in RECORDED["features"].values() for word in features}
    assert {sm["type"] for sm in db.view.all("SM").values()} == set(drivers.DRIVERS)
    for record in db.view.all("SM").values():
        declared = {name: kind for name, kind in types(record).items() if name in RECORDED["SM"]}
        assert declared == RECORDED["SM"]
        assert set(record["features"]) <= words
        assert record["capabilities"] == list(record["features"])


def test_a_simulated_guest_says_all_that_upstreams_agent_said() -> None:
    own = addresses("02:00:00:00:00:01", {})
    agent = {**SYSTEM, **{f"attr/vif/0/{path}": said for path, said in own.items()}}
    said = guest_metrics.facts(agent, has_drivers=True)
    for name, keys in RECORDED["VM_guest_metrics"].items():
        assert set(keys) <= set(said[name])
