"""Writes what hosts report into the pool database: about running VMs, hosts are right."""

import dataclasses
import logging
import time
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from datamodel import XenAPIError
from datamodel.classes import VBD, VIF, VM, Host, HostRef, VM_guest_metrics, VM_metrics, VMRef
from datamodel.objects import Kind, name_of, ref_of
from datamodel.refs import NULL_REF, Ref
from pooldb import Database, Reader, Transaction
from rules.values import places
from rules.values.dates import date
from xenops.codec import DecodeError, decode
from xenops.types import PowerState, VbdState, VifState, VmDomainType, VmState

from forwarder.locks import locking
from forwarder.locks.locking import LOST
from forwarder.place import register
from forwarder.place.transitions import Event, IsOff, Runs
from forwarder.states import guest_metrics

Name = TypeVar("Name")

log = logging.getLogger(__name__)

DOMAIN_TYPES = {
    VmDomainType.Domain_HVM: "hvm",
    VmDomainType.Domain_PV: "pv",
    VmDomainType.Domain_PVinPVH: "pv_in_pvh",
    VmDomainType.Domain_PVH: "pvh",
    VmDomainType.Domain_undefined: "unspecified",
}
VERSIONS = "xenops-version"
"""kv namespace: "host VM's uuid" → the version of what the host told last."""
CENSUS = "census"
"""kv namespace: host → {uuid of a domain: its memory in KiB}, as the host said last."""
CLOCKS = "clock"
"""kv namespace: VM → how many seconds its clock was ahead, as its host said last."""

