"""VMs that start and stop together, what operators are told, and devices' metrics."""

from collections.abc import Iterator
from typing import Any

import pytest
import XenAPI

from tests import records
from tests.conftest import make_vm, remove_vm


@pytest.fixture
def appliance(api: Any) -> Iterator[tuple[str, list[str]]]:
    """An appliance of two VMs; the first one starts first."""
    made = api.VM_appliance.create({"name_label": "two", "name_description": ""})
    vms = [make_vm(api, disk=False) for _ in range(2)]
    for order, vm in enumerate(vms):
        api.VM.set_order(vm, str(order))
        api.VM.set_appliance(vm, made)
    yield made, vms
    for vm in vms:
        remove_vm(api, vm)
    api.VM_appliance.destroy(made)


def told(api: Any, vm: str) -> list[str]:
    """The names of the messages about a VM, in their order."""
    uuid = api.VM.get_uuid(vm)
    found = api.message.get("VM", uuid, "19700101T00:00:00Z").values()
    return [message["name"] for message in found]


def test_an_appliance_refuses_what_it_could_do_to_no_vm(
    api: Any, appliance: tuple[str, list[str]]
) -> None:
    ref, _ = appliance
    assert api.VM_appliance.get_allowed_operations(ref) == ["start"]
    empty = api.VM_appliance.create({"name_label": "empty", "name_description": ""})
    assert api.VM_appliance.get_allowed_operations(empty) == []
    for stop, refusal in (
        (lambda: api.VM_appliance.start(empty, False), "Appliance has no VMs."),
        (lambda: api.VM_appliance.hard_shutdown(ref), "All VMs in this appliance are halted."),
    ):
        with pytest.raises(XenAPI.Failure) as refused:
            stop()
        assert refused.value.details == ["OPERATION_NOT_ALLOWED", refusal]
    api.VM_appliance.destroy(empty)


def test_an_appliance_starts_and_stops_its_vms(api: Any, appliance: tuple[str, list[str]]) -> None:
    ref, vms = appliance
    api.VM_appliance.start(ref, False)
    assert [api.VM.get_power_state(vm) for vm in vms] == ["Running", "Running"]
    api.VM_appliance.hard_shutdown(ref)
    assert [api.VM.get_power_state(vm) for vm in vms] == ["Halted", "Halted"]


def test_operators_are_told_what_was_done_to_a_vm(api: Any, vm: str) -> None:
    api.VM.start(vm, False, False)
    api.VM.hard_reboot(vm)
    api.VM.hard_shutdown(vm)
    assert sorted(told(api, vm)) == ["VM_REBOOTED", "VM_SHUTDOWN", "VM_STARTED"]


def test_what_failed_is_not_told(api: Any, vm: str) -> None:
    with pytest.raises(XenAPI.Failure):
        api.VM.hard_reboot(vm)
    assert told(api, vm) == []


def test_a_devices_metrics_come_and_go_with_it(api: Any, vm: str) -> None:
    vif = api.VM.get_VIFs(vm)[0]
    before = api.event_from(["vif_metrics"], "", 0.0)
    api.VIF.destroy(vif)
    after = api.event_from(["vif_metrics"], before["token"], 10.0)
    assert [event["operation"] for event in after["events"]] == ["del"]


def test_a_clients_task_is_the_clients_to_end(api: Any) -> None:
    task = api.task.create("mine", "")
    assert api.task.get_allowed_operations(task) == []
    api.task.cancel(task)
    assert api.task.get_status(task) == "pending"
    assert list(api.task.get_current_operations(task).values()) == ["cancel"]
    api.task.set_status(task, "success")
    api.task.cancel(task)
    api.task.destroy(task)


def test_a_change_that_is_none_is_no_event(api: Any, vm: str) -> None:
    name = api.VM.get_name_label(vm)
    token = api.event_from(["vm"], "", 0.0)["token"]
    api.VM.set_name_label(vm, name)
    assert api.event_from([f"vm/{vm}"], token, 0.0)["events"] == []


def test_an_sr_goes_when_nothing_uses_it(api: Any) -> None:
    host = api.host.get_all()[0]
    sr = api.SR.create(host, {}, "0", "spare", "", "dummy", "", True, {})
    vdi = api.VDI.create(records.vdi(sr, 1024))
    pbds = api.SR.get_PBDs(sr)
    for remove in (api.SR.destroy, api.SR.forget):
        with pytest.raises(XenAPI.Failure) as refused:
            remove(sr)
        assert refused.value.details == ["SR_HAS_PBD", sr]
    for pbd in pbds:
        api.PBD.unplug(pbd)
    with pytest.raises(XenAPI.Failure) as refused:
        api.SR.destroy(sr)
    assert refused.value.details == ["SR_NOT_EMPTY"]
    api.PBD.plug(pbds[0])
    api.VDI.destroy(vdi)
    api.PBD.unplug(pbds[0])
    api.SR.destroy(sr)
    with pytest.raises(XenAPI.Failure):
        api.SR.get_uuid(sr)
