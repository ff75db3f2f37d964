"""One VM, one place: hosts' domains are held against the pool; "unknown here" is never "off"."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datamodel import XenAPIError
from datamodel.classes import Host
from datamodel.refs import NULL_REF
from forwarder.core import context
from forwarder.core.context import Work
from forwarder.locks import locking
from forwarder.place import register
from forwarder.states import reconcile
from forwarder.updates import census
from forwarder.updates.reports import Reports
from pooldb import Reader, Transaction, leases
from rules.placement import memory
from xenops.errors import does_not_exist
from xenops.types import PowerState

from tests.records import shown
from tests.unit.forwarder.test_adrift import Pool
from tests.unit.forwarder.test_election import new_host
from tests.unit.forwarder.test_reports import Heartbeat

STRANGER = "11111111-2222-3333-4444-555555555555"
GIB_IN_KIB = 2**20


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setattr(context, "LOCK_WAIT_S", -1.0)
    return Pool(tmp_path)


@pytest.fixture
def running(pool: Pool) -> Pool:
    """The VM runs here."""
    pool.hosts.states[pool.here] = PowerState.Running
    assert pool.start_on(pool.here) is None
    return pool


def count(pool: Pool, host: str, *uuids: str, times: int = 2, **facts: Any) -> None:
    """A host names its domains, so often."""
    for _ in range(times):
        with pool.db.transaction() as tx:
            census.take(tx, host, {"domains": [[uuid, GIB_IN_KIB] for uuid in uuids], **facts})


def told(pool: Pool) -> list[str]:
    return [message["name"] for message in pool.db.view.all("message").values()]


def forget(pool: Pool, host: str) -> None:
    """A host says that it knows nothing of the VM."""
    pool.hosts.states.pop(host, None)
    body = pool.hosts._state(host, pool["uuid"])
    with pool.db.transaction() as tx:
        reconcile.apply_vm(tx, host, body)


def tell_between(pool: Pool, asked: PowerState | None, since: PowerState) -> None:
    """Have the host say this when it is asked for the VM, and that before its answer is read."""
    answer = pool.hosts._state

    def tell(host: str, vm: str) -> dict[str, Any]:
        if host != pool.here:
            return answer(host, vm)
        pool.hosts.states.pop(host, None)
        if asked is not None:
            pool.hosts.states[host] = asked
        said = answer(host, vm)
        pool.hosts.states[host] = since
        with pool.db.transaction() as tx:
            reconcile.apply_vm(tx, host, answer(host, vm))
        pool.hosts._state = answer  # type: ignore[method-assign]
        return said

    pool.hosts._state = tell  # type: ignore[method-assign]


class TestLost:
    def test_a_host_that_does_not_know_a_vm_does_not_say_that_it_is_off(
        self, running: Pool
    ) -> None:
        forget(running, running.here)
        assert (running["power_state"], running["resident_on"]) == ("Running", running.here)

    def test_it_is_looked_for_everywhere_and_found(self, running: Pool) -> None:
        forget(running, running.here)
        running.hosts.states[running.there] = PowerState.Running
        running.worker._settle()
        assert (running["power_state"], running["resident_on"]) == ("Running", running.there)

    def test_it_is_off_once_every_host_has_said_that_it_is_not_there(self, running: Pool) -> None:
        forget(running, running.here)
        running.worker._settle()
        assert (running["power_state"], running["resident_on"]) == ("Halted", NULL_REF)

    def test_a_host_that_cannot_be_asked_may_have_it(self, running: Pool) -> None:
        forget(running, running.here)
        running.fall_silent(running.there)
        running.worker._settle()
        assert running["power_state"] == "Running"
        assert running.call("VM.pause", running.vm) == ["HOST_OFFLINE", running.there]
        running.come_back(running.there)
        assert running["power_state"] == "Halted"

    def test_a_host_that_is_dead_is_not_waited_for(self, running: Pool) -> None:
        """It was declared dead with what it had; whether it had this VM nobody can say any more."""
        with running.db.transaction() as tx:
            third = new_host(tx, live=False)
        forget(running, running.here)
        running.worker._settle()
        assert running["power_state"] == "Running"
        assert running.call("host.declare_dead", third) is None
        running.worker._settle()
        assert running["power_state"] == "Halted"

    def test_a_host_that_named_it_may_have_it_though_it_does_not_know_it(
        self, running: Pool
    ) -> None:
        count(running, running.there, running["uuid"])
        forget(running, running.here)
        running.worker._settle()
        assert running["power_state"] == "Running"
        count(running, running.there)
        running.worker._settle()
        assert running["power_state"] == "Halted"

    def test_the_administrators_word_ends_the_search(self, running: Pool) -> None:
        forget(running, running.here)
        running.fall_silent(running.there)
        assert running.call("VM.power_state_reset", running.vm) is None
        assert running["power_state"] == "Halted"
        with running.db.transaction() as tx:
            assert tx.kv_items(locking.LOST) == {}

    def test_who_works_on_a_vm_tells_where_it_is(self, running: Pool) -> None:
        """So that nobody else looks for it meanwhile."""
        with running.db.transaction() as tx:
            locking.begin(tx, "other", "VM", running.vm, "pool_migrate", strict=False)
        forget(running, running.here)
        running.worker._settle()
        assert running["power_state"] == "Running"

    def test_a_vm_whose_domain_is_gone_unsaid_is_found_to_be_off(self, running: Pool) -> None:
        running.hosts.states.clear()
        count(running, running.here, times=1)
        running.worker._settle()
        count(running, running.here, times=1)
        running.worker._settle()
        assert running["power_state"] == "Halted"

    @pytest.mark.parametrize("since", list(PowerState))
    @pytest.mark.parametrize("asked", [None, *PowerState])
    def test_what_was_said_before_the_last_word_is_left_alone(
        self, running: Pool, asked: PowerState | None, since: PowerState
    ) -> None:
        """Somebody else had the VM paused, say, while all were asked for it."""
        forget(running, running.here)
        tell_between(running, asked, since)
        running.worker._settle()
        assert running["power_state"] == since.value
        running.worker._settle()
        assert running["power_state"] == since.value
        with running.db.transaction() as tx:
            assert tx.kv_items(locking.LOST) == {}

    @pytest.mark.parametrize("state", [PowerState.Running, PowerState.Paused])
    def test_it_is_found_as_it_is(self, running: Pool, state: PowerState) -> None:
        forget(running, running.here)
        running.hosts.states[running.there] = state
        running.worker._settle()
        assert (running["power_state"], running["resident_on"]) == (state.value, running.there)


class TestElsewhere:
    """The VM is off, says the pool, and a host has a domain of it."""

    @pytest.fixture
    def seen(self, pool: Pool) -> Pool:
        count(pool, pool.there, pool["uuid"], times=1)
        pool.hosts.states[pool.there] = PowerState.Running
        return pool

    @pytest.mark.parametrize("wire", ["VM.start", "VM.destroy"])
    def test_it_is_neither_started_nor_destroyed(self, seen: Pool, wire: str) -> None:
        more = (False, False) if wire == "VM.start" else ()
        assert seen.call(wire, seen.vm, *more) == ["DOMAIN_EXISTS", seen.vm, seen.there]
        assert seen["power_state"] == "Halted"

    def test_nor_while_its_host_cannot_be_asked(self, seen: Pool) -> None:
        seen.fall_silent(seen.there)
        assert seen.start_on(seen.here) == ["HOST_OFFLINE", seen.there]

    def test_a_host_that_is_declared_dead_has_it_no_more(self, seen: Pool) -> None:
        seen.fall_silent(seen.here)  # the other one coordinates
        count(seen, seen.here, seen["uuid"], times=1)
        seen.hosts.states.clear()
        assert seen.call("host.declare_dead", seen.here) is None
        assert seen.start_on(seen.there) is None

    def test_seen_twice_it_is_where_it_runs(self, seen: Pool) -> None:
        count(seen, seen.there, seen["uuid"])
        seen.worker._settle()
        assert (seen["power_state"], seen["resident_on"]) == ("Running", seen.there)

    def test_a_domain_that_its_host_has_stopped_since_is_not_missed(self, running: Pool) -> None:
        count(running, running.here, running["uuid"])

        def stop(host: str, work: Work) -> None:
            running.hosts.states[host] = PowerState.Halted

        running.hosts.does = stop
        assert running.call("VM.hard_shutdown", running.vm) is None
        running.fall_silent(running.here)
        running.hosts.does = lambda host, work: None
        assert running.start_on(running.there) is None


class TestTwice:
    def test_a_forced_stop_stops_both_copies(self, running: Pool) -> None:
        count(running, running.there, running["uuid"])
        running.hosts.states[running.there] = PowerState.Running
        stopped: list[str] = []

        def stop(host: str, work: Work) -> None:
            stopped.append(host)
            running.hosts.states[host] = PowerState.Halted

        running.hosts.does = stop
        assert running.call("VM.hard_shutdown", running.vm) is None
        assert stopped == [running.here, running.there]
        assert running["power_state"] == "Halted"


class TestSecondCopy:
    """The VM runs here, and there is a domain of it there."""

    @pytest.fixture
    def twice(self, running: Pool) -> Pool:
        running.hosts.states[running.there] = PowerState.Running
        count(running, running.there, running["uuid"])
        with running.db.transaction() as tx:
            for message in tx.refs("message"):
                tx.delete("message", message)
        return running

    def test_it_is_paused_and_told_of_once(self, twice: Pool) -> None:
        for _ in range(2):
            twice.worker._settle()
        assert twice.hosts.unwanted == [("pause", twice.there, twice["uuid"], 1)] * 2
        (message,) = twice.db.view.all("message").values()
        assert (message["name"], message["priority"]) == (census.RUNS_TWICE, 1)
        assert f"'xe vm-shutdown uuid={twice['uuid']} --force' both" in message["body"]
        assert "'xl destroy 7' on it ends that one alone" in message["body"]
        assert (twice["power_state"], twice["resident_on"]) == ("Running", twice.here)

    def test_one_that_stands_still_is_left_so(self, twice: Pool) -> None:
        twice.hosts.states[twice.there] = PowerState.Paused
        twice.worker._settle()
        assert twice.hosts.unwanted == []
        assert told(twice) == [census.RUNS_TWICE]

    def test_a_host_that_is_asked_and_has_none_was_not_up_to_date(self, twice: Pool) -> None:
        """A guest that has just moved is in its source's last report still."""
        twice.hosts.states.pop(twice.there)
        twice.worker._settle()
        assert (twice.hosts.unwanted, told(twice)) == ([], [])
        assert twice.db.read_kv(census.COPIES, f"{twice.vm} {twice.there}") is None

    def test_nor_was_an_answer_that_crossed_with_a_newer_one(self, twice: Pool) -> None:
        twice.here, twice.there = twice.there, twice.here
        tell_between(twice, PowerState.Running, PowerState.Halted)
        twice.worker._settle()
        assert (twice.hosts.unwanted, told(twice)) == ([], [])

    def test_a_silent_one_is_dealt_with_once_it_can_be_asked(self, twice: Pool) -> None:
        twice.fall_silent(twice.there)
        twice.worker._settle()
        assert told(twice) == []
        twice.come_back(twice.there)
        assert told(twice) == [census.RUNS_TWICE]

    def test_once_the_first_has_ended_the_second_is_the_vm(self, twice: Pool) -> None:
        """It is not started beside it meanwhile."""
        twice.worker._settle()
        twice.hosts.states[twice.there] = PowerState.Paused

        def stop(host: str, work: Work) -> None:
            twice.hosts.states[host] = PowerState.Halted

        twice.hosts.does = stop
        assert twice.call("VM.shutdown", twice.vm) is None
        twice.hosts.does = lambda host, work: None
        assert twice.start_on(twice.here) == ["DOMAIN_EXISTS", twice.vm, twice.there]
        count(twice, twice.there, twice["uuid"])
        twice.worker._settle()
        assert (twice["power_state"], twice["resident_on"]) == ("Paused", twice.there)

    def test_a_migration_has_its_place_on_both_sides(self, running: Pool) -> None:
        with running.db.transaction() as tx:
            register.claim(tx, "mover", running.vm, running.there)
        count(running, running.there, running["uuid"])
        with running.db.transaction() as tx:
            assert tx.kv_items(census.COPIES) == {}

    def test_nor_may_it_be_on_a_third_host_while_it_is_started(self, pool: Pool) -> None:
        with pool.db.transaction() as tx:
            register.claim(tx, "starter", pool.vm, pool.here)
        pool.hosts.states[pool.there] = PowerState.Running
        count(pool, pool.there, pool["uuid"])
        pool.worker._settle()
        assert pool.hosts.unwanted == [("pause", pool.there, pool["uuid"], 1)]


