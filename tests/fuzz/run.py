"""Makes drawn calls, several at a time, and judges their answers, their tasks and the logs."""

import contextlib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import XenAPI

from tests.conftest import Pool
from tests.fuzz import calls, judge, wires
from tests.fuzz.calls import Call
from tests.fuzz.wires import Answer
from tests.fuzz.world import World

BATCH = 200
IN_FLIGHT = 8
ANSWER_S = 180.0
"""A call may wait for another one's lock, and for a guest; nothing waits longer than this."""
EVENTS_S = 3.0
"""How long a call that waits for events is listened to, unless it is to end before."""
PULSE_S = 60.0
CANCEL_AFTER_S = 10.0
TASKS_S = 40.0

WAIT_FOR_EVENTS = ("event.from", "event.next")
OBEY = re.compile(r"VM(_appliance)?\.clean_(shutdown|reboot)|VM\.suspend|VM\.shutdown")
"""Calls that wait for a guest, for twenty minutes if it does not obey."""
IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|0x[0-9a-f]+|\d+")


@dataclass(frozen=True)
class Made:
    """A call that was made, with the names of the world's objects, and what came of it."""

    call: Call
    params: list[Any]
    answer: Answer
    seconds: float
    ended: float
    waits: bool
    """Whether it waits still, for what it was told to wait for."""


@dataclass
class Failure:
    """What is wrong, as often as it was seen, with one call that shows it."""

    what: str
    line: str
    count: int = 0
    methods: Counter[str] = field(default_factory=Counter)


@dataclass
class Figures:
    """What became of the calls."""

    say: Callable[[str], None]
    calls: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Failure] = field(default_factory=dict)
    messages: set[str] = field(default_factory=set)
    slow: Counter[str] = field(default_factory=Counter)
    """The longest that a call of each message took, in milliseconds."""

    def add(self, method: str, what: str, line: str) -> None:
        """Note a failure; those that differ in numbers and identifiers alone are one."""
        key = IDS.sub("#", what)[:160]
        if key not in self.failures:
            self.say(f"{method}: {what:.1000}\n    {line:.3000}")
        found = self.failures.setdefault(key, Failure(what, line))
        found.count += 1
        found.methods[method] += 1

    def report(self) -> Iterator[str]:
        yield f"{self.calls} calls of {len(self.messages)} messages"
        yield "outcomes: " + ", ".join(f"{name} {n}" for name, n in self.outcomes.most_common())
        yield "errors: " + ", ".join(f"{code} {n}" for code, n in self.codes.most_common(25))
        slowest = (f"{name} {ms / 1000:.1f} s" for name, ms in self.slow.most_common(10))
        yield f"slowest: {', '.join(slowest)}"
        yield f"failures: {len(self.failures)} kinds"
        for found in sorted(self.failures.values(), key=lambda failure: -failure.count):
            yield f"{found.count} x {found.what[:600]}"
            yield f"    by {', '.join(name for name, _ in found.methods.most_common(6))}"
            yield f"    {found.line}"


