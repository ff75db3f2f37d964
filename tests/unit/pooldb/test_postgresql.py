"""What only a server can do to the pool database: vanish, and leave a commit in doubt."""

import threading
from collections.abc import Sequence
from typing import Any

import pooldb
import pytest
from pooldb import CannotWrite, Database, DatabaseError, Lost, postgresql
from pooldb.engine import Rows
from pooldb.postgresql import PostgreSQL

from tests.postgresql import Server


@pytest.fixture
def url(server: Server) -> str:
    return server.new_database()


@pytest.mark.parametrize("ask", ["write", "read"])
def test_a_server_that_is_away_is_waited_for(server: Server, db: Database, ask: str) -> None:
    with db.transaction() as tx:
        tx.kv_set("ns", "key", "value")
    server.stop()
    back = threading.Thread(target=server.start)
    back.start()
    if ask == "write":
        with db.transaction() as tx:
            tx.create("VM", {})
        assert db.view.count("VM") == 1
    else:
        assert db.read_kv("ns", "key") == "value"
    back.join()


def test_a_server_that_goes_in_the_middle_has_done_nothing(server: Server, db: Database) -> None:
    with pytest.raises(CannotWrite) as refused, db.transaction() as tx:
        tx.create("VM", {})
        server.stop()
        tx.kv_set("ns", "key", "value")
    assert isinstance(refused.value.error, Lost)
    server.start()
    with db.transaction() as tx:
        assert tx.kv_get("ns", "key") is None
    assert db.view.count("VM") == 0


def test_a_server_that_restarts_is_found_again(
    server: Server, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "FAIL_OVER_S", -1.0)
    with db.transaction() as tx:
        first = tx.create("VM", {})
    server.stop()
    with pytest.raises(CannotWrite), db.transaction() as tx:
        tx.create("VM", {})
    with pytest.raises(DatabaseError):
        db.refresh()
    assert db.view.find("VM", first) is not None
    server.start()
    with db.transaction() as tx:
        second = tx.create("VM", {})
    db.refresh()
    assert set(db.view.refs("VM")) == {first, second}


def test_writers_take_turns_and_lose_nothing(url: str) -> None:
    def write(db: Database) -> None:
        for _ in range(20):
            with db.transaction() as tx:
                (vm,) = tx.all("VM")
                count = int(tx.get("VM", vm)["user_version"])
                tx.update("VM", vm, {"user_version": count + 1})

    databases = [pooldb.connect(url) for _ in range(3)]
    with databases[0].transaction() as tx:
        vm = tx.create("VM", {"user_version": 0})
    threads = [threading.Thread(target=write, args=(db,)) for db in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in databases:
        db.refresh()
        assert db.view.get("VM", vm)["user_version"] == 60
        assert db.view.generation == 61
        db.close()


class Cut(PostgreSQL):
    """Loses its connection at the commit, before or after the server has heard of it."""

    armed = False
    heard = False

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        if statement != "commit" or not self.armed:
            return super().execute(statement, parameters)
        self.armed = False
        if self.heard:
            super().execute(statement)
        self._connection.close()
        raise DatabaseError("the connection is lost")


@pytest.mark.parametrize("heard", [True, False])
def test_a_commit_in_doubt_is_asked_after(url: str, heard: bool) -> None:
    engine = Cut(url)
    db = Database(engine)
    engine.heard, engine.armed = heard, True
    if heard:
        with db.transaction() as tx:
            tx.create("VM", {})
    else:
        with pytest.raises(CannotWrite), db.transaction() as tx:
            tx.create("VM", {})
    other = pooldb.connect(url)
    assert len(other.view.refs("VM")) == len(db.view.refs("VM")) == int(heard)
