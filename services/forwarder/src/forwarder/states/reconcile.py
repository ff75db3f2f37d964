"""What hosts report becomes what the pool database says: about running VMs they are right."""

import dataclasses
import logging
import time
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Database, Reader, Transaction
from xenops.codec import DecodeError, decode
from xenops.types import PowerState, VbdState, VifState, VmDomainType, VmState

from forwarder.locks import locking
from forwarder.locks.locking import LOST
from forwarder.states import guest_metrics
from forwarder.states.changes import update_if_different
from forwarder.values import places
from forwarder.values.dates import date

log = logging.getLogger(__name__)

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
FIELDS = typing.get_type_hints(VmState, include_extras=True)
UNREADABLE = (DecodeError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a value raises that is not as it should be."""

State = Mapping[str, Any]
"""What of a VM's state a host tells and can be read, by the names of VmState."""


def apply_vm(tx: Transaction, host: str, body: Mapping[str, Any]) -> None:
    """Write a VM's state as ``host`` tells it; older tellings than the last are left alone.

    What of it cannot be read is left as it was, and logged; the rest is written all the same.
    """
    vm = _find_vm(tx, body["id"])
    if vm is None or not _is_newer(tx, host, body):
        return
    record, state = tx.get("VM", vm), _state(body)
    power_state = None if state is None else state.get("power_state")
    if state is not None and power_state is None:
        return
    if state is not None and power_state in LIVE:
        if _may_be_on(tx, vm, record, host):
            _apply_live(tx, vm, record, host, state)
            _apply_devices(tx, record, body)
        return locking.refresh(tx, "VM", vm)
    if state is not None:
        _strike(tx, host, body["id"])
    if record["resident_on"] == host and record["scheduled_to_be_resident_on"] in (NULL_REF, host):
        if state is None:
            # That it is unknown here says nothing of other hosts: see `forwarder.updates.census`.
            tx.kv_set(LOST, vm, host)
        else:
            _apply_clock(tx, vm, record, state)
            apply_stopped(tx, vm, "Suspended" if power_state is PowerState.Suspended else "Halted")
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
    return (_state(body) or {}).get("power_state") in LIVE


def place(record: Mapping[str, Any]) -> str:
    """The host that a VM is on, else the one that it is being brought to; null if it is off."""
    here, coming = record["resident_on"], record["scheduled_to_be_resident_on"]
    return str(coming if here == NULL_REF else here)


def _state(body: Mapping[str, Any]) -> State | None:
    """What of a state can be read; None where the host knows nothing of the VM."""
    said = body["state"]
    if said is None:
        return None
    try:
        state = decode(VmState, said)
        return {name: getattr(state, name) for name in FIELDS}
    except UNREADABLE:
        return dict(_readable(body["id"], said))


def _readable(vm: str, said: Any) -> Iterator[tuple[str, Any]]:
    for member in dataclasses.fields(VmState):
        with alone(f"VM {vm}", member.name):
            yield member.name, decode(FIELDS[member.name], said[member.name])


@contextmanager
def alone(whose: str, what: str) -> Iterator[None]:
    """Read a part of a report: if that is not possible, only this part is lost, and logged once."""
    try:
        yield
    except UNREADABLE as error:
        _note(whose, what, f"{type(error).__name__}: {error}")


@lru_cache(maxsize=1000)
def _note(whose: str, what: str, text: str) -> None:
    log.error("what a host tells of %s cannot be read: %s: %.200s", whose, what, text)


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
    is_live = is_live_state(body)
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
    tx: Transaction, vm: str, record: Mapping[str, Any], host: str, state: State
) -> None:
    whose = f"VM {record['uuid']}"
    changes = {"power_state": state["power_state"].value, "resident_on": host}
    changes |= _told(whose, state, RUN_FACTS)
    if "featureset" in state:
        vendor = tx.get("host", host)["cpu_info"].get("vendor", "unknown")
        changes["last_boot_CPU_flags"] = {"vendor": vendor, "features": state["featureset"]}
    update_if_different(tx, "VM", vm, record, changes)
    metrics = tx.find("VM_metrics", record["metrics"])
    if metrics is not None:
        found = _told(whose, state, RUN_METRICS)
        update_if_different(tx, "VM_metrics", record["metrics"], metrics, found)
    _apply_clock(tx, vm, record, state)
    with alone(whose, "what its guest says"):
        _apply_guest(tx, vm, state)


