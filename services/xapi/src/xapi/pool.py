"""The pool as xapi sees it: the database, the way to the forwarders, and calls that wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

import telemetry
from broker.envelope import Message
from broker.kinds import CALL
from broker.news import News
from broker.topology import EVENTS_EXCHANGE, FORWARDER_QUEUE
from pooldb import Database, Follower, Transaction

from broker import Connection
from xapi.numbers import Numbers
from xapi.writes import Writes

T = TypeVar("T")

WOKEN_AT_ONCE = 20
"""How many calls that wait go on before others have their turn."""


class Pool:
    """Lives in one event loop. Reads go to ``db.view``; writes go through ``write``."""

    def __init__(
        self,
        db: Database,
        broker: Connection | None,
        executor: Executor,
        *,
        one_of_several: bool = False,
    ) -> None:
        self.db = db
        self._broker = broker
        self._executor = executor
        self._one_of_several = one_of_several
        self._loop = asyncio.get_running_loop()
        self._follower = Follower(db)
        news = None if broker is None else News(broker)
        self._writes = Writes(db, executor, _nobody if news is None else news.tell)
        self.numbers = Numbers()
        self.told: dict[str, float] = {}
        """The sessions that got events a moment ago, and when they did."""
        self.is_stopping = False
        self._waiting: dict[asyncio.Future[bool], Callable[[], bool]] = {}
        db.view.subscribe(self._view_moved)
        if broker is not None:
            broker.subscribe(EVENTS_EXCHANGE, [""], self._hear)

    def _hear(self, event: dict[str, Any]) -> None:
        self._follower.hear(event["generation"])

    def _view_moved(self) -> None:
        # One turn later than it could be: who has made the change is answered first.
        self._loop.call_soon_threadsafe(self._loop.call_soon, self._wake)

    def _wake(self) -> None:
        """Wake those who wait, in turns, so that many of them do not hold up other calls."""
        self._wake_some(list(self._waiting.items()))

    def _wake_some(self, waiting: list[tuple[asyncio.Future[bool], Callable[[], bool]]]) -> None:
        for future, holds in waiting[:WOKEN_AT_ONCE]:
            if not future.done() and holds():
                future.set_result(True)
        if len(waiting) > WOKEN_AT_ONCE:
            self._loop.call_soon(self._wake_some, waiting[WOKEN_AT_ONCE:])

    def stop(self) -> None:
        """End all waiting for news, as this process is to end; calls go on to their end."""
        self.is_stopping = True
        self._wake()

    async def catch_up(self) -> None:
        """Bring the view up to all that a client may have learnt from any xapi."""
        if self._one_of_several:
            await self.run(self.db.refresh)

    async def write(self, change: Callable[[Transaction], T], *, tell: bool = True) -> T:
        """Run ``change`` in a transaction, see `Writes`; ``tell`` the other services at once."""
        return await self._writes.write(change, tell=tell)

    async def moved(self, timeout_s: float) -> bool:
        """Wait until the view moves; returns False if it does not in time."""
        return await self._awaited(lambda: True, timeout_s)

    async def until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something holds in the view; returns False if it does not in time."""
        return holds() or await self._awaited(holds, timeout_s)

    async def _awaited(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait for a move of the view after which ``holds``; False if none comes in time."""
        waiting: asyncio.Future[bool] = self._loop.create_future()
        self._waiting[waiting] = holds
        timer = self._loop.call_later(timeout_s, self._give_up, waiting)
        try:
            return await waiting
        finally:
            timer.cancel()
            del self._waiting[waiting]

    def _give_up(self, waiting: "asyncio.Future[bool]") -> None:
        if not waiting.done():
            waiting.set_result(False)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something slow off the loop."""
        return await self._loop.run_in_executor(self._executor, function, *arguments)

    def forward(self, body: dict[str, Any], timeout_s: float) -> "Future[Any]":
        """Send a call to the forwarders; its reply moves the view at once, the log would later."""
        assert self._broker is not None
        traceparent = body["traceparent"]
        headers = {
            "task": body["task"],
            "traceparent": traceparent,
            "session subject": body["subject"],
        }
        message = Message(
            method=body["method"],
            body=body,
            message_id=body["operation"],
            headers=headers,
            kind=CALL,
        )
        telemetry.hop(
            service="xapi",
            queue=FORWARDER_QUEUE,
            message=body["method"],
            task=body["task"],
            step="sent",
            traceparent=traceparent,
        )
        future = self._broker.call_async(FORWARDER_QUEUE, message, timeout_s=timeout_s)
        future.add_done_callback(self._answered)
        return future

    def _answered(self, future: Any) -> None:
        if future.exception() is None:
            generation = future.result()["generation"]
            self._follower.hear(generation)
            if generation > self.db.view.generation:
                return  # who waits is woken when the view has moved
        self._loop.call_soon_threadsafe(self._wake)


def _nobody(generation: int) -> None:
    """Without a broker there are no other services."""
