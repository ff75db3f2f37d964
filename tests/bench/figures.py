"""What was measured, beside the figures of upstream."""

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
HEAD = (
    f"{'':<46}{'per second':>11}{'p50 ms':>9}{'rounds':>18}{'p99 ms':>9}{'CPU ms':>8}"
    f"{'upstream':>10}{'ratio':>7}"
)


@dataclass
class Measured:
    """One kind of call: times of all rounds, and the processors' time that one call took.

    ``upstream_ms`` is the median of xen-api 26.17 with its simulated xenopsd on a machine like the
    one that this was written on; on another machine only the order of size can be compared.
    """

    name: str
    upstream_ms: float | None
    in_flight: int = 1
    rounds_ms: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0
    cpu_ms: float = 0.0

    def add(self, times_ms: list[float], seconds: float, cpu_ms: float) -> None:
        """Take the times of one round, and how long it took and cost as a whole."""
        self.rounds_ms.append(times_ms)
        self.seconds += seconds
        self.cpu_ms += cpu_ms

    def line(self) -> str:
        """The median of the rounds' medians, with the least and the greatest of them."""
        medians = [statistics.median(times) for times in self.rounds_ms]
        ordered = sorted(time for times in self.rounds_ms for time in times)
        median, count = statistics.median(medians), len(ordered)
        p99 = ordered[min(int(count * 0.99), count - 1)]
        spread = f"{min(medians):.2f}–{max(medians):.2f}"
        name = self.name if self.in_flight == 1 else f"{self.name}, {self.in_flight} in flight"
        line = f"{name:<46}{count / self.seconds:>11.1f}{median:>9.2f}{spread:>18}{p99:>9.2f}"
        line += f"{self.cpu_ms / count:>8.2f}"
        if self.upstream_ms is None:
            return line
        return f"{line}{self.upstream_ms:>10.2f}{median / self.upstream_ms:>7.1f}"


def cpu_of(pids: Callable[[], list[int]]) -> float:
    """Milliseconds of processors' time that processes and their children have used so far.

    Other work on the machine makes calls slower, but not dearer: this is what to compare by.
    """
    parents = {pid: parent for pid, (parent, _) in _processes().items()}
    wanted, ticks = set(pids()), 0
    for pid, (_, used) in _processes().items():
        above: int | None = pid
        while above is not None and above not in wanted:
            above = parents.get(above)
        ticks += used if above is not None else 0
    return 1000 * ticks / TICKS


def _processes() -> dict[int, tuple[int, int]]:
    """Of each process its parent and the ticks that it has used."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        found[int(path.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    return found
