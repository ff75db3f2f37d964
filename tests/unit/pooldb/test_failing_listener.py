"""Whoever hears of a change and fails keeps nobody from writing or from following."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pooldb
import pytest
from pooldb import follower


def test_the_next_one_writes(tmp_path: Path) -> None:
    db = pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")
    db.view.subscribe(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    for _ in range(2):
        with db.transaction() as tx:
            tx.create("VM", {})
    with ThreadPoolExecutor(1) as other:
        other.submit(db.refresh).result()
    assert db.view.count("VM") == 2


def test_the_next_change_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "LOOK_ANYWAY_S", 0.0)
    followed = threading.Event()
    failures = iter([ValueError("odd"), pooldb.DatabaseError("away")])

    class Odd:
        """A database whose changes cannot be followed twice."""

        def refresh(self) -> None:
            for failure in failures:
                raise failure
            followed.set()

    db: Any = Odd()
    pooldb.Follower(db)
    assert followed.wait(10.0)
