"""What must outlive xenopsd: VMs and their devices, operations begun and ended, migrations.

One SQLite file in the host's state folder. An operation is here before its message is acknowledged.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xenops.codec import decode, encode
from xenops.errors import does_not_exist
from xenops.types import Metadata

OPERATIONS_KEPT = 5000
# Looking for those beyond takes as long as they are many, so it is not done at each end.
FORGET_EVERY = 100

TABLES = """
create table if not exists vms (id text primary key, metadata text not null);
create table if not exists extras (id text primary key, extra text not null);
create table if not exists operations (
    id text primary key, method text not null, vm text not null, params text not null,
    debug text not null, began real not null, outcome text
);
create table if not exists migrations (id text primary key, vm text not null, role text not null,
    state text not null, facts text not null);
create index if not exists migrations_of_vm on migrations (vm);
create table if not exists facts (name text primary key, value integer not null);
"""


class Journal:
    """Threads share it; each method is one transaction, or part of the one it is called in."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(TABLES)
        self._decoded: dict[str, Metadata] = {}
        self._ends = 0

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What the block does is one transaction."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                # SQLite has undone it already when the disk is full, say.
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    # --- VMs --------------------------------------------------------------------------------

    def vms(self) -> list[str]:
        return [row[0] for row in self._run("select id from vms")]

    def exists(self, vm: str) -> bool:
        return bool(self._run("select 1 from vms where id = ?", vm))

    def metadata(self, vm: str) -> Metadata:
        """The VM with its devices; raises XenopsError Does_not_exist."""
        with self._lock:
            found = self._decoded.get(vm)
            if found is None:
                rows = self._run("select metadata from vms where id = ?", vm)
                if not rows:
                    raise does_not_exist("VM", vm)
                found = self._decoded[vm] = decode(Metadata, json.loads(rows[0][0]))
        return found

    def set_metadata(self, metadata: Metadata) -> None:
        text = json.dumps(encode(Metadata, metadata))
        with self._lock:
            self._run("insert or replace into vms values (?, ?)", metadata.vm.id, text)
            self._decoded[metadata.vm.id] = metadata

    def change(self, vm: str, change: Callable[[Metadata], Metadata]) -> None:
        """Change what is kept of a VM, with nobody in between; raises XenopsError."""
        with self._lock:
            self.set_metadata(change(self.metadata(vm)))

    def forget(self, vm: str) -> None:
        with self.together():
            self._decoded.pop(vm, None)
            self._run("delete from vms where id = ?", vm)
            self._run("delete from extras where id = ?", vm)

    def extra(self, vm: str) -> dict[str, Any]:
        rows = self._run("select extra from extras where id = ?", vm)
        found: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
        return found

    def set_extra(self, vm: str, extra: dict[str, Any]) -> None:
        self._run("insert or replace into extras values (?, ?)", vm, json.dumps(extra))

    # --- operations -------------------------------------------------------------------------

    def begin(self, id_: str, method: str, vm: str, params: Any, debug: str) -> bool:
        """Note an operation; False when it is known already."""
        with self._lock:
            if self._run("select 1 from operations where id = ?", id_):
                return False
            self._run(
                "insert into operations values (?, ?, ?, ?, ?, ?, null)",
                id_,
                method,
                vm,
                json.dumps(params),
                debug,
                time.time(),
            )
            return True

    def end(self, id_: str, outcome: dict[str, Any]) -> None:
        """Note how an operation ended; old operations go now and then."""
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

    def operation(self, id_: str) -> dict[str, Any] | None:
        rows = self._run("select * from operations where id = ?", id_)
        return _operation(rows[0]) if rows else None

    def unfinished(self) -> list[dict[str, Any]]:
        """Operations that were begun and have no end, the oldest first."""
        rows = self._run("select * from operations where outcome is null order by began")
        return [_operation(row) for row in rows]

    # --- migrations -------------------------------------------------------------------------

    def set_migration(
        self, id_: str, vm: str, role: str, state: str, facts: dict[str, Any]
    ) -> None:
        self._run(
            "insert or replace into migrations values (?, ?, ?, ?, ?)",
            id_,
            vm,
            role,
            state,
            json.dumps(facts),
        )

    def advance(self, id_: str, expected: tuple[str, ...], state: str) -> bool:
        """Move a migration on if it is in one of the expected states; False otherwise."""
        with self._lock:
            found = self.migration(id_)
            if found is None or found["state"] not in expected:
                return False
            self._run("update migrations set state = ? where id = ?", state, id_)
            return True

    def migration(self, id_: str) -> dict[str, Any] | None:
        rows = self._run("select * from migrations where id = ?", id_)
        return _migration(rows[0]) if rows else None

    def arrivals(self, vm: str) -> list[str]:
        """The migrations that fill a copy of a VM here; the VM itself runs elsewhere."""
        rows = self._run(
            "select id from migrations where vm = ? and role = 'destination'"
            " and state in ('Prepared', 'Receiving')",
            vm,
        )
        return [row[0] for row in rows]

    def moves(self, vm: str) -> bool:
        """Whether a migration alone says what becomes of a VM's domain here."""
        return bool(
            self._run(
                "select 1 from migrations where vm = ? and (role = 'source' and state in"
                " ('InDoubt', 'Sent') or role = 'destination' and state in"
                " ('Prepared', 'Receiving', 'Committed'))",
                vm,
            )
        )

    def is_elsewhere(self, vm: str) -> bool:
        """Whether a VM runs on another host: it has not quite arrived here, or not quite left."""
        return bool(
            self._run(
                "select 1 from migrations where vm = ? and (role = 'source' and state = 'Sent'"
                " or role = 'destination' and state in ('Prepared', 'Receiving'))",
                vm,
            )
        )

    def migrations(self) -> list[dict[str, Any]]:
        return [_migration(row) for row in self._run("select * from migrations")]

    # --- versions ---------------------------------------------------------------------------

    def next_version(self, block: int) -> int:
        """The first of ``block`` update versions that nobody has used."""
        with self._lock:
            rows = self._run("select value from facts where name = 'version'")
            first = rows[0][0] if rows else 1
            self._run("insert or replace into facts values ('version', ?)", first + block)
            return int(first)


def _operation(row: Any) -> dict[str, Any]:
    id_, method, vm, params, debug, began, outcome = row
    return {
        "id": id_,
        "method": method,
        "vm": vm,
        "params": json.loads(params),
        "debug": debug,
        "began": began,
        "outcome": None if outcome is None else json.loads(outcome),
    }


def _migration(row: Any) -> dict[str, Any]:
    id_, vm, role, state, facts = row
    return {"id": id_, "vm": vm, "role": role, "state": state, "facts": json.loads(facts)}
