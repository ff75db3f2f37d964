"""The places of VMs in the pool database: who has them, by which epoch, and what follows."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from forwarder.core import context
from forwarder.daemons.hosts import Work
from forwarder.locks import locking
from forwarder.place import register
from forwarder.place.transitions import IsBehind, IsDead, Place, Runs
from forwarder.updates import census
from pooldb import leases
from xenops.errors import does_not_exist, overtaken

from tests.unit.forwarder.test_adrift import Pool as AnyPool
from tests.unit.forwarder.test_adrift import PowerState

ROOT = Path(__file__).parents[3] / "services" / "forwarder" / "src" / "forwarder"
AFTER = {"VM.shutdown": PowerState.Halted, "VM.pause": PowerState.Paused}
FOLLOWS = {"resident_on", "scheduled_to_be_resident_on", "power_state"}


class Pool(AnyPool):
    """One that keeps by which right each operation came."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.rights: list[tuple[str, int]] = []
        self.hosts.does = self.note

    def note(self, host: str, work: Work) -> None:
        assert work.place is not None
        self.rights.append((work.wire, work.place.epoch))
        self.hosts.states[host] = AFTER.get(work.wire, PowerState.Running)

    @property
    def place(self) -> Place:
        with self.db.transaction() as tx:
            return register.of(tx, self.vm)


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setattr(context, "LOCK_WAIT_S", -1.0)
    return Pool(tmp_path)


# --- epochs ---------------------------------------------------------------------------------------


def test_each_task_that_makes_or_ends_a_domain_has_an_epoch_of_its_own(pool: Pool) -> None:
    for wire, *more in (
        ("VM.start_on", pool.here, False, False),
        ("VM.pause",),
        ("VM.unpause",),
        ("VM.hard_reboot",),
        ("VM.hard_shutdown",),
        ("VM.start_on", pool.here, False, False),
    ):
        assert pool.call(wire, pool.vm, *more) is None
    wires = ["VM.start", "VM.pause", "VM.unpause", "VM.reboot", "VM.shutdown", "VM.start"]
    assert pool.rights == list(zip(wires, [1, 1, 1, 2, 3, 4], strict=True))


def test_a_task_that_is_taken_over_keeps_its_epoch(pool: Pool) -> None:
    call = pool.offer("VM.start_on", pool.vm, pool.here, False, False)

    def die(host: str, work: Work) -> None:
        pool.note(host, work)
        raise leases.LeaseLost("another forwarder has it")

    pool.hosts.does = die
    assert pool.take(call) is None
    with pool.db.transaction() as tx:
        tx.kv_set(
            leases.TASKS, call["task"], {**tx.kv_get(leases.TASKS, call["task"]), "expires": 0}
        )
    pool.hosts.does = pool.note
    assert pool.take(call)["error"] is None
    assert pool.rights == [("VM.start", 1), ("VM.start", 1)]
    assert pool.place == Place(home=pool.here, epoch=1)


