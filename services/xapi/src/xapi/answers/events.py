"""event.*: what changed in the pool since a client last asked."""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from datamodel import XenAPIError, api, handle_invalid
from datamodel.classes import Session
from datamodel.objects import ClassName
from datamodel.refs import as_ref
from pooldb import Row, Transaction, View
from pooldb.view import Deletion

from xapi import sessions
from xapi.context import Context, answers
from xapi.implicit import IN_THE_VIEW
from xapi.results import Counts, Event, Events, EventsFrom

# Changes come in bursts: a client that asked a moment ago waits a little for the rest of one.
BATCH_S = 0.02
TIMEOUT_MAX_S = 24 * 3600.0
TOKEN = re.compile(r"(-?\d{1,20}),(-?\d{1,20})", re.ASCII)


ORDER = {name: place for place, name in enumerate(api.classes)}
"""The place of each class, by which the events of an answer are ordered."""

TABLES = sorted(api.classes, reverse=True)
"""The classes, in the order of ``valid_ref_counts``."""


@dataclass(frozen=True)
class Subscription:
    """Which objects a client wants to hear of."""

    everything: bool
    classes: frozenset[str]
    objects: frozenset[tuple[str, str]]

    def wants(self, cls: str, ref: str) -> bool:
        lower = cls.lower()
        return self.everything or lower in self.classes or (lower, ref) in self.objects

    @property
    def tasks_only(self) -> bool:
        named = self.classes | {cls for cls, _ in self.objects}
        return not self.everything and named == {"task"}


def subscription(classes: list[str]) -> Subscription:
    names, objects = set(), set()
    for entry in classes:
        cls, slash, ref = entry.partition("/")
        if slash:
            objects.add((cls.lower(), ref))
        else:
            names.add(cls.lower())
    return Subscription("*" in names, frozenset(names), frozenset(objects))


def token_text(generation: int) -> str:
    """The token of a generation; its second number was for messages, which are plain rows here."""
    return f"{generation:020d},{0:020d}"


def parse_token(token: str) -> int:
    """The generation that a token stands for; raises EVENT_FROM_TOKEN_PARSE_FAILURE[token]."""
    if token == "":
        return 0
    match = TOKEN.fullmatch(token)
    if match is None:
        raise XenAPIError("EVENT_FROM_TOKEN_PARSE_FAILURE", token)
    return max(int(match[1]), 0)


@answers("event.from")
async def from_(context: Context, classes: list[str], token: str, timeout: float) -> EventsFrom:
    """Everything that changed since ``token``; if nothing did, wait until something does."""
    since = parse_token(token)
    if since < context.view.complete_since:
        since = 0
    wanted = subscription(classes)
    loop = asyncio.get_running_loop()
    seconds = _bounded(timeout)
    deadline = loop.time() + seconds
    session = str(context.session)
    looked = context.pool.told.get(session, -BATCH_S)
    while True:
        rest = min(looked + BATCH_S, deadline) - loop.time()
        if rest > 0 and not wanted.tasks_only:
            await asyncio.sleep(rest)
        sessions.check(context.pool, as_ref(session))
        looked = loop.time()
        left = 0.0 if context.pool.is_stopping else deadline - looked
        with context.view.still():
            changes = _changes(context.view, wanted, since)
            told = changes or left <= 0
            counts = _counts(context.view, context.view.generation) if told else None
        since = max(changes.generation, since)
        if counts is not None:
            context.pool.told[session] = looked
            loop.call_later(BATCH_S, context.pool.told.pop, session, None)
            return EventsFrom(_events(changes), counts, token_text(since))
        await context.pool.moved(left)


def _bounded(timeout: float) -> float:
    """The longest time that a client waits."""
    return min(max(timeout, 0.0), TIMEOUT_MAX_S)


@dataclass(frozen=True)
class Changes:
    """The changes that a client wants to hear of, all as of one generation."""

    generation: int
    added: list[tuple[ClassName, str, Row]]
    changed: list[tuple[ClassName, str, Row]]
    deleted: list[Deletion]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.deleted)