class TestArrivals:
    """A migration to a host fills a copy there, while the VM runs here."""

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
        now = [1000.0]
        monkeypatch.setattr(Transaction, "now", lambda tx: now[0])
        return lambda seconds: now.__setitem__(0, now[0] + seconds)

    def arrive(self, pool: Pool, host: str) -> None:
        uuid, made_by = pool["uuid"], {pool["uuid"]: [uuid_of_pool(pool), 1]}
        facts = {"made_by": made_by, "arriving": {uuid: "migration"}, "paused": [uuid]}
        count(pool, host, uuid, **facts)

    def test_one_that_no_task_drives_is_aborted_after_a_while(
        self, running: Pool, clock: Callable[[float], None]
    ) -> None:
        """Its task has ended, and the word to abort it never came."""
        self.arrive(running, running.there)
        running.worker._settle()
        assert "MIGRATION.abort" not in running.hosts.wires
        clock(census.GRACE_S)
        running.worker._settle()
        assert "MIGRATION.abort" in running.hosts.wires
        assert (running.hosts.unwanted, told(running)) == ([], ["VM_STARTED"]), (
            "it is no second copy"
        )

    def test_one_of_a_task_is_left_alone(
        self, running: Pool, clock: Callable[[float], None]
    ) -> None:
        with running.db.transaction() as tx:
            register.claim(tx, "mover", running.vm, running.there)
        self.arrive(running, running.there)
        clock(census.GRACE_S)
        running.worker._settle()
        assert "MIGRATION.abort" not in running.hosts.wires

    def test_one_that_has_ended_by_itself_is_forgotten(
        self, running: Pool, clock: Callable[[float], None]
    ) -> None:
        self.arrive(running, running.there)
        count(running, running.there)
        clock(census.GRACE_S)
        running.worker._settle()
        assert "MIGRATION.abort" not in running.hosts.wires


