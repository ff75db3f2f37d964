"""A call is one commit where it needs no host, and each way that it can go ends its task."""

from pathlib import Path
from typing import Any, cast

import pooldb
import pytest
from datamodel import XenAPIError
from datamodel.classes import VM
from datamodel.refs import as_ref
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.daemons.hosts import Hosts
from forwarder.doubts import keeping
from forwarder.locks import locking
from forwarder.locks.subjects import subject
from forwarder.worker import Worker
from pooldb import CannotWrite, Database, DatabaseError, leases, outcomes
from xenops.envelope import XENOPSD

from broker import Connection, Delivery
from tests.unit.forwarder.lanes import lanes_at_once

WIRE = "VM.update_allowed_operations"


class Pool:
    """A database with a VM, and one forwarder that works on it."""

    def __init__(self, folder: Path, function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.db: Database = pooldb.connect(f"sqlite:///{folder / 'pool.db'}")
        self.published: list[Any] = []
        self.replies: list[Any] = []
        self.asked_at: list[int] = []
        broker, hosts = cast(Connection, self), cast(Hosts, self)
        self.worker = Worker(self.db, broker, hosts, lanes_at_once(), "forwarder")
        monkeypatch.setitem(registry.FUNCTIONS, WIRE, function)
        with self.db.transaction() as tx:
            self.vm = tx.create("VM", {"name_label": "before"})
            self.task = tx.create("task", {"name_label": WIRE, "status": "pending"})
            self.call = {
                "method": WIRE,
                "params": [self.vm],
                "task": self.task,
                "operation": "1",
                "asynchronous": True,
            }
            leases.offer(tx, leases.TASKS, self.task, 10.0, self.call)

    def publish(self, exchange: str, key: str, message: Any) -> None:
        self.published.append(message.body["generation"])

    def ask(self, host: str, *_: Any, **__: Any) -> None:
        """The hosts' part: notes what everybody could see when it was asked."""
        self.asked_at.append(self.db.view.generation)

    def take(self) -> None:
        delivery = Delivery(
            WIRE, self.call, "1", {}, "", lambda: None, self.replies.append, lambda _: None
        )
        self.worker._take(delivery)

    @property
    def name(self) -> str:
        return str(self.db.view.get("VM", self.vm)["name_label"])

    @property
    def status(self) -> str:
        return str(self.db.view.get("task", self.task)["status"])


def rename(ctx: Context, vm: str, name: str) -> None:
    with ctx.transaction() as tx:
        tx.update("VM", vm, {"name_label": name})


def test_blocks_and_the_end_of_the_task_are_one_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def function(ctx: Context, vm: str) -> None:
        rename(ctx, vm, "half")
        assert ctx.view.get("VM", vm)["name_label"] == "half"
        rename(ctx, vm, "whole")

    pool = Pool(tmp_path, function, monkeypatch)
    before = pool.db.view.generation
    pool.take()
    assert (pool.name, pool.status) == ("whole", "success")
    assert pool.db.view.generation == before + 1
    assert pool.published == [before + 1]
    assert [reply["generation"] for reply in pool.replies] == [before + 1]
    assert pool.db.read_kv(leases.TASKS, pool.task) is None


def test_what_was_written_is_seen_by_all_before_a_host_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def function(ctx: Context, vm: str) -> None:
        rename(ctx, vm, "asked")
        ctx.ask(as_ref("host"), XENOPSD.VM.exists, id="x")
        rename(ctx, vm, "answered")

    pool = Pool(tmp_path, function, monkeypatch)
    before = pool.db.view.generation
    pool.take()
    assert pool.asked_at == [before + 1]
    assert (pool.name, pool.db.view.generation) == ("answered", before + 2)


def test_a_failure_undoes_its_block_and_ends_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def function(ctx: Context, vm: str) -> None:
        rename(ctx, vm, "kept")
        with ctx.transaction() as tx:
            tx.update("VM", vm, {"name_label": "lost"})
            raise XenAPIError("VM_IS_TEMPLATE", vm)

    pool = Pool(tmp_path, function, monkeypatch)
    pool.take()
    assert (pool.name, pool.status) == ("kept", "failure")


@pytest.mark.parametrize("hears", [False, True])
def test_work_of_an_earlier_run_is_in_doubt_unless_this_run_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hears: bool
) -> None:
    """A migration that was taken over and whose destination was away left its source in doubt."""

    def function(ctx: Context, vm: str) -> None:
        if hears:
            ctx.followed.add(subject(VM, as_ref(vm)))
        raise XenAPIError("HOST_OFFLINE", "host")

    pool = Pool(tmp_path, function, monkeypatch)
    with pool.db.transaction() as tx:
        host = tx.create("host", {})
        tx.kv_set(keeping.UNDER_WAY, pool.task, {pool.vm: [[host, "operation"]]})
    pool.take()
    with pool.db.transaction() as tx:
        assert bool(keeping.kept(tx)) == (not hears)


