"""What stands in for `threading`, `time` and `concurrent.futures` in the modules under test."""

import concurrent.futures
import itertools
import logging
import os
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any

from tests.sim.scheduler import EPOCH, SCHEDULER, Process, Turn, scheduler

SERIAL = itertools.count(1)


def _turn() -> Turn | None:
    return SCHEDULER[-1].current if SCHEDULER else None


def _deadline(timeout: float | None) -> float | None:
    return None if timeout is None or timeout == float("inf") else scheduler().now + timeout


class _Waited:
    """What threads wait for; it is told apart by a number that is the same in each run."""

    def __init__(self) -> None:
        self._number = next(SERIAL)
        self._waiting: list[Turn] = []

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other

    def _wait(self, until: float | None) -> bool:
        me = _turn()
        assert me is not None, "only a simulated thread can wait"
        self._waiting.append(me)
        woken = scheduler().park(until)
        if not woken and me in self._waiting:
            self._waiting.remove(me)
        return woken

    def _wake(self, count: int | None = None) -> None:
        woken = self._waiting if count is None else self._waiting[:count]
        self._waiting = [] if count is None else self._waiting[count:]
        for turn in woken:
            scheduler().wake(turn)


class RLock(_Waited):
    """A lock that its thread may take again."""

    again = True

    def __init__(self) -> None:
        super().__init__()
        self._owner: Turn | None = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        me = _turn()
        if me is None:
            self._count += 1
            return True
        scheduler().point()
        if self._owner is me and self.again:
            self._count += 1
            return True
        until = None if timeout < 0 else _deadline(timeout)
        while self._count:
            if self._owner is not None and not self._owner.process.alive:
                break  # nobody outlives his locks, but shared ones do
            if not blocking or (until is not None and scheduler().now >= until):
                return False
            self._wait(until)
        self._owner, self._count = me, 1
        return True

    def release(self) -> None:
        self._count = max(self._count - 1, 0)
        if not self._count:
            self._owner = None
            if self._waiting:
                self._wake()

    def locked(self) -> bool:
        return bool(self._count)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _set_free(self) -> int:
        count, self._count = self._count, 0
        self._owner = None
        self._wake()
        return count

    def _take_back(self, count: int) -> None:
        self.acquire()
        self._count = count


class Lock(RLock):
    again = False


class Condition(_Waited):
    def __init__(self, lock: RLock | None = None) -> None:
        super().__init__()
        self._lock = RLock() if lock is None else lock
        self.acquire, self.release = self._lock.acquire, self._lock.release

    def __enter__(self) -> bool:
        return self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        count = self._lock._set_free()
        woken = self._wait(_deadline(timeout))
        self._lock._take_back(count)
        return woken

    def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
        until = _deadline(timeout)
        while not (found := predicate()):
            if until is not None and scheduler().now >= until:
                break
            self.wait(None if until is None else until - scheduler().now)
        return found

    def notify(self, n: int = 1) -> None:
        self._waiting = [turn for turn in self._waiting if turn.process.alive]
        self._wake(n)

    def notify_all(self) -> None:
        self._wake()

    notifyAll = notify_all  # noqa: N815


class Event(_Waited):
    def __init__(self) -> None:
        super().__init__()
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        self._wake()

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        until = _deadline(timeout)
        scheduler().point()
        while not self._set:
            if until is not None and scheduler().now >= until:
                return False
            self._wait(until)
        return True


