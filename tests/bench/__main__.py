"""``make bench``: how fast a fresh simulated pool answers, beside upstream's figures.

Each round measures everything once, so that what else goes on on the machine hits all alike.
With ``--keep`` the run is added to docs/speed.md and its history. With ``--large`` a few kinds of
calls are measured alone, in the fresh pool and after it was filled.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import budget, calls, large, page, picture
from tests.bench.figures import HEAD, compared, line
from tests.bench.upstream import CALIBRATION_MS, calibration
from tests.conftest import running_pool

ROUNDS, VMS = 3, 1000
BUILD = Path(__file__).parents[2] / "build"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"by default {ROUNDS}")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--keep", action="store_true", help="add the run to docs/speed.md")
    kind.add_argument("--large", action="store_true", help="compare with a large pool")
    arguments = parser.parse_args()
    speeds, costs, parts = [calibration()], {}, {}
    with tempfile.TemporaryDirectory() as folder, running_pool(Path(folder)) as pool:
        bench = calls.Bench(pool)
        template = bench.client("VM.get_by_name_label", "Other install media")[0]
        vms = [calls.new_vm(bench.client, 64, devices=False) for _ in range(calls.IN_FLIGHT)]
        if arguments.large:
            large.measure(bench, vms, template)
        else:
            full = calls.new_vm(bench.client, 64, devices=True)
            moved = calls.new_vm(bench.client, 256, devices=True)
            costs = budget.unit_costs(pool, Path(folder))
            parts = budget.parts(bench, vms[0])
            while len(bench.client("VM.get_all")) < VMS:
                bench.client("VM.clone", template, "copy")
            for number in range(arguments.rounds):
                print(f"round {number + 1} of {arguments.rounds}", flush=True)
                speeds.append(calibration())
                calls.reads(bench, vms[0])
                calls.changes(bench, vms, template)
                calls.limits(bench, vms[0])
                calls.power(bench, vms)
                calls.power(bench, [full], calls.WITH_DEVICES)
                calls.migrate(bench, moved)
                calls.events(bench, vms[0])
                calls.crowd(bench, vms[1], vms[0])
    scale = statistics.median(speeds) / CALIBRATION_MS
    figures = compared((measured.figure() for measured in bench.measured.values()), scale)
    run = {
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "scale": scale,
        "figures": figures,
        "costs": costs,
        "parts": parts,
    }
    show(run)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(run, indent=1, ensure_ascii=False))
    picture.beside_marks(figures, BUILD / "bench.png")
    print(f"\nkept in {BUILD}: bench.json, bench.png")
    if arguments.keep:
        page.keep(run)


def show(run: dict[str, object]) -> None:
    figures, costs, parts = run["figures"], run["costs"], run["parts"]
    assert isinstance(figures, list) and isinstance(costs, dict) and isinstance(parts, dict)
    print(HEAD)
    for figure in figures:
        print(line(figure))
    for part, ms in costs.items():
        print(f"{part:<46}{'':>11}{ms:>9.2f}")
    for kind, counted in parts.items():
        print(f"{kind:<46}{counted['commits']:>11.1f} commits{counted['messages']:>9.1f} messages")


def commit() -> str:
    """The commit that is measured, with a plus if the files differ from it."""
    described = ["git", "describe", "--always", "--abbrev=8", "--exclude=*", "--dirty=+"]
    return subprocess.run(described, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
