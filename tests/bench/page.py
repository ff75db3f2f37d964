"""docs/speed.md and its pictures: the last figures, and how they went from commit to commit."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench import picture

DOCS = Path(__file__).parents[2] / "docs"
HISTORY = DOCS / "speed.jsonl"
PAGE = DOCS / "speed.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def keep(run: Mapping[str, Any]) -> None:
    """Add a run to the history, instead of an earlier one of the same commit, and draw it."""
    history = [earlier for earlier in read() if earlier["commit"] != run["commit"]]
    history.append(dict(run))
    lines = [json.dumps(kept, ensure_ascii=False) + "\n" for kept in history]
    HISTORY.write_text("".join(lines))
    picture.beside_marks(run["figures"], DOCS / "speed.png")
    picture.over_time(history, DOCS / "speed-history.png")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{text(run)}{END}{after}")


def read() -> list[dict[str, Any]]:
    """The runs that were kept, the oldest first."""
    if not HISTORY.exists():
        return []
    return [json.loads(line) for line in HISTORY.read_text().splitlines()]


def text(run: Mapping[str, Any]) -> str:
    """A run as tables."""
    rows = [
        f"\nCommit {run['commit']}, {run['date']}; the machine takes"
        f" {run['scale']:.2f} times as long as the one on which upstream was measured.\n",
        "| work | p50 ms | rounds | CPU ms | mark ms | ratio | aim |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(figure) for figure in run["figures"]),
        "\n| part | ms |",
        "| --- | --- |",
        *(f"| {part} | {ms:.2f} |" for part, ms in run["costs"].items()),
        "\n| kind of call | commits | messages |",
        "| --- | --- | --- |",
        *(
            f"| {kind} | {counted['commits']:.1f} | {counted['messages']:.1f} |"
            for kind, counted in run["parts"].items()
        ),
    ]
    return "\n".join(rows) + "\n"


def _row(figure: Mapping[str, Any]) -> str:
    cells = [
        figure["label"],
        f"{figure['p50_ms']:.2f}",
        f"{figure['least_ms']:.2f}–{figure['greatest_ms']:.2f}",
        f"{figure['cpu_ms']:.2f}",
    ]
    if "mark_ms" in figure:
        is_met = figure["ratio"] <= figure["aim"]
        ratio = f"{figure['ratio']:.2f}"
        cells += [f"{figure['mark_ms']:.2f}", ratio if is_met else f"**{ratio}**"]
        cells.append(f"{figure['aim']:.2f}")
    else:
        cells += ["", "", ""]
    return f"| {' | '.join(cells)} |"
