"""One change of the pool, all or nothing; its reads see the view and its own writes."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final, TypeVar, overload

import msgspec
from datamodel import api
from datamodel.errors import handle_invalid
from datamodel.objects import ClassName, Kind, editable, name_of
from datamodel.refs import Ref, new_ref, new_uuid
from datamodel.values import default_record

from pooldb.engine import DatabaseError, Engine
from pooldb.reader import Reader, Record
from pooldb.relations import BOTH_ENDS, MANY_ENDS, parents
from pooldb.view import Change, View

Name = TypeVar("Name")
T = TypeVar("T")

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})

POSITIONS_MAX = 1_000_000
"""Fewer than this many positions are given in one transaction."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.decode


class InvariantError(Exception):
    """The caller broke a rule of the database: a mistake in Warren, not in a client."""


class CannotWrite(Exception):
    """A transaction could not be stored, not even in part."""

    def __init__(self, error: DatabaseError) -> None:
        super().__init__(f"the pool database cannot be written: {error}")
        self.error = error


class Transaction(Reader):
    """Made by ``Database.transaction``; only the thread that opened it may use it.

    What it writes is kept here until it is committed, so a change that is undone, or made twice,
    costs the engine nothing.
    """

    def __init__(self, engine: Engine, view: View) -> None:
        self._engine = engine
        self._view = view
        self._written: dict[str, tuple[ClassName, dict[str, Any] | None]] = {}
        self._touched: dict[str, ClassName] = {}
        self._moved: dict[tuple[str, str], dict[str, bool]] = {}
        """Of each set that has changed: what has come into it (True) or has left it."""
        self._found: dict[str, Record] = {}
        """Records with derived sets, of objects that are not as the view has them."""
        self._values = Values(engine)
        self._last: dict[Hashable, Callable[[Transaction], object]] = {}
        self._positions = 0
        self.generation = view.generation

    @contextmanager
    def block(self) -> Iterator["Transaction"]:
        """A part that is all or nothing by itself: if the block raises, only that part is undone.

        Raises CannotWrite if the database cannot be read; then undo the whole transaction.
        """
        written, touched = dict(self._written), dict(self._touched)
        moved = {owner: dict(members) for owner, members in self._moved.items()}
        values, last = dict(self._values.written), dict(self._last)
        try:
            yield self
        except DatabaseError as error:
            raise CannotWrite(error) from error
        except CannotWrite:
            raise
        except BaseException:
            self._written, self._touched, self._moved = written, touched, moved
            self._values.written, self._last = values, last
            self._found.clear()
            raise

    def find_record(self, cls: str, ref: str) -> Record | None:
        if ref not in self._written and ref not in self._touched:
            return self._view.find_record(cls, ref)
        if self._written.get(ref, (cls,))[0] != cls:
            return None
        record = self._found.get(ref)
        if record is None:
            stored = self._stored(cls, ref)
            if stored is None:
                return None
            derived = {many: self.children(ref, many) for many in MANY_ENDS[cls]}
            record = self._found[ref] = {**stored, **derived}
        return record

    def all_records(self, cls: str) -> dict[str, Record]:
        records = self._view.all_records(cls)
        for ref, (written_cls, _) in self._written.items():
            if written_cls == cls:
                record = self.find_record(cls, ref)
                if record is None:
                    records.pop(ref, None)
                else:
                    records[ref] = record
        return records

    def ref_by_uuid(self, cls: str, uuid: str) -> str:
        for ref, (written_cls, record) in self._written.items():
            if written_cls == cls and record is not None and record.get("uuid") == uuid:
                return ref
        return self._view.ref_by_uuid(cls, uuid)

    def new(
        self, cls: Kind[Name, T], given: Mapping[str, Any] = EMPTY, ref: Ref[Name] | None = None
    ) -> T:
        """Add an object, whose attributes may then be set.

        Fields that are not ``given`` have their defaults, and the uuid is new. Derived sets, and
        fields that the class does not have, cannot be given (InvariantError).
        """
        made: Any = self.create(name_of(cls), given, ref)
        return self.edit(cls, made)

    def edit(self, cls: Kind[Name, T], ref: Ref[Name]) -> T:
        """The object, to be changed by its attributes; raises HANDLE_INVALID.

        Derived sets, and fields that the class does not have, cannot be set (InvariantError).
        """
        name = name_of(cls)
        record = dict(self.get(name, ref))
        return editable(
            cls, ref, record, lambda field, value: self.update(name, ref, {field: value})
        )

    def create(self, cls: ClassName, values: Mapping[str, Any], ref: str | None = None) -> str:
        """Add an object of any class, as `new` does; its reference."""
        ref = ref or new_ref()
        record = default_record(api.classes[cls])
        if "uuid" in record:
            record["uuid"] = new_uuid()
        for many in MANY_ENDS[cls]:
            del record[many]
        for name, value in values.items():
            if name not in record:
                raise InvariantError(f"{cls}.{name} is derived or unknown; it cannot be set")
            record[name] = value
        self._write(cls, ref, record)
        return ref

    def update(self, cls: ClassName, ref: str, changes: Mapping[str, Any]) -> None:
        """Set fields of an object of any class, as `edit` does; raises HANDLE_INVALID."""
        stored = self._stored(cls, ref)
        if stored is None:
            raise handle_invalid(cls, ref)
        for name in changes:
            if name not in stored:
                raise InvariantError(f"{cls}.{name} is derived or unknown; it cannot be set")
        if all(stored[name] == value for name, value in changes.items()):
            return  # nobody is told of a change that is none
        for name, value in changes.items():
            if (cls, name) in BOTH_ENDS:
                self._mirror(cls, ref, name, stored[name], value)
        self._write(cls, ref, {**stored, **changes})

    @overload
    def touch(self, cls: Kind[Name, Any], ref: Ref[Name]) -> None: ...
    @overload
    def touch(self, cls: ClassName, ref: str) -> None: ...
    def touch(self, cls: Any, ref: str) -> None:
        """Make an event for an object without changing it; raises HANDLE_INVALID."""
        self.get(name_of(cls), ref)
        self._touched[ref] = name_of(cls)

    @overload
    def delete(self, cls: Kind[Name, Any], ref: Ref[Name]) -> None: ...
    @overload
    def delete(self, cls: ClassName, ref: str) -> None: ...
    def delete(self, cls: Any, ref: str) -> None:
        """Remove an object, also from the sets that name it; raises HANDLE_INVALID."""
        name = name_of(cls)
        record = self.get(name, ref)
        for both_cls, field in BOTH_ENDS:
            if both_cls == name:
                self._mirror(name, ref, field, record[field], [])
        self._write(name, ref, None)

    def position(self) -> float:
        """A number that is greater each time, and greater in each later commit of an object."""
        self._positions += 1
        return self.generation + 1 + self._positions / POSITIONS_MAX

    def now(self) -> float:
        """Seconds since 1970 by the database's clock, which leases expire by."""
        return self._engine.now()

    def kv_get(self, ns: str, key: str) -> Any:
        """An internal value; None if there is none."""
        text = self._values.get(ns, key)
        return None if text is None else _decode(text)

    def kv_set(self, ns: str, key: str, value: Any) -> None:
        self._values.written[ns, key] = _encode(value).decode()

    def kv_delete(self, ns: str, key: str) -> None:
        self._values.written[ns, key] = None

    def kv_items(self, ns: str, naming: str = "") -> dict[str, Any]:
        """All internal values of a namespace, or those whose text contains ``naming``."""
        return {key: _decode(text) for key, text in self._values.items(ns, naming)}

    def _stored(self, cls: str, ref: str) -> dict[str, Any] | None:
        """The record without derived sets, as a copy that may be changed."""
        if ref in self._written:
            written = self._written[ref][1]
            return None if written is None else dict(written)
        record = self._view.find_record(cls, ref)
        if record is None:
            return None
        stored = dict(record)
        for many in MANY_ENDS[cls]:
            stored.pop(many, None)
        return stored

    def _write(self, cls: ClassName, ref: str, record: dict[str, Any] | None) -> None:
        before = set(parents(cls, self._stored(cls, ref)))
        after = set(parents(cls, record))
        self._written[ref] = (cls, record)
        self._found.pop(ref, None)
        for parent_cls, parent, many in before ^ after:
            self._moved.setdefault((parent, many), {})[ref] = (parent_cls, parent, many) in after
            self._found.pop(parent, None)
            if many in MANY_ENDS[parent_cls] and self.find_record(parent_cls, parent) is not None:
                self._touched[parent] = parent_cls

    def _mirror(self, cls: ClassName, ref: str, name: str, old: list[str], new: list[str]) -> None:
        other_cls, other_name = BOTH_ENDS[cls, name]
        for other in {*old} ^ {*new}:
            stored = self._stored(other_cls, other)
            if stored is None:
                continue
            refs = [one for one in stored[other_name] if one != ref]
            if other in new:
                refs.append(ref)
            self._write(other_cls, other, {**stored, other_name: refs})

    def children(self, parent: str, many: str) -> list[str]:
        children = dict.fromkeys(self._view.children(parent, many))
        for ref, is_in in self._moved.get((parent, many), {}).items():
            if is_in:
                children[ref] = None
            else:
                children.pop(ref, None)
        return list(children)

    def at_last(self, key: Hashable, action: "Callable[[Transaction], object]") -> None:
        """Have something done right before the commit, once for each key.

        It is for values that follow from others, which may change until then; it raises nothing.
        """
        self._last.setdefault(key, action)

    def do_last(self) -> None:
        """Do what was to be done `at_last`."""
        while self._last:
            actions, self._last = list(self._last.values()), {}
            for action in actions:
                action(self)

    @property
    def has_changes(self) -> bool:
        """Whether it has changed any object so far."""
        return bool(self._written or self._touched)

    def changes(self, generation: int) -> Iterator[Change]:
        """What each object becomes if this is committed as ``generation``."""
        for ref, (cls, record) in self._written.items():
            row = self._view.row(cls, ref)
            if row is None and record is None:
                continue
            yield Change(cls, ref, row.created if row else generation, record)
        for ref, cls in self._touched.items():
            row = self._view.row(cls, ref)
            if ref not in self._written and row is not None:
                yield Change(cls, ref, row.created, self._stored(cls, ref))

    def store_values(self) -> None:
        """Give the engine the internal values, to be committed with the objects."""
        self._values.store()


