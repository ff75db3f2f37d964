"""VMs on the whole pool: the unmodified client, real processes, a real RabbitMQ and xenstored."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import XenAPI

from tests import records
from tests.conftest import MIB, Pool, make_vm, remove_vm


def failure(call: Any, *params: Any) -> list[str]:
    with pytest.raises(XenAPI.Failure) as caught:
        call(*params)
    return list(caught.value.details)


def await_task(api: Any, task: str) -> dict[str, Any]:
    """Wait for a task by the events that it makes."""
    token = ""
    while (record := api.task.get_record(task))["status"] in ("pending", "cancelling"):
        token = api.event_from([f"task/{task}"], token, 10.0)["token"]
    api.task.destroy(task)
    found: dict[str, Any] = record
    return found


@pytest.fixture
def running(api: Any, vm: str) -> str:
    api.VM.start(vm, False, False)
    return vm


def test_start_and_hard_shutdown(pool: Pool, api: Any, vm: str) -> None:
    api.VM.start(vm, False, False)
    record = api.VM.get_record(vm)
    assert record["power_state"] == "Running"
    assert int(record["domid"]) > 0
    assert all(api.VBD.get_currently_attached(vbd) for vbd in record["VBDs"])
    assert all(api.VIF.get_currently_attached(vif) for vif in record["VIFs"])
    assert len(pool.domains(record["uuid"])) == 1
    api.VM.hard_shutdown(vm)
    record = api.VM.get_record(vm)
    assert record["power_state"] == "Halted"
    assert record["resident_on"] == "OpaqueRef:NULL"
    assert not any(api.VBD.get_currently_attached(vbd) for vbd in record["VBDs"])
    assert pool.domains(record["uuid"]) == []


def test_a_second_start_is_refused(api: Any, running: str) -> None:
    assert failure(api.VM.start, running, False, False) == [
        "VM_BAD_POWER_STATE",
        running,
        "halted",
        "running",
    ]


def test_pause_and_unpause(api: Any, running: str) -> None:
    api.VM.pause(running)
    assert api.VM.get_power_state(running) == "Paused"
    api.VM.unpause(running)
    assert api.VM.get_power_state(running) == "Running"


def test_start_paused(api: Any, vm: str) -> None:
    api.VM.start(vm, True, False)
    assert api.VM.get_power_state(vm) == "Paused"


def test_memory_arrives_as_it_was_sent(pool: Pool, api: Any, running: str) -> None:
    uuid = api.VM.get_uuid(running)
    source = api.VM.get_resident_on(running)
    target = next(host for host in api.host.get_all() if host != source)
    api.VM.pause(running)
    ((_, before),) = pool.domains(uuid)
    api.VM.unpause(running)
    api.VM.pool_migrate(running, target, {"live": "true"})
    assert api.VM.get_resident_on(running) == target
    ((host, after),) = pool.domains(uuid)
    assert host == api.host.get_name_label(target)
    assert after.memory_kib == before.memory_kib


def test_suspend_and_resume_keep_the_memory(pool: Pool, api: Any, running: str) -> None:
    uuid = api.VM.get_uuid(running)
    api.VM.suspend(running)
    assert api.VM.get_power_state(running) == "Suspended"
    assert pool.domains(uuid) == []
    other = api.host.get_all()[-1]
    api.VM.resume_on(running, other, False, False)
    assert api.VM.get_power_state(running) == "Running"
    assert api.VM.get_resident_on(running) == other


def test_clean_reboot_has_a_new_domain_and_is_never_halted(api: Any, running: str) -> None:
    before = api.VM.get_domid(running)
    token = api.event_from([f"vm/{running}"], "", 1.0)["token"]
    api.VM.clean_reboot(running)
    assert api.VM.get_domid(running) != before
    events = api.event_from([f"vm/{running}"], token, 1.0)["events"]
    assert {event["snapshot"]["power_state"] for event in events} == {"Running"}


def test_clean_shutdown(api: Any, running: str) -> None:
    api.VM.clean_shutdown(running)
    assert api.VM.get_power_state(running) == "Halted"


def test_a_guest_that_halts_itself_is_shown_so(pool: Pool, api: Any, running: str) -> None:
    ((host, domain),) = pool.domains(api.VM.get_uuid(running))
    token = api.event_from([f"vm/{running}"], "", 1.0)["token"]
    pool.xen(pool.host_named(host)).call("act", domid=domain.domid, action="poweroff")
    while api.VM.get_power_state(running) != "Halted":
        token = api.event_from([f"vm/{running}"], token, 30.0)["token"]
    assert pool.domains(api.VM.get_uuid(running)) == []


def test_a_vcpu_is_unplugged_live(api: Any, vm: str) -> None:
    api.VM.set_VCPUs_max(vm, "2")
    api.VM.set_VCPUs_at_startup(vm, "2")
    api.VM.start(vm, False, False)
    api.VM.set_VCPUs_number_live(vm, "1")
    metrics = api.VM_metrics.get_record(api.VM.get_metrics(vm))
    assert metrics["VCPUs_number"] == "1"
    assert failure(api.VM.set_VCPUs_number_live, vm, "3")[0] == "INVALID_VALUE"


def test_devices_are_hotplugged(api: Any, running: str) -> None:
    (vbd,) = api.VM.get_VBDs(running)
    (vif,) = api.VM.get_VIFs(running)
    for device, cls in ((vbd, api.VBD), (vif, api.VIF)):
        cls.unplug(device)
        assert not cls.get_currently_attached(device)
        cls.plug(device)
        assert cls.get_currently_attached(device)
        assert failure(cls.plug, device)[0] == "DEVICE_ALREADY_ATTACHED"


def test_disks_at_far_places_are_plugged_and_let_go_of(api: Any, vm: str) -> None:
    sr = api.pool.get_default_SR(api.pool.get_all()[0])
    places = {"26": "xvdaa", "30": "xvdae", "hdb": "xvdb", "254": "xvdiu"}
    for place in places:
        api.VBD.create(records.vbd(vm, api.VDI.create(records.vdi(sr, 1024)), place))
    api.VM.start(vm, False, False)
    vbds = [api.VBD.get_record(vbd) for vbd in api.VM.get_VBDs(vm)]
    assert all(vbd["currently_attached"] for vbd in vbds)
    told = {vbd["userdevice"]: vbd["device"] for vbd in vbds}
    assert told == {"0": "xvda", **places}
    api.VM.hard_shutdown(vm)
    assert api.VM.get_current_operations(vm) == {}


def test_a_setter_with_rules_asks_for_them(api: Any, vm: str) -> None:
    (vbd,) = api.VM.get_VBDs(vm)
    assert failure(api.VBD.set_userdevice, vbd, "garbage") == ["INVALID_DEVICE", "garbage"]
    api.VBD.set_userdevice(vbd, "30")
    assert api.VBD.get_userdevice(vbd) == "30"
    multiplier = float("nan")
    assert failure(api.VM.set_HVM_shadow_multiplier, vm, multiplier)[0] == "INVALID_VALUE"


@pytest.mark.parametrize("kind", ["hvm", "pvh"])
def test_a_medium_is_inserted_and_ejected(api: Any, vm: str, kind: str) -> None:
    """Also into a drive that is no device of its guest while it is empty."""
    api.VM.set_domain_type(vm, kind)
    drive = api.VBD.create(records.drive(vm, "3"))
    sr = api.pool.get_default_SR(api.pool.get_all()[0])
    medium = api.VDI.create(records.vdi(sr, 1024))
    api.VM.start(vm, False, False)
    api.VBD.insert(drive, medium)
    assert api.VBD.get_VDI(drive) == medium
    assert failure(api.VBD.insert, drive, medium)[0] == "VBD_NOT_EMPTY"
    api.VBD.eject(drive)
    assert api.VBD.get_empty(drive)


def act(pool: Pool, uuid: str, action: str) -> None:
    """Have a guest do something by itself."""
    ((host, domain),) = pool.domains(uuid)
    pool.xen(pool.host_named(host)).call("act", domid=domain.domid, action=action)


def test_what_changed_live_holds_after_the_guests_own_reboot(pool: Pool, api: Any, vm: str) -> None:
    drive = api.VBD.create(records.drive(vm, "3"))
    sr = api.pool.get_default_SR(api.pool.get_all()[0])
    medium = api.VDI.create(records.vdi(sr, 1024))
    (vif,) = api.VM.get_VIFs(vm)
    other = api.network.create(records.network("other", bridge="xapi7"))
    api.VM.start(vm, False, False)
    api.VBD.insert(drive, medium)
    api.VIF.move(vif, other)
    uuid = api.VM.get_uuid(vm)
    before = api.VM.get_domid(vm)
    token = api.event_from([f"vm/{vm}"], "", 1.0)["token"]
    act(pool, uuid, "reboot")
    while api.VM.get_domid(vm) == before:
        token = api.event_from([f"vm/{vm}"], token, 30.0)["token"]
    ((host, _),) = pool.domains(uuid)
    store = pool.xenstore(pool.host_named(host))
    assert store.read(f"/xapi/{uuid}/private/vif/0/bridge") == "xapi7"
    assert api.VBD.get_VDI(drive) == medium
    api.VBD.eject(drive)
    assert api.VBD.get_empty(drive)


def test_a_clock_that_a_guest_has_set_is_kept(pool: Pool, api: Any, vm: str) -> None:
    """Over a reboot, on another host and at the next start, until somebody says otherwise."""
    api.VM.set_domain_type(vm, "hvm")
    api.VM.start(vm, False, False)
    uuid = api.VM.get_uuid(vm)

    def ahead() -> int:
        ((host, domain),) = pool.domains(uuid)
        return pool.xen(pool.host_named(host)).time_offset(domain.domid)

    ((host, domain),) = pool.domains(uuid)
    pool.xen(pool.host_named(host)).set_time_offset(domain.domid, 3600)
    there = next(host for host in api.host.get_all() if host != api.VM.get_resident_on(vm))
    api.VM.pool_migrate(vm, there, {"live": "true"})
    assert ahead() == 3600
    api.VM.hard_reboot(vm)
    assert ahead() == 3600
    assert api.VM.get_platform(vm)["timeoffset"] == "3600"
    api.VM.hard_shutdown(vm)
    platform = api.VM.get_platform(vm)
    assert platform["timeoffset"] == "3600"
    api.VM.set_platform(vm, {**platform, "timeoffset": "-60"})
    api.VM.start(vm, False, False)
    assert ahead() == -60
    assert api.VM.get_platform(vm)["timeoffset"] == "-60"


def test_an_interface_is_told_what_it_may_do(pool: Pool, api: Any, running: str) -> None:
    (vif,) = api.VM.get_VIFs(running)
    uuid = api.VM.get_uuid(running)
    ((host, domain),) = pool.domains(uuid)
    store = pool.xenstore(pool.host_named(host))
    private = f"/xapi/{uuid}/private/vif/0"
    guest = f"/local/domain/{domain.domid}/xenserver/device/vif/0/static-ip-setting"
    api.VIF.set_ipv4_allowed(vif, ["192.0.2.1"])
    api.VIF.set_locking_mode(vif, "locked")
    assert store.read(f"{private}/locking-mode") == "locked"
    assert store.read(f"{private}/ipv4-allowed") == "192.0.2.1"
    api.VIF.add_ipv4_allowed(vif, "192.0.2.2")
    assert store.read(f"{private}/ipv4-allowed") == "192.0.2.1,192.0.2.2"
    api.VIF.set_locking_mode(vif, "disabled")
    path = f"/local/domain/{domain.domid}/device/vif/0/disconnect"
    assert store.read(path) == "1"
    api.VIF.set_locking_mode(vif, "network_default")
    assert store.read(path) == "0"
    api.VIF.configure_ipv4(vif, "Static", "192.0.2.1/24", "192.0.2.254")
    assert store.read(f"{guest}/address") == "192.0.2.1/24"
    assert api.VIF.get_ipv4_addresses(vif) == ["192.0.2.1/24"]
    for wrong in ("192.0.2.1", "nonsense/24", "::1/64"):
        said = failure(api.VIF.configure_ipv4, vif, "Static", wrong, "")
        assert said == ["INVALID_CIDR_ADDRESS_SPECIFIED", "address"]
    said = failure(api.VIF.add_ipv4_allowed, vif, "::1")
    assert said == ["INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed"]
    assert api.VIF.get_ipv4_allowed(vif) == ["192.0.2.1", "192.0.2.2"]


def test_snapshot_and_revert(api: Any, vm: str) -> None:
    snapshot = api.VM.snapshot(vm, "before", [])
    assert api.VM.get_snapshots(vm) == [snapshot]
    api.VM.set_name_description(vm, "changed")
    api.VM.revert(snapshot)
    assert api.VM.get_name_description(vm) == api.VM.get_name_description(snapshot)
    assert len(api.VM.get_VBDs(vm)) == 1
    api.VM.destroy(snapshot)
    assert api.VM.get_snapshots(vm) == []


def test_a_guest_can_see_that_it_was_reverted(api: Any, vm: str) -> None:
    changes = {"generation_id": "1:2", "name_label": "a directory server"}
    watched = api.VM.create({**api.VM.get_record(vm), **changes})
    snapshot = api.VM.snapshot(watched, "before", [])
    api.VM.revert(snapshot)
    kept = {"1:2", api.VM.get_generation_id(snapshot)}
    assert api.VM.get_generation_id(watched) not in kept
    for each in (snapshot, watched):
        api.VM.destroy(each)


def test_more_than_there_is_is_refused_with_the_sum(api: Any, vm: str) -> None:
    api.VM.set_memory_limits(vm, *[str(64 * 1024 * MIB)] * 4)
    code, needed, available, total = failure(api.VM.start, vm, False, False)
    assert "in reserve" in total
    assert code == "HOST_NOT_ENOUGH_FREE_MEMORY"
    assert int(needed) > int(available)
    assert api.VM.get_current_operations(vm) == {}


def test_two_starts_cannot_both_take_the_last_memory(pool: Pool, api: Any) -> None:
    free = max(int(api.host.compute_free_memory(host)) for host in api.host.get_all())
    host = next(
        host for host in api.host.get_all() if int(api.host.compute_free_memory(host)) == free
    )
    vms = [make_vm(api, memory_mib=free // MIB * 3 // 5, disk=False) for _ in range(2)]
    tasks = [api.Async.VM.start_on(vm, host, False, False) for vm in vms]
    ends = [await_task(api, task)["status"] for task in tasks]
    assert sorted(ends) == ["failure", "success"]
    for vm in vms:
        remove_vm(api, vm)


def test_a_vm_is_where_it_was_moved_each_time(pool: Pool, api: Any, running: str) -> None:
    here, there = api.host.get_all()[:2]
    uuid = api.VM.get_uuid(running)
    for target in (there, here) * 3:
        api.VM.pool_migrate(running, target, {"live": "true"})
        assert api.VM.get_resident_on(running) == target
        assert [name for name, _ in pool.domains(uuid)] == [api.host.get_name_label(target)]


def test_a_migration_can_be_cancelled(pool: Pool, api: Any) -> None:
    vm = make_vm(api, memory_mib=512)
    api.VM.start(vm, False, False)
    source = api.VM.get_resident_on(vm)
    target = next(host for host in api.host.get_all() if host != source)
    task = api.Async.VM.pool_migrate(vm, target, {"live": "true"})
    token = ""
    while float(api.task.get_progress(task)) == 0.0:
        token = api.event_from([f"task/{task}"], token, 10.0)["token"]
    api.task.cancel(task)
    record = await_task(api, task)
    assert record["status"] in ("cancelled", "success")
    here = source if record["status"] == "cancelled" else target
    assert api.VM.get_resident_on(vm) == here
    assert len(pool.domains(api.VM.get_uuid(vm))) == 1
    remove_vm(api, vm)


def test_evacuate_empties_a_host(pool: Pool, api: Any) -> None:
    host = api.host.get_by_name_label("host1")[0]
    vms = [make_vm(api) for _ in range(3)]
    for vm in vms:
        api.VM.start_on(vm, host, False, False)
    assert api.host.get_vms_which_prevent_evacuation(host) == {}
    api.host.disable(host)
    api.host.evacuate(host)
    assert api.host.get_resident_VMs(host) == [api.host.get_control_domain(host)]
    for vm in vms:
        ((name, _),) = pool.domains(api.VM.get_uuid(vm))
        assert name == api.host.get_name_label(api.VM.get_resident_on(vm)) != "host1"
        remove_vm(api, vm)
    api.host.enable(host)


def test_an_event_wakes_a_waiting_client(pool: Pool, api: Any, vm: str) -> None:
    token = api.event_from(["vm"], "", 5.0)["token"]
    heard: list[Any] = []

    def listen() -> None:
        with pool.session() as other:
            heard.append(other.event_from(["vm"], token, 30.0))

    thread = threading.Thread(target=listen)
    thread.start()
    api.VM.set_name_description(vm, "something new")
    thread.join(timeout=30)
    (event,) = [event for event in heard[0]["events"] if event["ref"] == vm]
    assert event["operation"] == "mod"
    assert event["snapshot"]["name_description"] == "something new"


def test_what_is_not_there_yet_says_so(api: Any, vm: str) -> None:
    assert failure(api.VM.s3_suspend, vm) == ["NOT_IMPLEMENTED", "VM.s3_suspend"]


def test_a_dead_reference_is_refused_before_anything_changes(api: Any) -> None:
    dead = "OpaqueRef:00000000-0000-0000-0000-000000000000"
    assert failure(api.VM.start, dead, False, False) == ["HANDLE_INVALID", "VM", dead]


@pytest.fixture(autouse=True)
def nothing_is_left(api: Any) -> Iterator[None]:
    """No test leaves an operation behind."""
    yield
    for record in api.VM.get_all_records().values():
        assert record["current_operations"] == {}


def test_what_a_guest_says_of_itself_is_in_its_metrics(pool: Pool, api: Any, running: str) -> None:
    host = pool.host_named(api.host.get_name_label(api.VM.get_resident_on(running)))
    base = f"/local/domain/{api.VM.get_domid(running)}"
    pool.xenstore(host).write_all(
        {f"{base}/attr/vif/0/ipv4/0": "10.0.0.7", f"{base}/data/os_distro": "debian"}
    )
    metrics, token = api.VM.get_guest_metrics(running), ""
    while api.VM_guest_metrics.get_networks(metrics).get("0/ip") != "10.0.0.7":
        token = api.event_from([f"vm_guest_metrics/{metrics}"], token, 10.0)["token"]
    assert api.VM_guest_metrics.get_os_version(metrics)["distro"] == "debian"
