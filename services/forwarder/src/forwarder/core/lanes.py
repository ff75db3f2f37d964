"""Lanes: whoever waits or works for long keeps nobody else from being begun.

| lane | what goes by it |
| --- | --- |
| short | messages whose functions take a `PoolContext`, so that they wait for nobody |
| force | messages that say so where they are declared: they end what others wait for |
| work | all other messages: they lock objects, have hosts work, let time pass |
| housekeeping | what forwarders do by themselves, as far as they wait for hosts |

Each has threads of its own. What comes while all of a lane's are taken waits in it for the next
that is free; a call stands in the database meanwhile, where a forwarder with room finds it. A call
that waits for its turn before it has done anything has no thread (`core.context.Parked`).
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from enum import Enum

HOSTS_AT_ONCE = 64
"""So many hosts may be silent before others' affairs wait for theirs; pools have no more."""


class LaneName(Enum):
    SHORT = "short"
    FORCE = "force"
    WORK = "work"
    HOUSEKEEPING = "housekeeping"


class Lane:
    """What one lane has: threads, and slots for those of them that work and do not wait."""

    def __init__(self, threads: Executor, at_once: int) -> None:
        self._threads = threads
        self.slots = threading.Semaphore(at_once)

    def begin(self, function: Callable[[], None]) -> None:
        """Have a function run as soon as there is a thread and a slot; it raises nothing."""
        self._threads.submit(self._run, function)

    def _run(self, function: Callable[[], None]) -> None:
        with self.slots:
            function()


Lanes = Mapping[LaneName, Lane]


def lanes(workers: int, calls_max: int) -> Lanes:
    """A forwarder's lanes: ``workers`` calls of each work at once, ``calls_max`` are under way."""
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
