"""A VM's place: the hosts that may have a domain of it, and the events that change them.

All rules are in `TABLE`. A place is in one of five states, which follow from the host that has the
VM (``home``) and the host that a task brings it to (``coming``):

| state | home | coming |
| --- | --- | --- |
| NOWHERE | | |
| COMING | | h |
| SETTLED | h | |
| MOVING | h | another |
| ARRIVED | h | h |

What an event is about is seen from the place: its home, the host that the VM comes to, or a
stranger; the task that has the place, or another one. An event that is not in the table for a state
is refused, and changes nothing.

The epoch grows with each task that is to make, move or end the VM's domain, and when a host loses
the VM without having said so itself. It never goes back, and it goes above any epoch that a host
has seen: a restored database may have given only older ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeAlias

from datamodel.classes import HostRef, TaskRef


class State(Enum):
    NOWHERE = auto()
    COMING = auto()
    SETTLED = auto()
    MOVING = auto()
    ARRIVED = auto()


@dataclass(frozen=True)
class Place:
    """The place of one VM. ``task`` is the one that the epoch was given to, until it ends."""

    home: HostRef | None = None
    coming: HostRef | None = None
    task: TaskRef | None = None
    epoch: int = 0

    @property
    def state(self) -> State:
        if self.home is None:
            return State.NOWHERE if self.coming is None else State.COMING
        if self.coming is None:
            return State.SETTLED
        return State.ARRIVED if self.coming == self.home else State.MOVING

    @property
    def hosts(self) -> frozenset[HostRef]:
        """The hosts that may have a domain of the VM; no other may."""
        return frozenset({self.home, self.coming} - {None})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Claim:
    """A task is to bring the VM to a host."""

    task: TaskRef
    host: HostRef


@dataclass(frozen=True)
class Take:
    """A task is to end the VM's domain: no work of an earlier epoch begins any more."""

    task: TaskRef


@dataclass(frozen=True)
class Leave:
    """A task ends, or gives its claim up, and knows whether the claimed host runs the VM.

    If the VM has arrived there, it is settled.
    """

    task: TaskRef


@dataclass(frozen=True)
class Runs:
    """A host says that it runs the VM."""

    host: HostRef


@dataclass(frozen=True)
class IsOff:
    """A host says that the VM is off: halted, or suspended."""

    host: HostRef


@dataclass(frozen=True)
class IsDead:
    """The administrator says that a host is dead: it runs nothing, and holds no disks any more."""

    host: HostRef


@dataclass(frozen=True)
class IsReset:
    """The administrator says that the VM is off, wherever it was."""


@dataclass(frozen=True)
class IsFound:
    """All hosts were asked for a VM that was missing, and this one has it."""

    host: HostRef


@dataclass(frozen=True)
class IsLost:
    """All hosts were asked for a VM that was missing, and none has it."""


@dataclass(frozen=True)
class IsBehind:
    """A host has seen a newer epoch than the pool has given: the pool's database was restored."""

    epoch: int


Event: TypeAlias = (
    Claim | Take | Leave | Runs | IsOff | IsDead | IsReset | IsFound | IsLost | IsBehind
)


class About(Enum):
    """Whom an event is about, as seen from the place."""

    HOME = auto()
    COMING = auto()
    STRANGER = auto()
    HOLDER = auto()
    """The task that has the place."""
    ANOTHER = auto()
    """A task that does not have the place."""
    NOBODY = auto()


Move: TypeAlias = Callable[[Place, Event], Place]


def stays(place: Place, event: Event) -> Place:
    return place


def claimed(place: Place, event: Event) -> Place:
    assert isinstance(event, Claim)
    return replace(place, coming=event.host, task=event.task, epoch=place.epoch + 1)


def taken(place: Place, event: Event) -> Place:
    assert isinstance(event, Take)
    return replace(place, task=event.task, epoch=place.epoch + 1)


def arrives(place: Place, event: Event) -> Place:
    return replace(place, home=place.coming)


def home_ends(place: Place, event: Event) -> Place:
    """The home itself says so."""
    return replace(place, home=None)


def home_is_taken(place: Place, event: Event) -> Place:
    """Somebody else says so, hence the epoch grows."""
    return replace(place, home=None, epoch=place.epoch + 1)


def claim_ends(place: Place, event: Event) -> Place:
    """The claim's task says so."""
    return replace(place, coming=None, task=None)


def claim_is_taken(place: Place, event: Event) -> Place:
    return replace(place, coming=None, task=None, epoch=place.epoch + 1)


def all_is_taken(place: Place, event: Event) -> Place:
    return Place(epoch=place.epoch + 1)


