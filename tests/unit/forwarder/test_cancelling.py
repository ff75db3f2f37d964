"""A call without a record of its own, as synchronous ones have none, hears that it is cancelled."""

import pytest
from datamodel import XenAPIError
from datamodel.classes import Task
from forwarder.core.context import Context
from forwarder.locks.locking import CANCELLED


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_call_without_a_record_hears_it(
    context: Context, is_open: bool, is_cancelled: bool
) -> None:
    """Also while its changes are not committed yet."""
    if is_cancelled:
        with context.db.transaction() as tx:
            tx.kv_set(CANCELLED, context.task, True)
    if is_open:
        with context.transaction() as tx:
            tx.new(Task)
    if is_cancelled:
        with pytest.raises(XenAPIError, match="TASK_CANCELLED"):
            context.check_cancelled()
    else:
        context.check_cancelled()
    context.abandon()