def test_a_call_that_another_runs_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(tmp_path, lambda ctx, vm: rename(ctx, vm, "twice"), monkeypatch)
    with pool.db.transaction() as tx:
        assert leases.acquire(tx, leases.TASKS, pool.task, "another", 10.0)
    pool.take()
    assert (pool.name, pool.status) == ("before", "pending")


def test_a_call_that_runs_here_is_not_run_again_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def function(ctx: Context, vm: str) -> None:
        runs.append(vm)
        if len(runs) == 1:
            pool.take()

    pool = Pool(tmp_path, function, monkeypatch)
    pool.take()
    assert len(runs) == 1


def test_a_call_that_has_ended_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(tmp_path, lambda ctx, vm: rename(ctx, vm, f"{pool.name} again"), monkeypatch)
    pool.take()
    pool.take()
    assert pool.name == "before again"


def test_a_full_disk_leaves_the_task_to_be_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(tmp_path, lambda ctx, vm: rename(ctx, vm, "lost"), monkeypatch)

    def full(transaction: Any) -> None:
        pool.db.undo()
        raise pooldb.CannotWrite(OSError("disk full"))  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(pool.db, "commit", full)
        pool.take()
    assert (pool.name, pool.status) == ("before", "pending")
    with pool.db.transaction() as tx:
        assert tx.kv_get(leases.TASKS, pool.task)["body"] == pool.call


@pytest.mark.parametrize("fails", [False, True])
def test_a_synchronous_call_leaves_its_outcome_in_place_of_its_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def function(ctx: Context, vm: str) -> dict[str, str]:
        if fails:
            raise XenAPIError("VM_IS_TEMPLATE", vm)
        return {"vm": vm}

    pool = Pool(tmp_path, function, monkeypatch)
    pool.call["asynchronous"] = False
    pool.take()
    assert pool.db.view.find("task", pool.task) is None
    left = pool.db.read_kv(outcomes.OUTCOMES, pool.task)
    assert left["result"] == (None if fails else {"vm": pool.vm})
    assert left["error"] == (["VM_IS_TEMPLATE", pool.vm] if fails else None)
    assert pool.replies[0]["outcome"] == left


UNMADE = {
    "destroyed": None,
    "said to have failed": {"status": "failure"},
    "said to be cancelled": {"status": "cancelled"},
    "said to be done": {"status": "success", "progress": 1.0},
}
"""What clients may do with the record of a task."""


@pytest.mark.parametrize("changes", UNMADE.values(), ids=UNMADE)
@pytest.mark.parametrize("asynchronous", [True, False])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_accepted_work_is_done_whatever_becomes_of_its_tasks_record(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any] | None,
    asynchronous: bool,
    when: str,
) -> None:
    locked: list[Any] = []

    def unmake() -> None:
        with pool.db.transaction() as tx:
            if changes is None:
                tx.delete("task", pool.task)
            else:
                tx.update("task", pool.task, changes)

    def function(ctx: Context, vm: str) -> None:
        ctx.lock("VM", vm, "start")
        with ctx.outside():
            if when == "meanwhile":
                unmake()
            pool.worker._take_over()
            locked.append(pool.db.view.get("VM", vm)["current_operations"])
        ctx.progress(0.5)
        rename(ctx, vm, "done")

    pool = Pool(tmp_path, function, monkeypatch)
    pool.call["asynchronous"] = asynchronous
    if when == "before":
        unmake()
    pool.take()
    assert pool.name == "done"
    assert locked == [{pool.task: "start"}]
    assert pool.db.view.get("VM", pool.vm)["current_operations"] == {}
    record = pool.db.view.find("task", pool.task)
    if changes is None or not asynchronous:
        assert record is None
    else:
        assert record is not None and record["status"] == "success"
    assert pool.db.read_kv(leases.TASKS, pool.task) is None
    assert (pool.db.read_kv(outcomes.OUTCOMES, pool.task) is None) == asynchronous


