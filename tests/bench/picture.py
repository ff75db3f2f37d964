"""The figures as pictures: each beside its mark, and how they went from commit to commit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

MEASURED, MARK, AIM = "#1f6f8b", "#c8c8c8", "#d1495b"


def beside_marks(figures: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Bars of the figures that have a mark, as parts of it; a line for the aim of each."""
    shown = [figure for figure in figures if "mark_ms" in figure][::-1]
    chart, axes = pyplot.subplots(figsize=(9, 0.36 * len(shown) + 1.4))
    for at, figure in enumerate(shown):
        axes.barh(at, 1.0, color=MARK, height=0.72)
        axes.barh(at, figure["ratio"], color=MEASURED, height=0.4)
        axes.plot([figure["aim"]] * 2, [at - 0.4, at + 0.4], color=AIM, linewidth=2)
        text = f" {figure['p50_ms']:.2f} ms"
        axes.text(max(figure["ratio"], 1.0), at, text, va="center", fontsize=8)
    axes.set_yticks(range(len(shown)), [figure["label"] for figure in shown], fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("time as a part of upstream's (grey); red: the aim")
    axes.spines[["top", "right"]].set_visible(False)
    _save(chart, path)


def over_time(history: Sequence[Mapping[str, Any]], path: Path) -> None:
    """The ratio of each figure to its mark, over the commits."""
    labels = dict.fromkeys(
        figure["label"] for run in history for figure in run["figures"] if "ratio" in figure
    )
    chart, axes = pyplot.subplots(figsize=(9, 6))
    commits = [run["commit"] for run in history]
    for number, label in enumerate(labels):
        ratios = [
            next((f["ratio"] for f in run["figures"] if f["label"] == label), float("nan"))
            for run in history
        ]
        style = ("-", "--", ":")[number // 10 % 3]
        axes.plot(commits, ratios, style, marker="o", markersize=3, label=label)
    axes.set_yscale("log")
    axes.set_ylabel("time as a part of upstream's")
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    _save(chart, path)


def _save(chart: Any, path: Path) -> None:
    chart.savefig(path, bbox_inches="tight", dpi=110)
    pyplot.close(chart)
