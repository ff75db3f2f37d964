"""Whether a host is live is what its reports say, whichever forwarder hears them."""

from pathlib import Path

import pooldb
import pytest
from forwarder.reports import HEARD, SILENCE_MAX_S, Reports
from pooldb import Database

FACTS = {"memory_total_kib": 2048, "memory_free_kib": 1024}


class Heartbeat:
    """A report as the broker delivers it."""

    def __init__(self) -> None:
        self.body = {"kind": "host", "state": FACTS}
        self.acked = False

    def ack(self) -> None:
        self.acked = True


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
