"""A host that falls silent in the middle of work: its VM is held until somebody knows the end."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

import pooldb
import pytest
from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from forwarder import messages
from forwarder.core.context import Work
from forwarder.daemons.hosts import Hosts
from forwarder.locks import locking
from forwarder.place import register
from forwarder.updates.reports import Reports
from forwarder.worker import Worker
from pooldb import leases
from rules.lifecycle.host import is_live
from xenops.codec import encode
from xenops.envelope import XENOPSD, call_of
from xenops.errors import XenopsError, internal_error
from xenops.extensions import MigrationEndpoint, MigrationMemory
from xenops.types import PowerState, Task, TaskCompletion, TaskState, VmState

from broker import Connection, Delivery
from tests.unit.forwarder.lanes import lanes_at_once
from tests.unit.forwarder.test_election import new_host, new_vm
from tests.unit.forwarder.test_reports import RUNNING, Heartbeat

PENDING = TaskState("Pending", 0.5)
DONE = TaskState("Completed", TaskCompletion(duration=1.0))
OFFERED = MigrationMemory(pages_kib=1, target_kib=1)
ENDPOINT = MigrationEndpoint(host="there", port=1, token="t", fingerprint="f")
# A call that nobody answers by then never ends.
REPLY_MAX_S = 30.0


class Silence:
    """Two hosts of which ``silent`` ones answer nothing; ``does`` is what they make of work."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.task = DONE
        self.states: dict[str, PowerState] = {}
        self.does: Callable[[str, Work], None] = lambda host, work: None
        self.wires: list[str] = []
        self.dropped: list[str] = []
        self.let_go: list[dict[str, Any]] = []
        self.unwanted: list[tuple[str, str, str, int]] = []
        self.seen: list[tuple[str, int]] = []
        self._version = 0

    def answering(self, hosts: Iterable[str], timeout_s: float) -> dict[str, bool]:
        return {host: host not in self.silent for host in hosts}

    def drop_work(self, host: str) -> None:
        self.dropped.append(host)

    def run(self, context: Any, host: str, work: Work) -> dict[str, str]:
        self.does(host, work)
        self._answer(host)
        return {}

    def ask(
        self,
        host: str,
        function: Callable[..., Any],
        operation: str,
        debug: str,
        timeout_s: float = 0.0,
        *args: Any,
        **named: Any,
    ) -> Any:
        call = call_of(function)
        wire, params = call.wire, call.bind(*args, **named)
        self._answer(host)
        self.wires.append(wire)
        match wire:
            case "UNWANTED.pause" | "UNWANTED.destroy":
                what = wire.removeprefix("UNWANTED.")
                self.unwanted.append((what, host, params["id"], params["place"].epoch))
            case "PLACE.see":
                self.seen.append((host, params["place"].epoch))
            case "DISK.let_go":
                self.let_go.append({"by": host, **params})
            case "Task.stat":
                return _task(self.task)
            case "STATE.vm":
                return self._state(host, params["id"])
            case "MIGRATION.offer":
                return OFFERED
            case "MIGRATION.prepare":
                return ENDPOINT
        return None

    def _answer(self, host: str) -> None:
        if host in self.silent:
            raise XenAPIError("HOST_OFFLINE", host)

    def _state(self, host: str, vm: str) -> dict[str, Any]:
        self._version += 1
        found = self.states.get(host)
        state = None if found is None else encode(VmState, replace(RUNNING, power_state=found))
        return {"kind": "vm", "id": vm, "version": self._version, "state": state}


def _task(state: TaskState) -> Task:
    return Task(
        id="",
        dbg="",
        ctime=0.0,
        state=state,
        subtasks={},
        debug_info={},
        backtrace="",
        cancellable=True,
    )