class Logs:
    """What the services write of exceptions, each line once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: defaultdict[Path, int] = defaultdict(int)

    def exceptions(self) -> Iterator[str]:
        """Each exception since the last look, as the place and the words of its end."""
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.stat().st_size < self._read[path]:
                self._read[path] = 0
            with path.open("rb") as file:
                file.seek(self._read[path])
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read[path] += len(line)
                    if b'"exception"' in line:
                        yield _of_log(path.stem, json.loads(line))


def _of_log(service: str, said: dict[str, Any]) -> str:
    lines = said["exception"].splitlines()
    places = [line.strip() for line in lines if line.strip().startswith("File ")]
    kind = re.sub(r"-\w+$", "", service)
    return f"{kind} has logged: {lines[-1]:.100} at {places[-1] if places else '?'}"


class Run:
    """One run on a pool; ``figures`` grows meanwhile."""

    def __init__(self, pool: Pool, say: Callable[[str], None]) -> None:
        self._address = ("127.0.0.1", pool.layout.ports["xapi"])
        self._logs = Logs(pool.layout.path("log", "x").parent)
        self._say = say
        self._tasks: dict[str, Made] = {}
        self.world = World(pool)
        self.figures = Figures(say)
        self.world.build()
        list(self._logs.exceptions())

    def go(self, drawn: Iterable[Call]) -> None:
        """Make the calls, a batch at a time; ends early when the pool stands still."""
        left = iter(drawn)
        with ThreadPoolExecutor(IN_FLIGHT, "call") as threads:
            while batch := [call for _, call in zip(range(BATCH), left, strict=False)]:
                for made in threads.map(self._make, batch):
                    self._note(made)
                self._end_tasks()
                self._look_at_logs(batch[-1])
                if not self._has_pulse(batch[-1]):
                    return
                with contextlib.suppress(XenAPI.Failure):
                    self.world.build()
                self._say(f"{self.figures.calls} calls, {len(self.figures.failures)} failures")

    def replay(self, lines: Iterable[str]) -> Iterator[tuple[Made, str | None]]:
        """Make calls of their lines, one after the other; each with what is wrong with it."""
        for call in map(calls.read, filter(str.strip, lines)):
            made = self._make(call)
            yield made, judge.verdict(call.method, made.params, made.answer)

    def _make(self, call: Call) -> Made:
        params = [self.world.resolve(param) for param in call.params]
        pinned = replace(call, params=[self.world.pinned(param) for param in call.params])
        may_wait, bound = self._bound(call, params)
        begun = time.monotonic()
        answer = wires.send(self._address, call.wire, call.method, params, bound)
        ended = time.monotonic()
        waits = may_wait and answer.broken == wires.NO_ANSWER
        return Made(pinned, params, answer, ended - begun, ended, waits)

    def _note(self, made: Made) -> None:
        call, answer, figures = made.call, made.answer, self.figures
        figures.calls += 1
        figures.messages.add(call.method.removeprefix("Async."))
        figures.slow[call.method] = max(figures.slow[call.method], int(made.seconds * 1000))
        if made.waits:
            figures.outcomes["still waits, as it was told to"] += 1
            return
        what = judge.verdict(call.method, made.params, answer)
        figures.outcomes["failure" if what else "error" if answer.error else "result"] += 1
        if answer.error is not None:
            figures.codes[answer.error[0]] += 1
        if what is not None:
            figures.add(call.method, what, call.line)
        elif call.method.startswith("Async.") and answer.error is None:
            self._tasks[answer.result] = made

    def _bound(self, call: Call, params: list[Any]) -> tuple[bool, float]:
        """Whether the call may well not end, and how long it is listened to."""
        if call.method in WAIT_FOR_EVENTS:
            timeout = params[-1] if call.method == "event.from" and params else None
            ends = isinstance(timeout, int | float) and not timeout >= EVENTS_S
            return not ends, ANSWER_S if ends else EVENTS_S
        busy = self.world.named.get(("VM", "busy"), "")
        if OBEY.search(call.method) and busy in map(str, params):
            return True, EVENTS_S
        return False, ANSWER_S

    def _end_tasks(self) -> None:
        """Judge how the tasks of asynchronous calls have ended; what lasts is cancelled."""
        found = self.world.api.task
        deadline = time.monotonic() + TASKS_S
        cancelled: set[str] = set()
        while self._tasks and time.monotonic() < deadline:
            for task, made in list(self._tasks.items()):
                try:
                    record = found.get_record(task)
                    if record["status"] in ("pending", "cancelling"):
                        if time.monotonic() > made.ended + CANCEL_AFTER_S and task not in cancelled:
                            cancelled.add(task)
                            found.cancel(task)
                        continue
                except XenAPI.Failure:
                    record = {"status": "gone", "error_info": []}
                del self._tasks[task]
                self.figures.outcomes[f"task: {record['status']}"] += 1
                if record["error_info"]:
                    error = tuple(record["error_info"])
                    self.figures.codes[error[0]] += 1
                    what = judge.of_error(made.call.method, made.params, error)
                    if what is not None:
                        self.figures.add(made.call.method, what, made.call.line)
            time.sleep(0.05)
        for made in self._tasks.values():
            what = f"a task that has not ended {TASKS_S:g} s after it was cancelled"
            self.figures.add(made.call.method, what, made.call.line)
        self._tasks.clear()

    def _look_at_logs(self, last: Call) -> None:
        for said in self._logs.exceptions():
            self.figures.add("?", said, f"in the calls to {last.number}")

    def _has_pulse(self, last: Call) -> bool:
        """Whether a call that a forwarder answers is answered."""
        value = {"value": "pulse", "other_config": {}}
        params = [self.world.run_session, value]
        answer = wires.send(self._address, "json2", "secret.create", params, PULSE_S)
        if answer.error is None and not answer.broken:
            self.world.api.secret.destroy(answer.result)
            return True
        what = f"the pool stands still: {answer.broken or answer.error}"
        self.figures.add("secret.create", what, f"in the calls to {last.number}")
        return False
