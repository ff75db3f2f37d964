"""All objects of the pool in memory, as of one number of the change log.

A row and its record are replaced, never changed in place, so a row stays consistent without a lock.
To read several objects as of one generation, keep the view ``still`` while their rows are picked,
and no longer.
"""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from datamodel.classes import Role
from datamodel.errors import XenAPIError, handle_invalid
from datamodel.objects import AnyKind, ClassName, name_of
from datamodel.permissions import role_records

from pooldb import query
from pooldb.reader import Reader, Record
from pooldb.relations import MANY_ENDS, parents

log = logging.getLogger(__name__)

T = TypeVar("T")

# How many deletions are kept for `event.from`; with an older token it starts from the beginning.
DELETIONS_KEPT = 20_000


@dataclass
class Row:
    """An object: its record with derived sets, and when it was created and last changed."""

    record: Record
    created: int
    modified: int
    _encoded: dict[str, Any] = field(default_factory=dict)

    def encoded(self, key: str, encode: Callable[[Record], T]) -> T:
        """``encode(record)``, made once; ``key`` names the encoding."""
        encoded: T | None = self._encoded.get(key)
        if encoded is None:
            encoded = self._encoded[key] = encode(self.record)
        return encoded


@dataclass(frozen=True)
class Change:
    """What a commit did to one object; ``record`` is as stored, None once it is deleted."""

    cls: ClassName
    ref: str
    created: int
    record: dict[str, Any] | None


@dataclass(frozen=True)
class Deletion:
    cls: ClassName
    ref: str
    created: int
    generation: int


Commit = tuple[int, Sequence[Change]]
"""A generation, and every object that its commit changed, touched parents too."""


