"""A machine is lost, and an administrator says so: its VMs run elsewhere, with their disks."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xenports.hypervisor import HypervisorError

from tests import records
from tests.conftest import Pool, make_vm, running_pool
from tests.faults.test_kills import (
    assert_true,
    end_of,
    stop_in_the_middle_of_a_start,
)

LOST = "host3"
PARTS = ("xenopsd", "squeezed", "xen")


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    """One that it does not matter to lose a host of."""
    with running_pool(tmp_path) as pool:
        yield pool


def lose(pool: Pool, api: Any, host: str) -> None:
    """Switch a machine off; returns once the pool has noticed."""
    token = api.event_from(["host_metrics"], "", 0.0)["token"]
    for part in PARTS:
        pool.supervisor.stop(f"{part}-{LOST}")
    while api.host_metrics.get_live(api.host.get_metrics(host)):
        token = api.event_from(["host_metrics"], token, 10.0)["token"]


def wait_for_xen(pool: Pool) -> None:
    while True:
        with contextlib.suppress(HypervisorError):
            pool.xen(pool.host_named(LOST)).domains()
            return


def test_what_it_ran_runs_elsewhere_with_its_disks(pool: Pool) -> None:
    with pool.session() as api:
        lost, other = (api.host.get_by_name_label(name)[0] for name in (LOST, "host2"))
        running, suspended, starting, reset = (make_vm(api) for _ in range(4))
        for vm in (running, suspended, reset):
            api.VM.start_on(vm, lost, False, False)
        api.VM.suspend(suspended)
        vdi = api.VDI.create(records.vdi(api.pool.get_default_SR(api.pool.get_all()[0]), 2**20))
        own = api.VBD.create(records.vbd(api.host.get_control_domain(lost), vdi))
        stop_in_the_middle_of_a_start(pool, LOST)
        task = api.Async.VM.start_on(starting, lost, False, False)
        lose(pool, api, lost)
        api.VM.power_state_reset(reset)
        api.VM.start_on(reset, other, False, False)
        api.host.declare_dead(lost)
        assert end_of(pool, task)["status"] == "failure"
        for vm in (running, starting):
            api.VM.start_on(vm, other, False, False)
        api.VM.resume_on(suspended, other, False, False)
        vms = (running, suspended, starting, reset)
        assert {api.VM.get_resident_on(vm) for vm in vms} == {other}
        api.host.destroy(lost)
        assert own not in api.VBD.get_all()
        for part in reversed(PARTS):
            pool.supervisor.start(f"{part}-{LOST}")
    wait_for_xen(pool)
    for vm in vms:
        assert_true(pool, vm)