class Pool:
    """A database with two hosts and a VM with a disk, and one forwarder that works on it."""

    def __init__(self, folder: Path) -> None:
        self.db = pooldb.connect(f"sqlite:///{folder / 'pool.db'}")
        self.hosts = Silence()
        broker, hosts = cast(Connection, self), cast(Hosts, self.hosts)
        assert messages.DRAWERS  # which declare their functions
        self.worker = Worker(self.db, broker, hosts, lanes_at_once(), "forwarder")
        with self.db.transaction() as tx:
            self.here, self.there = (new_host(tx, memory_mib=4096) for _ in range(2))
            tx.create("pool", {"master": self.there})
            self.vm = new_vm(tx)
            self.disk = tx.create(
                "VBD", {"VM": self.vm, "type": "Disk", "empty": True, "userdevice": "0"}
            )

    def publish(self, *_: Any) -> None:
        """The broker's part: nobody listens."""

    def change(self, **changes: Any) -> None:
        with self.db.transaction() as tx:
            tx.update("VM", self.vm, changes)

    def call(self, wire: str, *params: Any) -> list[str] | None:
        """The error that a synchronous call ends with."""
        error: list[str] | None = self.take(self.offer(wire, *params))["error"]
        return error

    def offer(self, wire: str, *params: Any) -> dict[str, Any]:
        with self.db.transaction() as tx:
            task = tx.create("task", {"name_label": wire, "status": "pending"})
            call = {
                **{"method": wire, "params": [*params], "task": task, "operation": task},
                "asynchronous": False,
            }
            leases.offer(tx, leases.TASKS, task, 10.0, call)
        return call

    def take(self, call: dict[str, Any]) -> Any:
        """A call's outcome, None while it has none; one that has to wait is waited for."""
        replies: SimpleQueue[Any] = SimpleQueue()
        self.worker._take(
            Delivery("", call, "1", {}, "", lambda: None, replies.put, lambda _: None)
        )
        return replies.get(timeout=REPLY_MAX_S)["outcome"]

    def start_on(self, host: str) -> list[str] | None:
        return self.call("VM.start_on", self.vm, host, False, False)

    def migrate(self) -> list[str] | None:
        return self.call("VM.pool_migrate", self.vm, self.there, {"force": "true"})

    def fall_silent(self, *hosts: str) -> None:
        """So that the pool knows of it, too."""
        self._set_live(hosts, is_live=False)
        self.hosts.silent |= set(hosts)

    def come_back(self, *hosts: str) -> None:
        self._set_live(hosts, is_live=True)
        self.hosts.silent -= set(hosts)
        self.worker._settle()

    def _set_live(self, hosts: tuple[str, ...], *, is_live: bool) -> None:
        with self.db.transaction() as tx:
            for host in hosts:
                tx.update("host_metrics", tx.get("host", host)["metrics"], {"live": is_live})

    def __getitem__(self, field: str) -> Any:
        return self.db.view.get("VM", self.vm)[field]

    @property
    def is_held(self) -> bool:
        disk = self.db.view.get("VBD", self.disk)
        return bool(self["current_operations"] or disk["current_operations"])


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path)


@pytest.fixture
def adrift(pool: Pool) -> Pool:
    """The VM was to start here, and the host fell silent meanwhile."""
    pool.hosts.does = lambda host, work: pool.fall_silent(host)
    assert pool.start_on(pool.here) == ["HOST_OFFLINE", pool.here]
    pool.hosts.does = lambda host, work: None
    return pool


def test_a_vm_adrift_is_started_nowhere_and_keeps_its_disks(adrift: Pool) -> None:
    assert adrift["scheduled_to_be_resident_on"] == adrift.here
    assert adrift.start_on(adrift.there) == ["HOST_OFFLINE", adrift.here]
    assert "attach" in adrift.db.view.get("VBD", adrift.disk)["current_operations"].values()
    adrift.worker._take_over()
    adrift.worker._settle()
    assert adrift.is_held


def test_the_host_tells_of_it_once_it_can_be_asked(adrift: Pool) -> None:
    adrift.hosts.states[adrift.here] = PowerState.Running
    adrift.come_back(adrift.here)
    assert not adrift.is_held
    assert (adrift["power_state"], adrift["resident_on"]) == ("Running", adrift.here)
    assert adrift["scheduled_to_be_resident_on"] == NULL_REF


def test_what_is_still_being_done_is_asked_to_stop_and_waited_for(adrift: Pool) -> None:
    adrift.hosts.task = PENDING
    adrift.come_back(adrift.here)
    assert adrift.is_held
    assert "Task.cancel" in adrift.hosts.wires
    adrift.hosts.task = DONE
    adrift.worker._settle()
    assert not adrift.is_held
    assert adrift.start_on(adrift.there) is None


def test_the_word_of_the_host_that_it_failed_leaves_nobody_in_doubt(pool: Pool) -> None:
    def fail(host: str, work: Work) -> None:
        raise internal_error("no")

    pool.hosts.does = fail
    error = pool.start_on(pool.here)
    assert error is not None
    assert error[0] == "INTERNAL_ERROR"
    assert not pool.is_held