def settles(place: Place, event: Event) -> Place:
    assert isinstance(event, IsFound)
    return Place(home=event.host, epoch=place.epoch + 1)


def catches_up(place: Place, event: Event) -> Place:
    assert isinstance(event, IsBehind)
    return replace(place, epoch=max(place.epoch, event.epoch + 1))


TABLE: Mapping[State, Mapping[tuple[type[Event], About], Move]] = {
    State.NOWHERE: {
        (Claim, About.HOLDER): claimed,
        (Claim, About.ANOTHER): claimed,
        (Take, About.HOLDER): stays,
        (Take, About.ANOTHER): taken,
        (Leave, About.HOLDER): claim_ends,
        (Leave, About.ANOTHER): stays,
        (IsDead, About.STRANGER): stays,
        (IsReset, About.NOBODY): home_is_taken,
        (IsBehind, About.NOBODY): catches_up,
        (IsFound, About.STRANGER): settles,
        (IsLost, About.NOBODY): stays,
    },
    State.COMING: {
        (Claim, About.HOLDER): stays,
        (Take, About.HOLDER): stays,
        (Leave, About.HOLDER): claim_ends,
        (Leave, About.ANOTHER): stays,
        (Runs, About.COMING): arrives,
        (IsOff, About.COMING): stays,
        (IsDead, About.COMING): claim_is_taken,
        (IsDead, About.STRANGER): stays,
        (IsReset, About.NOBODY): stays,
        (IsBehind, About.NOBODY): catches_up,
    },
    State.SETTLED: {
        (Claim, About.HOLDER): claimed,
        (Claim, About.ANOTHER): claimed,
        (Take, About.HOLDER): stays,
        (Take, About.ANOTHER): taken,
        (Leave, About.HOLDER): claim_ends,
        (Leave, About.ANOTHER): stays,
        (Runs, About.HOME): stays,
        (IsOff, About.HOME): home_ends,
        (IsDead, About.HOME): home_is_taken,
        (IsDead, About.STRANGER): stays,
        (IsReset, About.NOBODY): home_is_taken,
        (IsBehind, About.NOBODY): catches_up,
        (IsFound, About.HOME): stays,
        (IsFound, About.STRANGER): settles,
        (IsLost, About.NOBODY): home_is_taken,
    },
    State.MOVING: {
        (Claim, About.HOLDER): stays,
        (Take, About.HOLDER): stays,
        (Leave, About.HOLDER): claim_ends,
        (Leave, About.ANOTHER): stays,
        (Runs, About.HOME): stays,
        (Runs, About.COMING): arrives,
        # A source that has let the VM go says nothing about the host that the VM went to.
        (IsOff, About.HOME): stays,
        (IsOff, About.COMING): stays,
        (IsDead, About.HOME): home_is_taken,
        (IsDead, About.COMING): claim_is_taken,
        (IsDead, About.STRANGER): stays,
        (IsReset, About.NOBODY): home_is_taken,
        (IsBehind, About.NOBODY): catches_up,
    },
    State.ARRIVED: {
        (Claim, About.HOLDER): stays,
        (Take, About.HOLDER): stays,
        (Leave, About.HOLDER): claim_ends,
        (Leave, About.ANOTHER): stays,
        (Runs, About.HOME): stays,
        (IsOff, About.HOME): home_ends,
        (IsDead, About.HOME): all_is_taken,
        (IsDead, About.STRANGER): stays,
        (IsReset, About.NOBODY): home_is_taken,
        (IsBehind, About.NOBODY): catches_up,
    },
}


class Refused(Exception):
    """An event that a place does not allow, and that has changed nothing."""

    def __init__(self, place: Place, event: Event) -> None:
        super().__init__(f"{event} is refused: the VM's place is {place}")


def after(place: Place, event: Event) -> Place:
    """The place after an event; raises Refused."""
    move = TABLE[place.state].get((type(event), about(place, event)))
    if move is None:
        raise Refused(place, event)
    return move(place, event)


def about(place: Place, event: Event) -> About:
    match event:
        case Claim(task=task) | Take(task=task) | Leave(task=task):
            # A claim without a task is from a version that gave a VM to one task at a time.
            is_nobodys = place.task is None and place.coming is not None
            return About.HOLDER if task == place.task or is_nobodys else About.ANOTHER
        case Runs(host=host) | IsOff(host=host) | IsDead(host=host) | IsFound(host=host):
            if host == place.home:
                return About.HOME
            return About.COMING if host == place.coming else About.STRANGER
        case _:
            return About.NOBODY
