"""event.*: what changed in the pool since a client last asked."""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from datamodel import XenAPIError, api, handle_invalid
from pooldb import Row

from xapi import sessions
from xapi.context import Context, RecordOf, answers
from xapi.implicit import IN_THE_VIEW

# Changes come in bursts; waiting this long lets one answer carry a whole one.
BATCH_S = 0.02
TIMEOUT_MAX_S = 24 * 3600.0
TOKEN = re.compile(r"(-?\d{1,20}),(-?\d{1,20})", re.ASCII)


ORDER = {name: place for place, name in enumerate(api.classes)}
"""Events of an answer are in the order of their classes."""

TABLES = sorted(api.classes, reverse=True)
"""The classes as ``valid_ref_counts`` lists them."""


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
    for said in classes:
        cls, slash, ref = said.partition("/")
        if slash:
            objects.add((cls.lower(), ref))
        else:
            names.add(cls.lower())
    return Subscription("*" in names, frozenset(names), frozenset(objects))


def token_text(generation: int) -> str:
    """The token of a generation; the second number is for messages, which are rows like others."""
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
async def from_(context: Context, classes: list[str], token: str, timeout: float) -> Any:
    """Everything that changed since ``token``; waits for something to when nothing did."""
    since = parse_token(token)
    if since < context.view.complete_since:
        since = 0
    wanted = subscription(classes)
    loop = asyncio.get_running_loop()
    seconds = timeout if 0 <= timeout < TIMEOUT_MAX_S else TIMEOUT_MAX_S
    deadline = loop.time() + seconds
    if not wanted.tasks_only:
        await asyncio.sleep(min(BATCH_S, seconds))
    while True:
        sessions.check(context.pool, str(context.session))
        generation = context.view.generation
        events = list(_events(context, wanted, since))
        left = deadline - loop.time()
        if events or left <= 0:
            return _answer(context, events, max(generation, since))
        since = max(generation, since)
        if await context.pool.moved(left) and not wanted.tasks_only:
            await asyncio.sleep(min(BATCH_S, max(deadline - loop.time(), 0)))


def _events(context: Context, wanted: Subscription, since: int) -> Any:
    added: list[tuple[str, str, Row]] = []
    changed: list[tuple[str, str, Row]] = []
    for cls, ref, row in context.view.changed_since(since):
        if _is_told(cls) and wanted.wants(cls, ref):
            (added if row.created > since else changed).append((cls, ref, row))
    # What is told of the pool's own words comes first, then additions by class, and so on.
    added.sort(key=lambda found: (found[0] != "message", ORDER[found[0]]))
    changed.sort(key=lambda found: ORDER[found[0]])
    for operation, rows in (("add", added), ("mod", changed)):
        for cls, ref, row in rows:
            yield _event(cls, ref, operation, row)
    deleted = sorted(context.view.deleted_since(since), key=lambda found: ORDER[found.cls])
    for deletion in deleted:
        cls, ref = deletion.cls, deletion.ref
        if deletion.created <= since and _is_told(cls) and wanted.wants(cls, ref):
            yield {
                "id": str(deletion.generation),
                "timestamp": "0.0",
                "class": cls.lower(),
                "operation": "del",
                "ref": ref,
            }


def _is_told(cls: str) -> bool:
    """Nothing happens to roles, which are part of the program."""
    return api.classes[cls].gen_events and cls not in IN_THE_VIEW


def _event(cls: str, ref: str, operation: str, row: Row) -> dict[str, Any]:
    return {
        "id": str(row.created if operation == "add" else row.modified),
        "timestamp": "0.0",
        "class": cls.lower(),
        "operation": operation,
        "ref": ref,
        "snapshot": RecordOf(cls, ref),
    }


def _answer(context: Context, events: list[Any], generation: int) -> dict[str, Any]:
    counts = {name.lower(): context.view.count(name) for name in TABLES}
    return {"events": events, "valid_ref_counts": counts, "token": token_text(generation)}


@answers("event.inject")
async def inject(context: Context, cls: str, ref: str) -> str:
    """Make an event for an object; the token is one that the event comes after."""
    if context.view.class_of(ref) != cls:
        raise handle_invalid(cls, ref)
    before = context.view.generation
    await context.pool.write(lambda tx: tx.touch(cls, ref))
    return token_text(before)


@answers("event.get_current_id")
async def get_current_id(context: Context) -> int:
    return context.view.generation


REGISTERED = "event-subscriptions"


@answers("event.register")
async def register(context: Context, classes: list[str]) -> None:
    session = str(context.session)

    def add(tx: Any) -> None:
        found = tx.kv_get(REGISTERED, session) or {"classes": [], "at": context.view.generation}
        tx.kv_set(REGISTERED, session, {**found, "classes": sorted({*found["classes"], *classes})})

    await context.pool.write(add)


@answers("event.unregister")
async def unregister(context: Context, classes: list[str]) -> None:
    session = str(context.session)

    def drop(tx: Any) -> None:
        found = tx.kv_get(REGISTERED, session)
        if found is not None:
            left = sorted({*found["classes"]} - {*classes})
            tx.kv_set(REGISTERED, session, {**found, "classes": left})

    await context.pool.write(drop)


def track_of(session: str) -> str:
    """A name of a session that is of no use to whoever reads it in a log."""
    digest = hashlib.md5(session.encode(), usedforsecurity=False).hexdigest()
    return f"trackid={digest}"


@answers("event.next")
async def next_(context: Context) -> Any:
    """For old clients: the events of the registered classes since the last call."""
    session = str(context.session)
    found = context.pool.db.read_kv(REGISTERED, session)
    if found is None or not found["classes"]:
        raise XenAPIError("SESSION_NOT_REGISTERED", track_of(session))
    wanted, generation = subscription(found["classes"]), found["at"]
    while True:
        sessions.check(context.pool, session)
        since, generation = generation, context.view.generation
        events = list(_events(context, wanted, since))
        if events:
            break
        await context.pool.moved(TIMEOUT_MAX_S)
    await context.pool.write(lambda tx: tx.kv_set(REGISTERED, session, {**found, "at": generation}))
    return events
