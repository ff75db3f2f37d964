"""Waiting for objects to change: those who wait are woken by these changes alone."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pooldb.view import View


@dataclass(frozen=True, eq=False)
class _Waiter:
    """Who waits for one of some objects, but not longer than ``until``."""

    refs: frozenset[str]
    until: float
    wake: Callable[[], object]


class Watches:
    """One per view; any number of threads may wait, and any number of calls without a thread."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lock = threading.Lock()
        self._waiting: dict[str, dict[_Waiter, None]] = {}
        self._seen = view.generation
        view.subscribe(self._look)

    def wait(self, refs: Iterable[str], since: int, timeout_s: float) -> bool:
        """Wait until one of the objects has changed or gone after generation ``since``.

        False when the time is over. An object that does not exist never changes.
        """
        woken = threading.Event()
        waiter = self._wait(refs, since, timeout_s, woken.set)
        return woken.wait(timeout_s) or not self._forget(waiter)

    def call(
        self, refs: Iterable[str], since: int, timeout_s: float, wake: Callable[[], object]
    ) -> None:
        """Have ``wake`` called where `wait` would return; that it is over `wake_overdue` sees.

        It is called once, from any thread, maybe at once; it must be quick and raise nothing.
        """
        self._wait(refs, since, timeout_s, wake)

    def wake_overdue(self) -> None:
        """Wake those whose time is over; somebody has to look now and then."""
        now = time.monotonic()
        with self._lock:
            waiting = {waiter: None for waiters in self._waiting.values() for waiter in waiters}
        for waiter in sorted(waiting, key=lambda waiter: waiter.until):
            if waiter.until <= now:
                self._wake(waiter)

    def _wait(
        self, refs: Iterable[str], since: int, timeout_s: float, wake: Callable[[], object]
    ) -> _Waiter:
        waiter = _Waiter(frozenset(refs), time.monotonic() + timeout_s, wake)
        with self._lock:
            for ref in waiter.refs:
                self._waiting.setdefault(ref, {})[waiter] = None
        if not waiter.refs.isdisjoint(self._changed(since)):
            self._wake(waiter)
        return waiter

    def _wake(self, waiter: _Waiter) -> None:
        if self._forget(waiter):
            waiter.wake()

    def _forget(self, waiter: _Waiter) -> bool:
        """Whether nobody has woken it yet; nobody will any more."""
        with self._lock:
            waits = False
            for ref in waiter.refs:
                waiters = self._waiting.get(ref, {})
                if waiter in waiters:
                    waits = True
                    del waiters[waiter]
                    if not waiters:
                        del self._waiting[ref]
        return waits

    def _changed(self, since: int) -> set[str]:
        changed = {ref for _, ref, _ in self._view.changed_since(since)}
        return changed | {deletion.ref for deletion in self._view.deleted_since(since)}

    def _look(self) -> None:
        with self._lock:
            since, self._seen = self._seen, self._view.generation
            if not self._waiting:
                return
            changed = self._changed(since) & self._waiting.keys()
            woken = {waiter: None for ref in sorted(changed) for waiter in self._waiting[ref]}
        for waiter in woken:
            self._wake(waiter)
