"""A pool database, and a task that runs on it without hosts."""

from pathlib import Path
from typing import Any

import pooldb
import pytest
from forwarder import messages
from forwarder.core.context import Context
from forwarder.records import installed
from pooldb import Database, leases


@pytest.fixture
def db(tmp_path: Path) -> Database:
    assert messages.DRAWERS
    db = pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")
    with db.transaction() as tx:
        installed.settle_drivers(tx)
    return db


@pytest.fixture
def context(db: Database) -> Context:
    nobody: Any = None
    with db.transaction() as tx:
        leases.acquire(tx, leases.TASKS, "task", "me", 60.0)
    return Context(
        db=db,
        hosts=nobody,
        task="task",
        operation="task",
        owner="me",
        service="test",
        publish=lambda generation: None,
    )