def uuid_of_pool(pool: Pool) -> str:
    with pool.db.transaction() as tx:
        return register.pool(tx)


class TestOurStrays:
    """A domain there is of no VM, and this pool made it."""

    @pytest.fixture
    def made(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Pool:
        monkeypatch.setattr(census, "GRACE_S", 0.0)
        (record,) = pool.db.view.all("pool").values()
        self.facts = {"made_by": {STRANGER: [record["uuid"], 5]}, "paused": []}
        return pool

    def test_it_is_paused_and_told_of(self, made: Pool) -> None:
        count(made, made.there, STRANGER, **self.facts)
        made.worker._settle()
        assert made.hosts.unwanted == [("pause", made.there, STRANGER, 5)]
        (message,) = made.db.view.all("message").values()
        assert (message["name"], message["priority"]) == (census.STRAY, 1)
        assert "'xl destroy NUMBER' ends it" in message["body"]

    def test_once_it_stands_still_nothing_more_is_done(self, made: Pool) -> None:
        count(made, made.there, STRANGER, **{**self.facts, "paused": [STRANGER]})
        made.worker._settle()
        assert made.hosts.unwanted == []

    @pytest.mark.parametrize("epoch", [3, 9])
    def test_it_goes_if_this_pool_has_destroyed_its_vm(self, made: Pool, epoch: int) -> None:
        with made.db.transaction() as tx:
            tx.kv_set(register.DESTROYED, STRANGER, [tx.now(), epoch])
        count(made, made.there, STRANGER, **{**self.facts, "paused": [STRANGER]})
        made.worker._settle()
        assert made.hosts.unwanted == [("destroy", made.there, STRANGER, max(epoch, 5))]

    def test_not_before_a_while(self, made: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(census, "GRACE_S", 3600.0)
        count(made, made.there, STRANGER, **self.facts)
        made.worker._settle()
        assert made.hosts.unwanted == []
        assert told(made) == [census.STRAY]

    @pytest.mark.parametrize("maker", [None, ["another pool", 5]])
    def test_what_others_made_is_left_alone_and_counted(self, made: Pool, maker: Any) -> None:
        free = memory.free_bytes(made.db.view, made.there)
        count(made, made.there, STRANGER, made_by={STRANGER: maker} if maker else {})
        made.worker._settle()
        assert made.hosts.unwanted == []
        assert memory.free_bytes(made.db.view, made.there) == free - 2**30
        (message,) = made.db.view.all("message").values()
        assert message["priority"] == 5
        assert "leaves it alone" in message["body"]

    def test_one_of_a_vm_that_runs_elsewhere_is_a_second_copy(self, made: Pool) -> None:
        """Its host has lost its journal, say, and knows nothing of it."""
        made.hosts.states[made.here] = PowerState.Running
        assert made.start_on(made.here) is None
        (marks,) = self.facts["made_by"].values()
        count(made, made.there, made["uuid"], made_by={made["uuid"]: marks}, paused=[])
        made.worker._settle()
        assert made.hosts.unwanted == [("pause", made.there, made["uuid"], 5)]
        assert made["uuid"] in memory.strays(made.db.view.get(Host, made.there))
        assert told(made) == ["VM_STARTED", census.RUNS_TWICE]

    def test_one_of_a_vm_that_is_nowhere_keeps_it_from_being_started(self, made: Pool) -> None:
        (marks,) = self.facts["made_by"].values()
        count(made, made.there, made["uuid"], made_by={made["uuid"]: marks}, paused=[])
        made.worker._settle()
        assert made.hosts.unwanted == []
        assert made.start_on(made.here) == ["DOMAIN_EXISTS", made.vm, made.there]

    def test_a_forced_stop_ends_one_that_its_host_knows_nothing_of(self, made: Pool) -> None:
        made.hosts.states[made.here] = PowerState.Running
        assert made.start_on(made.here) is None
        (marks,) = self.facts["made_by"].values()
        count(made, made.there, made["uuid"], made_by={made["uuid"]: marks}, paused=[])

        def stop(host: str, work: Work) -> None:
            if host == made.there:
                raise does_not_exist("VM", made["uuid"])
            made.hosts.states[host] = PowerState.Halted

        made.hosts.does = stop
        assert made.call("VM.hard_shutdown", made.vm) is None
        assert made.hosts.unwanted == [("destroy", made.there, made["uuid"], 2)]

    @pytest.mark.parametrize("odd", [None, 7, [STRANGER], {STRANGER: None}, {STRANGER: "x"}])
    def test_a_report_that_cannot_be_read_harms_nothing(self, made: Pool, odd: Any) -> None:
        for _ in range(2):
            beat = Heartbeat(domains=[[STRANGER, 1]], made_by=odd)
            Reports(made.db).take(made.there, beat)  # type: ignore[arg-type]
            assert beat.acked
        made.worker._settle()
        assert made.hosts.unwanted == []
        assert STRANGER in memory.strays(made.db.view.get(Host, made.there))


class TestStrays:
    def test_a_domain_of_no_vm_is_told_once_and_counted(self, pool: Pool) -> None:
        free = memory.free_bytes(pool.db.view, pool.here)
        count(pool, pool.here, STRANGER, times=4)
        assert told(pool) == [census.STRAY]
        assert memory.free_bytes(pool.db.view, pool.here) == free - 2**30
        assert STRANGER in pool.db.view.get("host", pool.here)["other_config"][memory.STRAYS]

    def test_what_is_seen_once_may_be_a_message_that_crossed(self, pool: Pool) -> None:
        count(pool, pool.here, STRANGER, times=1)
        count(pool, pool.here, times=1)
        assert told(pool) == []

    def test_it_is_no_more_once_it_is_gone(self, pool: Pool) -> None:
        free = memory.free_bytes(pool.db.view, pool.here)
        count(pool, pool.here, STRANGER)
        count(pool, pool.here, times=1)
        assert memory.free_bytes(pool.db.view, pool.here) == free
        assert memory.STRAYS not in pool.db.view.get("host", pool.here)["other_config"]

    def test_the_refusal_names_it(self, pool: Pool) -> None:
        count(pool, pool.here, STRANGER)
        found = memory.shortage(pool.db.view, pool.vm, pool.here, 2**50)
        assert found is not None
        assert STRANGER in found.description[-1]

    @pytest.mark.parametrize("said", ["", "x", "a=", "a=b", "=1 =", "a=١"])
    def test_what_a_client_wrote_there_is_no_number(self, pool: Pool, said: str) -> None:
        host = shown("host", {"other_config": {memory.STRAYS: said}})
        assert sum(memory.strays(host).values()) in (0, 1)


class TestForced:
    """Forced operations beside others end as their name says, and take nobody's place away."""

    @pytest.fixture
    def moving(self, running: Pool) -> Pool:
        """Another task migrates the VM from here to there."""
        with running.db.transaction() as tx:
            tx.create("task", {"status": "pending"}, ref="mover")
            locking.begin(tx, "mover", "VM", running.vm, "pool_migrate", strict=False)
            register.claim(tx, "mover", running.vm, running.there)
        return running

    def test_a_forced_stop_asks_a_migration_to_stop_and_waits_for_its_end(
        self, moving: Pool
    ) -> None:
        error = moving.call("VM.hard_shutdown", moving.vm)
        assert error is not None and error[0] == "OTHER_OPERATION_IN_PROGRESS"
        assert moving.db.view.get("task", "mover")["status"] == "cancelling"
        assert moving["scheduled_to_be_resident_on"] == moving.there

    def test_also_one_whose_task_its_client_has_destroyed(self, moving: Pool) -> None:
        with moving.db.transaction() as tx:
            tx.delete("task", "mover")
        assert moving.call("VM.hard_shutdown", moving.vm) is not None
        assert moving.db.read_kv(locking.CANCELLED, "mover")

    def test_the_end_of_another_leaves_the_place(self, moving: Pool) -> None:
        with moving.db.transaction() as tx:
            held = [[*locking.Hold("VM", moving.vm, "hard_shutdown")]]
            tx.kv_set(locking.LOCKS, "stopper", held)
            locking.end_all(tx, "stopper")
        assert moving["scheduled_to_be_resident_on"] == moving.there

    def test_its_own_end_gives_it_back(self, moving: Pool) -> None:
        with moving.db.transaction() as tx:
            locking.end_all(tx, "mover")
        assert moving["scheduled_to_be_resident_on"] == NULL_REF

    def test_one_that_is_refused_disturbs_nobody(self, moving: Pool) -> None:
        moving.change(blocked_operations={"hard_shutdown": "no"})
        error = moving.call("VM.hard_shutdown", moving.vm)
        assert error == ["OPERATION_BLOCKED", moving.vm, "no"]
        assert moving.db.view.get("task", "mover")["status"] == "pending"

    def test_a_vm_that_was_stopped_meanwhile_is_off_as_was_wanted(
        self, running: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def end(tx: Reader, *_: Any, **__: Any) -> None:
            raise XenAPIError("VM_BAD_POWER_STATE", running.vm, "running", "halted")

        monkeypatch.setattr(locking, "begin", end)
        assert running.call("VM.hard_shutdown", running.vm) is None

    def test_a_vm_in_doubt_is_not_asked_for_where_it_may_not_be(self, moving: Pool) -> None:
        """The sequence that once made one VM run twice."""
        with moving.db.transaction() as tx:
            doubts = {moving.vm: [[moving.here, "m"], [moving.there, "m"]]}
            tx.kv_set(locking.ADRIFT, "mover", doubts)
            tx.delete("task", "mover")
            locking.end_all(tx, "mover")
        moving.fall_silent(moving.there)
        assert moving.call("VM.hard_shutdown", moving.vm) == ["HOST_OFFLINE", moving.there]
        forget(moving, moving.here)
        assert moving["scheduled_to_be_resident_on"] == moving.there
        moving.hosts.states = {moving.there: PowerState.Running}
        moving.come_back(moving.there)
        assert (moving["power_state"], moving["resident_on"]) == ("Running", moving.there)


@pytest.mark.parametrize("wire", ["VM.start", "VM.start_on"])
def test_a_forwarder_that_takes_a_start_over_finds_its_domain_and_goes_on(
    pool: Pool, wire: str
) -> None:
    def die(host: str, work: Work) -> None:
        pool.hosts.states[host] = PowerState.Running
        with pool.db.transaction() as tx:
            tx.kv_set(census.CENSUS, host, {pool["uuid"]: 1024})
        raise leases.LeaseLost(work.operation)

    pool.hosts.does = die
    hosts = [pool.here] if wire == "VM.start_on" else []
    call = pool.offer(wire, pool.vm, *hosts, False, False)
    assert pool.take(call) is None
    pool.hosts.does = lambda host, work: None
    assert pool.take(call)["error"] is None
    assert pool["power_state"] == "Running"
