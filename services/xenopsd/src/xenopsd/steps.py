"""How atomics are put together: one after the other, side by side, or as far as it goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from xenopsd.atomics import Atomic


@dataclass(frozen=True)
class Parallel:
    """All at once; all are waited for, then the first error counts and the others are logged."""

    steps: tuple["Step", ...]


@dataclass(frozen=True)
class Serial:
    steps: tuple["Step", ...]


@dataclass(frozen=True)
class BestEffort:
    """A failure is logged and no more."""

    step: "Step"


Step: TypeAlias = Atomic | Parallel | Serial | BestEffort


def parallel(*steps: Step) -> tuple[Step, ...]:
    """A parallel group: nothing when it is empty, its one step when it has no other."""
    return steps if len(steps) < 2 else (Parallel(steps),)


def serial(*steps: Step) -> tuple[Step, ...]:
    return steps if len(steps) < 2 else (Serial(steps),)


def leaves(step: Step) -> Iterator[Atomic]:
    match step:
        case Parallel(steps) | Serial(steps):
            for inner in steps:
                yield from leaves(inner)
        case BestEffort(inner):
            yield from leaves(inner)
        case _:
            yield step


def explain(steps: tuple[Step, ...], indent: str = "") -> Iterator[str]:
    """The plan as lines that people can read."""
    for step in steps:
        match step:
            case Parallel(inner):
                yield f"{indent}in parallel"
                yield from explain(inner, indent + "  ")
            case Serial(inner):
                yield f"{indent}in order"
                yield from explain(inner, indent + "  ")
            case BestEffort(inner):
                yield f"{indent}best effort"
                yield from explain((inner,), indent + "  ")
            case _:
                yield f"{indent}{step}"
