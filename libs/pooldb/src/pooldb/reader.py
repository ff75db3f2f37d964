"""The reads that both the view and a transaction answer, typed by class."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, TypeVar, overload

from datamodel.errors import handle_invalid
from datamodel.objects import ClassName, Kind, name_of, present
from datamodel.refs import Ref

from pooldb.relations import set_of

Name = TypeVar("Name")
T = TypeVar("T")
Record = Mapping[str, Any]


class Reader(ABC):
    """Objects by class and reference.

    With a declared class (``VM``) an answer is an object with typed fields; with a class's wire
    name, for what works with any class, it is a record.
    """

    @abstractmethod
    def find_record(self, cls: str, ref: str) -> Record | None:
        """The record with derived sets, None if there is no such object."""

    @abstractmethod
    def all_records(self, cls: str) -> dict[str, Record]:
        """Every record of the class, by reference."""

    @abstractmethod
    def children(self, parent: str, many: str) -> list[str]:
        """The references of what is in a set of ``parent``; see `relations.set_of`."""

    @abstractmethod
    def ref_by_uuid(self, cls: str, uuid: str) -> str:
        """The reference of the object with this uuid; raises UUID_INVALID[cls, uuid]."""

    @overload
    def find(self, cls: Kind[Name, T], ref: Ref[Name]) -> T | None: ...
    @overload
    def find(self, cls: ClassName, ref: str) -> Record | None: ...
    def find(self, cls: Any, ref: Any) -> Any:
        """The object, None if there is none."""
        record = self.find_record(name_of(cls), ref)
        if record is None or isinstance(cls, str):
            return record
        return present(cls, ref, record)

    @overload
    def get(self, cls: Kind[Name, T], ref: Ref[Name]) -> T: ...
    @overload
    def get(self, cls: ClassName, ref: str) -> Record: ...
    def get(self, cls: Any, ref: Any) -> Any:
        """The object; raises HANDLE_INVALID[cls, ref]."""
        known = self.find(cls, ref)
        if known is None:
            raise handle_invalid(name_of(cls), ref)
        return known

    @overload
    def all(self, cls: Kind[Name, T]) -> dict[Ref[Name], T]: ...
    @overload
    def all(self, cls: ClassName) -> dict[str, Record]: ...
    def all(self, cls: Any) -> Any:
        """Every object of the class, by reference."""
        records = self.all_records(name_of(cls))
        if isinstance(cls, str):
            return records
        refs: dict[Any, Record] = {**records}
        return {ref: present(cls, ref, record) for ref, record in refs.items()}

    def naming(self, cls: Kind[Name, T], field: str, ref: Ref[Any]) -> dict[Ref[Name], T]:
        """The objects whose reference field names an object; raises KeyError without an index."""
        refs: Any = self.children(ref, set_of(name_of(cls), field))
        named = {each: self.find(cls, each) for each in refs}
        return {each: object_ for each, object_ in named.items() if object_ is not None}

    @overload
    def refs(self, cls: Kind[Name, Any]) -> list[Ref[Name]]: ...
    @overload
    def refs(self, cls: ClassName) -> list[str]: ...
    def refs(self, cls: Any) -> Any:
        """The references of the class's objects."""
        return list(self.all_records(name_of(cls)))

    @overload
    def by_uuid(self, cls: Kind[Name, Any], uuid: str) -> Ref[Name]: ...
    @overload
    def by_uuid(self, cls: ClassName, uuid: str) -> str: ...
    def by_uuid(self, cls: Any, uuid: str) -> Any:
        """The reference of the object with this uuid; raises UUID_INVALID[cls, uuid]."""
        return self.ref_by_uuid(name_of(cls), uuid)