def _changes(view: View, wanted: Subscription, since: int) -> Changes:
    """The changes after ``since``; the caller keeps the view still."""
    changes = Changes(view.generation, [], [], [])
    for cls, ref, row in view.changed_since(since):
        if _is_told(cls) and wanted.wants(cls, ref):
            (changes.added if row.created > since else changes.changed).append((cls, ref, row))
    for deletion in view.deleted_since(since):
        known = deletion.created <= since
        if known and _is_told(deletion.cls) and wanted.wants(deletion.cls, deletion.ref):
            changes.deleted.append(deletion)
    return changes


@lru_cache(maxsize=1)
def _counts(view: View, _generation: int) -> Counts:
    """The same for all clients that are told of a generation."""
    return Counts({name.lower(): view.count(ClassName(name)) for name in TABLES})


def _events(changes: Changes) -> list[Event]:
    """First additions, then changes, then deletions, each in the order of classes."""
    # Messages to the pool's operators come first of all.
    added = sorted(changes.added, key=lambda row: (row[0] != "message", ORDER[row[0]]))
    changed = sorted(changes.changed, key=lambda row: ORDER[row[0]])
    deleted = sorted(changes.deleted, key=lambda deletion: ORDER[deletion.cls])
    return [
        *(Event(row.created, cls, "add", ref, row) for cls, ref, row in added),
        *(Event(row.modified, cls, "mod", ref, row) for cls, ref, row in changed),
        *(Event(gone.generation, gone.cls, "del", gone.ref) for gone in deleted),
    ]


def _is_told(cls: str) -> bool:
    """Whether a class has events; roles have none, since they are part of the program."""
    return api.classes[cls].gen_events and cls not in IN_THE_VIEW


@answers("event.inject")
async def inject(context: Context, class_: str, ref: str) -> str:
    """Make an event for an object; returns a token from before the event."""
    if context.view.class_of(ref) != class_:
        raise handle_invalid(class_, ref)
    before = context.view.generation
    await context.pool.write(lambda tx: tx.touch(ClassName(class_), ref))
    return token_text(before)


@answers("event.get_current_id")
async def get_current_id(context: Context) -> int:
    return context.view.generation


REGISTERED = "event-subscriptions"
"""kv namespace: session → the classes that it has registered for, and what it was told last."""


@answers("event.register")
async def register(context: Context, classes: list[str]) -> None:
    session = str(context.session)

    def add(tx: Transaction) -> None:
        for other in tx.kv_items(REGISTERED):
            if tx.find(Session, as_ref(other)) is None:
                tx.kv_delete(REGISTERED, other)
        known = tx.kv_get(REGISTERED, session) or {"classes": [], "at": context.view.generation}
        tx.kv_set(REGISTERED, session, {**known, "classes": sorted({*known["classes"], *classes})})

    await context.pool.write(add)


@answers("event.unregister")
async def unregister(context: Context, classes: list[str]) -> None:
    session = str(context.session)

    def drop(tx: Transaction) -> None:
        known = tx.kv_get(REGISTERED, session)
        if known is not None:
            left = sorted({*known["classes"]} - {*classes})
            tx.kv_set(REGISTERED, session, {**known, "classes": left})

    await context.pool.write(drop)


def track_of(session: str) -> str:
    """A name for a session in logs, with which nobody can use the session."""
    digest = hashlib.md5(session.encode(), usedforsecurity=False).hexdigest()
    return f"trackid={digest}"


@answers("event.next")
async def next_(context: Context) -> Events:
    """For old clients: the events of the registered classes since the last call."""
    session = str(context.session)
    registered = await context.pool.run(context.pool.db.read_kv, REGISTERED, session)
    if registered is None or not registered["classes"]:
        raise XenAPIError("SESSION_NOT_REGISTERED", track_of(session))
    wanted, generation = subscription(registered["classes"]), registered["at"]
    while True:
        sessions.check(context.pool, as_ref(session))
        with context.view.still():
            changes = _changes(context.view, wanted, generation)
        generation = changes.generation
        if changes or context.pool.is_stopping:
            break
        await context.pool.moved(TIMEOUT_MAX_S)

    def note(tx: Transaction) -> None:
        known = tx.kv_get(REGISTERED, session)
        if known is not None:  # the session has not ended meanwhile
            tx.kv_set(REGISTERED, session, {**known, "at": generation})

    await context.pool.write(note)
    return Events(_events(changes))
