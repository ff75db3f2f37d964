"""Lanes of a forwarder without threads: what is begun has ended when it returns."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from forwarder.core.lanes import Lane, LaneName, Lanes


class AtOnce(Executor):
    """Runs what it is given in the thread that gives it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def lanes_at_once() -> Lanes:
    return {name: Lane(AtOnce(), 1000) for name in LaneName}