class Values:
    """The internal values as their texts in JSON: what was read, and what is to be written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: dict[tuple[str, str], str | None] = {}
        self._whole: set[str] = set()
        """The namespaces that were read whole."""
        self.written: dict[tuple[str, str], str | None] = {}
        """None for a value that is to be deleted."""

    def get(self, ns: str, key: str) -> str | None:
        place = (ns, key)
        if place in self.written:
            return self.written[place]
        if place not in self._read and ns not in self._whole:
            row = self._engine.execute(
                "select value from kv where ns = ? and key = ?", place
            ).fetchone()
            self._read[place] = None if row is None else str(row[0])
        return self._read.get(place)

    def items(self, ns: str, naming: str) -> list[tuple[str, str]]:
        """The texts by their keys: of a whole namespace, or those that contain ``naming``."""
        if ns not in self._whole:
            rows = self._engine.execute(
                "select key, value from kv where ns = ? and value like ?", (ns, f"%{naming}%")
            ).fetchall()
            self._read.update(((ns, key), value) for key, value in rows)
            if not naming:
                self._whole.add(ns)
        texts = {place: text for place, text in self._read.items() if place[0] == ns}
        texts.update((place, text) for place, text in self.written.items() if place[0] == ns)
        return [
            (key, text) for (_, key), text in texts.items() if text is not None and naming in text
        ]

    def store(self) -> None:
        changed = {
            place: text
            for place, text in self.written.items()
            if place not in self._read or self._read[place] != text
        }
        kept = [(*place, text) for place, text in changed.items() if text is not None]
        if kept:
            self._engine.executemany(
                "insert into kv values (?, ?, ?)"
                " on conflict (ns, key) do update set value = excluded.value",
                kept,
            )
        deleted = [place for place, text in changed.items() if text is None]
        if deleted:
            self._engine.executemany("delete from kv where ns = ? and key = ?", deleted)