@pytest.mark.parametrize("error", [XenAPIError("CANNOT_CONTACT_HOST", "x"), OSError("a bug")])
def test_whatever_else_keeps_the_end_from_being_known_holds_the_vm(
    pool: Pool, error: Exception
) -> None:
    def fail(host: str, work: Work) -> None:
        raise error

    pool.hosts.does = fail
    assert pool.start_on(pool.here) is not None
    assert pool.is_held


def test_a_host_that_falls_silent_before_it_says_how_the_vm_is_holds_it(pool: Pool) -> None:
    def ask(*_: Any, **__: Any) -> Any:
        raise XenAPIError("HOST_OFFLINE", pool.here)

    pool.hosts.ask = ask  # type: ignore[method-assign]
    assert pool.start_on(pool.here) == ["HOST_OFFLINE", pool.here]
    assert pool.is_held


@pytest.mark.parametrize("word", ["VM.power_state_reset", "host.declare_dead", "host.destroy"])
def test_the_administrators_word_ends_the_waiting(adrift: Pool, word: str) -> None:
    given = adrift.vm if word == "VM.power_state_reset" else adrift.here
    assert adrift.call(word, given) is None
    assert not adrift.is_held
    assert adrift["power_state"] == "Halted"
    assert adrift.start_on(adrift.there) is None


def test_of_a_dead_host_nothing_is_begun_any_more_and_it_holds_no_disks(adrift: Pool) -> None:
    uuid = adrift.db.view.get("host", adrift.here)["uuid"]
    assert adrift.call("host.declare_dead", adrift.here) is None
    assert adrift.hosts.dropped == [adrift.here]
    assert adrift.hosts.let_go == [{"by": adrift.there, "holder": uuid, "vm": None}]


def test_of_a_vm_that_is_off_by_the_administrators_word_a_silent_host_holds_no_disks(
    adrift: Pool,
) -> None:
    uuid = adrift.db.view.get("host", adrift.here)["uuid"]
    assert adrift.call("VM.power_state_reset", adrift.vm) is None
    assert adrift.hosts.let_go == [{"by": adrift.there, "holder": uuid, "vm": adrift["uuid"]}]


def test_a_host_is_not_dead_while_nobody_can_take_its_disks_from_it(adrift: Pool) -> None:
    adrift.fall_silent(adrift.there)
    assert adrift.call("host.declare_dead", adrift.here) == ["NO_HOSTS_AVAILABLE"]
    assert adrift.is_held
    assert adrift.call("VM.power_state_reset", adrift.vm) is None
    assert not adrift.is_held


def test_who_waits_for_a_host_that_is_declared_dead_meanwhile_holds_nothing(pool: Pool) -> None:
    def die(host: str, work: Work) -> None:
        pool.fall_silent(host)
        assert pool.call("host.declare_dead", host) is None

    pool.hosts.does = die
    assert pool.start_on(pool.here) == ["HOST_OFFLINE", pool.here]
    assert not pool.is_held
    pool.hosts.does = lambda host, work: None
    assert pool.start_on(pool.there) is None


def test_a_source_in_doubt_hears_that_its_destination_is_dead(pool: Pool) -> None:
    """Its migration hangs until then, as it asks the destination whether the guest has left."""
    pool.hosts.states[pool.there] = PowerState.Running
    assert pool.start_on(pool.there) is None

    seen: list[list[tuple[str, int]]] = []

    def hang(host: str, work: Work) -> None:
        pool.worker._settle()
        seen.append([*pool.hosts.seen])
        pool.fall_silent(pool.here)
        pool.call("host.declare_dead", pool.here)
        pool.worker._settle()
        seen.append([*pool.hosts.seen])
        raise XenopsError("Cancelled", work.operation)

    pool.hosts.does = hang
    forced = {"force": "true"}
    assert pool.call("VM.pool_migrate", pool.vm, pool.here, forced) is not None
    with pool.db.transaction() as tx:
        epoch = register.of(tx, pool.vm).epoch
    assert seen == [[], [(pool.there, epoch)]]
    assert not pool.is_held


def test_a_host_that_is_heard_again_after_all_is_waited_for_as_before(pool: Pool) -> None:
    pool.fall_silent(pool.here)
    assert pool.call("host.declare_dead", pool.here) is None
    Reports(pool.db).take(pool.here, Heartbeat(memory_total_kib=2**22))  # type: ignore[arg-type]
    pool.hosts.silent.clear()
    with pool.db.transaction() as tx:
        tx.update("host", pool.here, {"enabled": True})
    pool.hosts.does = lambda host, work: pool.fall_silent(host)
    assert pool.start_on(pool.here) == ["HOST_OFFLINE", pool.here]
    assert pool.is_held


