"""What hosts report becomes what the pool database says: about running VMs they are right."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Database, Reader, Transaction
from xenops.codec import decode
from xenops.types import PowerState, VbdState, VifState, VmDomainType, VmState

from forwarder import guest_metrics, locking
from forwarder.locking import LOST

DOMAIN_TYPES = {
    VmDomainType.Domain_HVM: "hvm",
    VmDomainType.Domain_PV: "pv",
    VmDomainType.Domain_PVinPVH: "pv_in_pvh",
    VmDomainType.Domain_PVH: "pvh",
    VmDomainType.Domain_undefined: "unspecified",
}
VERSIONS = "xenops-version"
CENSUS = "census"
"""kv namespace: host → {uuid of a domain: its memory in KiB}, as it said last."""
CLOCKS = "clock"
"""kv namespace: VM → by how many seconds its clock was said to be ahead last."""

LIVE = (PowerState.Running, PowerState.Paused)
LIVE_STATES = tuple(state.value for state in LIVE)
CONTROL_DOMAIN_SIZES = (
    *("memory_target", "memory_static_max", "memory_dynamic_max"),
    *("memory_dynamic_min", "memory_static_min"),
)


def apply_vm(tx: Transaction, host: str, body: Mapping[str, Any]) -> None:
    """Write a VM's state as ``host`` tells it; older tellings than the last are left alone."""
    vm = _find_vm(tx, body["id"])
    if vm is None or not _is_newer(tx, host, body):
        return
    record = tx.get("VM", vm)
    state = None if body["state"] is None else decode(VmState, body["state"])
    if state is not None and state.power_state in LIVE:
        if _may_be_on(tx, vm, record, host):
            _apply_live(tx, vm, record, host, state)
            _apply_devices(tx, record, body)
        return locking.refresh(tx, "VM", vm)
    if state is not None:
        _strike(tx, host, body["id"])
    if record["resident_on"] == host and record["scheduled_to_be_resident_on"] in (NULL_REF, host):
        if state is None:
            # That it is unknown here says nothing of other hosts: see `forwarder.census`.
            tx.kv_set(LOST, vm, host)
        else:
            _apply_clock(tx, vm, record, state)
            suspended = state.power_state is PowerState.Suspended
            apply_stopped(tx, vm, "Suspended" if suspended else "Halted")
    locking.refresh(tx, "VM", vm)


def _may_be_on(tx: Transaction, vm: str, record: Mapping[str, Any], host: str) -> bool:
    """Whether a host that says that it runs a VM is believed: the VM is there or comes there.

    One that is settled nowhere may be anywhere, and so may one that its host has lost.
    """
    there, coming = record["resident_on"], record["scheduled_to_be_resident_on"]
    if host in (there, coming):
        return True
    return coming == NULL_REF and (there == NULL_REF or tx.kv_get(LOST, vm) is not None)


def _strike(tx: Transaction, host: str, uuid: str) -> None:
    """A domain that its host says is gone need not be missed at the next count."""
    found = tx.kv_get(CENSUS, host)
    if found and uuid in found:
        tx.kv_set(CENSUS, host, {key: kib for key, kib in found.items() if key != uuid})


def is_live_state(body: Mapping[str, Any]) -> bool:
    """Whether a host says that it runs a VM, in an answer to ``STATE.vm``."""
    return body["state"] is not None and decode(VmState, body["state"]).power_state in LIVE


def place(record: Mapping[str, Any]) -> str:
    """The host that a VM is on, else the one that it is being brought to; null if it is off."""
    here, coming = record["resident_on"], record["scheduled_to_be_resident_on"]
    return str(coming if here == NULL_REF else here)


def is_known(db: Database, host: str, body: Mapping[str, Any]) -> bool:
    """Whether a VM's state as ``host`` tells it, or a newer one, has been written already."""
    return bool((db.read_kv(VERSIONS, _version_key(host, body)) or 0) >= body["version"])


def second_copy(tx: Reader, host: str, body: Mapping[str, Any]) -> str | None:
    """The VM that ``host`` says it runs while the pool has it on another one.

    There it is settled, or being started: one that moves is on two hosts meanwhile.
    """
    vm = _find_vm(tx, body["id"])
    if vm is None or body["state"] is None:
        return None
    record = tx.get("VM", vm)
    is_live = decode(VmState, body["state"]).power_state in LIVE
    is_elsewhere = place(record) not in (host, NULL_REF)
    moves = record["resident_on"] != NULL_REF and record["current_operations"]
    return vm if is_live and is_elsewhere and not moves else None


def _find_vm(tx: Reader, uuid: str) -> str | None:
    try:
        return tx.by_uuid("VM", uuid)
    except XenAPIError:
        return None


def _version_key(host: str, body: Mapping[str, Any]) -> str:
    return f"{host} {body['id']}"


def _is_newer(tx: Transaction, host: str, body: Mapping[str, Any]) -> bool:
    key = _version_key(host, body)
    if (tx.kv_get(VERSIONS, key) or 0) >= body["version"]:
        return False
    tx.kv_set(VERSIONS, key, body["version"])
    return True


