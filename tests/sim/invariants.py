"""What is always true of a pool, and what is true of it once it is quiet."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sim.world import HOSTS, World, Xen

Records = dict[str, dict[str, dict[str, Any]]]
ENDED = ("success", "failure", "cancelled")
NULL = "OpaqueRef:NULL"
BACKENDS = "/local/domain/0/backend/vbd"


@dataclass(frozen=True)
class Broken:
    """Something that must not be; ``kind`` says what, in a word or two."""

    kind: str
    said: str


# --- after each step ----------------------------------------------------------------------------


class Watch:
    """Looks at all hypervisors whenever one of them has done something."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.broken: list[Broken] = []
        for xen in world.xens.values():
            xen.at_change = self._look

    def _note(self, kind: str, said: str) -> None:
        if not any(found.kind == kind for found in self.broken):
            self.broken.append(Broken(kind, said))
            self._world.say("broken", what=f"{kind}: {said}")

    def _look(self, xen: Xen, call: str) -> None:
        if call in ("unpause", "resume", "finish_restore", "build"):
            self._runs_once()
            self._written_once()

    def _runs_once(self) -> None:
        places: dict[str, list[str]] = {}
        for name, xen in self._world.xens.items():
            for domain in xen.running():
                places.setdefault(domain.uuid, []).append(f"{name} (domain {domain.domid})")
        for vm, where in places.items():
            if len(where) > 1:
                self._note("two copies", f"VM {vm} runs on {' and '.join(where)}")

    def _written_once(self) -> None:
        writers: dict[str, str] = {}
        for name, xen in self._world.xens.items():
            nodes = xen.store._nodes
            for domain in xen.running():
                # Read as it is at this moment: nobody has a turn meanwhile.
                below = f"{BACKENDS}/{domain.domid}/"
                for node in [node for node in nodes if node.startswith(below)]:
                    base, _, key = node.rpartition("/")
                    if key != "params":
                        continue
                    disk = nodes.get(f"{base}/params", "")
                    if nodes.get(f"{base}/mode") != "w" or not disk:
                        continue
                    who = f"domain {domain.domid} of VM {domain.uuid} on {name}"
                    if disk in writers:
                        self._note("two writers", f"{disk} by {writers[disk]} and by {who}")
                    writers[disk] = who


# --- once it is quiet ---------------------------------------------------------------------------


def read(database: Path) -> tuple[Records, dict[str, dict[str, Any]]]:
    """All records by class, and the internal values by namespace."""
    db = sqlite3.connect(database)
    records: Records = {}
    for cls, ref, record in db.execute("select cls, ref, record from rows").fetchall():
        records.setdefault(cls, {})[ref] = json.loads(record)
    kept: dict[str, dict[str, Any]] = {}
    for ns, key, value in db.execute("select ns, key, value from kv").fetchall():
        kept.setdefault(ns, {})[key] = json.loads(value)
    db.close()
    return records, kept


def when_quiet(world: World) -> list[Broken]:
    """What is not as it should be, of a pool in which nothing goes on."""
    records, kept = read(world.folder / "pool.db")
    return [
        *_unended(records, kept),
        *_ghosts(records),
        *_places(world, records),
        *_rights(world),
        *_promises(world),
    ]


def _unended(records: Records, kept: dict[str, dict[str, Any]]) -> list[Broken]:
    broken = [
        Broken("a task has no end", f"{record['name_label']} {ref} is {record['status']}")
        for ref, record in records.get("task", {}).items()
        if record["status"] not in ENDED
    ]
    for ref, lease in kept.get("lease", {}).items():
        method = (lease.get("body") or {}).get("method")
        broken.append(Broken("a call has no end", f"{method} of task {ref}"))
    for ref, held in kept.get("locks", {}).items():
        broken.append(Broken("a ghost operation", f"task {ref} holds {held}"))
    return broken


