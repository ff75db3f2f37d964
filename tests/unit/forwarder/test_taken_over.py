"""A forwarder dies, and another one takes its task over: what was done is done."""

from pathlib import Path
from typing import Any

import pooldb
import pytest
from forwarder import messages, registry
from forwarder.context import Context
from pooldb import Database, leases


@pytest.fixture
def db(tmp_path: Path) -> Database:
    assert messages.__all__
    return pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")


@pytest.mark.parametrize("operation", ["hard_shutdown", "clean_shutdown"])
def test_a_vm_that_was_stopped_for_the_task_already_is_stopped(
    db: Database, operation: str
) -> None:
    nobody: Any = None
    with db.transaction() as tx:
        leases.acquire(tx, leases.TASKS, "task", "me", 60.0)
        locked = {"power_state": "Halted", "current_operations": {"task": operation}}
        vm = tx.create("VM", {"name_label": "web", **locked})
    context = Context(
        db=db,
        hosts=nobody,
        task="task",
        operation="task",
        owner="me",
        service="test",
        publish=lambda generation: None,
    )
    registry.run(context, f"VM.{operation}", [vm])
    assert db.view.get("VM", vm)["power_state"] == "Halted"
