"""Writes what a host says about itself every few seconds into the pool database."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from datamodel.classes import VM, Host, HostCpu, HostMetrics, HostRef, VM_metrics, VMRef
from datamodel.objects import name_of
from pooldb import Transaction
from rules.placement import memory
from rules.values.dates import date

from forwarder.states.reconcile import alone
from forwarder.updates import host_facts

log = logging.getLogger(__name__)

CPU_VENDOR = "unknown"
"""The vendor of a host that has not told yet."""

# A host that says it has more shows only this many: each is a record, made while others wait.
PROCESSORS_MAX = 1024

CONTROL_DOMAIN_SIZES = (
    *("memory_target", "memory_static_max", "memory_dynamic_max"),
    *("memory_dynamic_min", "memory_static_min"),
)


def apply(tx: Transaction, host: HostRef, facts: Mapping[str, Any]) -> None:
    """Write that a host lives, its times, memory and machine, and whether its memory is shared.

    It lives even if the rest cannot be read. An older host says nothing about its machine but the
    number of processors.
    """
    whose = f"host {tx.get(Host, host).uuid}"
    with alone(whose, "machine"):
        if facts.get("machine") is None:
            add_processors(tx, host, int(facts["cpus"]))
        else:
            host_facts.apply(tx, host, facts["machine"])
    with alone(whose, "times and squeezed"):
        _apply_facts(tx, host, facts)
    with alone(whose, "memory of its control domain"):
        if facts.get("control_domain_kib") is not None:
            size = int(facts["control_domain_kib"]) * 1024
            _size_control_domain(tx, tx.get(Host, host).control_domain, size)
    metrics_ref = tx.get(Host, host).metrics
    metrics = tx.find(HostMetrics, metrics_ref)
    if metrics is None:
        return
    changes: dict[str, Any] = {"live": True}
    with alone(whose, "memory"):
        total, free = int(facts["memory_total_kib"]), int(facts["memory_free_kib"])
        changes |= {"memory_total": total * 1024, "memory_free": free * 1024}
    if any(vars(metrics)[name] != value for name, value in changes.items()):
        changes["last_updated"] = date(time.time())
        tx.update(name_of(HostMetrics), metrics_ref, changes)


def _apply_facts(tx: Transaction, host: HostRef, facts: Mapping[str, Any]) -> None:
    record = tx.get(Host, host)
    times = {key: f"{facts[key]:.0f}." for key in ("agent_start_time", "boot_time")}
    changed = {"other_config": {**record.other_config, **times}, **_of_squeezed(record, facts)}
    tx.update(name_of(Host), host, changed)


def _size_control_domain(tx: Transaction, vm: VMRef, size: int) -> None:
    """Write a control domain's size, which Xen gave it when the host was switched on."""
    record = tx.find(VM, vm)
    if record is None:
        return
    tx.update(name_of(VM), vm, dict.fromkeys(CONTROL_DOMAIN_SIZES, size))
    metrics = tx.find(VM_metrics, record.metrics)
    if metrics is not None:
        changes = {"memory_actual": size}
        tx.update(name_of(VM_metrics), record.metrics, changes)


def _of_squeezed(record: Host, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the host's memory is shared, and how much of it no guest gets."""
    is_shared = memory.RUNNING if facts.get("squeezed") else memory.ABSENT
    changes: dict[str, Any] = {
        "software_version": {**record.software_version, memory.SQUEEZED: is_shared}
    }
    if facts.get("memory_reserve_kib"):
        changes["memory_overhead"] = int(facts["memory_reserve_kib"]) * 1024
    return changes


def add_processors(tx: Transaction, host: HostRef, count: int) -> None:
    """Add records of processors until a host shows this many."""
    record = tx.get(Host, host)
    for number in range(len(record.host_CPUs), min(count, PROCESSORS_MAX)):
        host_cpu = tx.new(HostCpu)
        host_cpu.host = host
        host_cpu.number = number
        host_cpu.vendor = CPU_VENDOR
    if int(record.cpu_info.get("cpu_count", 0)) < count:
        info = {**record.cpu_info, "cpu_count": str(count)}
        tx.edit(Host, host).cpu_info = info
