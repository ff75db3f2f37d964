"""One queue per VM: its operations run one after the other, different VMs' side by side."""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """Work for one VM. Two waiting items with the same ``merge`` are one."""

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

    def push(self, vm: str, item: Item) -> None:
        with self._changed:
            queue = self._waiting.setdefault(vm, deque())
            if item.merge is not None and any(found.merge == item.merge for found in queue):
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
        """The next VM's next item: the VM goes to the end of the line."""
        for vm, queue in self._waiting.items():
            if vm in self._busy:
                continue
            item = queue.popleft()
            del self._waiting[vm]
            if queue:
                self._waiting[vm] = queue
            self._busy.add(vm)
            return vm, item
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                while (found := self._next()) is None:
                    if self._closed:
                        return
                    self._changed.wait()
            vm, item = found
            try:
                item.run()
            except Exception:  # an item tells of its failures itself; a worker outlives its bugs
                log.exception("work for VM %s failed", vm)
            finally:
                with self._changed:
                    self._busy.discard(vm)
                    self._changed.notify_all()
