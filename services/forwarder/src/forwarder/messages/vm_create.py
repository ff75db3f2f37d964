"""VM.create, clone, copy, snapshot, revert, provision, destroy: VMs as records and disks."""

import time
import xml.etree.ElementTree as ElementTree
from typing import Any

import defusedxml.ElementTree
from datamodel import XenAPIError, api
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction

from forwarder import devices, locking
from forwarder.context import Context, is_null
from forwarder.election import overhead_bytes
from forwarder.messages.vdi import copy_vdi, create_vdi, destroy_vdi
from forwarder.reconcile import date
from forwarder.registry import implements

# What a new VM does not take over from the one that it is made from.
OWN_FIELDS = frozenset(
    {
        *("uuid", "allowed_operations", "current_operations", "power_state", "resident_on"),
        *("scheduled_to_be_resident_on", "domid", "metrics", "guest_metrics", "suspend_VDI"),
        *("snapshot_of", "snapshot_time", "is_a_snapshot", "is_default_template", "name_label"),
        *("parent", "last_booted_record", "snapshot_info", "snapshot_metadata", "reserved"),
        *("transportable_snapshot_id", "reference_label", "blobs", "attached_PCIs", "groups"),
    }
)
DEVICE_OWN_FIELDS = frozenset(
    {
        *("uuid", "VM", "VDI", "allowed_operations", "current_operations", "currently_attached"),
        *("metrics", "status_code", "status_detail", "runtime_properties", "reserved"),
    }
)


def derived_sets(cls: str) -> set[str]:
    return {relation.many[1] for relation in api.relations if relation.many[0] == cls}


def check_memory(record: dict[str, Any]) -> None:
    """Raise MEMORY_CONSTRAINT_VIOLATION unless the four limits are in order."""
    limits = [
        int(record[f"memory_{name}"])
        for name in ("static_min", "dynamic_min", "dynamic_max", "static_max")
    ]
    if limits != sorted(limits) or limits[0] < 0:
        raise XenAPIError(
            "MEMORY_CONSTRAINT_VIOLATION",
            "Memory limits must satisfy: static_min ≤ dynamic_min ≤ dynamic_max ≤ static_max",
        )


def check_vcpus(maximum: int, at_startup: int) -> None:
    """Raise INVALID_VALUE unless the numbers of vCPUs fit each other."""
    if not 0 < at_startup <= maximum:
        raise XenAPIError(
            "INVALID_VALUE",
            "VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max",
            at_startup,
        )