def test_what_is_told_of_one_vm_does_not_keep_the_others_waiting(adrift: Pool) -> None:
    with adrift.db.transaction() as tx:
        (found,) = tx.kv_items(locking.ADRIFT).items()
        tx.kv_delete(locking.ADRIFT, found[0])
        tx.kv_set(locking.ADRIFT, "a task before", {"none": [[adrift.here, "1"]]})
        tx.kv_set(locking.ADRIFT, *found)
    ask = adrift.hosts.ask

    def odd(host: str, call: Callable[..., Any], *said: Any, **params: Any) -> Any:
        if call is XENOPSD.STATE.vm and params["id"] == "":
            return {"kind": "vm"}
        return ask(host, call, *said, **params)

    adrift.hosts.ask = odd  # type: ignore[method-assign]
    adrift.come_back(adrift.here)
    assert not adrift.is_held


def test_the_other_vms_of_a_task_are_let_go(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        other = new_vm(tx)
        for vm in (pool.vm, other):
            locking.begin(tx, "task", "VM", vm, "start")
        tx.kv_set(locking.ADRIFT, "task", {pool.vm: [[pool.here, "1"]]})
        locking.end_all(tx, "task")
    assert pool.db.view.get("VM", other)["current_operations"] == {}
    assert pool.is_held


class TestMigration:
    """A VM runs here and is to go there."""

    @pytest.fixture
    def moving(self, pool: Pool) -> Pool:
        pool.change(power_state="Running", resident_on=pool.here)
        pool.hosts.states[pool.here] = PowerState.Running
        return pool

    def test_the_receivers_word_ends_the_doubt(self, moving: Pool) -> None:
        moving.hosts.does = lambda host, work: moving.fall_silent(moving.here)
        assert moving.migrate() == ["HOST_OFFLINE", moving.here]
        assert not moving.is_held
        assert moving["resident_on"] == moving.here

    def test_a_vm_that_the_receiver_has_has_moved(self, moving: Pool) -> None:
        moving.hosts.does = lambda host, work: moving.fall_silent(moving.here)
        moving.hosts.states[moving.there] = PowerState.Running
        assert moving.migrate() is None
        assert moving["resident_on"] == moving.there

    @pytest.fixture
    def lost(self, moving: Pool) -> Pool:
        """Both sides fell silent, when the VM had gone over."""
        moving.hosts.does = lambda host, work: moving.fall_silent(moving.here, moving.there)
        assert moving.migrate() == ["HOST_OFFLINE", moving.here]
        moving.hosts.states = {moving.there: PowerState.Running}
        return moving

    def test_both_sides_have_to_tell(self, lost: Pool) -> None:
        lost.come_back(lost.here)
        assert lost.is_held
        lost.come_back(lost.there)
        assert not lost.is_held
        assert (lost["power_state"], lost["resident_on"]) == ("Running", lost.there)

    def test_a_dead_sender_is_not_waited_for_but_the_receiver_is(self, lost: Pool) -> None:
        with lost.db.transaction() as tx:
            new_host(tx)
        assert lost.call("host.declare_dead", lost.here) is None
        assert lost.is_held
        assert lost["power_state"] == "Running"
        lost.come_back(lost.there)
        assert lost["resident_on"] == lost.there

    def test_a_sender_hears_that_a_dead_receiver_had_the_vm_last(self, lost: Pool) -> None:
        """It waits for the receiver's word, its guest standing still, and would do so for ever."""
        lost.come_back(lost.here)
        assert lost.is_held
        with lost.db.transaction() as tx:
            tx.update("pool", next(iter(tx.all("pool"))), {"master": lost.here})
        assert lost.call("host.declare_dead", lost.there) is None
        lost.hosts.states = {lost.here: PowerState.Halted}
        lost.worker._settle()
        assert lost.hosts.seen[-1] == (lost.here, 2)
        assert not lost.is_held
        assert lost["power_state"] == "Halted"

    def test_a_version_that_knows_no_epochs_is_asked_all_the_same(self, lost: Pool) -> None:
        ask = lost.hosts.ask

        def older(host: str, call: Callable[..., Any], *said: Any, **params: Any) -> Any:
            if call is XENOPSD.PLACE.see:
                raise XenopsError("Unimplemented", "PLACE.see")
            return ask(host, call, *said, **params)

        lost.hosts.ask = older  # type: ignore[method-assign]
        lost.come_back(lost.here, lost.there)
        assert not lost.is_held

    def test_a_vm_that_left_a_dead_host_for_one_that_has_it_not_is_off(self, lost: Pool) -> None:
        with lost.db.transaction() as tx:
            new_host(tx)
        lost.hosts.states = {}
        assert lost.call("host.declare_dead", lost.here) is None
        lost.come_back(lost.there)
        assert not lost.is_held
        assert (lost["power_state"], lost["resident_on"]) == ("Halted", NULL_REF)


class TestSuspension:
    """An image is dropped only where it is known that it is none."""

    @pytest.fixture
    def running(self, pool: Pool) -> Pool:
        with pool.db.transaction() as tx:
            image = tx.create("VDI", {"type": "suspend", "SR": tx.create("SR", {"type": "dummy"})})
        pool.change(power_state="Running", resident_on=pool.here, suspend_VDI=image)
        metrics: Any = {"current_domain_type": "pvh"}
        with pool.db.transaction() as tx:
            tx.update("VM", pool.vm, {"metrics": tx.create("VM_metrics", metrics)})
        pool.hosts.states[pool.here] = PowerState.Suspended
        return pool

    def suspend(self, pool: Pool) -> list[str] | None:
        return pool.call("VM.suspend", pool.vm)

    def has_image(self, pool: Pool) -> bool:
        return pool.db.view.find("VDI", pool["suspend_VDI"]) is not None

    def test_a_host_that_falls_silent_may_have_written_it(self, running: Pool) -> None:
        running.hosts.does = lambda host, work: running.fall_silent(host)
        assert self.suspend(running) == ["HOST_OFFLINE", running.here]
        assert self.has_image(running)
        running.come_back(running.here)
        assert running["power_state"] == "Suspended"
        assert self.has_image(running)

    def test_a_vm_that_is_suspended_although_something_failed_keeps_it(self, running: Pool) -> None:
        def fail(host: str, work: Work) -> None:
            raise XenopsError("Cancelled", work.operation)

        running.hosts.does = fail
        assert self.suspend(running) is not None
        assert running["power_state"] == "Suspended"
        assert self.has_image(running)

    def test_the_forwarder_that_takes_over_finds_it_whole(self, running: Pool) -> None:
        def die(host: str, work: Work) -> None:
            raise leases.LeaseLost(work.operation)

        running.hosts.does = die
        call = running.offer("VM.suspend", running.vm)
        assert running.take(call) is None
        running.change(power_state="Suspended", resident_on=NULL_REF)
        assert running.take(call)["error"] is None
        assert self.has_image(running)
        assert "PLACE.leave" in running.hosts.wires

    def test_a_guest_that_goes_on_needs_none(self, running: Pool) -> None:
        def fail(host: str, work: Work) -> None:
            raise XenopsError("Cancelled", work.operation)

        running.hosts.does = fail
        running.hosts.states[running.here] = PowerState.Running
        assert self.suspend(running) is not None
        assert not self.has_image(running)


@pytest.mark.parametrize("wire", ["VM.start", "VM.start_on"])
def test_a_host_that_came_back_unnoticed_is_asked_before_a_start_is_refused(
    pool: Pool, wire: str
) -> None:
    hosts = [pool.here] if wire == "VM.start_on" else []
    pool.fall_silent(pool.here, pool.there)
    assert pool.call(wire, pool.vm, *hosts, False, False) == ["HOST_NOT_LIVE"]
    pool.hosts.silent = {pool.there}
    assert pool.call(wire, pool.vm, *hosts, False, False) is None
    assert is_live(pool.db.view, pool.here)
    assert not is_live(pool.db.view, pool.there)


def test_a_host_that_came_back_just_now_is_asked_before_its_vm_is_refused(pool: Pool) -> None:
    pool.hosts.states = {pool.here: PowerState.Running}
    assert pool.start_on(pool.here) is None
    pool.fall_silent(pool.here)
    assert pool.call("VM.pause", pool.vm) == ["HOST_OFFLINE", pool.here]
    pool.hosts.silent.clear()
    assert pool.call("VM.pause", pool.vm) is None
    assert is_live(pool.db.view, pool.here)