class Semaphore(_Waited):
    def __init__(self, value: int = 1) -> None:
        super().__init__()
        self._value = value

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        if _turn() is not None:
            scheduler().point()
        until = _deadline(timeout)
        while not self._value:
            if not blocking or (until is not None and scheduler().now >= until):
                return False
            self._wait(until)
        self._value -= 1
        return True

    def release(self, n: int = 1) -> None:
        self._value += n
        self._wake()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Thread:
    """`threading.Thread`, of the process of who makes it."""

    def __init__(
        self,
        group: None = None,
        target: Callable[..., Any] | None = None,
        name: str | None = None,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        self._target, self._args, self._kwargs = target, args, kwargs or {}
        self.name = name or (target.__name__ if target is not None else "thread")
        self.daemon = True
        self._ended = Event()
        me = _turn()
        self.process: Process | None = me.process if me is not None else None
        self._started = False

    def start(self) -> None:
        assert self.process is not None, "a thread outside the simulation"
        self._started = True
        scheduler().spawn(self.process, self._run, self.name)
        scheduler().point()

    def run(self) -> None:
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def _run(self) -> None:
        try:
            self.run()
        finally:
            self._ended.set()

    def is_alive(self) -> bool:
        return self._started and not self._ended.is_set()

    def join(self, timeout: float | None = None) -> None:
        self._ended.wait(timeout)


class ThreadPool(Executor):
    """`concurrent.futures.ThreadPoolExecutor`."""

    def __init__(self, max_workers: int, thread_name_prefix: str = "pool", **_: Any) -> None:
        self._most = max_workers
        self._prefix = thread_name_prefix
        self._work: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._come = Semaphore(0)
        self._idle = 0
        self._threads = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self._work.append((future, lambda: fn(*args, **kwargs)))
        if self._idle < len(self._work) and self._threads < self._most:
            self._threads += 1
            self._idle += 1
            Thread(target=self._run, name=f"{self._prefix}-{self._threads}").start()
        self._come.release()
        return future

    def _run(self) -> None:
        while True:
            self._come.acquire()
            future, work = self._work.popleft()
            self._idle -= 1
            if future.set_running_or_notify_cancel():
                try:
                    result = work()
                except Exception as error:
                    future.set_exception(error)
                else:
                    future.set_result(result)
            self._idle += 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        pass


def _wait(futures: Iterable["Future[Any]"]) -> None:
    """`concurrent.futures.wait` without a time; that one goes by addresses."""
    for future in futures:
        ended = Event()
        future.add_done_callback(lambda _, ended=ended: ended.set())  # type: ignore[misc]
        ended.wait()


class _Drawn(random.Random):
    """One without a seed of its own is drawn from the run's."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(0 if seed is None else seed)
        if seed is None:
            UNSEEDED.append(self)


UNSEEDED: list[random.Random] = []
BYTES = random.Random("bytes")


def reseed(seed: int) -> None:
    """Draw what the modules under test draw from this seed."""
    BYTES.seed(f"bytes {seed}")
    random.seed(f"module {seed}")
    for number, found in enumerate(UNSEEDED):
        found.seed(f"drawn {seed} {number}")


def _time() -> float:
    return EPOCH + (SCHEDULER[-1].now if SCHEDULER else 0.0)


def _monotonic() -> float:
    return 1000.0 + (SCHEDULER[-1].now if SCHEDULER else 0.0)


REAL_GMTIME = time.gmtime


def _gmtime(seconds: float | None = None) -> time.struct_time:
    return REAL_GMTIME(_time() if seconds is None else seconds)


def _sleep(seconds: float) -> None:
    found = scheduler()
    if found.current is not None:
        found.park(found.now + max(seconds, 0.0))


def _bytes(count: int) -> bytes:
    return BYTES.randbytes(count)


REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (threading, "Lock", Lock),
    (threading, "RLock", RLock),
    (threading, "Condition", Condition),
    (threading, "Event", Event),
    (threading, "Semaphore", Semaphore),
    (threading, "BoundedSemaphore", Semaphore),
    (threading, "Thread", Thread),
    (time, "sleep", _sleep),
    (time, "time", _time),
    (time, "monotonic", _monotonic),
    (time, "perf_counter", _monotonic),
    (time, "gmtime", _gmtime),
    (queue, "time", _monotonic),
    # A record of the log would ask the real `threading` who it is of.
    (logging, "logThreads", False),
    (concurrent.futures, "ThreadPoolExecutor", ThreadPool),
    (concurrent.futures, "wait", _wait),
    (os, "urandom", _bytes),
    (random, "_urandom", _bytes),
    (random, "Random", _Drawn),
)


def install() -> Callable[[], None]:
    """Replace what can wait, tell the time or draw, in modules yet to come; returns the way back.

    Modules that have taken a name from these already keep what they have.
    """
    before = [(module, name, getattr(module, name)) for module, name, _ in REPLACED]
    for module, name, found in REPLACED:
        setattr(module, name, found)

    def back() -> None:
        for module, name, found in before:
            setattr(module, name, found)

    return back
