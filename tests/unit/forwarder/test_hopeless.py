"""A call that kills whoever runs it is not run for ever: it fails, and is a dead letter."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from forwarder.core import registry
from forwarder.core.context import Context, Work
from pooldb import leases

from tests.unit.forwarder.test_adrift import DONE, PENDING
from tests.unit.forwarder.test_adrift import Pool as PoolWithHosts

WIRE = "VM.update_allowed_operations"


class Killed(BaseException):
    """The forwarder's process ends, whatever it was doing."""


class Pool(PoolWithHosts):
    """A pool of which the forwarder is started anew as often as it dies."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.letters: list[tuple[str, Any, str]] = []

    def bury(self, queue: str, message: Any, reason: str) -> "Future[Any]":
        self.letters.append((queue, message, reason))
        done: Future[Any] = Future()
        done.set_result(None)
        return done

    def run_until_it_ends(self, call: dict[str, Any], most: int = 20) -> tuple[Any, int]:
        """A call's outcome, and how many forwarders have died of it."""
        for deaths in range(most):
            try:
                return self.take(call), deaths
            except Killed:
                self._expire(call["task"])
        raise AssertionError("it is tried for ever")

    def _expire(self, task: str) -> None:
        with self.db.transaction() as tx:
            lease = tx.kv_get(leases.TASKS, task)
            tx.kv_set(leases.TASKS, task, {**lease, "expires": 0.0})


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path)


@pytest.fixture
def means(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Say what the message means."""
    return lambda function: monkeypatch.setitem(registry.FUNCTIONS, WIRE, function)


def die(ctx: Context, vm: str) -> None:
    raise Killed


def die_in_the_first_transaction(ctx: Context, vm: str) -> None:
    with ctx.transaction() as tx:
        tx.update("VM", vm, {"name_label": "lost"})
        raise Killed


def die_with_a_lock(ctx: Context, vm: str) -> None:
    ctx.lock("VM", vm, "start")
    ctx.commit()
    raise Killed


@pytest.mark.parametrize("poison", [die, die_in_the_first_transaction, die_with_a_lock])
def test_it_is_given_up_and_its_locks_end(
    pool: Pool, means: Callable[[Any], None], poison: Any
) -> None:
    means(poison)
    call = pool.offer(WIRE, pool.vm)
    outcome, deaths = pool.run_until_it_ends(call)
    assert deaths == 1 + leases.VAIN_MAX
    assert outcome["error"][0] == "INTERNAL_ERROR"
    assert WIRE in outcome["error"][1]
    assert f"{leases.VAIN_MAX} times" in outcome["error"][1]
    ((queue, letter, reason),) = pool.letters
    assert (queue, letter.body, reason) == ("org.xen.xapi.forwarder", call, outcome["error"][1])
    assert not pool.is_held
    assert pool["name_label"] == ""
    with pool.db.transaction() as tx:
        assert tx.kv_items(leases.TASKS) == {}


def test_an_end_that_cannot_be_written_is_given_up_too(
    pool: Pool, means: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forwarder.worker._note_work", lambda *_: 1 / 0)
    means(lambda ctx, vm: None)
    call = pool.offer(WIRE, pool.vm)
    for _ in range(1 + leases.VAIN_MAX):
        assert pool.take(call) is None
        pool._expire(call["task"])
    monkeypatch.undo()
    assert pool.take(call)["error"][0] == "INTERNAL_ERROR"


def test_who_gets_further_each_time_is_not_given_up(
    pool: Pool, means: Callable[[Any], None]
) -> None:
    steps = 3 * leases.VAIN_MAX

    def one_step(ctx: Context, vm: str) -> None:
        done = len(ctx.view.get("VM", vm)["name_label"])
        if done < steps:
            with ctx.transaction() as tx:
                tx.update("VM", vm, {"name_label": "x" * (done + 1)})
            ctx.commit()
            raise Killed

    means(one_step)
    outcome, deaths = pool.run_until_it_ends(pool.offer(WIRE, pool.vm))
    assert (outcome["error"], deaths) == (None, steps)
    assert pool.letters == []


def test_who_only_seems_to_get_further_is_given_up_in_the_end(
    pool: Pool, means: Callable[[Any], None]
) -> None:
    def again_and_again(ctx: Context, vm: str) -> None:
        with ctx.transaction() as tx:
            tx.create("VDI", {})
        ctx.commit()
        raise Killed

    means(again_and_again)
    outcome, deaths = pool.run_until_it_ends(
        pool.offer(WIRE, pool.vm), most=2 * leases.TAKE_OVERS_MAX
    )
    assert deaths == 1 + leases.TAKE_OVERS_MAX
    assert outcome["error"][0] == "INTERNAL_ERROR"


def test_a_vm_that_a_host_may_be_at_work_for_is_adrift(pool: Pool) -> None:
    def kill(host: str, work: Work) -> None:
        raise Killed

    pool.hosts.does = kill
    pool.hosts.task = PENDING
    call = pool.offer("VM.start_on", pool.vm, pool.here, False, False)
    outcome, _ = pool.run_until_it_ends(call)
    assert outcome["error"][0] == "INTERNAL_ERROR"
    pool.worker._settle()
    assert pool.is_held
    assert pool["scheduled_to_be_resident_on"] == pool.here
    pool.hosts.does = lambda host, work: None
    pool.hosts.task = DONE
    pool.worker._settle()
    assert not pool.is_held
    assert pool.start_on(pool.there) is None


def test_so_it_is_when_its_task_is_destroyed_and_then_its_forwarder_dies(pool: Pool) -> None:
    def kill(host: str, work: Work) -> None:
        with pool.db.transaction() as tx:
            tx.delete("task", call["task"])
        raise Killed

    pool.hosts.does = kill
    pool.hosts.task = PENDING
    call = pool.offer("VM.start_on", pool.vm, pool.here, False, False)
    with pytest.raises(Killed):
        pool.take(call)
    with pool.db.transaction() as tx:
        leases.release(tx, leases.TASKS, call["task"])
    pool.worker._take_over()
    pool.worker._settle()
    assert pool.is_held
