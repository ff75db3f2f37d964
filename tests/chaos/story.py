"""What happened in a run, in the order of time: calls, their answers, and what was broken."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(eq=False)
class Call:
    """A call for a VM; it is open as long as it may still have an effect."""

    client: str
    vm: str
    text: str
    begun: float
    ended: float | None = None
    changes: bool = True


@dataclass(frozen=True)
class Line:
    at: float
    vm: str
    """The VM that it is about; empty for what concerns all."""
    text: str

    def __str__(self) -> str:
        return f"{self.at:8.3f}  {self.text}"


class Story:
    """Any thread may tell; ``path`` has each line as soon as it is told."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._file = path.open("w", buffering=1)
        self._lines: list[Line] = []
        self._calls: defaultdict[str, list[Call]] = defaultdict(list)
        self._gateway_died = -1.0
        self.answers: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.broken: list[str] = []

    def close(self) -> None:
        self._file.close()

    @property
    def now(self) -> float:
        return time.monotonic() - self._began

    def tell(self, text: str, vm: str = "") -> None:
        with self._lock:
            line = Line(self.now, vm, text)
            self._lines.append(line)
            self._file.write(f"{line}\n")

    def fault(self, kind: str, text: str, *, of_the_gateway: bool = False) -> None:
        """Tell of a fault; a call that the gateway dies of may go on without its client."""
        with self._lock:
            self.faults[kind] += 1
            if of_the_gateway:
                self._gateway_died = self.now
        self.tell(f"*** {text}")

    def break_(self, text: str, vm: str = "") -> None:
        """Tell of what must not be."""
        with self._lock:
            self.broken.append(text)
        self.tell(f"!!! {text}", vm)

    # --- calls ------------------------------------------------------------------------------

    def begin(self, client: str, vm: str, text: str, *, changes: bool = True) -> Call:
        call = Call(client, vm, text, self.now, changes=changes)
        with self._lock:
            self._calls[vm].append(call)
        self.tell(f"{client}: {text}", vm)
        return call

    def answer(self, call: Call, kind: str, text: str, *, is_over: bool) -> None:
        """Tell a call's answer; unless it ``is_over`` it may have an effect until all is calm."""
        took = self.now - call.begun
        with self._lock:
            self.answers[kind] += 1
            if is_over and self._gateway_died < call.begun:
                call.ended = self.now
        self.tell(f"{call.client}: {call.text} → {text} ({took:.2f} s)", call.vm)

    def is_alone(self, call: Call) -> bool:
        """Whether no other call could have changed its VM from its beginning until now."""
        with self._lock:
            return not any(
                other.changes and (other.ended is None or other.ended > call.begun)
                for other in self._calls[call.vm]
                if other is not call
            )

    def is_last(self, call: Call) -> bool:
        """Whether no other call could have changed its VM since its answer."""
        with self._lock:
            found = [other for other in self._calls[call.vm] if other.changes]
        return call in found and self.is_alone(call)

    def calm(self) -> None:
        """Nothing is under way any more."""
        with self._lock:
            for call in [call for calls in self._calls.values() for call in calls]:
                call.ended = call.ended or self.now

    # --- telling ----------------------------------------------------------------------------

    def figures(self) -> str:
        """What was done so far, in one line."""
        answers = ", ".join(f"{count} {kind}" for kind, count in self.answers.most_common(4))
        return f"{answers or 'no answer yet'}; {self.faults.total()} faults"

    def about(self, vms: Iterable[str]) -> Iterator[str]:
        """The lines about some VMs and about all; without VMs, all lines."""
        wanted = {*vms, ""}
        for line in self._lines:
            if line.vm in wanted or wanted == {""}:
                yield str(line)
