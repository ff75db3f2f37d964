"""One cell of the matrix: an operation, where it was when, and who died then."""

import contextlib
import http.client
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import XenAPI
from service_table import SERVICES
from simulated_pool import layout as layouts
from simulated_pool import pool as pools
from simulated_pool.layout import Machine

from tests import postgresql
from tests.conftest import FORWARDERS, Pool, make_vm
from tests.crash_matrix import judge, service
from tests.crash_matrix.gate import Gate, Place
from tests.crash_matrix.operations import (
    OPERATIONS,
    Operation,
    Situation,
    Subject,
    bring,
    switch_off,
)
from tests.crash_matrix.points import POINTS
from tests.crash_matrix.victims import Victims

ENDED = ("success", "failure", "cancelled")
AWAY = (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError)
# A pool that is not quiet by then never will be.
QUIET_MAX_S = 120.0
LOOK_S = 0.05
MEMORY_MIB = 64
DONE, UNDONE, NOT_BEGUN, NOT_REACHED = "done", "undone", "not begun", "not reached"

T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    operation: str
    place: Place
    victim: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.victim} at “{self.place}” of {self.place.service}"


@dataclass(frozen=True)
class Outcome:
    """``end`` is how the operation ended; ``broken`` is what should not be so."""

    cell: Cell
    end: str
    broken: tuple[str, ...]
    seconds: float


