"""The pool database is lost in the middle of a call: the call is run again, and does not fail."""

from pathlib import Path

import pytest
from forwarder.daemons.hosts import Work
from pooldb import CannotWrite, DatabaseError, DiskFull, Lost, leases
from xenops.types import PowerState

from tests.unit.forwarder.test_adrift import Pool


@pytest.mark.parametrize(
    "error", [CannotWrite(Lost("gone")), CannotWrite(DiskFull("full")), DatabaseError("gone")]
)
def test_a_call_that_cannot_be_written_is_run_again(tmp_path: Path, error: Exception) -> None:
    pool = Pool(tmp_path)
    asked = list[str]()

    def work(host: str, work: Work) -> None:
        asked.append(work.operation)
        pool.hosts.states[host] = PowerState.Running
        if len(asked) == 1:
            raise error

    pool.hosts.does = work
    call = pool.offer("VM.start_on", pool.vm, pool.here, False, False)
    assert pool.take(call) is None, "it has no end"
    assert pool.db.read_kv(leases.TASKS, call["task"]) is not None
    assert pool.take(call)["error"] is None
    assert len(set(asked)) == 1, "the host knows it again"
    assert pool["power_state"] == "Running"
