"""Coroutines that run at once up to their first wait: most calls never wait, and need no task."""

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """A coroutine that has begun; await it for its result, in a task if it ``waits``.

    Raises what the coroutine raises before it waits. Up to there it runs in no task, so it must not
    ask for its own, as ``asyncio.timeout`` does.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._awaited: Any = None
        self._result: T | None = None
        self.waits = True
        try:
            self._awaited = coroutine.send(None)
        except StopIteration as end:
            self.waits = False
            self._result = end.value

    @property
    def result(self) -> T:
        """What the coroutine returned without having waited."""
        assert not self.waits
        return self._result  # type: ignore[return-value]

    def __await__(self) -> Generator[Any, Any, T]:
        if not self.waits:
            return self.result
        try:
            while True:
                try:
                    woken = yield self._awaited
                except BaseException as error:  # a cancellation, which the coroutine may handle
                    self._awaited = self._coroutine.throw(error)
                else:
                    self._awaited = self._coroutine.send(woken)
        except StopIteration as end:
            returned: T = end.value
            return returned
