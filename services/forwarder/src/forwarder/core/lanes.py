"""Lanes: calls that wait or work for long do not delay the beginning of others.

| lane | what goes by it |
| --- | --- |
| short | messages whose functions take a `PoolContext`, with which they cannot wait |
| force | messages that say so where they are declared: they end what others wait for |
| work | all other messages: they lock objects, have hosts work, let time pass |
| housekeeping | what forwarders do unasked, where that has to wait for hosts |

Each lane has threads of its own. When all are busy, a call waits in the lane for the next free one;
it is in the database too, where a forwarder with room finds it. A call that waits for its turn
before it has done anything has no thread (`core.context.Parked`).
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from enum import Enum

HOSTS_AT_ONCE = 64
"""This many hosts may be silent before the affairs of others have to wait; no pool has more."""


class LaneName(Enum):
    SHORT = "short"
    FORCE = "force"
    WORK = "work"
    HOUSEKEEPING = "housekeeping"


class Lane:
    """One lane: its threads, and slots for those threads that work and do not wait."""

    def __init__(self, threads: Executor, at_once: int) -> None:
        self._threads = threads
        self.slots = threading.Semaphore(at_once)

    def begin(self, function: Callable[[], None]) -> None:
        """Run a function, which must raise nothing, as soon as a thread and a slot are free."""
        self._threads.submit(self._run, function)

    def _run(self, function: Callable[[], None]) -> None:
        with self.slots:
            function()


Lanes = Mapping[LaneName, Lane]


def lanes(workers: int, calls_max: int) -> Lanes:
    """A forwarder's lanes: at most ``workers`` calls of each work at once.

    In the lanes of force and work, at most ``calls_max`` are under way.
    """
    bounds = {
        LaneName.SHORT: (workers, workers),
        LaneName.FORCE: (calls_max, workers),
        LaneName.WORK: (calls_max, workers),
        LaneName.HOUSEKEEPING: (HOSTS_AT_ONCE, HOSTS_AT_ONCE),
    }
    return {
        name: Lane(ThreadPoolExecutor(threads, thread_name_prefix=name.value), at_once)
        for name, (threads, at_once) in bounds.items()
    }
