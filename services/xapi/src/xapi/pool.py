"""The pool as xapi sees it: the database, the road to the forwarders, and who waits for what."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

import telemetry
from broker.envelope import Message
from broker.topology import EVENTS_EXCHANGE, FORWARDER_QUEUE
from pooldb import Database, Transaction

from broker import Connection, Delivery

T = TypeVar("T")

log = logging.getLogger(__name__)

# The fanout wakes the view; this is only for a message that got lost with its connection.
LOOK_ANYWAY_S = 1.0


class Pool:
    """Lives in one event loop. Reads go to ``db.view``; writes go through ``write``."""

    def __init__(self, db: Database, broker: Connection | None, executor: Executor) -> None:
        self.db = db
        self._broker = broker
        self._executor = executor
        self._loop = asyncio.get_running_loop()
        self._moved = asyncio.Event()
        db.view.subscribe(self._view_moved)
        self._background: set[asyncio.Task[None]] = set()
        if broker is not None:
            broker.subscribe(EVENTS_EXCHANGE, [""], self._event, executor)
            self._keep(self._look_anyway())

    def _keep(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _look_anyway(self) -> None:
        while True:
            await asyncio.sleep(LOOK_ANYWAY_S)
            await self._loop.run_in_executor(self._executor, self.db.refresh)

    def _event(self, delivery: Delivery) -> None:
        delivery.ack()
        if delivery.body["generation"] > self.db.view.generation:
            self.db.refresh()

    def _view_moved(self) -> None:
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """Run ``change`` in a transaction, off the loop, and tell the other services."""

        def run() -> tuple[T, int]:
            with self.db.transaction() as tx:
                result = change(tx)
            return result, tx.generation

        before = self.db.view.generation
        result, generation = await self._loop.run_in_executor(self._executor, run)
        if generation != before and self._broker is not None:
            body = {"generation": generation}
            self._broker.publish(EVENTS_EXCHANGE, "", Message(method="event", body=body))
        return result

    async def moved(self, timeout_s: float) -> bool:
        """Wait until the view moves; False when the time is over."""
        try:
            await asyncio.wait_for(self._moved.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something holds in the view; False when the time is over."""
        deadline = self._loop.time() + timeout_s
        while not holds():
            left = deadline - self._loop.time()
            if left <= 0:
                return False
            await self.moved(left)
        return True

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something slow off the loop."""
        return await self._loop.run_in_executor(self._executor, function, *arguments)

    def forward(self, body: dict[str, Any], headers: dict[str, Any], timeout_s: float) -> None:
        """Send a call to the forwarders; a reply moves the view at once, the log does it anyway."""
        assert self._broker is not None
        message = Message(
            method=body["method"], body=body, message_id=body["operation"], headers=headers
        )
        telemetry.hop(
            service="xapi",
            queue=FORWARDER_QUEUE,
            message=body["method"],
            task=body["task"],
            step="sent",
            traceparent=headers.get("traceparent"),
        )
        future = self._broker.call_async(FORWARDER_QUEUE, message, timeout_s=timeout_s)
        future.add_done_callback(self._answered)

    def _answered(self, future: Any) -> None:
        if future.exception() is None and future.result()["generation"] > self.db.view.generation:
            self._executor.submit(self.db.refresh)
