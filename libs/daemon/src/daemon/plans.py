"""Plans: an operation as atomics, which run one after another, side by side, or at best effort."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar, Generic, TypeAlias, TypeVar

from daemon.tasks import RunningTask

H = TypeVar("H")
"""What atomics act on: the part of a host that a daemon controls."""


@dataclass(frozen=True)
class Atomic(Generic[H]):
    """One step, which may be repeated and can describe itself.

    ``weight`` is its share of the operation's progress.
    """

    weight: ClassVar[int] = 1

    def perform(self, host: H, task: RunningTask) -> None:
        raise NotImplementedError

    def __str__(self) -> str:
        values = (getattr(self, field.name) for field in fields(self))
        return " ".join([type(self).__name__, *(str(value) for value in values)])


@dataclass(frozen=True)
class Parallel(Generic[H]):
    """Steps run at once; after the last, the first error is raised and the others are logged."""

    steps: tuple["Step[H]", ...]


@dataclass(frozen=True)
class Serial(Generic[H]):
    steps: tuple["Step[H]", ...]


@dataclass(frozen=True)
class BestEffort(Generic[H]):
    """A step whose failure is only logged."""

    step: "Step[H]"


Step: TypeAlias = Atomic[H] | Parallel[H] | Serial[H] | BestEffort[H]


def parallel(*steps: Step[H]) -> tuple[Step[H], ...]:
    """A parallel group, or nothing for no steps, or the step itself for one."""
    return steps if len(steps) < 2 else (Parallel(steps),)


def serial(*steps: Step[H]) -> tuple[Step[H], ...]:
    return steps if len(steps) < 2 else (Serial(steps),)


def leaves(step: Step[H]) -> Iterator[Atomic[H]]:
    match step:
        case Parallel(steps) | Serial(steps):
            for inner in steps:
                yield from leaves(inner)
        case BestEffort(inner):
            yield from leaves(inner)
        case _:
            yield step


def explain(steps: tuple[Step[H], ...], indent: str = "") -> Iterator[str]:
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