class World:
    """A pool of two hosts whose services stop at their points, and a VM."""

    def __init__(self, pool: Pool, victims: Victims, gate: Gate) -> None:
        self.pool = pool
        self._victims = victims
        self._gate = gate
        self._free = {host.name: pool.xen(host).free_kib() for host in pool.layout.hosts}
        self._it = self._new()

    def _new(self) -> Subject:
        with self.pool.session() as api:
            vm = make_vm(api, memory_mib=MEMORY_MIB)
            record = api.VM.get_record(vm)
            hosts = {host.name: api.host.get_by_name_label(host.name)[0] for host in self.hosts}
            return Subject(vm, record["uuid"], record["VBDs"][0], record["VIFs"][0], hosts)

    @property
    def hosts(self) -> list[layouts.Host]:
        return self.pool.layout.hosts

    def places(self, operation: Operation) -> list[Place]:
        """All that the operation comes by when nobody dies, in its order."""
        self._bring(operation.begin)
        self._gate.arm(None)
        self._begin(operation)
        self._until_quiet()
        found = list(self._gate.places)
        self._off()
        return found

    def run(self, cell: Cell) -> Outcome:
        """Have the victim die there, and judge what is then."""
        began = time.monotonic()
        operation = OPERATIONS[cell.operation]
        self._bring(operation.begin)
        self._gate.arm(cell.place, lambda: self._victims.kill(self._name_of(cell.victim)))
        tasks = self._begin(operation)
        broken = self._until_quiet()
        end = self._end(operation, tasks, broken)
        if not self._gate.fired.is_set():
            end = f"{NOT_REACHED}, {end}"
        self._gate.arm(None)
        self._victims.await_database()
        broken += self._next(operation, cell)
        if broken:
            self._it = self._new()
        return Outcome(cell, end, tuple(broken), time.monotonic() - began)

    def _name_of(self, victim: str) -> str:
        return (self._gate.forwarder or "forwarder-1") if victim == "forwarder" else victim

    def _bring(self, wanted: Situation) -> None:
        with self.pool.session() as api:
            bring(api, self._it, wanted)

    def _off(self) -> None:
        with self.pool.session() as api:
            switch_off(api, self._it)

    # --- what is done ------------------------------------------------------------------------

    def _begin(self, operation: Operation) -> list[str]:
        """Call, and the tasks of it; none if it was never accepted."""
        name = f"Async.{operation.wire}"
        before = self._ask(lambda api: set(_tasks(api, name)))
        with contextlib.suppress(*AWAY, XenAPI.Failure), self.pool.session() as api:
            return [operation.call(api, self._it)]
        self._victims.await_database()
        return self._ask(lambda api: [ref for ref in _tasks(api, name) if ref not in before])

    def _ask(self, question: Callable[[Any], T]) -> T:
        """Ask until there is somebody to answer."""
        deadline = time.monotonic() + QUIET_MAX_S
        while True:
            try:
                with self.pool.session() as api:
                    return question(api)
            except (*AWAY, XenAPI.Failure):
                if time.monotonic() > deadline:
                    raise
                time.sleep(LOOK_S)

    # --- what is seen ------------------------------------------------------------------------

    def _until_quiet(self) -> list[str]:
        """Wait until nothing is going on any more; what is then not as it should be."""
        return self._until_none(
            lambda api: [
                *(f"a task is {status}" for status in _open(api)),
                *judge.busy(api, self._it),
                *judge.untrue(self.pool, api, self._it),
                *judge.strays(self.pool, api),
            ]
        )

    def _until_none(self, look: Callable[[Any], list[str]]) -> list[str]:
        deadline = time.monotonic() + QUIET_MAX_S
        while (found := self._ask(look)) and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        return found

    def _end(self, operation: Operation, tasks: list[str], broken: list[str]) -> str:
        """How it ended, for the client; what contradicts the VM is broken."""
        now = self._ask(lambda api: judge.situation(api, self._it))
        if now not in (operation.begin, operation.end):
            broken.append(f"the VM is {now}")
        if not tasks:
            if now != operation.begin:
                broken.append(f"nobody was told of it, but the VM is {now}")
            return NOT_BEGUN
        record = self._ask(lambda api: api.task.get_record(tasks[0]))
        if record["status"] == "success":
            if now != operation.end:
                broken.append(f"its client was told success, but the VM is {now}")
            return DONE
        error = record["error_info"]
        if not error or error[0] == "INTERNAL_ERROR":
            broken.append(f"its client was told {' '.join(error)}")
        elif now != operation.begin:
            broken.append(f"its client was told {error[0]}, but the VM is {now}")
        code = error[0] if error else record["status"]
        return f"{code}, {UNDONE if now == operation.begin else DONE}"

    def _next(self, operation: Operation, cell: Cell) -> list[str]:
        """Whether a plain call and the next operation work, and what is left when all is off."""
        try:
            with self.pool.session() as api:
                api.VM.set_name_description(self._it.vm, f"{cell.operation} {cell.place}")
                at_begin = judge.situation(api, self._it) == operation.begin
                if at_begin and operation.begin.power_state == "Halted":
                    bring(api, self._it, operation.end)
                switch_off(api, self._it)
        except (*AWAY, XenAPI.Failure) as failure:
            found = [f"the next operation failed: {failure}"]
            with contextlib.suppress(*AWAY, XenAPI.Failure):
                self._off()
            return found
        return self._until_none(
            lambda api: [
                *judge.busy(api, self._it),
                *judge.untrue(self.pool, api, self._it),
                *judge.leaks(self.pool, self._free, self._it),
            ]
        )


def _tasks(api: Any, name: str) -> list[str]:
    records = api.task.get_all_records()
    return [ref for ref, record in records.items() if record["name_label"] == name]


def _open(api: Any) -> list[str]:
    return [
        f"{record['name_label']} {record['status']}"
        for record in api.task.get_all_records().values()
        if record["status"] not in ENDED
    ]


@contextlib.contextmanager
def world(folder: Path) -> Iterator[World]:
    """A world of its own, gone at the end."""
    machine = Machine(through=(sys.executable, "-m", service.__name__))
    services = tuple(row for row in SERVICES if row.name in POINTS)
    with postgresql.running() as server:
        layout = layouts.load(
            folder,
            hosts=2,
            forwarders=FORWARDERS,
            port_base=None,
            database=server.new_database(),
            machines=[machine],
            services=services,
        )
        gate = Gate(layout.path(service.GATE))
        try:
            pools.up(layout, lambda text: None)
            pool = Pool(layout)
            yield World(pool, Victims(pool, server), gate)
        finally:
            gate.close()
            pools.down(folder)
