"""What was measured, beside the figures of upstream and the aims."""

import os
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.upstream import AIMS

TICKS = os.sysconf("SC_CLK_TCK")
HEAD = (
    f"{'':<46}{'per second':>11}{'p50 ms':>9}{'rounds':>18}{'p99 ms':>9}{'CPU ms':>8}"
    f"{'upstream':>10}{'ratio':>7}{'aim':>7}"
)


@dataclass
class Measured:
    """One kind of call: times of all rounds, and the processors' time that one call took."""

    name: str
    in_flight: int = 1
    rounds_ms: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0
    cpu_ms: float = 0.0

    def add(self, times_ms: list[float], seconds: float, cpu_ms: float) -> None:
        """Take the times of one round, and how long it took and cost as a whole."""
        self.rounds_ms.append(times_ms)
        self.seconds += seconds
        self.cpu_ms += cpu_ms

    @property
    def label(self) -> str:
        return self.name if self.in_flight == 1 else f"{self.name}, {self.in_flight} in flight"

    def figure(self) -> dict[str, Any]:
        """The median of the rounds' medians, with the least and the greatest of them."""
        medians = [statistics.median(times) for times in self.rounds_ms]
        ordered = sorted(time for times in self.rounds_ms for time in times)
        count = len(ordered)
        return {
            "name": self.name,
            "in_flight": self.in_flight,
            "label": self.label,
            "per_second": count / self.seconds,
            "p50_ms": statistics.median(medians),
            "least_ms": min(medians),
            "greatest_ms": max(medians),
            "p99_ms": ordered[min(int(count * 0.99), count - 1)],
            "cpu_ms": self.cpu_ms / count,
        }


def compared(figures: Iterable[Mapping[str, Any]], scale: float) -> list[dict[str, Any]]:
    """Figures with what they are compared with, its ratio and the aim; upstream's are scaled."""
    given = [dict(figure) for figure in figures]
    alone = {figure["name"]: figure["p50_ms"] for figure in given if figure["in_flight"] == 1}
    for figure in given:
        aim = AIMS.get((figure["name"], figure["in_flight"]))
        if aim is None:
            continue
        mark = alone.get(aim.like) if aim.upstream_ms is None else aim.upstream_ms * scale
        if mark is not None:
            figure |= {
                "mark_ms": mark,
                "mark": aim.like or "upstream",
                "ratio": figure["p50_ms"] / mark,
                "aim": aim.ratio,
            }
    return given


def line(figure: Mapping[str, Any]) -> str:
    """A figure as a line of the table under HEAD."""
    spread = f"{figure['least_ms']:.2f}–{figure['greatest_ms']:.2f}"
    text = f"{figure['label']:<46}{figure['per_second']:>11.1f}{figure['p50_ms']:>9.2f}"
    text += f"{spread:>18}{figure['p99_ms']:>9.2f}{figure['cpu_ms']:>8.2f}"
    if "mark_ms" not in figure:
        return text
    text += f"{figure['mark_ms']:>10.2f}{figure['ratio']:>7.2f}{figure['aim']:>7.2f}"
    return text if figure["ratio"] <= figure["aim"] else f"{text}  missed"


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
    processes = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            columns = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        processes[int(path.parent.name)] = (int(columns[1]), int(columns[11]) + int(columns[12]))
    return processes
