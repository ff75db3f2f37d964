"""``python -m squeezed.picture RECORD PICTURE``: a run's memory over time.

RECORD is a log of squeezed (JSON lines); the name of the file PICTURE says its format (.png, .svg).
Needs matplotlib.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from matplotlib import pyplot
from matplotlib.axes import Axes

KIB = 1024
SIZE_INCHES = (10.0, 6.0)
DOTS_PER_INCH = 110
UPPER, LOWER = 3, 1
"""How high the guests' part of the picture is, and the host's."""

Sample = Mapping[str, Any]


def samples(lines: Iterable[str]) -> Iterator[Sample]:
    """The samples among the lines of a log, in order."""
    for line in lines:
        sample = json.loads(line).get("memory")
        if sample is not None:
            yield sample


def draw(record: Iterable[Sample], picture: Path) -> None:
    """Draw targets and pages of each guest, and the host's free memory, into a file."""
    drawn = list(record)
    pyplot.switch_backend("Agg")
    figure, (guests, host) = pyplot.subplots(
        2, 1, sharex=True, figsize=SIZE_INCHES, height_ratios=(UPPER, LOWER)
    )
    start = drawn[0]["at"] if drawn else 0.0
    _draw_guests(guests, drawn, start)
    _draw_host(host, drawn, start)
    figure.tight_layout()
    figure.savefig(picture, dpi=DOTS_PER_INCH)
    pyplot.close(figure)


def _draw_guests(axes: Axes, drawn: list[Sample], start: float) -> None:
    names = {d["domid"]: d["name"] for sample in drawn for d in sample["domains"]}
    for domid, name in sorted(names.items()):
        points = [
            (sample["at"] - start, domain["pages"] / KIB, domain["target"] / KIB)
            for sample in drawn
            for domain in sample["domains"]
            if domain["domid"] == domid
        ]
        times, pages, targets = zip(*points, strict=True)
        [line] = axes.plot(times, pages, label=name or f"domain {domid}")
        axes.step(times, targets, where="post", linestyle=":", color=line.get_color())
    axes.set_ylabel("MiB: pages (line), target (dots)")
    axes.set_ylim(bottom=0)
    if names:
        axes.legend(loc="lower left")
    axes.grid(alpha=0.3)


def _draw_host(axes: Axes, drawn: list[Sample], start: float) -> None:
    times = [sample["at"] - start for sample in drawn]
    free = [sample["free"] / KIB for sample in drawn]
    spoken_for = [sample["spoken_for"] / KIB for sample in drawn]
    axes.plot(times, free, color="black", label="free")
    axes.step(times, spoken_for, where="post", color="red", label="in reserve or promised")
    axes.set_ylabel("host, MiB")
    axes.set_xlabel("seconds")
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower left")
    axes.grid(alpha=0.3)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m squeezed.picture", description=__doc__)
    parser.add_argument("record", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    with arguments.record.open() as lines:
        draw(samples(lines), arguments.picture)


if __name__ == "__main__":
    main()