LIVE = (PowerState.Running, PowerState.Paused)
LIVE_STATES = tuple(state.value for state in LIVE)
FIELDS = typing.get_type_hints(VmState, include_extras=True)
UNREADABLE = (DecodeError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a malformed value raises."""

State = Mapping[str, Any]
"""The readable part of a VM's state as a host tells it, by the names of VmState."""


def apply_vm(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> None:
    """Write a VM's state as ``host`` tells it, unless the host has told a newer one before.

    Parts that cannot be read are logged and stay as they were; the rest is written.
    """
    vm = _find_vm(tx, body["id"])
    if vm is None or _is_anothers(tx, host, body) or not _is_newer(tx, host, body):
        return
    record, state = tx.get(VM, vm), _state(body)
    power_state = None if state is None else state.get("power_state")
    if state is not None and power_state is None:
        return
    if state is not None and power_state in LIVE:
        if register.told(tx, vm, Runs(host), power_state.value):
            _apply_live(tx, vm, record, host, state)
            _apply_devices(tx, record, body)
        return locking.refresh(tx, name_of(VM), vm)
    if state is not None:
        _strike(tx, host, body["id"])
    place = register.of(tx, vm)
    if place.home == host and state is not None:
        _apply_clock(tx, vm, record, state)
        is_suspended = power_state is PowerState.Suspended
        apply_stopped(tx, vm, IsOff(host), "Suspended" if is_suspended else "Halted")
    elif place.hosts == {host} and place.home == host:
        # Unknown here says nothing about other hosts: see `forwarder.updates.census`.
        tx.kv_set(LOST, vm, host)
    locking.refresh(tx, name_of(VM), vm)


def _is_anothers(tx: Reader, host: HostRef, body: Mapping[str, Any]) -> bool:
    """Whether another pool had the host make this domain."""
    pool = body.get("pool")
    if pool is None or pool == register.pool(tx):
        return False
    _note(f"VM {body['id']}", f"its pool on host {host}", f"it is of pool {pool}")
    return True


def _strike(tx: Transaction, host: HostRef, uuid: str) -> None:
    """Strike a domain that its host says is gone, so that the next count does not miss it."""
    domains = tx.kv_get(CENSUS, host)
    if domains and uuid in domains:
        tx.kv_set(CENSUS, host, {key: kib for key, kib in domains.items() if key != uuid})


def is_live_state(body: Mapping[str, Any]) -> bool:
    """Whether a host says, in an answer to ``STATE.vm``, that it has a VM running or paused."""
    return (_state(body) or {}).get("power_state") in LIVE


def is_running_state(body: Mapping[str, Any]) -> bool:
    """Whether a host says that a VM runs and is not paused."""
    return (_state(body) or {}).get("power_state") is PowerState.Running


def power_state_of(body: Mapping[str, Any]) -> str:
    """The power state of a VM that its host says it has; see `is_live_state`."""
    power_state: PowerState = (_state(body) or {})["power_state"]
    return power_state.value


def _state(body: Mapping[str, Any]) -> State | None:
    """The readable part of a state; None if the host knows nothing of the VM."""
    raw = body["state"]
    if raw is None:
        return None
    try:
        state = decode(VmState, raw)
        return {name: getattr(state, name) for name in FIELDS}
    except UNREADABLE:
        return dict(_readable(body["id"], raw))


def _readable(vm: VMRef, raw: Any) -> Iterator[tuple[str, Any]]:
    for member in dataclasses.fields(VmState):
        with alone(f"VM {vm}", member.name):
            yield member.name, decode(FIELDS[member.name], raw[member.name])


@contextmanager
def alone(whose: str, what: str) -> Iterator[None]:
    """Read a part of a report: if it cannot be read, only this part is lost, and logged once."""
    try:
        yield
    except UNREADABLE as error:
        _note(whose, what, f"{type(error).__name__}: {error}")


@lru_cache(maxsize=1000)
def _note(whose: str, what: str, text: str) -> None:
    log.error("what a host tells of %s cannot be read: %s: %.200s", whose, what, text)


def is_overtaken(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> bool:
    """Whether ``host`` has told this about a VM already, or something newer."""
    return bool((tx.kv_get(VERSIONS, _version_key(host, body)) or 0) >= body["version"])


def is_known(db: Database, host: HostRef, body: Mapping[str, Any]) -> bool:
    """As `is_overtaken`, without a transaction."""
    return bool((db.read_kv(VERSIONS, _version_key(host, body)) or 0) >= body["version"])


def _find_vm(tx: Reader, uuid: str) -> VMRef | None:
    try:
        return tx.by_uuid(VM, uuid)
    except XenAPIError:
        return None


def _version_key(host: HostRef, body: Mapping[str, Any]) -> str:
    return f"{host} {body['id']}"


def forget(tx: Transaction, vm: VMRef) -> None:
    """Forget what hosts told of a VM that is to be removed."""
    tx.kv_delete(CLOCKS, vm)
    for host in tx.refs(Host):
        tx.kv_delete(VERSIONS, _version_key(host, {"id": tx.get(VM, vm).uuid}))


def forget_host(tx: Transaction, host: HostRef) -> None:
    """Forget what a host that is to be removed told of VMs."""
    for key in tx.kv_items(VERSIONS):
        if key.startswith(f"{host} "):
            tx.kv_delete(VERSIONS, key)


def _is_newer(tx: Transaction, host: HostRef, body: Mapping[str, Any]) -> bool:
    if is_overtaken(tx, host, body):
        text = "what host %s says of VM %s is of version %s, and older: it is left alone"
        log.info(text, host, body["id"], body["version"])
        return False
    tx.kv_set(VERSIONS, _version_key(host, body), body["version"])
    return True


def _apply_live(tx: Transaction, vm: VMRef, record: VM, host: HostRef, state: State) -> None:
    whose = f"VM {record.uuid}"
    changes = _told(whose, state, RUN_FACTS)
    if "featureset" in state:
        vendor = tx.get(Host, host).cpu_info.get("vendor", "unknown")
        changes["last_boot_CPU_flags"] = {"vendor": vendor, "features": state["featureset"]}
    tx.update(name_of(VM), vm, changes)
    metrics = tx.find(VM_metrics, record.metrics)
    if metrics is not None:
        facts = _told(whose, state, RUN_METRICS)
        tx.update(name_of(VM_metrics), record.metrics, facts)
    _apply_clock(tx, vm, record, state)
    with alone(whose, "what its guest says"):
        _apply_guest(tx, vm, state)


def _told(
    whose: str, state: State, facts: Mapping[str, tuple[str, Callable[[Any], Any]]]
) -> dict[str, Any]:
    """Fields of a record; ``facts`` has for each its place in a state, and how it is converted."""
    fields = {}
    for name, (where, make) in facts.items():
        if where in state:
            with alone(whose, where):
                fields[name] = make(state[where])
    return fields


def _apply_clock(tx: Transaction, vm: VMRef, record: VM, state: State) -> None:
    """Keep the clock that a guest has set for its next start.

    An offset that the host has told before is not written again: if a client has changed it since,
    the client's offset is meant for the next start.
    """
    offset = state.get("rtc_timeoffset") or "0"
    if offset == (tx.kv_get(CLOCKS, vm) or "0"):
        return
    tx.kv_set(CLOCKS, vm, offset)
    if offset != record.platform.get("timeoffset", "0"):
        tx.edit(VM, vm).platform = {**record.platform, "timeoffset": offset}


def _apply_guest(tx: Transaction, vm: VMRef, state: State) -> None:
    """Write what the guest says about itself to its VM_guest_metrics, also without an agent."""
    facts = guest_metrics.facts(state["guest_agent"], has_drivers=state["pv_drivers_detected"])
    known = tx.get(VM, vm).guest_metrics
    guest = tx.find(VM_guest_metrics, known)
    if guest is None:
        vm_guest_metrics = tx.new(VM_guest_metrics, facts)
        vm_guest_metrics.last_updated = date(time.time())
        tx.edit(VM, vm).guest_metrics = ref_of(vm_guest_metrics)
    else:
        tx.update(name_of(VM_guest_metrics), known, facts)


def _apply_devices(tx: Transaction, record: VM, body: Mapping[str, Any]) -> None:
    whose = f"VM {record.uuid}"
    disks = {places.device_of(tx.get(VBD, ref)): ref for ref in record.VBDs}
    for told in body.get("vbds", []):
        with alone(whose, f"VBD {_name_of(told)}"):
            (_, name), state = told[0]["id"], decode(VbdState, told[1])
            changes = {"currently_attached": state.plugged, "device": name}
            _apply_device(tx, VBD, disks.get(name), changes)
    interfaces = {tx.get(VIF, ref).device: ref for ref in record.VIFs}
    for told in body.get("vifs", []):
        with alone(whose, f"VIF {_name_of(told)}"):
            (_, name), state = told[0]["id"], decode(VifState, told[1])
            changes = {"currently_attached": state.plugged}
            _apply_device(tx, VIF, interfaces.get(name), changes)


def _name_of(told: Any) -> str:
    """The name of a device that a host tells of, if it can be read."""
    try:
        return str(told[0]["id"][1])
    except UNREADABLE:
        return "without a name"


def _apply_device(
    tx: Transaction, cls: Kind[Name, Any], ref: Ref[Name] | None, changes: Mapping[str, Any]
) -> None:
    """Write what a host tells about a device, unless the pool does not know the device."""
    if ref is not None:
        tx.update(name_of(cls), ref, changes)


def apply_stopped(tx: Transaction, vm: VMRef, event: Event, power_state: str = "Halted") -> None:
    """Move a VM's place by ``event``; if no host has it then, write so. Raises Refused.

    It becomes ``Halted``, or ``Suspended`` with its devices. What the guest said about itself last
    stays until the next start.
    """
    was_somewhere = register.of(tx, vm).home is not None
    place = register.move(tx, vm, event, power_state)
    if not was_somewhere or place.home is not None:
        return
    if power_state == "Halted":
        _apply_halted(tx, vm)
    else:
        tx.edit(VM, vm).domid = -1


def apply_no_image(tx: Transaction, vm: VMRef) -> None:
    """Write that a suspended VM is halted, because its image is gone."""
    register.show_halted(tx, vm)
    _apply_halted(tx, vm)


def _apply_halted(tx: Transaction, vm: VMRef) -> None:
    record = tx.get(VM, vm)
    changed_vm = tx.edit(VM, vm)
    changed_vm.domid = -1
    changed_vm.suspend_VDI = NULL_REF
    changed_vm.requires_reboot = False
    for vbd in record.VBDs:
        tx.edit(VBD, vbd).currently_attached = False
    for vif in record.VIFs:
        tx.edit(VIF, vif).currently_attached = False
    metrics = tx.find(VM_metrics, record.metrics)
    if metrics is not None:
        nothing = {"VCPUs_number": 0, "memory_actual": 0}
        tx.update(name_of(VM_metrics), record.metrics, nothing)


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
"""Fields of VM and VM_metrics that say how a VM runs: their place in a state, and a conversion."""
