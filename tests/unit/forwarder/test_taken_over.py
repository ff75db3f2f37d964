"""A forwarder dies, and another one takes its task over: what was done is done."""

import pytest
from forwarder.core import registry
from forwarder.core.context import Context
from pooldb import Database


@pytest.mark.parametrize("operation", ["hard_shutdown", "clean_shutdown"])
def test_a_vm_that_was_stopped_for_the_task_already_is_stopped(
    db: Database, context: Context, operation: str
) -> None:
    with db.transaction() as tx:
        locked = {"power_state": "Halted", "current_operations": {"task": operation}}
        vm = tx.create("VM", {"name_label": "web", **locked})
    registry.run(context, f"VM.{operation}", [vm])
    assert db.view.get("VM", vm)["power_state"] == "Halted"
