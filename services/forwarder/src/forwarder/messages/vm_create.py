"""VM.create, clone, copy, snapshot, revert, provision, destroy: VMs as records and disks."""

import hashlib
import random
import re
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any

import defusedxml.ElementTree
from datamodel import XenAPIError, api
from datamodel.refs import NULL_REF, new_uuid
from datamodel.values import INT_MAX, invalid_value
from defusedxml.common import DefusedXmlException
from pooldb import Transaction, query

from forwarder import devices, locking, places, vm_values
from forwarder.context import Context
from forwarder.memory import overhead_bytes
from forwarder.messages.sr import require_attached
from forwarder.messages.vdi import copy_vdi, create_vdi, destroy_vdi
from forwarder.reconcile import date
from forwarder.registry import implements

# What a new VM does not take over from the one that it is made from.
OWN_FIELDS = frozenset(
    {
        *("uuid", "allowed_operations", "current_operations", "power_state", "resident_on"),
        *("scheduled_to_be_resident_on", "domid", "domarch", "metrics", "guest_metrics"),
        *("suspend_VDI", "suspend_SR", "snapshot_of", "snapshot_time", "is_a_snapshot"),
        *("is_default_template", "name_label", "parent", "snapshot_info", "snapshot_metadata"),
        *("is_snapshot_from_vmpp", "is_vmss_snapshot", "snapshot_schedule", "protection_policy"),
        *("transportable_snapshot_id", "blobs", "attached_PCIs", "groups", "blocked_operations"),
        *("appliance", "start_delay", "shutdown_delay", "order", "ha_always_run", "version"),
        *("requires_reboot", "generation_id", "pending_guidances", "recommended_guidances"),
        *("pending_guidances_recommended", "pending_guidances_full"),
    }
)
DEVICE_OWN_FIELDS = frozenset(
    {
        *("uuid", "VM", "VDI", "allowed_operations", "current_operations", "currently_attached"),
        *("metrics", "status_code", "status_detail", "runtime_properties", "reserved"),
    }
)


MAC_SEED, BASE_TEMPLATE = "mac_seed", "base_template_name"
TEMPLATE_KEYS = ("default_template", "xensource_internal")
NEW_METRICS: dict[str, Any] = {"VCPUs_utilisation": {"0": 0.0}}
VENDOR_DEVICE_PLATFORM = 2
"""The version of the virtual hardware that has the device of Windows Update's drivers."""

SIZE = re.compile("[0-9]{1,19}")
PROVISIONED = ("system", "user", "ephemeral", "suspend", "crashdump")
"""What disks may be for that a template asks for."""

GENERATIONS = random.SystemRandom()
FIELDS = api.classes["VM"].fields


def derived_sets(cls: str) -> set[str]:
    return {relation.many[1] for relation in api.relations if relation.many[0] == cls}