def _apply_live(
    tx: Transaction, vm: str, record: Mapping[str, Any], host: str, state: VmState
) -> None:
    changes = {
        "power_state": state.power_state.value,
        "resident_on": host,
        "domid": state.domids[0] if state.domids else -1,
        "memory_target": state.memory_target,
        "last_boot_CPU_flags": {
            "vendor": tx.get("host", host)["cpu_info"].get("vendor", "unknown"),
            "features": state.featureset,
        },
    }
    update_if_different(tx, "VM", vm, record, changes)
    metrics = tx.find("VM_metrics", record["metrics"])
    if metrics is not None:
        update_if_different(
            tx,
            "VM_metrics",
            record["metrics"],
            metrics,
            {
                "memory_actual": state.memory_actual,
                "VCPUs_number": state.vcpu_target,
                "start_time": date(state.last_start_time),
                "hvm": state.hvm,
                "current_domain_type": DOMAIN_TYPES[state.domain_type],
                "nomigrate": state.nomigrate,
                "nested_virt": state.nested_virt,
            },
        )
    _apply_clock(tx, vm, record, state)
    _apply_guest(tx, vm, state)


def _apply_clock(tx: Transaction, vm: str, record: Mapping[str, Any], state: VmState) -> None:
    """A guest that has set its clock has it so at its next start, too.

    What has been told already is left alone: who changes it meanwhile means the next start.
    """
    said = state.rtc_timeoffset or "0"
    if said == (tx.kv_get(CLOCKS, vm) or "0"):
        return
    tx.kv_set(CLOCKS, vm, said)
    if said != record["platform"].get("timeoffset", "0"):
        tx.update("VM", vm, {"platform": {**record["platform"], "timeoffset": said}})


def _apply_guest(tx: Transaction, vm: str, state: VmState) -> None:
    """What the guest says of itself, as VM_guest_metrics; those without an agent have one, too."""
    facts = guest_metrics.facts(state.guest_agent, has_drivers=state.pv_drivers_detected)
    known = tx.get("VM", vm)["guest_metrics"]
    found = tx.find("VM_guest_metrics", known)
    if found is None:
        ref = tx.create("VM_guest_metrics", {**facts, "last_updated": date(time.time())})
        tx.update("VM", vm, {"guest_metrics": ref})
    else:
        update_if_different(tx, "VM_guest_metrics", known, found, facts)


def _apply_devices(tx: Transaction, record: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    names = {}
    for ref in record["VBDs"]:
        vbd = tx.get("VBD", ref)
        names[vbd["device"] or _default_device(vbd)] = ref
    told = set()
    for vbd_json, state_json in body.get("vbds", []):
        found = names.get(vbd_json["id"][1])
        if found is not None:
            told.add(found)
            state = decode(VbdState, state_json)
            changes = {"currently_attached": state.plugged, "device": vbd_json["id"][1]}
            update_if_different(tx, "VBD", found, tx.get("VBD", found), changes)
    positions = {tx.get("VIF", ref)["device"]: ref for ref in record["VIFs"]}
    for vif_json, state_json in body.get("vifs", []):
        found = positions.get(vif_json["id"][1])
        if found is not None:
            plugged = decode(VifState, state_json).plugged
            update_if_different(
                tx, "VIF", found, tx.get("VIF", found), {"currently_attached": plugged}
            )


def _default_device(vbd: Mapping[str, Any]) -> str:
    said = str(vbd["userdevice"])
    return f"xvd{chr(ord('a') + int(said))}" if said.isdigit() and int(said) < 26 else said


def apply_stopped(tx: Transaction, vm: str, power_state: str) -> None:
    """A VM that no host runs: ``Halted`` or ``Suspended``, which keeps its devices.

    What the guest said of itself last stays until the next start.
    """
    record = tx.get("VM", vm)
    changes: dict[str, Any] = {"power_state": power_state, "resident_on": NULL_REF, "domid": -1}
    if power_state == "Halted":
        changes |= {"suspend_VDI": NULL_REF, "requires_reboot": False}
    update_if_different(tx, "VM", vm, record, changes)
    if power_state != "Halted":
        return
    for cls, many in (("VBD", "VBDs"), ("VIF", "VIFs")):
        for ref in record[many]:
            device = tx.get(cls, ref)
            update_if_different(tx, cls, ref, device, {"currently_attached": False})
    metrics = tx.find("VM_metrics", record["metrics"])
    if metrics is not None:
        nothing = {"VCPUs_number": 0, "memory_actual": 0}
        update_if_different(tx, "VM_metrics", record["metrics"], metrics, nothing)


def update_if_different(
    tx: Transaction, cls: str, ref: str, record: Mapping[str, Any], changes: Mapping[str, Any]
) -> None:
    """Write ``changes`` unless the record has them already."""
    if any(record[name] != value for name, value in changes.items()):
        tx.update(cls, ref, changes)


def date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H:%M:%SZ")
