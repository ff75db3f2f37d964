"""A restart of xenopsd interrupts its work: the call waits, and does not fail."""

from pathlib import Path

import pytest
from forwarder.core.repeated import ATTEMPTS_MAX
from forwarder.daemons.hosts import Work
from xenops.errors import XenopsError, bad_power_state, internal_error, interrupted
from xenops.types import PowerState

from tests.unit.forwarder.test_adrift import Pool

RESTARTED = interrupted("xenopsd was restarted")


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path)


def start(pool: Pool, *failures: XenopsError) -> tuple[list[str] | None, list[Work]]:
    """What a start ends with whose first attempts end so, and all that the host was asked for."""
    left, asked = list(failures), list[Work]()

    def does(host: str, work: Work) -> None:
        asked.append(work)
        if left:
            raise left.pop(0)
        pool.hosts.states[host] = PowerState.Running

    pool.hosts.does = does
    return pool.start_on(pool.here), asked


def test_what_is_interrupted_is_asked_for_again(pool: Pool) -> None:
    error, asked = start(pool, RESTARTED)
    assert error is None
    assert [work.wire for work in asked] == ["VM.start"] * 2
    assert len({work.operation for work in asked}) == 2


def test_what_has_come_to_its_end_before_is_not_done_twice(pool: Pool) -> None:
    running = bad_power_state(PowerState.Running, PowerState.Halted)
    error, asked = start(pool, RESTARTED, running)
    assert error is None
    assert len(asked) == 2


def test_who_was_to_run_and_does_not_yet_is_set_running(pool: Pool) -> None:
    paused = bad_power_state(PowerState.Paused, PowerState.Halted)
    error, asked = start(pool, RESTARTED, paused)
    assert error is None
    assert [work.wire for work in asked] == ["VM.start", "VM.start", "VM.unpause"]


def test_a_first_attempt_is_refused_as_ever(pool: Pool) -> None:
    error, asked = start(pool, bad_power_state(PowerState.Running, PowerState.Halted))
    assert error == ["VM_BAD_POWER_STATE", pool.vm, "halted", "running"]
    assert len(asked) == 1


def test_what_is_interrupted_each_time_is_given_up(pool: Pool) -> None:
    error, asked = start(pool, *[RESTARTED] * 10)
    assert error is not None
    assert len(asked) == ATTEMPTS_MAX


def test_what_fails_otherwise_is_asked_for_once(pool: Pool) -> None:
    error, asked = start(pool, internal_error("something else"))
    assert error is not None
    assert len(asked) == 1
