"""Results of calls that are more than a value of a declared type: records and events.

Each keeps the rows that it is made of, whose encodings are ready.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from datamodel.model import MapType, RecordType, RefType, SetType, Type
from datamodel.objects import ClassName
from pooldb import Row

T = TypeVar("T")


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
    """A change of an object; ``row`` is its present row, None if it is gone."""

    generation: int
    cls: ClassName
    operation: str
    ref: str
    row: Row | None = None


@dataclass(frozen=True)
class Events:
    """The answer of ``event.next``."""

    events: Sequence[Event]


class Counts:
    """The number of objects of each class; many clients are told the same."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        self._encoded: dict[str, Any] = {}

    def encoded(self, key: str, encode: Callable[[Mapping[str, int]], T]) -> T:
        """``encode(numbers)``, made once; ``key`` names the encoding."""
        if key not in self._encoded:
            self._encoded[key] = encode(self.numbers)
        encoded: T = self._encoded[key]
        return encoded


@dataclass(frozen=True)
class EventsFrom:
    """The answer of ``event.from``."""

    events: Sequence[Event]
    counts: Counts
    token: str


def carriers(declared: Type | None) -> tuple[type, ...]:
    """The classes that may carry a result of a declared type, besides the type's own values."""
    match declared:
        case RecordType():
            return (RecordOf,)
        case MapType(RefType(), RecordType()):
            return (RecordsOf,)
        case SetType(RecordType("event")):
            return (Events, EventsFrom)
        case _:
            return ()
