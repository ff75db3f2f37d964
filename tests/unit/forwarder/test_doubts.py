"""An object of any class is in doubt as a VM is: here an SR, for which a toy daemon works."""

from pathlib import Path
from typing import Any, cast

import pooldb
import pytest
from datamodel import XenAPIError
from datamodel.classes import SR, VM, HostRef, SRRef
from datamodel.refs import as_ref
from forwarder import messages
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.daemons.hosts import Ask, Hosts
from forwarder.doubts import keeping, rows
from forwarder.doubts.rows import Row
from forwarder.locks import locking
from forwarder.locks.subjects import of_key, subject
from forwarder.worker import Worker
from pooldb import Database, Transaction, leases
from xenops.envelope import Interface, call_of
from xenops.errors import XenopsError
from xenops.idl import Method, TaskId, methods
from xenops.types import Task

from broker import Connection, Delivery
from tests.unit.forwarder.lanes import lanes_at_once
from tests.unit.forwarder.test_adrift import DONE, PENDING, _task
from tests.unit.forwarder.test_election import new_host, new_vm

KEEPER: dict[str, Method] = {}


@methods("SR", into=KEEPER)
class _SR:
    def scan(debug_info: str, id: str) -> TaskId: ...  # noqa: N805
    def size(debug_info: str, id: str) -> int: ...  # noqa: N805


@methods("Task", into=KEEPER)
class _Task:
    def cancel(debug_info: str, id: str) -> None: ...  # noqa: N805
    def stat(debug_info: str, id: str) -> Task: ...  # noqa: N805


class Keeper(Interface):
    SR = _SR
    Task = _Task


TOY = Keeper("org.xen.xapi.keeper", KEEPER, XenopsError, unknown="Unimplemented")


class SRs(Row):
    def ask(self, db: Database, ask: Ask, ref: SRRef, host: HostRef, operation: str) -> int:
        uuid = db.view.get(SR, ref).uuid
        return ask(host, TOY.SR.size, f"{operation}/settle", "settle", id=uuid)

    def apply(self, tx: Transaction, ref: SRRef, host: HostRef, said: int) -> None:
        tx.edit(SR, ref).physical_size = said


class Pool:
    """A pool with an SR, whose scan asks the toy on a host."""

    def __init__(self, folder: Path) -> None:
        assert messages.DRAWERS
        self.db = pooldb.connect(f"sqlite:///{folder / 'pool.db'}")
        broker, hosts = cast(Connection, self), cast(Hosts, self)
        self.worker = Worker(self.db, broker, hosts, lanes_at_once(), "forwarder")
        self.is_silent = False
        self.task = DONE
        self.asked: list[str] = []
        with self.db.transaction() as tx:
            self.host: HostRef = as_ref(new_host(tx))
            self.sr: SRRef = as_ref(tx.create("SR", {"type": "dummy", "uuid": "uuid of SR"}))
            self.vm = new_vm(tx)

    def publish(self, *_: Any) -> None:
        """The broker's part: nobody listens."""

    def run(self, context: Any, host: HostRef, work: Any) -> dict[str, str]:
        assert work.call.interface is TOY
        assert work.place is None, "an SR has no place"
        if self.is_silent:
            raise XenAPIError("HOST_OFFLINE", host)
        return {}

    def ask(self, host: HostRef, call: Any, *_: Any, **params: Any) -> Any:
        declared = call_of(call)
        assert declared.interface is TOY
        self.asked.append(declared.wire)
        if self.is_silent:
            raise XenAPIError("HOST_OFFLINE", host)
        return {"Task.stat": _task(self.task), "SR.size": 17}.get(declared.wire)

    def scan(self) -> list[str] | None:
        replies: list[Any] = []
        with self.db.transaction() as tx:
            task = tx.create("task", {"name_label": "SR.scan", "status": "pending"})
            call = {
                **{"method": "SR.scan", "params": [self.sr], "task": task, "operation": task},
                "asynchronous": False,
            }
            leases.offer(tx, leases.TASKS, task, 10.0, call)
        self.worker._take(
            Delivery("", call, "1", {}, "", lambda: None, replies.append, lambda _: None)
        )
        error: list[str] | None = replies[0]["outcome"]["error"]
        return error

    @property
    def is_held(self) -> bool:
        return bool(self.db.view.get(SR, self.sr).current_operations)


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    pool = Pool(tmp_path)

    def scan(ctx: Context, sr: SRRef) -> None:
        ctx.lock(SR, sr, "scan")
        ctx.run(pool.host, SR, sr, TOY.SR.scan, ctx.view.get(SR, sr).uuid)

    monkeypatch.setitem(rows.ROWS, "SR", SRs(TOY.Task.stat, TOY.Task.cancel))
    monkeypatch.setitem(registry.FUNCTIONS, "SR.scan", scan)
    return pool


