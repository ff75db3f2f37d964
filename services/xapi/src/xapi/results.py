"""What calls come to that is more than a value of a declared type: records and events.

Each keeps the rows that it is made of, which have their encodings ready.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datamodel.model import MapType, RecordType, RefType, SetType, Type
from datamodel.objects import ClassName
from pooldb import Row


@dataclass(frozen=True)
class RecordOf:
    """The record of an object."""

    cls: ClassName
    row: Row


@dataclass(frozen=True)
class RecordsOf:
    """References to records."""

    cls: ClassName
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class Event:
    """What happened to an object; ``row`` is what it is now, None for one that is gone."""

    generation: int
    cls: ClassName
    operation: str
    ref: str
    row: Row | None = None


@dataclass(frozen=True)
class Events:
    """What ``event.next`` answers."""

    events: Sequence[Event]


@dataclass(frozen=True)
class EventsFrom:
    """What ``event.from`` answers; ``counts`` says of each class how many objects it has."""

    events: Sequence[Event]
    counts: Mapping[str, int]
    token: str


def carriers(declared: Type | None) -> tuple[type, ...]:
    """What may carry a result of a declared type, besides the type's own values."""
    match declared:
        case RecordType():
            return (RecordOf,)
        case MapType(RefType(), RecordType()):
            return (RecordsOf,)
        case SetType(RecordType("event")):
            return (Events, EventsFrom)
        case _:
            return ()