def _told(
    whose: str, state: State, facts: Mapping[str, tuple[str, Callable[[Any], Any]]]
) -> dict[str, Any]:
    """Fields of a record, by name: where in a state each is told, and what it makes of that."""
    found = {}
    for name, (where, make) in facts.items():
        if where in state:
            with alone(whose, where):
                found[name] = make(state[where])
    return found


def _apply_clock(tx: Transaction, vm: str, record: Mapping[str, Any], state: State) -> None:
    """A guest that has set its clock has it so at its next start, too.

    What has been told already is left alone: who changes it meanwhile means the next start.
    """
    said = state.get("rtc_timeoffset") or "0"
    if said == (tx.kv_get(CLOCKS, vm) or "0"):
        return
    tx.kv_set(CLOCKS, vm, said)
    if said != record["platform"].get("timeoffset", "0"):
        tx.update("VM", vm, {"platform": {**record["platform"], "timeoffset": said}})


def _apply_guest(tx: Transaction, vm: str, state: State) -> None:
    """What the guest says of itself, as VM_guest_metrics; those without an agent have one, too."""
    facts = guest_metrics.facts(state["guest_agent"], has_drivers=state["pv_drivers_detected"])
    known = tx.get("VM", vm)["guest_metrics"]
    found = tx.find("VM_guest_metrics", known)
    if found is None:
        ref = tx.create("VM_guest_metrics", {**facts, "last_updated": date(time.time())})
        tx.update("VM", vm, {"guest_metrics": ref})
    else:
        update_if_different(tx, "VM_guest_metrics", known, found, facts)


def _apply_devices(tx: Transaction, record: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    whose = f"VM {record['uuid']}"
    disks = {places.device_of(tx.get("VBD", ref)): ref for ref in record["VBDs"]}
    for told in body.get("vbds", []):
        with alone(whose, f"VBD {_name_of(told)}"):
            (_, name), state = told[0]["id"], decode(VbdState, told[1])
            changes = {"currently_attached": state.plugged, "device": name}
            _apply_device(tx, "VBD", disks.get(name), changes)
    interfaces = {tx.get("VIF", ref)["device"]: ref for ref in record["VIFs"]}
    for told in body.get("vifs", []):
        with alone(whose, f"VIF {_name_of(told)}"):
            (_, name), state = told[0]["id"], decode(VifState, told[1])
            changes = {"currently_attached": state.plugged}
            _apply_device(tx, "VIF", interfaces.get(name), changes)


def _name_of(told: Any) -> str:
    """What a device that a host tells of is called, as far as that can be said."""
    try:
        return str(told[0]["id"][1])
    except UNREADABLE:
        return "without a name"


def _apply_device(tx: Transaction, cls: str, ref: str | None, changes: Mapping[str, Any]) -> None:
    """Devices that the pool does not know are the host's own affair."""
    if ref is not None:
        update_if_different(tx, cls, ref, tx.get(cls, ref), changes)


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


RUN_FACTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "domid": ("domids", lambda domids: domids[0] if domids else -1),
    "memory_target": ("memory_target", int),
}
RUN_METRICS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "memory_actual": ("memory_actual", int),
    "VCPUs_number": ("vcpu_target", int),
    "start_time": ("last_start_time", date),
    "hvm": ("hvm", bool),
    "current_domain_type": ("domain_type", lambda type_: DOMAIN_TYPES[type_]),
    "nomigrate": ("nomigrate", bool),
    "nested_virt": ("nested_virt", bool),
}
"""Fields of VM and of VM_metrics that say how a VM runs: where a state tells them, and how."""
