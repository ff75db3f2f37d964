"""Threads that take turns, on a clock of their own: who goes on, a seed says.

Each simulated thread is a real one, and exactly one of all runs. It gives its turn away where it
would block, and now and then where it could go on (``point``). When none can go on, time moves to
the next timer. A process is a set of threads; one that is killed never runs again, as if by
``kill -9``: no ``finally`` of its code is begun.

``threads`` has what stands in for `threading`, `time` and `concurrent.futures`; see `replaced`.
"""

import _thread
import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# What a step of a program takes.
STEP_S = 0.00002
# Clocks begin here, so that dates are the same in each run.
EPOCH = 1_800_000_000.0


class Process:
    """What dies as one. ``place`` is the machine it runs on."""

    def __init__(self, name: str, place: str = "") -> None:
        self.name = name
        self.place = place or name
        self.alive = True
        self.frozen = False
        self.threads: dict[int, Turn] = {}
        self.at_death: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return self.name


class Turn:
    """One simulated thread."""

    def __init__(self, process: Process, name: str, number: int) -> None:
        self.process = process
        self.name = name
        self.number = number
        self.gate = _thread.allocate_lock()
        self.gate.acquire()
        self.waits = 0
        """Counts the times that it was parked, so that an old timer wakes nobody."""
        self.parked = False
        self.woken = False
        self.ended = False

    def __repr__(self) -> str:
        return f"{self.process}/{self.name}"


class Scheduler:
    """One world's; made for one run. ``haste`` is how often a thread that could go on does not."""

    def __init__(self, seed: int, haste: float = 0.05, stalls: float = 0.0) -> None:
        self.seed = seed
        self.random = random.Random(f"turns {seed}")
        self.haste = haste
        self.stalls = stalls
        self.now = 0.0
        self.steps = 0
        self.switches = 0
        self.current: Turn | None = None
        self.failure: str | None = None
        self.at_step: dict[int, Callable[[], None]] = {}
        """What happens before the step with this number: a process dies, say."""
        self._runnable: list[Turn] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = itertools.count(1)
        self._atomic = 0
        self._main = _thread.allocate_lock()
        self._main.acquire()
        self._over = False

    # --- from outside -----------------------------------------------------------------------

    def run(self, process: Process, story: Callable[[], None]) -> None:
        """Run until ``story`` ends, in a thread of ``process``, or the run fails."""

        def whole() -> None:
            story()
            self.finish()

        self.spawn(process, whole, "story")
        first = self._next()
        self.current = first
        first.gate.release()
        self._main.acquire()

    def finish(self) -> None:
        """End the run: nobody has a turn any more."""
        me = self.current
        self._over = True
        self._main.release()
        if me is not None:
            me.gate.acquire()

    def fail(self, why: str) -> None:
        """End the run with a failure; does not return to a simulated thread."""
        if self.failure is None:
            self.failure = why
        if not self._over:
            self.finish()

    # --- threads and processes --------------------------------------------------------------

    def spawn(self, process: Process, work: Callable[[], None], name: str) -> Turn:
        turn = Turn(process, name, next(self._serial))
        process.threads[turn.number] = turn

        def run() -> None:
            turn.gate.acquire()
            try:
                work()
            except Exception as error:
                self.fail(f"the thread {turn} ended with {type(error).__name__}: {error}")
            turn.ended = True
            process.threads.pop(turn.number, None)
            self._leave()

        _thread.start_new_thread(run, ())
        self._runnable.append(turn)
        return turn

    def kill(self, process: Process) -> None:
        """End a process here and now; when it is the caller's own, the caller goes no further."""
        if not process.alive:
            return
        process.alive = False
        self._runnable = [turn for turn in self._runnable if turn.process is not process]
        for do in process.at_death:
            do()
        process.threads.clear()
        if self.current is not None and self.current.process is process:
            self._switch(self.current)

    def freeze(self, process: Process, seconds: float) -> None:
        """Have a process stand still for a while, as by SIGSTOP."""

        def thaw() -> None:
            process.frozen = False

        process.frozen = True
        self.at(self.now + seconds, thaw)

    # --- turns ------------------------------------------------------------------------------

    def point(self) -> None:
        """A step of the current thread: somebody else may have the turn before it."""
        me = self.current
        if me is None or self._atomic:
            return
        self.steps += 1
        self.now += STEP_S
        if self.at_step and (happens := self.at_step.pop(self.steps, None)) is not None:
            happens()
            if not me.process.alive:
                self._switch(me)
        chance = self.random.random()
        if chance < self.haste:
            if chance < self.stalls:
                self.park(self.now + self.random.expovariate(1.0))
                return
            self._runnable.append(me)
            self._switch(me)

    def park(self, until: float | None = None) -> bool:
        """Have the current thread wait until it is woken, or the time; whether it was woken."""
        me = self.current
        assert me is not None
        me.waits += 1
        me.parked, me.woken = True, False
        if until is not None:
            waits = me.waits

            def due() -> None:
                if me.parked and me.waits == waits and me.process.alive:
                    me.parked = False
                    self._runnable.append(me)

            self.at(until, due)
        self._switch(me)
        return me.woken

    def wake(self, turn: Turn) -> None:
        """Let a parked thread go on."""
        if turn.parked and turn.process.alive:
            turn.parked, turn.woken = False, True
            self._runnable.append(turn)

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Have something happen at a time. It belongs to no thread, and must not wait."""
        heapq.heappush(self._timers, (max(when, self.now), next(self._serial), do))

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Nobody else has a turn within the block, and nobody dies in it."""
        self._atomic += 1
        try:
            yield
        finally:
            self._atomic -= 1

    def _switch(self, me: Turn) -> None:
        then = self._next()
        if then is me:
            self.current = me
            return
        self.switches += 1
        self.current = then
        then.gate.release()
        me.gate.acquire()

    def _leave(self) -> None:
        """The current thread has ended: its turn goes to another one."""
        then = self._next()
        self.current = then
        then.gate.release()

    def _next(self) -> Turn:
        self.current = None
        while True:
            while self._timers and self._timers[0][0] <= self.now and not self._over:
                self._happen(heapq.heappop(self._timers)[2])
            if self._over:
                _thread.allocate_lock().acquire()
                _sleep_for_ever()
            ready = self._runnable
            if ready:
                where = self.random.randrange(len(ready)) if len(ready) > 1 else 0
                ready[where], ready[-1] = ready[-1], ready[where]
                turn = ready.pop()
                if turn.process.frozen:
                    self._again_later(turn)
                    continue
                return turn
            if not self._timers:
                self.fail("nobody can go on, and nothing will happen")
                _sleep_for_ever()
            self.now = max(self.now, self._timers[0][0])

    def _again_later(self, turn: Turn) -> None:
        def again() -> None:
            if turn.process.alive:
                self._runnable.append(turn)

        self.at(self.now + 0.05, again)

    def _happen(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:
            self.fail(f"{type(error).__name__}: {error}")
            _sleep_for_ever()


def _sleep_for_ever() -> None:
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire()


SCHEDULER: list[Scheduler] = []
"""The one of this run, at most."""


def scheduler() -> Scheduler:
    return SCHEDULER[-1]


def process() -> Process:
    """The process of the current thread."""
    turn = scheduler().current
    assert turn is not None
    return turn.process


def use(found: Scheduler) -> None:
    SCHEDULER[:] = [found]
