"""The stories by name."""

import contextlib
import random
from collections.abc import Callable

from datamodel import XenAPIError

from tests.sim import disks, unmended
from tests.sim.story import Plan, Run, furnish, plan_of, random_story
from tests.sim.world import Unreachable

Story = Callable[[Run], None]


def named(name: str, seed: int) -> tuple[Plan, Story]:
    """The plan of a seed, and who tells it."""
    match name:
        case "furnish":
            return Plan(seed), furnish
        case "disks":
            return disks.plan_of(seed), disks.tell
        case "random":
            return plan_of(seed), random_story
        case "two-copies":
            return Plan(seed, vms=1, haste=0.1), two_copies
        case "two-copies-unmended":
            unmended.take_out()
            return Plan(seed, vms=1, haste=0.1), two_copies
    raise ValueError(f"there is no story {name}")


def two_copies(run: Run) -> None:
    """A VM is stopped by force while it moves and the broker is away, paused, started, destroyed.

    Seen with real processes: the source knew it no more, so it was called off and begun again.
    """
    draw = random.Random(f"two copies {run.plan.seed}")
    run.prepare()
    [vm] = run.vms
    for vbd in run.world.ask("VM.get_VBDs", vm):  # a disk's right would keep copies apart
        run.world.ask("VBD.destroy", vbd)
    _whole(run, "VM.start_on", vm, run.hosts["host3"], False, False)
    migration = _begun(run, "VM.pool_migrate", vm, run.hosts["host1"], {"live": "true"})
    _pause(run, draw.random() * 1.5)
    run.world.say("fault", what="the broker dies")
    run.world.broker.restart(draw.random() * 6.0)
    _pause(run, draw.random() * 6.0)
    _whole(run, "VM.hard_shutdown", vm)
    _whole(run, "VM.pause", vm)
    _whole(run, "VM.start_on", vm, run.hosts["host3"], False, False)
    _whole(run, "VM.hard_shutdown", vm)
    _whole(run, "VM.destroy", vm)
    if migration is not None:
        run.end_of(migration)
    run.heal()
    run.settle()


def _begun(run: Run, name: str, *params: object) -> str | None:
    run.world.say("client", who=1, what=name)
    with contextlib.suppress(XenAPIError, Unreachable):
        return run.begin(name, *params)
    return None


def _whole(run: Run, name: str, *params: object) -> None:
    """A call, to its end, whatever that is."""
    task = _begun(run, name, *params)
    record = None if task is None else run.end_of(task)
    if record is not None:
        said = " ".join([record["status"], *record["error_info"]])
        run.world.say("client", who=1, what=f"{name}: {said}")


def _pause(run: Run, seconds: float) -> None:
    run.scheduler.park(run.scheduler.now + seconds)
