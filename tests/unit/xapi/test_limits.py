"""Limits of sessions and of tasks that have ended."""

from pathlib import Path

import pooldb
import pytest
from datamodel.objects import ref_of
from pooldb.tasks import create, now
from xapi import sessions, tasks
from xapi.answers import events

from tests.unit.xapi.conftest import Gateway


@pytest.fixture
def db(tmp_path: Path) -> pooldb.Database:
    return pooldb.connect(f"sqlite:///{tmp_path}/pool.db")


def opened(db: pooldb.Database, originator: str) -> str:
    with db.transaction() as tx:
        return ref_of(sessions._open(tx, "root", originator, superuser=True, roles=None))


def test_a_client_pushes_out_its_own_sessions_first(
    db: pooldb.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ORIGINATOR_MAX", 2)
    other = opened(db, "other")
    mine = [opened(db, "mine") for _ in range(3)]
    left = set(db.view.all("session"))
    assert other in left and len(left & {*mine}) == 2 and mine[-1] in left


def test_all_together_have_a_limit(db: pooldb.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_MAX", 3)
    for number in range(5):
        opened(db, f"client {number}")
    assert len(db.view.all("session")) == 3


def test_what_a_session_registered_for_goes_with_it(gateway: Gateway) -> None:
    gone, there = gateway.login(), gateway.login()
    gateway.call("event.register", gone, ["vm"])
    gateway.call("session.logout", gone)
    gateway.call("event.register", there, ["vm"])
    with gateway.db.transaction() as tx:
        assert [*tx.kv_items(events.REGISTERED)] == [there]


def test_tasks_that_ended_long_ago_go(db: pooldb.Database) -> None:
    with db.transaction() as tx:
        old, new, pending = (create(tx, "user root", name) for name in ("old", "new", "pending"))
        tx.update("task", old, {"status": "success", "finished": "20200101T00:00:00Z"})
        tx.update("task", new, {"status": "success", "finished": now()})
    with db.transaction() as tx:
        tasks.drop_old(tx)
    assert set(db.view.all("task")) == {new, pending}
