"""Which operations of VBDs, VIFs and hosts may begin, and in which order refusals count."""

from collections.abc import Mapping
from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.values import default_record
from pooldb import Reader
from rules.lifecycle import host, vbd, vif

from tests.records import shown

ME: Any = "me"
Rows = dict[tuple[str, str], dict[str, Any]]


def row(cls: str, **fields: Any) -> dict[str, Any]:
    return {**default_record(api.classes[cls]), **fields}


class Pool(Reader):
    """Rows by class and reference, as tables read them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def find_record(self, cls: str, ref: str) -> Mapping[str, Any] | None:
        return self._rows.get((cls, ref))

    def children(self, parent: str, many: str) -> list[str]:
        raise NotImplementedError

    def ref_by_uuid(self, cls: str, uuid: str) -> str:
        raise NotImplementedError

    def all_records(self, cls: str) -> dict[str, Mapping[str, Any]]:
        return {ref: record for (found, ref), record in self._rows.items() if found == cls}


def running(**devices: Any) -> Rows:
    vm = row("VM", power_state="Running", domain_type="hvm", guest_metrics="agent", **devices)
    return {("VM", "vm"): vm, ("VM_guest_metrics", "agent"): row("VM_guest_metrics")}


def disk(**fields: Any) -> dict[str, Any]:
    return row("VBD", **{"VM": "vm", "VDI": "vdi", "mode": "RW", "type": "Disk", **fields})


def refused(table: Any, rows: Rows, record: Any, operation: str) -> list[str]:
    with pytest.raises(XenAPIError) as refusal:
        table.check(Pool(rows), "me", record, operation)
    return refusal.value.description


def test_a_disk_that_another_vm_writes_is_not_given_to_a_second() -> None:
    other = disk(VM="other", currently_attached=True)
    rows = running() | {
        ("VDI", "vdi"): row("VDI", VBDs=["me", "other's"], managed=True),
        ("VBD", "other's"): other,
        ("VM", "other"): row("VM", power_state="Running"),
    }
    assert refused(vbd, rows, shown("VBD", disk()), "attach") == ["VDI_IN_USE", "vdi"]
    rows["VDI", "vdi"]["sharable"] = True
    vbd.check(Pool(rows), ME, shown("VBD", disk()), "attach")


def test_a_guest_without_drivers_gets_no_disk_as_it_runs() -> None:
    rows = running() | {("VDI", "vdi"): row("VDI", managed=True)}
    assert refused(vbd, rows, shown("VBD", disk()), "plug") == ["VM_MISSING_PV_DRIVERS", "vm"]
    rows["VM_guest_metrics", "agent"]["PV_drivers_detected"] = True
    vbd.check(Pool(rows), ME, shown("VBD", disk()), "plug")


def test_what_an_empty_drive_of_a_running_vm_allows_is_in_the_fields_order() -> None:
    drive = row("VBD", VM="vm", type="CD", empty=True)
    assert vbd.allowed(Pool(running()), ME, shown("VBD", drive)) == [
        "attach",
        "unpause",
        "insert",
        "pause",
    ]


def test_an_interface_of_a_vm_that_is_off_can_only_be_attached() -> None:
    rows = running()
    rows["VM", "vm"]["power_state"] = "Halted"
    interface = shown("VIF", row("VIF", VM="vm"))
    assert vif.allowed(Pool(rows), ME, interface) == ["attach"]
    assert refused(vif, rows, interface, "plug") == [
        *("VM_BAD_POWER_STATE", "vm", "running", "halted")
    ]


def test_a_host_is_switched_off_only_once_it_takes_no_vms() -> None:
    record = row("host", enabled=True)
    assert refused(host, {}, shown("host", record), "shutdown") == ["HOST_NOT_DISABLED"]
    assert "shutdown" in host.allowed(Pool({}), ME, shown("host", {**record, "enabled": False}))


def test_a_host_brings_no_vms_while_it_is_evacuated() -> None:
    record = shown("host", row("host", current_operations={"task": "evacuate"}))
    assert refused(host, {}, record, "vm_migrate")[0] == "OTHER_OPERATION_IN_PROGRESS"
    host.check(Pool({}), ME, record, "vm_start")
