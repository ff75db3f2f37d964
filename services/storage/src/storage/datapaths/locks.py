"""A lock for each of any number of things."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager


class Locks:
    """Whoever holds several has taken them at once, in an order that is the same for all."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[Hashable, tuple[threading.RLock, list[None]]] = {}

    @contextmanager
    def of(self, *names: Hashable) -> Iterator[None]:
        with ExitStack() as held:
            for name in sorted(set(names), key=repr):
                held.enter_context(self._one(name))
            yield

    @contextmanager
    def _one(self, name: Hashable) -> Iterator[None]:
        with self._guard:
            lock, users = self._locks.setdefault(name, (threading.RLock(), []))
            users.append(None)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                users.pop()
                if not users:
                    del self._locks[name]
