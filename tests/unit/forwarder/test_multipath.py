"""What the hosts' watchers report stands in the records as clients read it."""

from pathlib import Path
from typing import Any

import msgspec
import pooldb
import pytest
from forwarder.updates import multipath
from forwarder.updates.hearing import HEARD
from forwarder.updates.reports import Reports
from pooldb import Database
from xenops.multipath import Paths, Report

ID = "36001405aaaaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "36001405bbbbbbbbbbbbbbbbbbbbbbbbb"


class Pool:
    """A host with one PBD, and its watcher."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.number = 0
        with db.transaction() as tx:
            self.host = tx.create("host", {"name_label": "host1"})
            self.sr = tx.create("SR", {})
            self.pbd = tx.create(
                "PBD",
                {
                    "host": self.host,
                    "SR": self.sr,
                    "device_config": {"SCSIid": ID},
                    "other_config": {"note": "kept"},
                    "currently_attached": True,
                },
            )

    def report(self, watcher: str = "w", boot: str | None = None, **maps: Paths) -> None:
        self.number += 1
        said = {name.removeprefix("_"): paths for name, paths in maps.items()}
        self.take(Report(watcher=watcher, number=self.number, maps=said, boot=boot))

    def take(self, report: Report) -> None:
        with self.db.transaction() as tx:
            multipath.take(tx, self.host, msgspec.to_builtins(report))

    def settle(self, cls: str = "PBD", **changes: Any) -> None:
        """A client changes a record, and a forwarder looks a moment later."""
        ref = {"PBD": self.pbd, "SR": self.sr, "host": self.host}[cls]
        with self.db.transaction() as tx:
            tx.update(cls, ref, changes)
        with self.db.transaction() as tx:
            multipath.settle(tx)

    def set_key(self, key: str, value: str) -> None:
        old = self.db.view.get("PBD", self.pbd)["other_config"]
        self.settle(other_config={**old, key: value})

    @property
    def keys(self) -> dict[str, str]:
        found = dict(self.db.view.get("PBD", self.pbd)["other_config"])
        assert found.pop("note") == "kept"
        return found

    @property
    def boot(self) -> dict[str, str]:
        return dict(self.db.view.get("host", self.host)["other_config"])


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}"))


def told(level: str) -> dict[str, str]:
    return {"multipathed": "true", f"mpath-{ID}": level}


def test_a_report_becomes_the_keys_of_pbd_and_host(pool: Pool) -> None:
    pool.report(**{ID: Paths(2, 2), OTHER: Paths(1, 2)}, boot=OTHER)
    assert pool.keys == told("[2, 2]")
    assert pool.boot == {"mpath-boot": "[1, 2]"}


def test_a_path_that_is_gone_altogether_is_missed(pool: Pool) -> None:
    pool.report(**{ID: Paths(2, 2)})
    pool.report(**{ID: Paths(1, 1)})
    assert pool.keys == told("[1, 2]")


def test_keys_go_with_their_map_and_with_the_plug(pool: Pool) -> None:
    pool.report(**{ID: Paths(2, 2)}, boot=ID)
    pool.settle(currently_attached=False)
    assert pool.keys == {}
    pool.settle(currently_attached=True)
    assert pool.keys == told("[2, 2]")
    pool.report()
    assert (pool.keys, pool.boot) == ({}, {})


@pytest.mark.parametrize("ids", [f"{OTHER},{ID}", f"{OTHER}, {ID} "])
def test_an_sr_can_name_several_disks(pool: Pool, ids: str) -> None:
    pool.report(**{ID: Paths(2, 2), OTHER: Paths(4, 4)})
    pool.settle("SR", sm_config={"SCSIid": ids})
    assert pool.keys == {**told("[2, 2]"), f"mpath-{OTHER}": "[4, 4]"}


def test_m7_an_operator_accepts_a_path_that_was_taken_away(pool: Pool) -> None:
    pool.report(**{ID: Paths(2, 2)})
    pool.report(**{ID: Paths(1, 1)})
    pool.set_key(f"multipath-accepted-{ID}", "1")
    assert pool.keys[f"mpath-{ID}"] == "[1, 1]"
    pool.report(**{ID: Paths(0, 1)})
    assert pool.keys[f"mpath-{ID}"] == "[0, 1]", "less than accepted is a loss"


def test_m7_what_is_accepted_holds_while_a_dead_path_is_still_listed(pool: Pool) -> None:
    pool.report(**{ID: Paths(1, 2)})
    pool.set_key(f"multipath-accepted-{ID}", "1")
    assert pool.keys[f"mpath-{ID}"] == "[1, 1]"


def test_m7_what_is_accepted_is_over_when_the_path_is_back(pool: Pool) -> None:
    pool.report(**{ID: Paths(1, 2)})
    pool.set_key(f"multipath-accepted-{ID}", "1")
    pool.report(**{ID: Paths(2, 2)})
    pool.report(**{ID: Paths(1, 2)})
    assert pool.keys == told("[1, 2]")


@pytest.mark.parametrize("value", ["", "-1", "one", "1.0", "9" * 5000])
def test_m7_what_makes_no_sense_is_not_accepted(pool: Pool, value: str) -> None:
    pool.report(**{ID: Paths(1, 2)})
    pool.set_key(f"multipath-accepted-{ID}", value)
    assert pool.keys == {**told("[1, 2]"), f"multipath-accepted-{ID}": value}


def test_m8_no_reader_sees_a_record_without_its_keys(pool: Pool) -> None:
    pool.report(**{ID: Paths(2, 2), OTHER: Paths(2, 2)}, boot=OTHER)
    seen: list[tuple[dict[str, str], dict[str, str]]] = []
    pool.db.view.subscribe(lambda: seen.append((pool.keys, pool.boot)))
    pool.report(**{ID: Paths(1, 2), OTHER: Paths(1, 2)}, boot=OTHER)
    assert seen == [(told("[1, 2]"), {"mpath-boot": "[1, 2]"})], "both records in one step"


@pytest.mark.parametrize("value", ["", "[2]", "[-1, 2]", "rubbish"])
def test_m3_a_value_that_a_client_spoilt_is_mended(pool: Pool, value: str) -> None:
    pool.report(**{ID: Paths(1, 2)})
    pool.set_key(f"mpath-{ID}", value)
    assert pool.keys == told("[1, 2]")


def test_a_report_that_comes_again_late_changes_nothing(pool: Pool) -> None:
    first = Report(watcher="w", number=1, maps={ID: Paths(2, 2)}, boot=None)
    pool.take(first)
    pool.take(Report(watcher="w", number=2, maps={ID: Paths(1, 2)}, boot=None))
    pool.take(first)
    assert pool.keys == told("[1, 2]")


def test_a_watcher_that_was_started_anew_is_believed(pool: Pool) -> None:
    pool.report("old", **{ID: Paths(1, 2)})
    pool.number = 0
    pool.report("new", **{ID: Paths(2, 2)})
    assert pool.keys == told("[2, 2]")


@pytest.mark.parametrize(
    "changes",
    [
        {"maps": {ID: {"current": -1, "total": 2}}},
        {"maps": {ID: [1, 2]}},
        {"maps": None},
        {"number": "one"},
        {"watcher": None},
    ],
)
def test_a_report_that_makes_no_sense_changes_nothing(pool: Pool, changes: dict[str, Any]) -> None:
    pool.report(**{ID: Paths(2, 2)})
    body = {"kind": "multipath", "watcher": "w", "number": 9, "maps": {}, "boot": None, **changes}
    with pytest.raises(msgspec.ValidationError), pool.db.transaction() as tx:
        multipath.take(tx, pool.host, body)
    assert pool.keys == told("[2, 2]")


def test_a_report_of_paths_is_no_sign_of_life_of_xenopsd(pool: Pool) -> None:
    class Delivery:
        body = msgspec.to_builtins(Report(watcher="w", number=1, maps={}, boot=None))

        def ack(self) -> None:
            pass

    Reports(pool.db).take(pool.host, Delivery())  # type: ignore[arg-type]
    assert pool.db.read_kv(HEARD, pool.host) is None


def test_what_a_host_reported_goes_with_it(pool: Pool) -> None:
    pool.report(**{ID: Paths(2, 2)})
    with pool.db.transaction() as tx:
        tx.delete("PBD", pool.pbd)
        tx.delete("host", pool.host)
    with pool.db.transaction() as tx:
        multipath.settle(tx)
    assert pool.db.read_kv(multipath.REPORTS, pool.host) is None
