"""Writes of the gateway: together in one commit, each by itself in its outcome."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError
from datamodel.classes import VM
from datamodel.objects import ref_of
from pooldb import CannotWrite, Database, DatabaseError, Lost, Transaction
from xapi import writes
from xapi.writes import Writes

Change = Callable[[Transaction], Any]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")
    yield db
    db.close()


def write(db: Database, *changes: Change, tell: bool = True) -> tuple[list[Any], list[int]]:
    """What writes that come together end with, and the commits that others were told of."""

    async def run() -> tuple[list[Any], list[int]]:
        told: list[int] = []
        with ThreadPoolExecutor(1) as executor:
            gate = threading.Event()
            busy = executor.submit(gate.wait)  # until all have come
            together = Writes(db, executor, told.append)
            outcomes = [
                asyncio.ensure_future(together.write(change, tell=tell)) for change in changes
            ]
            await asyncio.sleep(0)
            gate.set()
            ended = await asyncio.gather(*outcomes, return_exceptions=True)
            busy.result()
        return list(ended), told

    return asyncio.run(run())


def new(name: str) -> Change:
    return lambda tx: ref_of(tx.new(VM, {"name_label": name}))


def refused(tx: Transaction) -> None:
    tx.new(VM, {"name_label": "refused"})
    raise XenAPIError("VM_IS_TEMPLATE", "x")


def test_what_comes_together_shares_a_commit(db: Database) -> None:
    before = db.view.generation
    refs, told = write(db, *[new(str(number)) for number in range(9)])
    assert [db.view.get(VM, ref).name_label for ref in refs] == list("012345678")
    assert db.view.generation == before + 1
    assert told == [before + 1]


def test_what_is_refused_undoes_itself_alone(db: Database) -> None:
    outcomes, _ = write(db, new("a"), refused, new("b"))
    assert isinstance(outcomes[1], XenAPIError)
    assert {vm.name_label for vm in db.view.all(VM).values()} == {"a", "b"}


def test_nobody_is_told_of_nothing(db: Database) -> None:
    assert write(db, refused, lambda tx: None)[1] == []
    assert write(db, new("a"), tell=False)[1] == []


def test_no_more_than_a_bound_share_a_commit(db: Database) -> None:
    before = db.view.generation
    write(db, *[new("x") for _ in range(writes.AT_ONCE_MAX + 1)])
    assert db.view.generation == before + 2


def test_the_order_in_which_they_came_can_be_told(db: Database) -> None:
    def take(tx: Transaction) -> float:
        tx.new(VM)
        return tx.position()

    positions, _ = write(db, *[take] * (2 * writes.AT_ONCE_MAX + 1))
    assert positions == sorted(set(positions))
    assert write(db, take)[0] > positions[-1:]


@pytest.mark.parametrize(
    ("errors", "is_written"), [([Lost("away")], True), ([DatabaseError("in doubt")], False)]
)
def test_all_share_the_fate_of_the_commit(
    db: Database, monkeypatch: pytest.MonkeyPatch, errors: list[DatabaseError], is_written: bool
) -> None:
    commit = Database.commit

    def failing(db: Database, transaction: Transaction) -> None:
        if not errors:
            return commit(db, transaction)
        db.undo()
        raise CannotWrite(errors.pop(0))

    monkeypatch.setattr(Database, "commit", failing)
    outcomes, _ = write(db, new("a"), new("b"))
    assert len(db.view.all(VM)) == (2 if is_written else 0)
    assert all(isinstance(outcome, CannotWrite) is not is_written for outcome in outcomes)


def test_a_change_that_cannot_be_committed_fails_alone(db: Database) -> None:
    """What it wrote cannot be encoded, which is seen only at the commit."""
    outcomes, told = write(db, new("a"), lambda tx: tx.new(VM, {"name_label": object()}), new("b"))
    assert isinstance(outcomes[1], TypeError)
    assert {vm.name_label for vm in db.view.all(VM).values()} == {"a", "b"}
    assert told == [db.view.generation]
