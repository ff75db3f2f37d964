"""Operations begun and ended. An operation is here before its message is acknowledged."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.database import Database

OPERATIONS_KEPT = 5000
# The search for old operations takes longer the more there are, so not every end does it.
FORGET_EVERY = 100
RESTARTS = "restarts"
"""The key in an operation's body for how often it was begun anew."""

# Earlier versions' files name the column ``subject`` otherwise, so no statement names it.
TABLES = """
create table if not exists operations (
    id text primary key, method text not null, subject text not null, params text not null,
    debug text not null, began real not null, outcome text
);
create table if not exists facts (name text primary key, value integer not null);
create table if not exists epochs (subject text primary key, epoch integer not null);
"""


@dataclass(frozen=True)
class Operation:
    """An operation on ``subject``; ``body`` is its call as it came, with its caller's additions.

    If the subject has epochs, the caller adds its ``epoch``: of two callers that know nothing of
    each other, the one with the newer epoch is right.
    """

    id: str
    method: str
    subject: str
    body: Any
    debug: str
    began: float = field(default_factory=time.time)
    outcome: Any = None
    """How it ended, as `daemon.tasks` writes it; None while it waits or runs."""

    @property
    def epoch(self) -> int:
        return int(self.body.get("epoch") or 0)


class Journal(Database):
    """Each method is one transaction, or part of the one that it is called in.

    ``tables`` makes the daemon's own tables.
    """

    def __init__(self, path: Path, tables: str = "") -> None:
        super().__init__(path, TABLES + tables)
        self._ends = 0

    def begin(self, operation: Operation) -> bool:
        """Note an operation and its epoch; False when its id is known already."""
        with self.together():
            if self._run("select 1 from operations where id = ?", operation.id):
                return False
            self._run(
                "insert into operations values (?, ?, ?, ?, ?, ?, null)",
                operation.id,
                operation.method,
                operation.subject,
                json.dumps(operation.body),
                operation.debug,
                operation.began,
            )
            self.see(operation.subject, operation.epoch)
            return True

    def epoch(self, subject: str) -> int:
        """The newest epoch of a subject that was ever seen here; 0 if it has none."""
        rows = self._run("select epoch from epochs where subject = ?", subject)
        return int(rows[0][0]) if rows else 0

    def see(self, subject: str, epoch: int) -> bool:
        """Note an epoch of a subject; returns False if a newer one was seen before."""
        with self.together():
            seen = self.epoch(subject)
            if epoch > seen:
                self._run("insert or replace into epochs values (?, ?)", subject, epoch)
            return epoch >= seen

    def end(self, id_: str, outcome: dict[str, Any]) -> None:
        """Note how an operation ended; now and then, delete old operations."""
        with self.together():
            self._run("update operations set outcome = ? where id = ?", json.dumps(outcome), id_)
            self._ends += 1
            if self._ends % FORGET_EVERY == 0:
                self._run(
                    "delete from operations where outcome is not null and id in (select id from"
                    " operations order by began desc limit -1 offset ?)",
                    OPERATIONS_KEPT,
                )

    def forget_operation(self, id_: str) -> None:
        self._run("delete from operations where id = ? and outcome is not null", id_)

    def operation(self, id_: str) -> Operation | None:
        rows = self._run("select * from operations where id = ?", id_)
        return _operation(rows[0]) if rows else None

    def unfinished(self) -> list[Operation]:
        """Operations that were begun and have no end, the oldest first."""
        rows = self._run("select * from operations where outcome is null order by began")
        return [_operation(row) for row in rows]

    def note_restart(self, id_: str) -> int:
        """Note that an unfinished operation is begun anew; returns how often, now included."""
        with self.together():
            rows = self._run("select params from operations where id = ?", id_)
            body = json.loads(rows[0][0])
            body[RESTARTS] = body.get(RESTARTS, 0) + 1
            self._run("update operations set params = ? where id = ?", json.dumps(body), id_)
            return int(body[RESTARTS])

    def note_alive(self) -> None:
        """Note that the daemon is at work now."""
        with self.until_power_off():
            self._run("insert or replace into facts values ('alive', ?)", int(time.time()))

    def last_alive(self) -> float:
        """When `note_alive` was called last; 0 for never."""
        rows = self._run("select value from facts where name = 'alive'")
        return float(rows[0][0]) if rows else 0.0

    def next_version(self, block: int) -> int:
        """Take ``block`` unused versions of updates; returns the first."""
        with self._lock:
            rows = self._run("select value from facts where name = 'version'")
            first = rows[0][0] if rows else 1
            self._run("insert or replace into facts values ('version', ?)", first + block)
            return int(first)


def _operation(row: Any) -> Operation:
    id_, method, subject, body, debug, began, outcome = row
    ended = None if outcome is None else json.loads(outcome)
    return Operation(id_, method, subject, json.loads(body), debug, began, ended)