@implements("VM.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    check_memory(args)
    check_vcpus(int(args["VCPUs_max"]), int(args["VCPUs_at_startup"]))
    with ctx.transaction() as tx:
        return new_vm(tx, args)


def new_vm(tx: Transaction, values: dict[str, Any]) -> str:
    """Add a halted VM with its metrics."""
    record = {**values}
    if record.get("domain_type", "unspecified") == "unspecified":
        record["domain_type"] = "hvm" if record.get("HVM_boot_policy") else "pv"
    record.setdefault("memory_target", record.get("memory_dynamic_max", 0))
    other_config = dict(record.get("other_config", {}))
    other_config.setdefault("mac_seed", new_uuid())
    metrics = tx.create("VM_metrics", {"last_updated": date(time.time())})
    ref = tx.create(
        "VM",
        {
            **record,
            "other_config": other_config,
            "power_state": "Halted",
            "domid": -1,
            "metrics": metrics,
            "resident_on": NULL_REF,
        },
    )
    tx.update("VM", ref, {"memory_overhead": overhead_bytes(tx.get("VM", ref))})
    locking.refresh(tx, "VM", ref)
    return ref


def copy_vm(tx: Transaction, source: str, name: str, *, snapshot: bool, sr: str = NULL_REF) -> str:
    """A new VM like another one, with copies of its disks and its devices.

    A snapshot keeps the MAC addresses, since it is to become the VM again.
    """
    record = tx.get("VM", source)
    left_out = OWN_FIELDS | derived_sets("VM")
    values = {key: value for key, value in record.items() if key not in left_out}
    values["name_label"] = name
    values["is_default_template"] = False
    if snapshot:
        values |= {
            "is_a_snapshot": True,
            "is_a_template": True,
            "snapshot_of": source,
            "snapshot_time": date(time.time()),
            "snapshot_info": {"power-state-at-snapshot": record["power_state"]},
        }
    else:
        seed = {"mac_seed": new_uuid()}
        values["other_config"] = {**values["other_config"], **seed}
        values["parent"] = NULL_REF
    ref = new_vm(tx, values)
    for vbd in record["VBDs"]:
        copy_vbd(tx, vbd, ref, snapshot=snapshot, sr=sr)
    for vif in record["VIFs"]:
        copy_device(tx, "VIF", vif, ref, {} if snapshot else {"MAC": random_mac()})
    locking.refresh(tx, "VM", ref)
    return ref


def copy_vbd(tx: Transaction, source: str, vm: str, *, snapshot: bool, sr: str) -> None:
    """A VBD like another one for another VM; a disk is copied, a medium is shared."""
    record = tx.get("VBD", source)
    vdi = record["VDI"]
    if vdi != NULL_REF and record["type"] == "Disk":
        vdi = copy_vdi(tx, vdi, snapshot=snapshot, sr=sr)
    copy_device(tx, "VBD", source, vm, {"VDI": vdi})


def copy_device(tx: Transaction, cls: str, source: str, vm: str, changes: dict[str, Any]) -> str:
    record = tx.get(cls, source)
    values = {key: value for key, value in record.items() if key not in DEVICE_OWN_FIELDS}
    return devices.add(tx, cls, {**values, "VM": vm, **changes})


def random_mac() -> str:
    """A locally administered address."""
    tail = new_uuid().replace("-", "")[:10]
    return ":".join(["02", *(tail[start : start + 2] for start in range(0, 10, 2))])


@implements("VM.clone")
def clone(ctx: Context, vm: str, new_name: str) -> str:
    ctx.lock("VM", vm, "clone")
    with ctx.transaction() as tx:
        return copy_vm(tx, vm, new_name, snapshot=False)


@implements("VM.copy")
def copy(ctx: Context, vm: str, new_name: str, sr: str) -> str:
    ctx.lock("VM", vm, "copy")
    with ctx.transaction() as tx:
        return copy_vm(tx, vm, new_name, snapshot=False, sr=sr)


@implements("VM.snapshot")
def snapshot(ctx: Context, vm: str, new_name: str, ignore_vdis: list[str]) -> str:
    ctx.lock("VM", vm, "snapshot")
    with ctx.transaction() as tx:
        made = copy_vm(tx, vm, new_name, snapshot=True)
    ctx.announce("VM_SNAPSHOTTED", vm, f"snapshotted as '{new_name}'")
    return made


@implements("VM.revert")
def revert(ctx: Context, snapshot: str) -> None:
    """Make the VM what it was: its settings, devices and disks come from the snapshot."""
    ctx.lock("VM", snapshot, "revert")
    record = ctx.view.get("VM", snapshot)
    vm = record["snapshot_of"]
    if is_null(vm) or ctx.view.find("VM", vm) is None:
        raise XenAPIError("VM_REVERT_FAILED", snapshot, vm)
    if ctx.view.get("VM", vm)["power_state"] != "Halted":
        from forwarder.messages.vm_power import hard_shutdown

        hard_shutdown(ctx, vm)
    with ctx.transaction() as tx:
        _restore(tx, vm, snapshot)
    ctx.announce("VM_SNAPSHOT_REVERTED", vm, f"reverted to snapshot '{record['name_label']}'")


def _restore(tx: Transaction, vm: str, snapshot: str) -> None:
    record, saved = tx.get("VM", vm), tx.get("VM", snapshot)
    for vbd in record["VBDs"]:
        device = tx.get("VBD", vbd)
        devices.remove(tx, "VBD", vbd)
        if device["type"] == "Disk" and tx.find("VDI", device["VDI"]) is not None:
            destroy_vdi(tx, device["VDI"])
    for vif in record["VIFs"]:
        devices.remove(tx, "VIF", vif)
    left_out = OWN_FIELDS | derived_sets("VM") | {"is_a_template"}
    settings = {key: value for key, value in saved.items() if key not in left_out}
    tx.update("VM", vm, settings)
    for vbd in saved["VBDs"]:
        copy_vbd(tx, vbd, vm, snapshot=False, sr=NULL_REF)
    for vif in saved["VIFs"]:
        copy_device(tx, "VIF", vif, vm, {})
    locking.refresh(tx, "VM", vm)


@implements("VM.provision")
def provision(ctx: Context, vm: str) -> None:
    """Make the disks that the template asks for; the VM is no template afterwards."""
    ctx.lock("VM", vm, "provision")
    wanted = _disks(ctx.view.get("VM", vm)["other_config"].get("disks", ""))
    with ctx.transaction() as tx:
        for disk in wanted:
            _provision_disk(tx, vm, disk)
        other_config = dict(tx.get("VM", vm)["other_config"])
        other_config.pop("disks", None)
        changes = {"is_a_template": False, "other_config": other_config}
        tx.update("VM", vm, {**changes, "is_default_template": False})


def _disks(text: str) -> list[ElementTree.Element]:
    if not text:
        return []
    try:
        return list(defusedxml.ElementTree.fromstring(text).iter("disk"))
    except ElementTree.ParseError as error:
        raise XenAPIError("INVALID_VALUE", "other_config:disks", text) from error


def _provision_disk(tx: Transaction, vm: str, disk: ElementTree.Element) -> None:
    sr = tx.by_uuid("SR", disk.get("sr", ""))
    vdi = create_vdi(
        tx,
        {
            "name_label": f"{tx.get('VM', vm)['name_label']} {disk.get('device', '0')}",
            "SR": sr,
            "virtual_size": int(disk.get("size", "0")),
            "type": disk.get("type", "system"),
        },
    )
    devices.add(
        tx,
        "VBD",
        {
            "VM": vm,
            "VDI": vdi,
            "userdevice": disk.get("device", "0"),
            "bootable": disk.get("bootable") == "true",
            "mode": "RW",
            "type": "Disk",
        },
    )


@implements("VM.destroy")
def destroy(ctx: Context, self: str) -> None:
    """Remove the VM, its devices and metrics; its disks stay, a snapshot's go with it."""
    ctx.lock("VM", self, "destroy")
    record = ctx.view.get("VM", self)
    with ctx.transaction() as tx:
        for vbd in record["VBDs"]:
            vdi = tx.get("VBD", vbd)["VDI"]
            devices.remove(tx, "VBD", vbd)
            if record["is_a_snapshot"] and tx.find("VDI", vdi) is not None:
                destroy_vdi(tx, vdi)
        for vif in record["VIFs"]:
            devices.remove(tx, "VIF", vif)
        for console in record["consoles"]:
            tx.delete("console", console)
        for cls, field in (("VM_metrics", "metrics"), ("VM_guest_metrics", "guest_metrics")):
            if tx.find(cls, record[field]) is not None:
                tx.delete(cls, record[field])
        if tx.find("VDI", record["suspend_VDI"]) is not None:
            destroy_vdi(tx, record["suspend_VDI"])
        for child in record["snapshots"]:
            tx.update("VM", child, {"snapshot_of": NULL_REF})
        tx.delete("VM", self)
