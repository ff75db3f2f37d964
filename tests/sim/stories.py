"""The stories by name: the random one, and those of single faults."""

from collections.abc import Callable

from tests.sim.story import Plan, Run, furnish, plan_of, random_story


def named(name: str, seed: int) -> tuple[Plan, Callable[[Run], None]]:
    """The plan of a seed, and who tells it."""
    if name == "furnish":
        return Plan(seed), furnish
    return plan_of(seed), random_story
