"""Processes die or stand still in the middle of work: no VM is lost or doubled, every task ends."""

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import XenAPI

from tests import deaf_guests
from tests.conftest import Pool, make_vm, remove_vm

ENDED = ("success", "failure", "cancelled")
OUT_OF_REACH = ("CANNOT_CONTACT_HOST", "HOST_OFFLINE", "HOST_NOT_LIVE", "NO_HOSTS_AVAILABLE")


def kill(pool: Pool, name: str) -> None:
    pid = pool.supervisor.pids().get(name)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def end_of(pool: Pool, task: str) -> dict[str, Any]:
    """The task's record once it has ended, asked anew whenever the gateway was away."""
    while True:
        with contextlib.suppress(OSError, XenAPI.Failure), pool.session() as api:
            token = ""
            while (record := api.task.get_record(task))["status"] not in ENDED:
                token = api.event_from([f"task/{task}"], token, 5.0)["token"]
            found: dict[str, Any] = record
            return found


def assert_true(pool: Pool, vm: str) -> None:
    """The database says what the hypervisors do, and nothing is in progress."""
    while True:
        with contextlib.suppress(OSError), pool.session() as api:
            record = api.VM.get_record(vm)
            break
    domains = pool.domains(record["uuid"])
    assert len(domains) == (1 if record["power_state"] in ("Running", "Paused") else 0)
    if domains:
        with pool.session() as api:
            assert api.host.get_name_label(record["resident_on"]) == domains[0][0]
    assert record["current_operations"] == {}


@pytest.fixture
def vm(pool: Pool) -> Iterator[str]:
    with pool.session() as api:
        vm = make_vm(api, memory_mib=256)
    yield vm
    with pool.session() as api:
        remove_vm(api, vm)


@pytest.mark.parametrize("name", ["forwarder-1", "forwarder-2"])
def test_a_forwarder_that_is_stopped_hands_its_calls_over(pool: Pool, vm: str, name: str) -> None:
    """It ends at once, whatever its calls wait for, and another does them to their end."""
    with pool.session() as api:
        guest = deaf_guests.started(pool, api, vm)
        task = guest.while_asked(lambda: api.Async.VM.clean_shutdown(vm))
        pool.supervisor.stop(name)
        pool.supervisor.start(name)
        guest.stop()
    assert end_of(pool, task)["status"] == "success"
    log = pool.layout.folder / "log" / "supervisord.log"
    assert f"killing '{name}'" not in log.read_text()
    assert_true(pool, vm)


@pytest.mark.parametrize("victim", ["xenopsd-host1", "forwarder-1", "forwarder-2", "xapi"])
def test_a_process_dies_while_a_vm_starts(pool: Pool, vm: str, victim: str) -> None:
    with pool.session() as api:
        task = api.Async.VM.start_on(vm, api.host.get_by_name_label("host1")[0], False, False)
    kill(pool, victim)
    end_of(pool, task)
    assert_true(pool, vm)


@pytest.mark.parametrize(
    "victim",
    [
        *("xenopsd-host1", "xenopsd-host2", "door-host2", "forwarder-1", "forwarder-2"),
        *("xapi", "rabbitmq"),
    ],
)
def test_a_process_dies_while_a_vm_migrates(pool: Pool, vm: str, victim: str) -> None:
    with pool.session() as api:
        hosts = [api.host.get_by_name_label(name)[0] for name in ("host1", "host2")]
        api.VM.start_on(vm, hosts[0], False, False)
        pool.await_boot(api.VM.get_uuid(vm))
        task = api.Async.VM.pool_migrate(vm, hosts[1], {"live": "true"})
        token = ""
        while float((record := api.task.get_record(task))["progress"]) == 0.0:
            if record["status"] in ENDED:
                break
            token = api.event_from([f"task/{task}"], token, 5.0)["token"]
    kill(pool, victim)
    end_of(pool, task)
    assert_true(pool, vm)


def stop_in_the_middle_of_a_start(pool: Pool, host: str) -> None:
    """Have a host's xenopsd stand still, once, when it has begun to start a VM."""
    folder = pool.layout.path("hosts", host, "hooks", "vm-pre-start", "stop").parent
    script = folder / "stop"
    script.write_text('#!/bin/sh\nrm "$0"\nkill -STOP $PPID\n')
    script.chmod(0o755)


