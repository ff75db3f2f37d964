"""Waiting for objects to change: those who wait are woken by these changes alone."""

import threading
from collections.abc import Iterable

from pooldb.view import View


class Watches:
    """One per view; any number of threads may wait."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lock = threading.Lock()
        self._waiting: dict[str, set[threading.Event]] = {}
        self._seen = view.generation
        view.subscribe(self._look)

    def wait(self, refs: Iterable[str], since: int, timeout_s: float) -> bool:
        """Wait until one of the objects has changed or gone after generation ``since``.

        False when the time is over. An object that does not exist never changes.
        """
        watched, woken = frozenset(refs), threading.Event()
        with self._lock:
            for ref in watched:
                self._waiting.setdefault(ref, set()).add(woken)
        try:
            return not watched.isdisjoint(self._changed(since)) or woken.wait(timeout_s)
        finally:
            with self._lock:
                for ref in watched:
                    self._waiting[ref].discard(woken)
                    if not self._waiting[ref]:
                        del self._waiting[ref]

    def _changed(self, since: int) -> set[str]:
        changed = {ref for _, ref, _ in self._view.changed_since(since)}
        return changed | {deletion.ref for deletion in self._view.deleted_since(since)}

    def _look(self) -> None:
        with self._lock:
            if not self._waiting:
                self._seen = self._view.generation
                return
            since, self._seen = self._seen, self._view.generation
            for ref in self._changed(since) & self._waiting.keys():
                for woken in self._waiting[ref]:
                    woken.set()