def _ghosts(records: Records) -> list[Broken]:
    return [
        Broken("a ghost operation", f"{cls} {ref}: {record['current_operations']}")
        for cls, found in records.items()
        for ref, record in found.items()
        # A task's own say what clients wished of it, and stay.
        if record.get("current_operations") and cls != "task"
    ]


def _places(world: World, records: Records) -> list[Broken]:
    """The database says of each VM what the hypervisors say, and nothing else is there."""
    broken = []
    hosts = {ref: record["name_label"] for ref, record in records["host"].items()}
    domains: dict[str, list[tuple[str, Any]]] = {}
    for name, xen in world.xens.items():
        for domain in xen.machine.domains.values():
            domains.setdefault(domain.uuid, []).append((name, domain))
    known = set()
    for ref, vm in records["VM"].items():
        if vm["is_a_template"] or vm["is_control_domain"] or vm["is_a_snapshot"]:
            continue
        known.add(vm["uuid"])
        found = domains.get(vm["uuid"], [])
        where = [f"{name} ({_how(domain)})" for name, domain in found]
        said = vm["power_state"]
        home = hosts.get(vm["resident_on"])
        text = f"VM {vm['uuid']} {ref} is {said} on {home}, and really {where or 'nowhere'}"
        if said in ("Running", "Paused"):
            fits = len(found) == 1 and found[0][0] == home and _how(found[0][1]) == said
        else:
            fits = not found and home is None
        if not fits:
            broken.append(Broken("database and Xen differ", text))
        if vm["scheduled_to_be_resident_on"] not in (NULL, ""):
            place = hosts.get(vm["scheduled_to_be_resident_on"])
            broken.append(Broken("a place that nobody holds", f"{text}; meant for {place}"))
        attached = sum(_attached(records, ref))
        really = sum(len(_disks(world, host, domain)) for host, domain in found)
        if said != "Suspended" and attached != really:
            text += f"; {attached} VBDs attached, really {really}"
            broken.append(Broken("a disk's plug differs", text))
    for uuid, stray in domains.items():
        if uuid not in known:
            where = [f"{name} ({_how(domain)})" for name, domain in stray]
            broken.append(Broken("a domain of no VM", f"{uuid} on {where}"))
    return broken


def _attached(records: Records, vm: str) -> list[bool]:
    return [vbd["currently_attached"] for vbd in records.get("VBD", {}).values() if vbd["VM"] == vm]


def _disks(world: World, host: str, domain: Any) -> list[str]:
    return world.xens[host].store.list(f"{BACKENDS}/{domain.domid}")


def _how(domain: Any) -> str:
    if not domain.built:
        return "unbuilt"
    if domain.shutdown is not None:
        return f"shut down {domain.shutdown}"
    return "Paused" if domain.paused else "Running"


def _rights(world: World) -> list[Broken]:
    """Who may write a disk has a domain."""
    broken = []
    names = {uuid: name for name, uuid in HOSTS.items()}
    folder = world.folder / "shared" / "locks"
    for file in sorted(folder.iterdir()) if folder.exists() else ():
        held = json.loads(file.read_text() or "{}")
        name = names[held["host"]]
        domains = world.xens[name].machine.domains.values()
        if not any(domain.uuid == held["vm"] for domain in domains):
            text = f"{file.name} for VM {held['vm']} on {name}, which has no domain of it"
            broken.append(Broken("a disk is held for nobody", text))
    return broken


def _promises(world: World) -> list[Broken]:
    """squeezed keeps memory for domains, and for nobody else."""
    broken = []
    for name in HOSTS:
        path = world.folder / name / "reservations.db"
        if name in world.dead_hosts or not path.exists():
            continue
        db = sqlite3.connect(path)
        rows = db.execute("select id, kib, domid from reservations").fetchall()
        db.close()
        for id_, kib, domid in rows:
            if domid is None:
                broken.append(Broken("memory is kept for nobody", f"{kib} KiB on {name} for {id_}"))
        xen = world.xens[name].machine
        if xen.free_kib() < 0:
            broken.append(Broken("memory given twice", f"{name} has {xen.free_kib()} KiB free"))
    return broken