def test_a_vm_whose_host_stood_still_is_not_started_beside_it(pool: Pool, vm: str) -> None:
    stop_in_the_middle_of_a_start(pool, "host1")
    with pool.session() as api:
        here, there = (api.host.get_by_name_label(name)[0] for name in ("host1", "host2"))
        task = api.Async.VM.start_on(vm, here, False, False)
        assert end_of(pool, task)["error_info"] == ["HOST_OFFLINE", here]
        with pytest.raises(XenAPI.Failure) as refused:
            api.VM.start_on(vm, there, False, False)
        assert refused.value.details == ["HOST_OFFLINE", here]
        token = api.event_from([f"vm/{vm}"], "", 0.0)["token"]
        os.kill(pool.supervisor.pids()["xenopsd-host1"], signal.SIGCONT)
        while api.VM.get_current_operations(vm):
            token = api.event_from([f"vm/{vm}"], token, 5.0)["token"]
        assert_true(pool, vm)
        if api.VM.get_power_state(vm) == "Halted":
            api.VM.start_on(vm, there, False, False)
    assert_true(pool, vm)


def test_a_call_whose_message_was_never_sent_is_run_all_the_same(pool: Pool, vm: str) -> None:
    """The gateway has promised it by the task; then it dies before the broker can be reached."""
    pool.supervisor.stop("rabbitmq")
    try:
        with pool.session() as api:
            task = api.Async.VM.start(vm, False, False)
        kill(pool, "xapi")
    finally:
        pool.supervisor.start("rabbitmq")
    record = end_of(pool, task)
    # Hosts that are silent for too long, since their broker was away, are out of reach.
    assert record["status"] == "success" or record["error_info"][0] in OUT_OF_REACH
    assert_true(pool, vm)


def test_a_forwarder_dies_while_a_host_is_evacuated(pool: Pool) -> None:
    """Another one moves the VMs that are left, and takes none for moved that is not."""
    with pool.session() as api:
        host = api.host.get_by_name_label("host1")[0]
        vms = [make_vm(api, memory_mib=128) for _ in range(3)]
        for vm in vms:
            api.VM.start_on(vm, host, False, False)
        task = api.Async.host.evacuate(host)
        token = ""
        while len(api.host.get_resident_VMs(host)) > len(vms):
            token = api.event_from(["vm"], token, 5.0)["token"]
    for name in ("forwarder-1", "forwarder-2"):
        kill(pool, name)
    assert end_of(pool, task)["status"] == "success"
    with pool.session() as api:
        assert api.host.get_resident_VMs(host) == [api.host.get_control_domain(host)]
        for vm in vms:
            assert_true(pool, vm)
            remove_vm(api, vm)


def test_a_guest_that_was_being_asked_to_stop_is_asked_again(pool: Pool, vm: str) -> None:
    """Who asked for a clean shutdown does not get a forced one, since xenopsd died meanwhile."""
    host = pool.host_named("host1")
    with pool.session() as api:
        api.VM.start_on(vm, api.host.get_by_name_label(host.name)[0], False, False)
        uuid, domid = api.VM.get_uuid(vm), int(api.VM.get_domid(vm))
        pool.xen(host).call("behave", domid=domid, obeys=False)
        request = f"/local/domain/{domid}/control/shutdown"
        with pool.xenstore(host).watch(request) as events:
            task = api.Async.VM.clean_shutdown(vm)
            while pool.xenstore(host).read(request) != "poweroff":
                events.next(10.0)
    kill(pool, f"xenopsd-{host.name}")
    # A guest that hears of the first request only now must not obey that one.
    pool.xenstore(host).write(request, "")
    pool.xen(host).call("behave", domid=domid, obeys=True)
    assert end_of(pool, task)["status"] == "success"
    hops = (pool.layout.folder / f"log/xenopsd-{host.name}.jsonl").read_text().splitlines()
    assert any("VmShutdownDomain" in hop and uuid in hop for hop in hops)
    assert_true(pool, vm)


def test_the_gateway_stops_although_clients_wait_for_events(pool: Pool) -> None:
    """The alerter always does."""
    pool.supervisor.stop("xapi")
    log = (pool.layout.folder / "log" / "supervisord.log").read_text()
    pool.supervisor.start("xapi")
    while True:
        with contextlib.suppress(OSError), pool.session():
            break
    assert "killing 'xapi'" not in log
