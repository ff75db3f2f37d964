"""What must outlive xenopsd: VMs and their devices, operations, migrations."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daemon import journal
from xenops.codec import decode, encode
from xenops.errors import does_not_exist
from xenops.types import Metadata

TABLES = """
create table if not exists vms (id text primary key, metadata text not null);
create table if not exists extras (id text primary key, extra text not null);
create table if not exists migrations (id text primary key, vm text not null, role text not null,
    state text not null, facts text not null);
create index if not exists migrations_of_vm on migrations (vm);
"""


class Journal(journal.Journal):
    """The kit's journal, with VMs: one file in the host's state folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, TABLES)
        self._decoded: dict[str, Metadata] = {}
        self._tell_disks_apart()

    def _tell_disks_apart(self) -> None:
        """Until there was a storage daemon, all disks were the host's own, and called ``VDI``."""
        with self.together():
            if self._run("insert or ignore into facts values ('disks', 1) returning name"):
                self._run(
                    """update vms set metadata = replace(metadata, '["VDI", ', '["Local", ')"""
                )

    # --- VMs --------------------------------------------------------------------------------

    def vms(self) -> list[str]:
        return [row[0] for row in self._run("select id from vms")]

    def exists(self, vm: str) -> bool:
        return bool(self._run("select 1 from vms where id = ?", vm))

    def metadata(self, vm: str) -> Metadata:
        """The VM with its devices; raises XenopsError Does_not_exist."""
        with self._lock:
            metadata = self._decoded.get(vm)
            if metadata is None:
                rows = self._run("select metadata from vms where id = ?", vm)
                if not rows:
                    raise does_not_exist("VM", vm)
                metadata = self._decoded[vm] = decode(Metadata, json.loads(rows[0][0]))
        return metadata

    def set_metadata(self, metadata: Metadata) -> None:
        text = json.dumps(encode(Metadata, metadata))
        with self._lock:
            self._run("insert or replace into vms values (?, ?)", metadata.vm.id, text)
            self._decoded[metadata.vm.id] = metadata

    def change(self, vm: str, change: Callable[[Metadata], Metadata]) -> None:
        """Change what is kept of a VM, in one transaction; raises XenopsError."""
        with self._lock:
            self.set_metadata(change(self.metadata(vm)))

    def forget(self, vm: str) -> None:
        with self.together():
            self._decoded.pop(vm, None)
            self._run("delete from vms where id = ?", vm)
            self._run("delete from extras where id = ?", vm)

    def extra(self, vm: str) -> dict[str, Any]:
        rows = self._run("select extra from extras where id = ?", vm)
        extra: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
        return extra

    def set_extra(self, vm: str, extra: dict[str, Any]) -> None:
        self._run("insert or replace into extras values (?, ?)", vm, json.dumps(extra))

    def note_of_domain(self, vm: str, **facts: Any) -> None:
        """Set extras that are of use only as long as the VM's present domain is there."""
        with self.until_power_off():
            self.set_extra(vm, {**self.extra(vm), **facts})

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
        """Set a migration's state if it is in one of the expected states; else False."""
        with self._lock:
            known = self.migration(id_)
            if known is None or known["state"] not in expected:
                return False
            self._run("update migrations set state = ? where id = ?", state, id_)
            return True

    def drop_fact(self, id_: str, name: str) -> None:
        """Forget what is noted of a migration under a name."""
        self._run(
            "update migrations set facts = json_remove(facts, ?) where id = ?", f"$.{name}", id_
        )

    def migration(self, id_: str) -> dict[str, Any] | None:
        rows = self._run("select * from migrations where id = ?", id_)
        return _migration(rows[0]) if rows else None

    def arrivals(self, vm: str) -> list[str]:
        """The migrations that fill a copy of a VM here while the VM itself runs elsewhere."""
        rows = self._run(
            "select id from migrations where vm = ? and role = 'destination'"
            " and state in ('Prepared', 'Receiving')",
            vm,
        )
        return [row[0] for row in rows]

    def arriving(self) -> dict[str, str]:
        """The migrations that fill copies of VMs here, by VM."""
        rows = self._run(
            "select vm, id from migrations where role = 'destination'"
            " and state in ('Prepared', 'Receiving')"
        )
        return dict(rows)

    def moves(self, vm: str) -> bool:
        """Whether a migration alone may change a VM's domain here."""
        return bool(
            self._run(
                "select 1 from migrations where vm = ? and (role = 'source' and state in"
                " ('InDoubt', 'Sent') or role = 'destination' and state in"
                " ('Prepared', 'Receiving', 'Committed'))",
                vm,
            )
        )

    def is_elsewhere(self, vm: str) -> bool:
        """Whether a VM runs on another host: it is still arriving here, or still leaving."""
        return bool(
            self._run(
                "select 1 from migrations where vm = ? and (role = 'source' and state = 'Sent'"
                " or role = 'destination' and state in ('Prepared', 'Receiving'))",
                vm,
            )
        )

    def migrations(self) -> list[dict[str, Any]]:
        return [_migration(row) for row in self._run("select * from migrations")]


def _migration(row: Any) -> dict[str, Any]:
    id_, vm, role, state, facts = row
    return {"id": id_, "vm": vm, "role": role, "state": state, "facts": json.loads(facts)}
