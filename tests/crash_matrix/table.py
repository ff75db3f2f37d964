"""What came of each cell, kept in a file line by line, and as a table for people."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.crash_matrix.cells import Cell, Outcome
from tests.crash_matrix.gate import Place
from tests.crash_matrix.operations import OPERATIONS

# Uuids and numbers of references, which tell nothing to who reads of another run.
OF_ONE_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEAD = """# What becomes of an operation when a service dies

`make crash-matrix` makes this page: on a pool of two hosts with PostgreSQL it kills each service (SIGKILL) at each point of each operation. Afterwards it checks that the task has ended; that the VM is as it was before the operation, or as it should be after it; that database, hypervisors and xenstores agree; that no operation, domain, memory or right to a disk is left over; and that the VM's next operation works.

A row is the moment at which a service dies; its number is the step in [ARCHITECTURE](../ARCHITECTURE.md), ⇡ the way back. The second column says which service was at work then, the others which one was killed.

| in a cell | means |
| --- | --- |
| done | the client was told success, and it is so |
| not begun | the client got no answer, and nothing was begun |
| an error, *undone* or *done* | the client was told this error, and the VM is as before the operation, or as after it |
| · | the operation does not pass this point in the service that is killed |
| (empty) | it has not been run yet |
| **broken** | see below the table |
"""


def write_line(file: Path, outcome: Outcome) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lines:
        lines.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")


def read(file: Path) -> list[Outcome]:
    """The outcomes of all runs; of a cell that was run again, the last."""
    if not file.exists():
        return []
    found = {
        outcome.cell: outcome
        for line in file.read_text().splitlines()
        for outcome in [_outcome(json.loads(line))]
    }
    return list(found.values())


def _outcome(said: dict[str, Any]) -> Outcome:
    cell = said["cell"]
    place = Place(**cell["place"])
    made = Cell(cell["operation"], place, cell["victim"])
    return Outcome(made, said["end"], tuple(said["broken"]), said["seconds"])


def page(outcomes: Iterable[Outcome]) -> str:
    """The table as Markdown."""
    found = list(outcomes)
    minutes = sum(outcome.seconds for outcome in found) / 60
    broken = sum(bool(outcome.broken) for outcome in found)
    parts = [HEAD, f"{len(found)} cells, {broken} of them broken; {minutes:.0f} minutes.\n"]
    for name in OPERATIONS:
        of_it = [outcome for outcome in found if outcome.cell.operation == name]
        if of_it:
            parts.append("\n".join(_section(name, of_it)) + "\n")
    return "\n".join(parts)


def _section(name: str, outcomes: list[Outcome]) -> Iterator[str]:
    victims = [v for v in OPERATIONS[name].victims if any(o.cell.victim == v for o in outcomes)]
    cells = {(outcome.cell.place, outcome.cell.victim): outcome for outcome in outcomes}
    places = list(dict.fromkeys(outcome.cell.place for outcome in outcomes))
    yield f"## {name} ({OPERATIONS[name].wire})\n"
    yield _row("where", "at work", *victims)
    yield _row(*["---"] * (len(victims) + 2))
    for place in places:
        said = (_said(cells.get((place, victim))) for victim in victims)
        yield _row(str(place), place.service, *said)
    reasons: dict[str, list[str]] = {}
    for outcome in outcomes:
        for reason in outcome.broken:
            cell = f"{outcome.cell.victim} at “{outcome.cell.place}”"
            reasons.setdefault(OF_ONE_RUN.sub("…", reason), []).append(cell)
    if reasons:
        yield "\nBroken:\n"
        yield from (f"- {reason}: {', '.join(where)}" for reason, where in reasons.items())


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _said(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    if outcome.end.startswith("not reached"):
        return "·"
    if outcome.broken:
        return "**broken**"
    code, _, end = outcome.end.partition(", ")
    return f"{code}, *{end}*" if end else code
