"""``python -m tests.crash_matrix``: run the matrix, and write its table into docs/crash-matrix.md.

What was run before stands in the results file, and is not run again unless it is deleted.
"""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.crash_matrix import table
from tests.crash_matrix.cells import Cell, world
from tests.crash_matrix.operations import OPERATIONS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crash_matrix", description=__doc__)
    parser.add_argument("--operation", action="append", choices=OPERATIONS, help="only these")
    parser.add_argument("--part", type=_part, default=(0, 1), help="of several runs at once: 1/2")
    parser.add_argument("--results", type=Path, default=Path("build/crash-matrix.jsonl"))
    parser.add_argument("--page", type=Path, default=Path("docs/crash-matrix.md"))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    known = {outcome.cell for outcome in table.read(given.results)}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="warren-crash-") as folder, world(Path(folder)) as pool:
        cells = [
            Cell(name, place, victim)
            for name in given.operation or OPERATIONS
            for place in pool.places(OPERATIONS[name])
            for victim in OPERATIONS[name].victims
        ]
        # Who is at work tells most when it dies, so that comes first.
        cells.sort(key=lambda cell: cell.victim != cell.place.service)
        part, parts = given.part
        cells = cells[part::parts]
        print(f"{len(cells)} cells, {len(known)} of them known", flush=True)
        for cell in cells:
            if cell in known:
                continue
            outcome = pool.run(cell)
            table.write_line(given.results, outcome)
            at = f"{time.monotonic() - began:6.0f} s"
            said = "; ".join((outcome.end, *outcome.broken))
            print(f"{at} {cell}: {said}", flush=True)
            given.page.write_text(table.page(table.read(given.results)))


def _part(text: str) -> tuple[int, int]:
    number, parts = map(int, text.split("/"))
    return number - 1, parts


if __name__ == "__main__":
    main()
