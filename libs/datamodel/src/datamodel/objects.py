"""Objects of the XenAPI in memory: what a record holds, as attributes that type checkers know.

A declared class is the type of its objects: ``vm.power_state`` has the type that the field
``power_state`` is declared with. An enumeration's value is plain text, which equals its member.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, NewType, Protocol, Self, TypeVar

from datamodel.refs import Ref

Name = TypeVar("Name")
T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

ClassName = NewType("ClassName", str)
"""The wire name of an existing class: it comes from a declaration, never from a text."""

Write = Callable[[str, Any], None]
"""Changes one field, by name."""


class Object(Generic[Name]):
    """What every declared class is: its fields are attributes, which only a change may set."""

    __slots__ = ("_ref", "_write")

    _ref: Ref[Name]
    _write: Write | None

    @classmethod
    def _present(cls, ref: Ref[Name], record: Mapping[str, Any], write: Write | None) -> Self:
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", record)
        object.__setattr__(made, "_ref", ref)
        object.__setattr__(made, "_write", write)
        return made

    if not TYPE_CHECKING:  # which would take any name for a field otherwise

        def __setattr__(self, field: str, value: Any) -> None:
            if self._write is None:
                raise AttributeError(f"{field}: an object that was read is not changed; edit it")
            self._write(field, value)
            vars(self)[field] = value


AnObject = TypeVar("AnObject", bound=Object[Any])


class Kind(Protocol[Name, T_co]):
    """A declared class, for code that works with any: its wire name and the type of its objects."""

    def _present(self, ref: Ref[Name], record: Mapping[str, Any], write: Write | None) -> T_co: ...


AnyKind = Kind[Any, Any] | ClassName
"""A class, declared or by its wire name, for code that works with any class."""


def name_of(kind: AnyKind) -> ClassName:
    """The wire name of a class; of a wire name, itself."""
    if isinstance(kind, str):
        return kind
    name: ClassName = kind.__xenapi__["name"]  # type: ignore[attr-defined]
    return name


def ref_of(of: Object[Name]) -> Ref[Name]:
    return of._ref


def present(kind: Kind[Name, T], ref: Ref[Name], record: Mapping[str, Any]) -> T:
    """A record as a read-only object; it is a view of ``record``, which nobody may change."""
    return kind._present(ref, record, None)


def editable(kind: Kind[Name, T], ref: Ref[Name], record: dict[str, Any], write: Write) -> T:
    """A record as an object whose attributes are set by ``write``; ``record`` follows them."""
    return kind._present(ref, record, write)


def altered(of: AnObject, changes: Mapping[str, Any]) -> AnObject:
    """An object as it would be with these changes; nothing is written."""
    return of._present(of._ref, {**vars(of), **changes}, None)
