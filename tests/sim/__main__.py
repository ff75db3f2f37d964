"""``python -m tests.sim``: the pool by seeds. A failing one's story is printed, and kept.

Each run is a process of its own, forked from one that has loaded everything: nothing of a run is
left to the next.
"""

import argparse
import collections
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

KEPT = Path("build/sim")
REAL_TIME = time.perf_counter
LONGEST_S = 120


def _fixed() -> None:
    """Begin anew with what else would differ from run to run: hashes of text, and addresses."""
    if os.environ.get("WARREN_SIM") != "1":
        command = [sys.executable, "-m", "tests.sim", *sys.argv[1:]]
        settled = {**os.environ, "PYTHONHASHSEED": "0", "WARREN_SIM": "1"}
        setarch = shutil.which("setarch")
        if setarch is not None:
            command = [setarch, "-R", *command]
        os.execve(command[0], command, settled)


def run_one(seed: int, folder: Path, base: Path | None, story: str) -> dict[str, Any]:
    """In a child: one run, told as data."""
    from tests.sim import disks, stories
    from tests.sim.story import Run

    plan, tell = stories.named(story, seed)
    outcome = (disks.DiskRun if plan.disks else Run)(plan, folder, base).go(tell)
    return asdict(outcome) | {"plan": repr(plan)}


def forked(seed: int, base: Path | None, story: str, keep: Path | None = None) -> dict[str, Any]:
    """A run in a process of its own; ``keep`` is where its pool database goes."""
    folder = Path(tempfile.mkdtemp(prefix="sim", dir=_memory()))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            import faulthandler

            os.close(reading)
            faulthandler.dump_traceback_later(LONGEST_S, exit=True)
            found = run_one(seed, folder, base, story)
            with open(writing, "w") as pipe:
                json.dump(found, pipe)
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.close(writing)
    with open(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if keep is not None:
        _copy(folder / "pool.db", keep)
    shutil.rmtree(folder, ignore_errors=True)
    if status or not said:
        broken = [{"kind": "the run died", "said": f"status {status}"}]
        return {"seed": seed, "broken": broken, "story": [], "hash": "", "plan": ""}
    found: dict[str, Any] = json.loads(said)
    return found


def _copy(database: Path, target: Path) -> None:
    """A database as one file, whatever of it stands in its log."""
    import sqlite3

    source, copy = sqlite3.connect(database), sqlite3.connect(target)
    source.backup(copy)
    source.close()
    copy.close()


def _memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first, or only, seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many, one after the other")
    parser.add_argument("--story", default="random", help="which one; see tests/sim/stories.py")
    parser.add_argument("--tell", action="store_true", help="print the story even if all is well")
    parser.add_argument("--twice", action="store_true", help="run each twice, and compare")
    parser.add_argument("--go-on", action="store_true", help="go on after a failure")
    parser.add_argument("--minutes", type=float, help="stop after so long")
    arguments = parser.parse_args()
    _fixed()

    from tests.sim import loaded

    loaded.load()
    began = REAL_TIME()
    folder = Path(tempfile.mkdtemp(prefix="simbase", dir=_memory()))
    base = folder / "base.db"
    made = forked(0, None, "furnish", base)
    if made["broken"]:
        print("\n".join(made["story"][-60:]), made["broken"])
        return 1
    kinds: collections.Counter[str] = collections.Counter()
    counts: collections.Counter[str] = collections.Counter()
    codes: collections.Counter[str] = collections.Counter()
    examples: dict[str, list[int]] = {}
    failed = done = calls = 0
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        if arguments.minutes and REAL_TIME() - began > arguments.minutes * 60:
            break
        found = forked(seed, base, arguments.story)
        done += 1
        calls += found.get("calls", 0)
        counts.update(found.get("counts", {}))
        codes.update(found.get("codes", {}))
        if arguments.twice:
            again = forked(seed, base, arguments.story)
            if again["hash"] != found["hash"]:
                found["broken"].append({"kind": "no replay", "said": _differ(found, again)})
        if arguments.tell or (found["broken"] and not arguments.go_on):
            print("\n".join(found["story"]))
        if found["broken"]:
            failed += 1
            for kind in sorted({one["kind"] for one in found["broken"]}):
                kinds[kind] += 1
                examples.setdefault(kind, []).append(seed)
            KEPT.mkdir(parents=True, exist_ok=True)
            text = "\n".join([found["plan"], *found["story"]])
            (KEPT / f"{arguments.story}-{seed}.txt").write_text(f"{text}\n")
            for one in found["broken"]:
                print(f"seed {seed}: {one['kind']}: {one['said']}", flush=True)
            story = "" if arguments.story == "random" else f" STORY={arguments.story}"
            print(f"again: make sim SEED={seed}{story}", flush=True)
            if not arguments.go_on:
                break
        elif arguments.seeds == 1:
            print(f"seed {seed}: well, {found['seconds']:.0f} s, story {found['hash']}")
        if done % 100 == 0:
            print(f"… {done} seeds, {failed} failed, {REAL_TIME() - began:.0f} s", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    took = REAL_TIME() - began
    print(f"{done} seeds, {failed} failed, {calls} calls, {took:.0f} s")
    if arguments.seeds > 1:
        for kind, count in kinds.most_common():
            print(f"  {count:6} × {kind}; seeds {examples[kind][:12]}")
        for title, found_ in (("faults", counts), ("answers", codes)):
            print(f"{title}: " + ", ".join(f"{n} × {what}" for what, n in sorted(found_.items())))
    return 1 if failed else 0


def _differ(one: dict[str, Any], other: dict[str, Any]) -> str:
    for number, (this, that) in enumerate(zip(one["story"], other["story"], strict=False)):
        if this != that:
            return f"line {number}:\n  {this}\n  {that}"
    return f"{len(one['story'])} and {len(other['story'])} lines"


if __name__ == "__main__":
    sys.exit(main())
