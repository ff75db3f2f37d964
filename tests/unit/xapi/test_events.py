"""Clients that wait for events cost what happens, not what happened since they began to wait."""

import asyncio
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError
from datamodel.objects import ref_of
from pooldb import Row, View
from xapi import sessions
from xapi.answers import events
from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.pool import WOKEN_AT_ONCE, Pool
from xapi.results import Counts

CHANGES = 5


def test_a_change_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    changed_since = View.changed_since

    def noting(view: View, generation: int) -> Iterator[tuple[str, str, Row]]:
        for cls, ref, row in changed_since(view, generation):
            looked_at.append(row.record["name_label"])
            yield cls, ref, row

    db = pooldb.connect(f"sqlite:///{tmp_path}/pool.db")
    with db.transaction() as tx:
        session = ref_of(sessions._open(tx, "root", "test", superuser=True, roles=None))
    token = events.token_text(db.view.generation)

    async def wait_and_change() -> Any:
        pool = Pool(db, None, ThreadPoolExecutor(1))
        listening = Dispatcher(pool).call("event.from", [session, ["vm"], token, 60.0], Caller())
        waiting = asyncio.ensure_future(listening)
        for number in range(CHANGES):
            while not pool._waiting:
                await asyncio.sleep(0)
            name = {"name_label": str(number)}
            await pool.write(lambda tx, name=name: tx.create("network", name))
        await pool.write(lambda tx: tx.create("VM", {"name_label": "the VM"}))
        return (await waiting)[1]

    monkeypatch.setattr(View, "changed_since", noting)
    told = asyncio.run(wait_and_change()).events
    assert [event.cls for event in told] == ["VM"]
    assert looked_at.count("0") == 1


@pytest.mark.parametrize("token", ["x", "1", "1,", "٣,0", "3,²", "0x3,0", "3,0\n", "9" * 21 + ",0"])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(XenAPIError) as refused:
        events.parse_token(token)
    assert refused.value.description == ["EVENT_FROM_TOKEN_PARSE_FAILURE", token]


def test_many_who_are_woken_let_others_go_between(tmp_path: Path) -> None:
    db = pooldb.connect(f"sqlite:///{tmp_path}/pool.db")
    count = 5 * WOKEN_AT_ONCE

    async def run() -> list[int]:
        pool = Pool(db, None, ThreadPoolExecutor(1))
        waiting = [asyncio.ensure_future(pool.moved(60.0)) for _ in range(count)]
        while len(pool._waiting) < count:
            await asyncio.sleep(0)
        woken = []
        pool._wake()
        while not all(each.done() for each in waiting):
            woken.append(sum(each.done() for each in waiting))
            await asyncio.sleep(0)
        return woken

    woken = asyncio.run(run())
    steps = [after - before for before, after in itertools.pairwise(woken)]
    assert max(steps) <= WOKEN_AT_ONCE


def test_clients_are_told_the_same_counts_until_something_changes(tmp_path: Path) -> None:
    db = pooldb.connect(f"sqlite:///{tmp_path}/pool.db")
    with db.transaction() as tx:
        session = ref_of(sessions._open(tx, "root", "test", superuser=True, roles=None))

    async def told() -> list[Counts]:
        dispatcher = Dispatcher(Pool(db, None, ThreadPoolExecutor(1)))

        async def counts() -> Counts:
            params = [session, ["vm"], "", 0.0]
            return (await dispatcher.call("event.from", params, Caller()))[1].counts

        found = [await counts(), await counts()]
        await dispatcher.pool.write(lambda tx: tx.create("VM", {"name_label": "the VM"}))
        return [*found, await counts()]

    first, second, third = asyncio.run(told())
    assert first is second
    assert (first.numbers["vm"], third.numbers["vm"]) == (0, 1)
