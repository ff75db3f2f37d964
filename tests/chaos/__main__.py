"""Chaos: clients call while services die, stand still and lose their connections.

``python -m tests.chaos --seed 1 --minutes 10``. Each round has a pool of its own and a seed of its
own, one after the other from ``--seed`` on. The seed draws what clients call and what is broken
when; how fast the machine is says what meets what, so that a seed that found something once may
have to be played again to find it.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.run import play

STORM_S = 90.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="the first one")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, the last round over")
    parser.add_argument("--storm", type=float, default=STORM_S, help="seconds of each round")
    parser.add_argument("--folder", type=Path, help="where to keep what a broken round leaves")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="chaos"))
    until, seed, broken = time.monotonic() + 60 * asked.minutes, asked.seed, []
    faults: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    while time.monotonic() < until:
        found = play(
            seed, asked.storm, folder / f"seed-{seed}", lambda text: print(text, flush=True)
        )
        faults += found.story.faults
        answers += found.story.answers
        if found.broken:
            broken.append(seed)
            print("\n".join(found.report()), flush=True)
        seed += 1
    print(f"seeds {asked.seed} to {seed - 1}, {len(broken)} of them broken: {broken}")
    print("faults:", ", ".join(f"{kind} {count}" for kind, count in sorted(faults.items())))
    print("answers:", ", ".join(f"{kind} {count}" for kind, count in answers.most_common()))
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
