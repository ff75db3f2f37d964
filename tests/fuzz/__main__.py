"""Draws calls, makes them on a pool of its own, and says what no client should ever have seen.

``python -m tests.fuzz --calls 20000 --seed 1``; what fails is printed with a line that
``--replay FILE`` takes, one call a line.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.conftest import running_pool
from tests.fuzz import calls
from tests.fuzz.run import Run


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="how many")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which")
    parser.add_argument("--first", type=int, default=0, help="the number of the first call")
    parser.add_argument("--replay", type=argparse.FileType(), help="make these calls instead")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_pool(Path(folder)) as pool:
        run = Run(pool, lambda text: print(text, flush=True))
        if asked.replay:
            found = list(run.replay(asked.replay))
            for made, what in found:
                print(f"{made.call.method}: {made.answer}\n    {what or 'as it should be'}")
            return int(any(what for _, what in found))
        print(f"seed {asked.seed}", flush=True)
        numbers = range(asked.first, asked.first + asked.calls)
        run.go(calls.draw(asked.seed, number) for number in numbers)
        for line in run.figures.report():
            print(line)
        return int(bool(run.figures.failures))


sys.exit(main())
