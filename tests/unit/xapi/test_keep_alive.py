"""A session that is used goes on living, at the price of a write now and then."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pooldb
from datamodel.objects import ref_of
from pooldb.tasks import date
from xapi import sessions
from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.pool import Pool


def last_active_after_a_call(db: pooldb.Database, *, idle_s: float) -> tuple[str, str]:
    """When a session was last active by its row, before and after a call in it."""
    with db.transaction() as tx:
        session = ref_of(sessions._open(tx, "root", "test", superuser=True, roles=None))
        tx.update("session", session, {"last_active": date(time.time() - idle_s)})
    before = db.view.get("session", session)["last_active"]

    async def call() -> None:
        pool = Pool(db, None, ThreadPoolExecutor(1))
        await Dispatcher(pool).call("VM.get_all", [session], Caller())

    asyncio.run(call())
    return before, db.view.get("session", session)["last_active"]


def test_a_used_session_is_noted_as_active(tmp_path: Path) -> None:
    db = pooldb.connect(f"sqlite:///{tmp_path}/pool.db")
    before, after = last_active_after_a_call(db, idle_s=3600)
    assert after > before


def test_a_session_that_was_active_just_now_is_not_written(tmp_path: Path) -> None:
    db = pooldb.connect(f"sqlite:///{tmp_path}/pool.db")
    before, after = last_active_after_a_call(db, idle_s=30)
    assert after == before
