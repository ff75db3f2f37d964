"""A forwarder stands still, and with it what hosts report to it: nobody takes them for silent."""

import os
import signal

import pooldb
import pytest
from forwarder.updates.hearing import HEARD, SILENCE_MAX_S
from simulated_pool.services import database_url

from tests.conftest import Pool
from tests.faults.test_kills import end_of


@pytest.mark.parametrize("victim", ["forwarder-1", "forwarder-2"])
def test_hosts_that_answer_are_live_and_are_elected(pool: Pool, vm: str, victim: str) -> None:
    pid = pool.supervisor.pids()[victim]
    db = pooldb.connect(database_url(pool.layout))
    os.kill(pid, signal.SIGSTOP)
    try:
        with db.transaction() as tx:
            hosts, then = tx.refs("host"), tx.now() - SILENCE_MAX_S - 1
            for host in hosts:
                tx.kv_set(HEARD, host, then)
        with pool.session() as api:
            live = {api.host.get_metrics(host) for host in hosts}
            while any(db.read_kv(HEARD, host) == then for host in hosts):
                assert all(api.host_metrics.get_live(metrics) for metrics in live)
            task = api.Async.VM.start(vm, False, False)
            assert end_of(pool, task)["status"] == "success"
            assert all(api.host_metrics.get_live(metrics) for metrics in live)
    finally:
        os.kill(pid, signal.SIGCONT)
        db.close()