@implements("VM.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    """A new VM as told; whether it can run with that is seen when it is to start."""
    with ctx.transaction() as tx:
        values = {name: args[name] for name in args if name not in LEFT_TO_MESSAGES}
        vm_values.check_new(values)
        return new_vm(tx, values)


LEFT_TO_MESSAGES = frozenset(
    {
        *("blocked_operations", "protection_policy", "is_snapshot_from_vmpp"),
        *("snapshot_schedule", "is_vmss_snapshot", "power_state", "suspend_VDI"),
        *("last_booted_record", "last_boot_CPU_flags"),
    }
)
"""Arguments of VM.create that messages of their own set, or that only a run brings about."""


def new_vm(tx: Transaction, values: dict[str, Any]) -> str:
    """Add a halted VM with its metrics."""
    record = {**values}
    if record.get("domain_type", "unspecified") == "unspecified":
        record["domain_type"] = "hvm" if record.get("HVM_boot_policy") else "pv"
    if record.get("has_vendor_device"):
        record["hardware_platform_version"] = max(
            int(record.get("hardware_platform_version", 0)), VENDOR_DEVICE_PLATFORM
        )
    if "metrics" not in record:
        record["metrics"] = tx.create("VM_metrics", NEW_METRICS)
    other_config = record.get("other_config", {})
    if MAC_SEED not in other_config:
        record["other_config"] = {MAC_SEED: new_uuid(), **other_config}
    ref = tx.create("VM", {**record, "power_state": "Halted", "domid": -1, "resident_on": NULL_REF})
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
    values |= {
        "name_label": name,
        "other_config": _other_config(record, snapshot=snapshot),
        "metrics": _copy_of(tx, "VM_metrics", record["metrics"], NEW_METRICS),
        "guest_metrics": _copy_of(tx, "VM_guest_metrics", record["guest_metrics"]),
        "generation_id": _fresh_generation(record["generation_id"]),
    }
    if snapshot:
        values |= _as_snapshot(source, record)
    ref = new_vm(tx, values)
    if snapshot:
        tx.update("VM", source, {"parent": ref})
    for vbd in record["VBDs"]:
        copy_vbd(tx, vbd, ref, snapshot=snapshot, sr=sr)
    for vif in record["VIFs"]:
        _copy_vif(tx, vif, ref, snapshot=snapshot)
    locking.refresh(tx, "VM", ref)
    return ref


def _other_config(record: Mapping[str, Any], *, snapshot: bool) -> dict[str, str]:
    """What a copy takes over: addresses of its own, and the name of the template it is from."""
    kept = {k: v for k, v in record["other_config"].items() if k not in TEMPLATE_KEYS}
    if not snapshot:
        seed = {MAC_SEED: new_uuid()}
        kept = {**kept, **seed} if MAC_SEED in kept else {**seed, **kept}
    if record["is_a_template"] and BASE_TEMPLATE not in kept:
        kept = {BASE_TEMPLATE: record["name_label"], **kept}
    return kept


def _copy_of(
    tx: Transaction, cls: str, source: str, otherwise: Mapping[str, Any] | None = None
) -> str:
    """A copy of an object; where there is none, a new one of ``otherwise`` or nothing."""
    found = tx.find(cls, source)
    values = otherwise if found is None else {k: v for k, v in found.items() if k != "uuid"}
    return NULL_REF if values is None else tx.create(cls, values)


def _fresh_generation(present: str) -> str:
    """Another generation for a copy of a guest that wants to know it is one."""
    if present == "":
        return ""
    return ":".join(str(GENERATIONS.randrange(2**63)) for _ in range(2))


def _as_snapshot(source: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "is_a_snapshot": True,
        "is_a_template": True,
        "snapshot_of": source,
        "snapshot_time": date(time.time()),
        "snapshot_info": {
            "disk-snapshot-type": "crash_consistent",
            "power-state-at-snapshot": record["power_state"],
        },
        "snapshot_metadata": as_metadata(source, record),
        "parent": record["parent"],
    }


def as_metadata(ref: str, record: Mapping[str, Any]) -> str:
    """A VM's record as text in the form that the field keeps with snapshots, columns backwards."""
    columns = {f.db_column: query.as_text(record[name]) for name, f in FIELDS.items()}
    return query.as_text(dict(sorted({**columns, "_ref": ref}.items(), reverse=True)))


def copy_vbd(tx: Transaction, source: str, vm: str, *, snapshot: bool, sr: str) -> None:
    """A VBD like another one for another VM; a disk is copied, a medium is shared."""
    record = tx.get("VBD", source)
    vdi = record["VDI"]
    if vdi != NULL_REF and record["type"] == "Disk":
        vdi = copy_vdi(tx, vdi, snapshot=snapshot, sr=sr)
    copy_device(tx, "VBD", source, vm, {"VDI": vdi})


def _copy_vif(tx: Transaction, source: str, vm: str, *, snapshot: bool) -> None:
    """A VIF like another one; an address of its own unless it stands for the same interface."""
    changes = {}
    if not snapshot:
        seed = tx.get("VM", vm)["other_config"][MAC_SEED]
        mac = mac_of(seed, int(tx.get("VIF", source)["device"]))
        changes = {"MAC": mac, "MAC_autogenerated": True}
    copy_device(tx, "VIF", source, vm, changes)


def copy_device(tx: Transaction, cls: str, source: str, vm: str, changes: dict[str, Any]) -> str:
    record = tx.get(cls, source)
    values = {key: value for key, value in record.items() if key not in DEVICE_OWN_FIELDS}
    return devices.add(tx, cls, {**values, "VM": vm, **changes})


def mac_of(seed: str, device: int) -> str:
    """The address of a VM's interface that was given none: always the same, and local."""
    if device not in range(places.INTERFACES):  # of an earlier version, which had no bound
        seed, device = f"{seed} {device}", 0
    first = seed.encode()
    for _ in range(2 * device + 1):
        first = md5(first)
    digits = first[:4] + md5(first)[1:3]
    # Locally administered, and not a group's.
    octets = [digits[0] & 0xFE | 0x02, *digits[1:]]
    return ":".join(f"{octet:02x}" for octet in octets)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


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
    record = ctx.view.get("VM", snapshot)
    vm = record["snapshot_of"]
    if ctx.view.find("VM", vm) is None:
        raise XenAPIError("VM_REVERT_FAILED", snapshot, vm)
    ctx.lock("VM", snapshot, "revert")
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
    # The guest goes back in time, and is to know: a directory server forks otherwise.
    generation = _fresh_generation(record["generation_id"])
    tx.update("VM", vm, {**settings, "parent": snapshot, "generation_id": generation})
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
            _provision_disk(ctx, tx, vm, disk)
        other_config = dict(tx.get("VM", vm)["other_config"])
        other_config.pop("disks", None)
        changes = {"is_a_template": False, "other_config": other_config}
        tx.update("VM", vm, {**changes, "is_default_template": False})


def _disks(text: str) -> list[ElementTree.Element]:
    """What is asked for; raises INVALID_VALUE for text that does not ask for disks."""
    if not text:
        return []
    try:
        found = defusedxml.ElementTree.fromstring(text, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise invalid_value("other_config:disks", text) from error
    if found.tag != "provision" or any(disk.tag != "disk" for disk in found):
        raise invalid_value("other_config:disks", text)
    return list(found)


def _provision_disk(ctx: Context, tx: Transaction, vm: str, disk: ElementTree.Element) -> None:
    """Make one disk; raises INVALID_VALUE, UUID_INVALID or what VDI.create and VBD.create raise."""
    record = tx.get("VM", vm)
    size, type_ = disk.get("size", ""), disk.get("type", "system")
    if not SIZE.fullmatch(size) or int(size) > INT_MAX:
        raise invalid_value("other_config:disks:size", size)
    if type_ not in PROVISIONED:
        raise invalid_value("other_config:disks:type", type_)
    place = places.choose(tx, record, disk.get("device", ""), "Disk")
    sr = tx.by_uuid("SR", disk.get("sr", ""))
    require_attached(ctx, sr)
    vdi = create_vdi(
        tx,
        {
            "name_label": f"{record['name_label']} {place}",
            "SR": sr,
            "virtual_size": int(size),
            "type": type_,
        },
    )
    devices.add(
        tx,
        "VBD",
        {
            "VM": vm,
            "VDI": vdi,
            "userdevice": place,
            "bootable": disk.get("bootable") == "true",
            "mode": "RW",
            "type": "Disk",
        },
    )


@implements("VM.destroy")
def destroy(ctx: Context, self: str) -> None:
    """Remove the VM, its devices, metrics and blobs; its disks stay."""
    ctx.lock("VM", self, "destroy")
    with ctx.transaction() as tx:
        record = tx.get("VM", self)
        for cls, many in (("VBD", "VBDs"), ("VIF", "VIFs")):
            for device in record[many]:
                devices.remove(tx, cls, device)
        for cls, owned in (
            ("console", record["consoles"]),
            ("VM_metrics", [record["metrics"]]),
            ("VM_guest_metrics", [record["guest_metrics"]]),
            ("blob", record["blobs"].values()),
        ):
            for ref in owned:
                if tx.find(cls, ref) is not None:
                    tx.delete(cls, ref)
        if tx.find("VDI", record["suspend_VDI"]) is not None:
            destroy_vdi(tx, record["suspend_VDI"])
        for child in record["children"]:
            tx.update("VM", child, {"parent": record["parent"]})
        for child in record["snapshots"]:
            tx.update("VM", child, {"snapshot_of": NULL_REF})
        tx.delete("VM", self)