def test_who_was_won_over_goes_on_with_its_old_epoch(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        assert register.right(tx, "slow", pool.vm).epoch == 0
        register.take(tx, "forced", pool.vm)
        assert register.right(tx, "forced", pool.vm).epoch == 1
        assert register.right(tx, "slow", pool.vm).epoch == 0
        register.end(tx, "slow")
        assert register.right(tx, "slow", pool.vm).epoch == 1


def test_a_right_names_the_pool(pool: Pool) -> None:
    (record,) = pool.db.view.all("pool").values()
    with pool.db.transaction() as tx:
        assert register.right(tx, "task", pool.vm).pool == record["uuid"]


# --- a database that was restored from an older one -----------------------------------------------


class Old(Pool):
    """Its hosts have seen an epoch of the VM that this database never gave."""

    SEEN = 9

    def note(self, host: str, work: Work) -> None:
        assert work.place is not None
        if work.place.epoch < self.SEEN:
            self.rights.append((f"refused {work.wire}", work.place.epoch))
            raise overtaken(work.operation, "uuid", work.place.epoch, self.SEEN)
        super().note(host, work)


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Old:
    monkeypatch.setattr(context, "LOCK_WAIT_S", -1.0)
    return Old(tmp_path)


def be_there(pool: Pool, power_state: str) -> None:
    """The VM is on this host, as the pool has it and as it is."""
    with pool.db.transaction() as tx:
        register.claim(tx, "before", pool.vm, pool.here)
        register.move(tx, pool.vm, Runs(pool.here), power_state)
        register.leave(tx, "before", pool.vm)
    pool.hosts.states[pool.here] = PowerState(power_state)


@pytest.mark.parametrize(
    ("state", "wire"),
    [
        *(("Running", wire) for wire in ("VM.pause", "VM.hard_reboot", "VM.hard_shutdown")),
        ("Paused", "VM.unpause"),
        ("Halted", "VM.start_on"),
    ],
)
def test_what_hosts_refuse_by_an_epoch_that_nobody_was_given_is_done_by_a_newer(
    old: Old, state: str, wire: str
) -> None:
    if state != "Halted":
        be_there(old, state)
    params = [old.here, False, False] if wire == "VM.start_on" else []
    assert old.call(wire, old.vm, *params) is None
    assert [epoch for _, epoch in old.rights][1:] == [Old.SEEN + 1]
    assert old.place.epoch == Old.SEEN + 1


def test_who_was_overtaken_within_this_database_stays_so(old: Old) -> None:
    """Somebody else was given the VM while the work was on its way."""
    be_there(old, "Running")

    def refuse(host: str, work: Work) -> None:
        assert work.place is not None
        with old.db.transaction() as tx:
            register.move(tx, old.vm, IsBehind(Old.SEEN))
        raise overtaken(work.operation, "uuid", work.place.epoch, Old.SEEN)

    old.hosts.does = refuse
    assert old.call("VM.pause", old.vm) is not None


def test_a_host_tells_the_epochs_of_its_vms_before_it_is_asked(old: Old) -> None:
    be_there(old, "Running")
    uuid = old["uuid"]
    with old.db.transaction() as tx:
        for maker in ("another pool", register.pool(tx)):
            facts = {"domains": [[uuid, 1]], "made_by": {uuid: [maker, Old.SEEN]}, "paused": []}
            census.take(tx, old.there, facts)
            assert register.of(tx, old.vm).epoch == 1, "it has no say"
            if maker != register.pool(tx):
                census.take(tx, old.here, facts)
                assert register.of(tx, old.vm).epoch == 1
        census.take(tx, old.here, facts)
    assert old.place.epoch == Old.SEEN + 1
    assert old.call("VM.pause", old.vm) is None
    assert [wire for wire, _ in old.rights] == ["VM.pause"], "it is not refused"


# --- places ---------------------------------------------------------------------------------------


def test_one_task_at_a_time_brings_a_vm_somewhere(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        register.claim(tx, "one", pool.vm, pool.here)
        assert register.claim(tx, "one", pool.vm, pool.there) == pool.here, "it goes on"
        with pytest.raises(XenAPIError, match="OTHER_OPERATION_IN_PROGRESS"):
            register.claim(tx, "other", pool.vm, pool.there)
        register.leave(tx, "other", pool.vm)
    assert pool["scheduled_to_be_resident_on"] == pool.here


def test_a_dead_host_loses_what_was_to_come_to_it(pool: Pool) -> None:
    with pool.db.transaction() as tx:
        register.claim(tx, "one", pool.vm, pool.here)
        register.move(tx, pool.vm, IsDead(pool.here))
        assert register.claim(tx, "one", pool.vm, pool.there) == pool.there
    assert pool.place == Place(coming=pool.there, task="one", epoch=3)


@pytest.mark.parametrize("earlier", [["mover", "there"], None])
def test_what_a_version_without_places_has_left_is_taken_over(
    pool: Pool, earlier: list[str] | None
) -> None:
    """Of one still older not even the task is known: whoever ends is the one that had the VM."""
    pool.change(
        power_state="Running", resident_on=pool.here, scheduled_to_be_resident_on=pool.there
    )
    with pool.db.transaction() as tx:
        if earlier is not None:
            tx.kv_set(register.EARLIER, pool.vm, earlier)
            register.leave(tx, "another", pool.vm)
            assert register.of(tx, pool.vm).task == "mover"
        register.leave(tx, "mover", pool.vm)
        assert tx.kv_get(register.EARLIER, pool.vm) is None
    assert pool.place == Place(home=pool.here)
    assert (pool["power_state"], pool["scheduled_to_be_resident_on"]) == ("Running", NULL_REF)


def test_what_a_version_without_places_does_beside_us_counts(pool: Pool) -> None:
    assert pool.start_on(pool.here) is None
    pool.change(power_state="Running", resident_on=pool.there)
    assert pool.place == Place(home=pool.there, epoch=1)


def test_a_vm_that_is_destroyed_leaves_its_last_epoch(pool: Pool) -> None:
    uuid = pool["uuid"]
    assert pool.start_on(pool.here) is None
    assert pool.call("VM.hard_shutdown", pool.vm) is None
    assert pool.call("VM.destroy", pool.vm) is None
    _, epoch = pool.db.read_kv(register.DESTROYED, uuid)
    assert epoch == 3
    assert pool.db.read_kv(register.PLACE, pool.vm) is None


# --- forced operations ----------------------------------------------------------------------------


@pytest.fixture
def running(pool: Pool) -> Pool:
    assert pool.start_on(pool.here) is None
    return pool


@pytest.mark.parametrize("operation", ["clean_shutdown", "clean_reboot", "pool_migrate", "suspend"])
def test_a_forced_stop_waits_for_what_it_has_asked_to_stop(running: Pool, operation: str) -> None:
    with running.db.transaction() as tx:
        tx.create("task", {"status": "pending"}, ref="other")
        locking.begin(tx, "other", "VM", running.vm, operation, strict=False)
    error = running.call("VM.hard_shutdown", running.vm)
    assert error is not None
    assert error[0] == "OTHER_OPERATION_IN_PROGRESS"
    assert running.db.view.get("task", "other")["status"] == "cancelling"
    with running.db.transaction() as tx:
        locking.end_all(tx, "other")
    assert running.call("VM.hard_shutdown", running.vm) is None
    assert running["power_state"] == "Halted"


def unknown(pool: Pool) -> None:
    """Hosts do nothing for a VM that they do not know."""

    def refuse(host: str, work: Work) -> None:
        if pool.hosts.states.get(host) is not PowerState.Running:
            raise does_not_exist("VM", pool["uuid"])
        pool.note(host, work)

    pool.hosts.does = refuse


def test_a_forced_stop_succeeds_where_no_host_has_the_vm(running: Pool) -> None:
    running.hosts.states.clear()
    unknown(running)
    assert running.call("VM.hard_shutdown", running.vm) is None
    assert running.place.hosts == frozenset()
    assert running["power_state"] == "Halted"


def test_a_forced_stop_stops_the_vm_where_it_is_found(running: Pool) -> None:
    running.hosts.states = {running.there: PowerState.Running}
    unknown(running)
    assert running.call("VM.hard_shutdown", running.vm) is None
    assert running.hosts.states == {running.there: PowerState.Halted}


def test_a_forced_stop_names_the_silent_host_that_may_have_the_vm(running: Pool) -> None:
    running.hosts.states.clear()
    unknown(running)
    running.fall_silent(running.there)
    assert running.call("VM.hard_shutdown", running.vm) == ["HOST_OFFLINE", running.there]
    assert running["power_state"] == "Running"


# --- one owner ------------------------------------------------------------------------------------


def written(tree: ast.AST) -> Iterator[str]:
    """The fields that follow from a place, where a module gives them values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            yield from keys & FOLLOWS  # type: ignore[operator]
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in FOLLOWS:
                    yield target.attr
                key: Any = target.slice if isinstance(target, ast.Subscript) else None
                if isinstance(key, ast.Constant) and key.value in FOLLOWS:
                    yield str(key.value)


def test_nobody_else_writes_what_follows_from_a_place() -> None:
    """Records that are made begin with a place of their own: off, or a control domain's."""
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if set(written(ast.parse(path.read_text())))
    }
    assert found == {"place/register.py", "records/new_host.py", "records/new_vm.py"}