class View(Reader):
    """Reads of the pool; `pooldb.Database` keeps it up to date with the log."""

    def __init__(self) -> None:
        self.generation = 0
        self.complete_since = 0
        self.deletions: deque[Deletion] = deque(maxlen=DELETIONS_KEPT)
        self._tables: dict[str, dict[str, Row]] = {cls: {} for cls in MANY_ENDS}
        self._class_of: dict[str, ClassName] = {}
        self._by_uuid: dict[tuple[str, str], str] = {}
        self._children: dict[tuple[str, str], dict[str, None]] = {}
        self._recent: OrderedDict[str, int] = OrderedDict()
        self._moved = threading.Condition()
        self._listeners: list[Callable[[], None]] = []
        self._place_roles()

    def _place_roles(self) -> None:
        """Add the roles, which are part of the program: they have no rows, and never change."""
        for ref, record in role_records().items():
            self._tables["role"][ref] = Row(record, 0, 0)
            self._class_of[ref] = name_of(Role)
            self._by_uuid["role", record["uuid"]] = ref

    @contextmanager
    def still(self) -> Iterator[None]:
        """Keep the view at its generation, so that all that the block reads is of that one.

        All writers wait meanwhile, so the block should only pick rows.
        """
        with self._moved:
            yield

    def find_record(self, cls: str, ref: str) -> Record | None:
        row = self._tables[cls].get(ref)
        return None if row is None else row.record

    def row(self, cls: AnyKind, ref: str) -> Row | None:
        return self._tables[name_of(cls)].get(ref)

    def get_row(self, cls: AnyKind, ref: str) -> Row:
        """The row of an object; raises HANDLE_INVALID[cls, ref]."""
        row = self._tables[name_of(cls)].get(ref)
        if row is None:
            raise handle_invalid(name_of(cls), ref)
        return row

    def rows(self, cls: AnyKind) -> dict[str, Row]:
        """All objects of a class, as of one generation."""
        with self._moved:
            return dict(self._tables[name_of(cls)])

    def all_records(self, cls: str) -> dict[str, Record]:
        with self._moved:
            return {ref: row.record for ref, row in self._tables[cls].items()}

    def count(self, cls: AnyKind) -> int:
        return len(self._tables[name_of(cls)])

    def class_of(self, ref: str) -> ClassName | None:
        return self._class_of.get(ref)

    def ref_by_uuid(self, cls: str, uuid: str) -> str:
        ref = self._by_uuid.get((cls, uuid))
        if ref is None:
            raise XenAPIError("UUID_INVALID", cls, uuid)
        return ref

    def by_name(self, cls: AnyKind, label: str) -> list[str]:
        rows = self.rows(cls).items()
        return [ref for ref, row in rows if row.record["name_label"] == label]

    def where(self, cls: AnyKind, expression: str) -> dict[str, Row]:
        """The objects for which a query expression holds; raises INVALID_VALUE."""
        holds = query.parse(expression, name_of(cls))
        rows = self.rows(cls).items()
        return {ref: row for ref, row in rows if holds(query.WithRef(row.record, ref))}

    def changed_since(self, generation: int) -> list[tuple[ClassName, str, Row]]:
        """The objects that changed after ``generation`` and still exist, newest first."""
        with self._moved:
            changed = []
            for ref, modified in reversed(self._recent.items()):
                if modified <= generation:
                    break
                cls = self._class_of[ref]
                changed.append((cls, ref, self._tables[cls][ref]))
            return changed

    def deleted_since(self, generation: int) -> list[Deletion]:
        """What was deleted after ``generation``, newest first."""
        with self._moved:
            deleted = []
            for deletion in reversed(self.deletions):
                if deletion.generation <= generation:
                    break
                deleted.append(deletion)
            return deleted

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener``, in any thread, each time the view has moved."""
        self._listeners.append(listener)

    def wait(self, generation: int, timeout_s: float) -> bool:
        """Wait until the view has reached ``generation``; False when the time is over."""
        with self._moved:
            return self._moved.wait_for(lambda: self.generation >= generation, timeout_s)

    def apply(self, commits: Iterable[Commit]) -> None:
        """Apply several commits at once: nobody sees the view between them."""
        with self._moved:
            self._put(commits)
            self._moved.notify_all()
        self._tell()

    def reload(
        self,
        commits: Sequence[Commit],
        deletions: Iterable[Deletion],
        *,
        complete_since: int,
        generation: int,
    ) -> None:
        """Replace all rows and deletions at once by those given."""
        with self._moved:
            for table in self._tables.values():
                table.clear()
            for index in (self._class_of, self._by_uuid, self._children, self._recent):
                index.clear()
            self._place_roles()
            # A change of a parent may come before that of its child.
            for _, changes in commits:
                for change in changes:
                    self._relate(change)
            self._put(commits)
            self.generation = generation
            self.complete_since = complete_since
            self.deletions.clear()
            for deletion in deletions:
                self._remember(deletion)
            self._moved.notify_all()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:  # a listener's fault must not undo what is committed
                log.exception("a listener of the change log failed")

    def _put(self, commits: Iterable[Commit]) -> None:
        for generation, changes in commits:
            for change in changes:
                self._relate(change)
            for change in changes:
                self._place(change, generation)
            self.generation = generation

    def _remember(self, deletion: Deletion) -> None:
        """Keep a deletion, dropping the oldest if there are too many."""
        if len(self.deletions) == self.deletions.maxlen:
            self.complete_since = max(self.complete_since, self.deletions[0].generation)
        self.deletions.append(deletion)

    def children(self, parent: str, many: str) -> list[str]:
        return list(self._children.get((parent, many), ()))

    def _relate(self, change: Change) -> None:
        old = self._tables[change.cls].get(change.ref)
        before = set(parents(change.cls, old.record if old else None))
        after = set(parents(change.cls, change.record))
        for _, parent, many in before - after:
            self._children[parent, many].pop(change.ref, None)
        for _, parent, many in after - before:
            self._children.setdefault((parent, many), {})[change.ref] = None

    def _place(self, change: Change, generation: int) -> None:
        cls, ref, stored = change.cls, change.ref, change.record
        self._recent.pop(ref, None)
        if stored is None:
            gone = self._tables[cls].pop(ref, None)
            if gone is not None:
                self._class_of.pop(ref, None)
                self._by_uuid.pop((cls, gone.record.get("uuid", "")), None)
            self._remember(Deletion(cls, ref, change.created, generation))
            return
        record = dict(stored)
        for many in MANY_ENDS[cls]:
            record[many] = self.children(ref, many)
        self._tables[cls][ref] = Row(record, change.created, generation)
        self._class_of[ref] = cls
        self._by_uuid[cls, record.get("uuid", "")] = ref
        self._recent[ref] = generation
