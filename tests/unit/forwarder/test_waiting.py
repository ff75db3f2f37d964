"""Who waits holds no worker, is woken by what it waits for, and begins in its turn."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pooldb
import pytest
from datamodel import XenAPIError
from forwarder import messages
from forwarder.core import context, registry
from forwarder.core.context import Context
from forwarder.core.lanes import Lane, LaneName
from forwarder.daemons.hosts import Hosts
from forwarder.locks import locking, turns
from forwarder.locks.locking import Busy
from forwarder.worker import Worker
from pooldb import leases

from broker import Connection, Delivery
from tests.unit.forwarder.test_election import new_host, new_vm

LONG_S = 60.0
BOUND = 2
"""So many calls may have hosts at work; fewer than wait here."""


class Pool:
    """A database with VMs, and a forwarder of which one call works at a time."""

    def __init__(self, folder: Path, calls_max: int) -> None:
        assert messages.DRAWERS
        self.db = pooldb.connect(f"sqlite:///{folder / 'pool.db'}")
        self.threads = {
            LaneName.SHORT: ThreadPoolExecutor(1),
            LaneName.FORCE: ThreadPoolExecutor(1),
            LaneName.WORK: ThreadPoolExecutor(calls_max),
            LaneName.HOUSEKEEPING: ThreadPoolExecutor(1),
        }
        lanes = {name: Lane(threads, at_once=1) for name, threads in self.threads.items()}
        broker, hosts = cast(Connection, self), cast(Hosts, self)
        self.worker = Worker(self.db, broker, hosts, lanes, "forwarder")
        self.accepted = itertools.count(1)
        with self.db.transaction() as tx:
            self.vm, self.other = new_vm(tx), new_vm(tx)

    def publish(self, *_: Any) -> None:
        """The broker's part: nobody listens."""

    def offer(self, wire: str, *params: Any, has_record: bool = True) -> dict[str, Any]:
        """Accept an asynchronous call."""
        with self.db.transaction() as tx:
            number = next(self.accepted)
            task = f"task {number}"
            if has_record:
                tx.create("task", {"name_label": wire, "status": "pending"}, ref=task)
            call = {
                **{"method": wire, "params": [*params], "task": task, "operation": task},
                **{"asynchronous": True, "accepted": number},
            }
            leases.offer(tx, leases.TASKS, task, LONG_S, call)
        return call

    def take(self, call: dict[str, Any]) -> "Future[None]":
        """The end of a call, which has arrived at the forwarder."""
        ended: Future[None] = Future()
        end: Callable[[Any], None] = ended.set_result
        self.worker._take(
            Delivery("", call, "1", {}, "", lambda: None, lambda _: end(None), lambda _: None)
        )
        return ended

    def call(self, wire: str, *params: Any) -> "Future[None]":
        return self.take(self.offer(wire, *params))

    def hold(self, vm: str, operation: str = "start") -> None:
        """Another forwarder works on a VM."""
        with self.db.transaction() as tx:
            tx.create("task", {"status": "pending"}, ref=f"holder of {vm}")
            locking.begin(tx, f"holder of {vm}", "VM", vm, operation)

    def let_go(self, vm: str) -> None:
        with self.db.transaction() as tx:
            locking.end_all(tx, f"holder of {vm}")
            tx.delete("task", f"holder of {vm}")

    def begin(self, call: dict[str, Any], operation: str) -> None:
        with self.db.transaction() as tx:
            locking.begin(tx, call["task"], "VM", call["params"][0], operation)

    def end(self, call: dict[str, Any]) -> None:
        with self.db.transaction() as tx:
            locking.end_all(tx, call["task"])
            leases.release(tx, leases.TASKS, call["task"])
            if tx.find("task", call["task"]) is not None:
                tx.delete("task", call["task"])


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    # A wait that nothing ends would be seen by the test's own time-out alone.
    for name in ("LOOK_ANYWAY_S", "LOOK_AGAIN_S"):
        monkeypatch.setattr(context, name, LONG_S)
    pool = Pool(tmp_path, calls_max=BOUND)
    yield pool
    for threads in pool.threads.values():
        threads.shutdown()


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Calls of VM.clone note what they are called when they are begun, and do no more."""
    begun: list[str] = []

    def clone(ctx: Context, vm: str, name: str) -> str:
        ctx.lock("VM", vm, "clone")
        begun.append(name)
        return vm

    monkeypatch.setitem(registry.FUNCTIONS, "VM.clone", clone)
    return begun


def test_calls_that_wait_keep_nobody_from_working(pool: Pool, order: list[str]) -> None:
    pool.hold(pool.vm)
    waiting = [pool.call("VM.clone", pool.vm, str(number)) for number in range(20)]
    pool.call("VM.set_actions_after_crash", pool.other, "preserve").result(LONG_S)
    pool.call("VM.clone", pool.other, "other").result(LONG_S)
    assert pool.db.view.get("VM", pool.other)["actions_after_crash"] == "preserve"
    assert order == ["other"]
    pool.let_go(pool.vm)
    for future in waiting:
        future.result(LONG_S)


def test_calls_that_wait_without_a_thread_keep_no_more_than_themselves(
    pool: Pool, order: list[str]
) -> None:
    before = threading.active_count()
    pool.hold(pool.vm)
    waiting = [pool.call("VM.clone", pool.vm, str(number)) for number in range(50)]
    pool.call("VM.clone", pool.other, "other").result(LONG_S)
    assert threading.active_count() <= before + BOUND
    assert len(pool.worker._mine) == len(waiting), "their leases are kept"
    pool.let_go(pool.vm)
    for future in waiting:
        future.result(LONG_S)
    assert order == ["other", *map(str, range(50))]
    assert not pool.worker._mine
    assert not pool.db.watches._waiting


class TestBound:
    """As many calls have hosts at work as may, and one more comes."""

    @pytest.fixture
    def ends(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """When hosts end what clones ask of them."""
        ends, at_work = threading.Event(), threading.Semaphore(0)

        def clone(ctx: Context, vm: str, name: str) -> str:
            ctx.lock("VM", vm, "clone")
            with ctx.outside():
                at_work.release()
                assert ends.wait(LONG_S)
            return vm

        monkeypatch.setitem(registry.FUNCTIONS, "VM.clone", clone)
        for number in range(BOUND):
            with pool.db.transaction() as tx:
                vm = new_vm(tx)
            pool.call("VM.clone", vm, str(number))
        for _ in range(BOUND):
            assert at_work.acquire(timeout=LONG_S)
        yield ends
        ends.set()

    def test_it_is_begun_when_one_has_ended(self, pool: Pool, ends: threading.Event) -> None:
        call = pool.offer("VM.clone", pool.vm, "one more")
        future = pool.take(call)
        with pool.db.transaction() as tx:
            assert tx.kv_get(leases.TASKS, call["task"])["owner"] == leases.NOBODY
        ends.set()
        future.result(LONG_S)
        assert pool.db.view.get("task", call["task"])["status"] == "success"

    def test_another_forwarder_with_room_may_take_it(
        self, pool: Pool, ends: threading.Event
    ) -> None:
        call = pool.offer("VM.clone", pool.vm, "one more")
        future = pool.take(call)
        with pool.db.transaction() as tx:
            assert leases.take(tx, leases.TASKS, call["task"], "another", LONG_S, call)
        ends.set()
        future.result(LONG_S)
        assert pool.db.view.get("task", call["task"])["status"] == "pending"

    def test_what_ends_others_work_is_begun_all_the_same(
        self, pool: Pool, ends: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forced: list[str] = []

        def hard_shutdown(ctx: Context, vm: str) -> None:
            with ctx.outside():
                forced.append(vm)

        monkeypatch.setitem(registry.FUNCTIONS, "VM.hard_shutdown", hard_shutdown)
        pool.call("VM.hard_shutdown", pool.vm).result(LONG_S)
        assert forced == [pool.vm]

    def test_a_short_call_is_begun_all_the_same(self, pool: Pool, ends: threading.Event) -> None:
        pool.call("VM.clone", pool.vm, "one more")
        pool.call("VM.set_actions_after_crash", pool.other, "preserve").result(LONG_S)
        assert pool.db.view.get("VM", pool.other)["actions_after_crash"] == "preserve"


@pytest.mark.parametrize(
    ("wire", "lane"),
    [
        ("VM.set_order", LaneName.SHORT),
        ("pool.create_VLAN", LaneName.SHORT),
        ("no.message", LaneName.SHORT),
        ("VM.hard_reboot", LaneName.FORCE),
        ("host.declare_dead", LaneName.FORCE),
        ("VM.set_memory_limits", LaneName.WORK),
        ("host.assert_can_evacuate", LaneName.WORK),
        ("host.reboot", LaneName.WORK),
    ],
)
def test_a_message_goes_by_the_lane_of_its_function(pool: Pool, wire: str, lane: LaneName) -> None:
    assert registry.lane(wire) is lane


def test_calls_for_one_object_are_begun_in_the_order_of_their_acceptance(
    pool: Pool, order: list[str]
) -> None:
    pool.hold(pool.vm)
    calls = [pool.offer("VM.clone", pool.vm, str(number)) for number in range(12)]
    # However the broker and the threads shuffle them.
    waiting = [pool.take(calls[(5 * number) % 12]) for number in range(12)]
    pool.let_go(pool.vm)
    for future in waiting:
        future.result(LONG_S)
    assert order == [str(number) for number in range(12)]


def test_cancelling_wakes_who_waits(pool: Pool) -> None:
    pool.hold(pool.vm)
    call = pool.offer("VM.clone", pool.vm, "x")
    future = pool.take(call)
    with pool.db.transaction() as tx:
        tx.update("task", call["task"], {"status": "cancelling"})
    future.result(LONG_S)
    assert pool.db.view.get("task", call["task"])["status"] == "cancelled"


def is_cancelling(pool: Pool, task: str) -> bool:
    return bool(pool.db.view.get("task", task)["status"] == "cancelling")


def test_a_forced_call_remembers_that_the_vm_was_on_while_it_waits(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        metrics: Any = {"current_domain_type": "pvh"}
        tx.update("VM", pool.vm, {"metrics": tx.create("VM_metrics", metrics)})
        tx.update("VM", pool.vm, {"power_state": "Running"})
    pool.hold(pool.vm, "clean_shutdown")
    waiting = pool.call("VM.pause", pool.vm)
    call = pool.offer("VM.hard_shutdown", pool.vm)
    future = pool.take(call)
    holder = f"holder of {pool.vm}"
    while (since := pool.db.view.generation) and not is_cancelling(pool, holder):
        pool.db.watches.wait([holder], since, LONG_S)
    with pool.db.transaction() as tx:
        tx.update("VM", pool.vm, {"power_state": "Halted"})
        locking.end_all(tx, holder)
        tx.delete("task", holder)
    for ended in (future, waiting):
        ended.result(LONG_S)
    assert pool.db.view.get("task", call["task"])["status"] == "success"


def test_a_wait_has_an_end(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "LOCK_WAIT_S", 0.0)
    pool.hold(pool.vm)
    call = pool.offer("VM.clone", pool.vm, "x")
    pool.take(call).result(LONG_S)
    error = pool.db.view.get("task", call["task"])["error_info"]
    assert error[:4] == ["OTHER_OPERATION_IN_PROGRESS", "VM", pool.vm, "start"]


def test_a_host_that_falls_silent_wakes_who_waits_for_a_vm_adrift_on_it(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        host = new_host(tx)
        locking.begin(tx, "ended", "VM", pool.vm, "start")
        tx.kv_set(locking.ADRIFT, "ended", {pool.vm: [[host, "operation"]]})
    call = pool.offer("VM.clone", pool.vm, "x")
    future = pool.take(call)
    with pool.db.transaction() as tx:
        tx.update("host_metrics", tx.get("host", host)["metrics"], {"live": False})
    future.result(LONG_S)
    assert pool.db.view.get("task", call["task"])["error_info"] == ["HOST_OFFLINE", host]


class TestTurns:
    """Two calls for a VM are accepted, and a third one for another."""

    @pytest.fixture
    def calls(self, pool: Pool) -> list[dict[str, Any]]:
        vms = (pool.vm, pool.vm, pool.other)
        return [pool.offer("VM.snapshot", vm, "x", []) for vm in vms]

    def refused(self, act: Callable[[], None]) -> Busy:
        with pytest.raises(Busy) as caught:
            act()
        return caught.value

    def test_the_second_waits_for_the_first_alone(
        self, pool: Pool, calls: list[dict[str, Any]]
    ) -> None:
        first, second, third = calls
        busy = self.refused(lambda: pool.begin(second, "snapshot"))
        assert busy.watched == {first["task"]}
        pool.begin(third, "snapshot")
        before = pool.db.view.row("task", first["task"])
        pool.begin(first, "snapshot")
        after = pool.db.view.row("task", first["task"])
        assert before is not None and after is not None
        assert after.modified > before.modified, "the second is woken"
        pool.begin(second, "snapshot")

    def test_one_that_ends_without_having_begun_is_in_nobodys_way(
        self, pool: Pool, calls: list[dict[str, Any]]
    ) -> None:
        pool.end(calls[0])
        pool.begin(calls[1], "snapshot")

    def test_forced_operations_wait_for_nobodys_turn(
        self, pool: Pool, calls: list[dict[str, Any]]
    ) -> None:
        with pool.db.transaction() as tx:
            tx.update("VM", pool.vm, {"power_state": "Running"})
        force = pool.offer("VM.hard_shutdown", pool.vm)
        pool.begin(force, "hard_shutdown")

    @pytest.mark.parametrize("operation", ["hard_shutdown", "hard_reboot"])
    def test_forced_operations_come_before_all_that_merely_wait(
        self, pool: Pool, calls: list[dict[str, Any]], operation: str
    ) -> None:
        with pool.db.transaction() as tx:
            tx.update("VM", pool.vm, {"power_state": "Running"})
        force = pool.offer(f"VM.{operation}", pool.vm)
        for call in calls[:2]:
            busy = self.refused(lambda call=call: pool.begin(call, "snapshot"))  # type: ignore[misc]
            assert busy.watched == {force["task"]}
        pool.begin(calls[2], "snapshot")
        pool.begin(force, operation)
        pool.end(force)
        pool.begin(calls[0], "snapshot")

    def test_who_holds_an_object_already_waits_for_nobodys_turn_on_it(
        self, pool: Pool, calls: list[dict[str, Any]]
    ) -> None:
        pool.begin(calls[0], "clone")
        pool.offer("VM.hard_shutdown", pool.vm)
        pool.begin(calls[0], "copy")

    def test_a_call_of_an_earlier_version_has_no_turn(
        self, pool: Pool, calls: list[dict[str, Any]]
    ) -> None:
        with pool.db.transaction() as tx:
            locking.begin(tx, "unknown", "VM", pool.vm, "snapshot")

    def test_what_a_call_is_about_may_stand_deep_in_it(self) -> None:
        assert turns._is_about({"params": ["x", [{"VM": "vm"}]]}, "vm")
        assert not turns._is_about({"params": ["vm 2", 5, None, {"vm": "x"}]}, "vm")
        assert not turns._is_about({}, "vm")


def test_who_waits_has_no_slot(pool: Pool) -> None:
    at_work = threading.Semaphore(1)
    nobody: Any = None
    with pool.db.transaction() as tx:
        leases.acquire(tx, leases.TASKS, "task", "me", 60.0)
    ctx = Context(
        *(pool.db, "task", "task", "me", "test", lambda _: None), hosts=nobody, slots=at_work
    )
    at_work.acquire()
    with ctx.outside():
        assert at_work.acquire(blocking=False)
        at_work.release()
    assert not at_work.acquire(blocking=False)
    with pytest.raises(XenAPIError), ctx.outside():
        raise XenAPIError("HOST_OFFLINE")
    assert not at_work.acquire(blocking=False)
