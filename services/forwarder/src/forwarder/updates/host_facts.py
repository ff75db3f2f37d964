"""Writes what a host tells about its machine into the records that clients read."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from datamodel.classes import PIF, Host, HostCpu, HostRef, PIF_metrics, PIFRef, Pool
from datamodel.objects import name_of, ref_of
from pooldb import Transaction
from rules.values.dates import date
from xenops.machine import Interface, Machine
from xenops.types import HostCpuInfo

NOT_FOR_CLIENTS = ("features",)
"""Parts of a processor's description that ``host.cpu_info`` does not show."""


def apply(tx: Transaction, host: HostRef, said: Mapping[str, Any]) -> None:
    """Write what a host says about its machine; raises ValidationError before any change."""
    machine = msgspec.convert(said, Machine)
    record = tx.get(Host, host)
    software = {key: value for key, value in machine.software.items() if value}
    changes = {
        "cpu_info": _cpu_info(machine.stat.cpu_info),
        "capabilities": machine.stat.hypervisor.capabilities.split() or record.capabilities,
        "chipset_info": {"iommu": str(machine.stat.chipset_info.iommu).lower()},
        "bios_strings": {**record.bios_strings, **machine.firmware},
        "software_version": {
            **record.software_version,
            "hostname": record.hostname,
            **software,
        },
    }
    tx.update(name_of(Host), host, changes)
    _processors(tx, host, machine.stat.cpu_info)
    for pif in record.PIFs:
        device = tx.get(PIF, pif).device
        if device in machine.interfaces:
            _interface(tx, pif, machine.interfaces[device])
    _sum_processors(tx)


def _cpu_info(processor: HostCpuInfo) -> dict[str, str]:
    facts = asdict(processor)
    return {name: str(value) for name, value in facts.items() if name not in NOT_FOR_CLIENTS}


def _processors(tx: Transaction, host: HostRef, processor: HostCpuInfo) -> None:
    """A record for each processor of the host, all alike."""
    facts = {
        **{"vendor": processor.vendor, "modelname": processor.modelname},
        **{"stepping": processor.stepping, "flags": processor.flags},
        **{"family": _number(processor.family), "model": _number(processor.model)},
        "speed": _number(processor.speed),
    }
    records = {tx.get(HostCpu, ref).number: ref for ref in tx.get(Host, host).host_CPUs}
    for number in range(processor.cpu_count):
        if number in records:
            tx.update(name_of(HostCpu), records[number], facts)
        else:
            tx.new(HostCpu, {"host": host, "number": number, **facts})
    for number, ref in records.items():
        if number >= processor.cpu_count:
            tx.delete(HostCpu, ref)


def _number(text: str) -> int:
    """The whole part of a number in a description; 0 if it is unknown."""
    whole = text.partition(".")[0]
    return int(whole) if whole.isdecimal() else 0


def _interface(tx: Transaction, pif: PIFRef, interface: Interface) -> None:
    """Write what a host says about an interface; only a card gets metrics of its own."""
    record = tx.get(PIF, pif)
    facts = msgspec.to_builtins(interface)
    mac = facts.pop("mac")
    if record.physical and mac:
        tx.edit(PIF, pif).MAC = mac
    metrics = tx.find(PIF_metrics, record.metrics)
    if metrics is not None and any(
        getattr(metrics, name) != value for name, value in facts.items()
    ):
        changes = {**facts, "last_updated": date(time.time())}
        tx.update(name_of(PIF_metrics), record.metrics, changes)
    elif metrics is None and record.physical:
        pif_metrics = tx.new(PIF_metrics, facts)
        pif_metrics.last_updated = date(time.time())
        tx.edit(PIF, pif).metrics = ref_of(pif_metrics)


def _sum_processors(tx: Transaction) -> None:
    """Sum up in the pool's ``cpu_info`` the processors that its hosts have told of."""
    infos = [host.cpu_info for host in tx.all(Host).values()]
    vendors = [info["vendor"] for info in infos if info.get("vendor", "unknown") != "unknown"]
    for ref, pool in tx.all(Pool).items():
        counts = {
            name: str(sum(int(info.get(name, "0")) for info in infos))
            for name in ("socket_count", "cpu_count")
        }
        vendor = {"vendor": vendors[0]} if vendors else {}
        tx.edit(Pool, ref).cpu_info = {**pool.cpu_info, **counts, **vendor}
