"""A queue for each subject: its work is done in order, while others' work goes on."""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """Work on one subject. Two waiting items with the same ``merge`` are one."""

    run: Callable[[], None]
    merge: str | None = None


class Queues:
    """A bounded pool of workers over any number of queues, served in turn."""

    def __init__(self, workers: int) -> None:
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()
        self._busy: set[str] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"worker {number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def push(self, subject: str, item: Item) -> None:
        with self._changed:
            queue = self._waiting.setdefault(subject, deque())
            if item.merge is not None and any(waiting.merge == item.merge for waiting in queue):
                return
            queue.append(item)
            self._changed.notify()

    def close(self) -> None:
        """Take no more work; what runs goes on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def idle(self) -> bool:
        with self._changed:
            return not self._busy and not self._waiting

    def _next(self) -> tuple[str, Item] | None:
        """The next item of the next subject, which then goes to the end of the line."""
        for subject, queue in self._waiting.items():
            if subject in self._busy:
                continue
            item = queue.popleft()
            del self._waiting[subject]
            if queue:
                self._waiting[subject] = queue
            self._busy.add(subject)
            return subject, item
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                while (work := self._next()) is None:
                    if self._closed:
                        return
                    self._changed.wait()
            subject, item = work
            try:
                item.run()
            except Exception:  # items report failures themselves; a bug must not end a worker
                log.exception("work on %s failed", subject)
            finally:
                with self._changed:
                    self._busy.discard(subject)
                    self._changed.notify_all()