@pytest.fixture
def adrift(pool: Pool) -> Pool:
    pool.is_silent = True
    assert pool.scan() == ["HOST_OFFLINE", pool.host]
    return pool


def test_work_that_is_told_of_leaves_no_doubt(pool: Pool) -> None:
    assert pool.scan() is None
    assert not pool.is_held


def test_an_sr_adrift_keeps_its_lock_until_its_host_has_told(adrift: Pool) -> None:
    adrift.worker._settle()
    assert adrift.is_held
    adrift.is_silent, adrift.task = False, PENDING
    adrift.worker._settle()
    assert "Task.cancel" in adrift.asked
    assert adrift.is_held
    adrift.task = DONE
    adrift.worker._settle()
    assert not adrift.is_held
    assert adrift.db.view.get(SR, adrift.sr).physical_size == 17
    with adrift.db.transaction() as tx:
        assert not keeping.kept(tx)


@pytest.mark.parametrize("dies", ["host", "forwarder"])
def test_who_dies_ends_the_doubt_or_leaves_it(pool: Pool, dies: str) -> None:
    with pool.db.transaction() as tx:
        of = subject(SR, pool.sr)
        locking.begin(tx, as_ref("task"), "SR", pool.sr, "scan")
        keeping.begin(tx, as_ref("task"), of, pool.host, "operation", TOY.SR.scan)
        keeping.note(tx, as_ref("task"), keeping.left_by(tx, as_ref("task")))
        keeping.end(tx, as_ref("task"))
        locking.end_all(tx, as_ref("task"))
        assert keeping.hosts_of(tx, of) == {pool.host}
    assert pool.is_held
    with pool.db.transaction() as tx:
        if dies == "host":
            keeping.forget_host(tx, pool.host)
    assert pool.is_held == (dies == "forwarder")


def test_a_task_that_holds_several_gives_back_the_ones_that_are_known(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        locking.begin(tx, as_ref("task"), "SR", pool.sr, "scan")
        locking.begin(tx, as_ref("task"), "VM", pool.vm, "start")
        keeping.note(tx, as_ref("task"), {subject(SR, pool.sr): [[pool.host, "1"]]})
        locking.end_all(tx, as_ref("task"))
    assert pool.is_held
    assert pool.db.view.get("VM", pool.vm)["current_operations"] == {}


def test_doubts_that_an_earlier_version_wrote_are_of_vms(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        tx.kv_set(locking.ADRIFT, "before", {pool.vm: [[pool.host, "operation"]]})
        tx.kv_set(keeping.UNDER_WAY, "before", {pool.vm: [[pool.host, "operation"]]})
        of = subject(VM, as_ref(pool.vm))
        assert keeping.kept(tx) == {"before": {of: [[pool.host, "operation"]]}}
        assert keeping.left_by(tx, as_ref("before")) == {of: [[pool.host, "operation"]]}
        assert of.key == pool.vm, "an earlier version reads it"
    assert of_key(subject(SR, pool.sr).key) == subject(SR, pool.sr)
