"""The task by which a client follows a request: the client makes it, the request ends it."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from datamodel import XenAPIError
from datamodel.classes import Session, Task, TaskRef
from pooldb import Transaction, leases
from pooldb.tasks import end

from xapi import access, tasks
from xapi.pool import Pool


@dataclass(frozen=True)
class RequestTask:
    """The task that came as ``task_id``, None without one, and the client's session."""

    pool: Pool
    ref: TaskRef | None
    session: Session | None

    def require(self) -> None:
        """Raise XenAPIError if the task does not exist, or the client may not end it."""
        if self.ref is not None and self.session is not None:
            access.check_task(self.pool.db.view.get(Task, self.ref), self.session)

    def require_wanted(self) -> None:
        """Raise TASK_CANCELLED once somebody has cancelled the task."""
        record = None if self.ref is None else self.pool.db.view.find(Task, self.ref)
        if record is not None and "cancel" in record.current_operations.values():
            raise XenAPIError("TASK_CANCELLED", self.ref)

    async def begin(self) -> None:
        """Note that the request is being served."""

        def show(tx: Transaction, task: TaskRef) -> None:
            tx.edit(Task, task).progress = 0.0

        await self._tell(show)

    async def succeed(self) -> None:
        await self._tell(lambda tx, task: end(tx, task, None))

    async def fail(self, reason: XenAPIError) -> None:
        await self._tell(lambda tx, task: end(tx, task, reason))

    async def _tell(self, change: Callable[[Transaction, TaskRef], None]) -> None:
        """Change the task if it is pending and the client may end it."""
        task, session = self.ref, self.session
        if task is None or session is None:
            return

        def tell(tx: Transaction) -> None:
            record = tx.find(Task, task)
            # The forwarder, not this request, ends the task of a call.
            if record is None or tx.kv_get(leases.TASKS, task) is not None:
                return
            access.check_task(record, session)
            if record.status not in tasks.ENDED:
                change(tx, task)

        # Somebody else's task is left alone without an error.
        with contextlib.suppress(XenAPIError):
            await self.pool.write(tell)