def test_work_whose_task_is_gone_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(tmp_path, lambda ctx, vm: rename(ctx, vm, "done"), monkeypatch)
    with pool.db.transaction() as tx:
        tx.delete("task", pool.task)
        leases.offer(tx, leases.TASKS, pool.task, 0.0, pool.call)
    pool.worker._take_over()
    assert pool.name == "done"


def test_operations_that_nobody_works_on_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a client says that their task goes on or not."""
    pool = Pool(tmp_path, lambda ctx, vm: None, monkeypatch)
    with pool.db.transaction() as tx:
        locking.begin(tx, pool.task, "VM", pool.vm, "start")
        leases.release(tx, leases.TASKS, pool.task)
    pool.worker._take_over()
    assert pool.db.view.get("VM", pool.vm)["current_operations"] == {}


def test_a_forwarder_that_cannot_hand_over_ends_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def function(ctx: Context, vm: str) -> None:
        with ctx.outside(), monkeypatch.context() as away:
            away.setattr(pool.db, "begin", fail)
            pool.worker.stop()

    def fail() -> None:
        raise CannotWrite(DatabaseError("away"))

    pool = Pool(tmp_path, function, monkeypatch)
    pool.take()
    assert pool.status == "success"


class Synchronous(Pool):
    """A synchronous call, which nobody has accepted."""

    def __init__(self, folder: Path, function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, function, monkeypatch)
        with self.db.transaction() as tx:
            tx.delete("task", self.task)
            leases.release(tx, leases.TASKS, self.task)
        numbered = {"gateway": "xapi", "number": 1, "waiting": [], "fetched": []}
        self.call |= {"asynchronous": False, "user": "root", "numbered": numbered}


def test_a_synchronous_call_is_one_commit_and_shows_no_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Synchronous(tmp_path, lambda ctx, vm: rename(ctx, vm, "done"), monkeypatch)
    before, deleted = pool.db.view.generation, len(pool.db.view.deletions)
    pool.take()
    assert (pool.name, pool.db.view.generation) == ("done", before + 1)
    assert len(pool.db.view.deletions) == deleted
    assert pool.replies[0]["outcome"] == pool.db.read_kv(outcomes.OUTCOMES, pool.task)


def test_a_synchronous_call_is_seen_as_soon_as_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def function(ctx: Context, vm: str) -> None:
        with ctx.outside():
            seen.append(pool.db.view.find("task", pool.task))
            seen.append(pool.db.read_kv(leases.TASKS, pool.task)["body"]["method"])

    pool = Synchronous(tmp_path, function, monkeypatch)
    pool.take()
    task, method = seen
    assert (task["name_label"], task["owner"], method) == (WIRE, "root", WIRE)
    assert pool.db.view.find("task", pool.task) is None


def test_a_synchronous_call_that_comes_again_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    pool = Synchronous(tmp_path, lambda ctx, vm: runs.append(vm), monkeypatch)
    pool.take()
    pool.take()
    assert len(runs) == 1
    assert [reply["outcome"] is None for reply in pool.replies] == [False, True]


def test_what_may_be_begun_is_computed_once_for_each_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    allowed = locking.TABLES["VM"].allowed

    def function(ctx: Context, vm: str) -> None:
        ctx.lock("VM", vm, "start")
        rename(ctx, vm, "done")

    pool = Synchronous(tmp_path, function, monkeypatch)

    def note(tx: Any, ref: Any, record: Any) -> list[str]:
        computed.append(ref)
        return allowed(tx, ref, record)

    monkeypatch.setattr(locking.TABLES["VM"], "allowed", note)
    pool.take()
    assert computed == [pool.vm]
    assert "start" in pool.db.view.get("VM", pool.vm)["allowed_operations"]
