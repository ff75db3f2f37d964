"""What a host tells of the machine under it, as the records that clients read."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from pooldb import Transaction
from xenops.machine import Interface, Machine
from xenops.types import HostCpuInfo

from forwarder.states.changes import update_if_different
from forwarder.values.dates import date

NOT_FOR_CLIENTS = ("features",)
"""What a processor's description has, and ``host.cpu_info`` has not."""


def apply(tx: Transaction, host: str, said: Mapping[str, Any]) -> None:
    """Write what a host says of its machine; raises msgspec.ValidationError, changing nothing."""
    machine = msgspec.convert(said, Machine)
    record = tx.get("host", host)
    software = {key: value for key, value in machine.software.items() if value}
    changes = {
        "cpu_info": _cpu_info(machine.stat.cpu_info),
        "capabilities": machine.stat.hypervisor.capabilities.split() or record["capabilities"],
        "chipset_info": {"iommu": str(machine.stat.chipset_info.iommu).lower()},
        "bios_strings": {**record["bios_strings"], **machine.firmware},
        "software_version": {
            **record["software_version"],
            "hostname": record["hostname"],
            **software,
        },
    }
    update_if_different(tx, "host", host, record, changes)
    _processors(tx, host, machine.stat.cpu_info)
    for pif in record["PIFs"]:
        device = tx.get("PIF", pif)["device"]
        if device in machine.interfaces:
            _interface(tx, pif, machine.interfaces[device])
    _sum_processors(tx)


def _cpu_info(processor: HostCpuInfo) -> dict[str, str]:
    said = asdict(processor)
    return {name: str(value) for name, value in said.items() if name not in NOT_FOR_CLIENTS}


def _processors(tx: Transaction, host: str, processor: HostCpuInfo) -> None:
    """A record for each processor of the host, all alike."""
    said = {
        **{"vendor": processor.vendor, "modelname": processor.modelname},
        **{"stepping": processor.stepping, "flags": processor.flags},
        **{"family": _number(processor.family), "model": _number(processor.model)},
        "speed": _number(processor.speed),
    }
    records = {tx.get("host_cpu", ref)["number"]: ref for ref in tx.get("host", host)["host_CPUs"]}
    for number in range(processor.cpu_count):
        if number in records:
            ref = records[number]
            update_if_different(tx, "host_cpu", ref, tx.get("host_cpu", ref), said)
        else:
            tx.create("host_cpu", {"host": host, "number": number, **said})
    for number, ref in records.items():
        if number >= processor.cpu_count:
            tx.delete("host_cpu", ref)


def _number(text: str) -> int:
    """A figure of a description, whole; 0 where it is unknown."""
    whole = text.partition(".")[0]
    return int(whole) if whole.isdecimal() else 0


def _interface(tx: Transaction, pif: str, interface: Interface) -> None:
    """An interface that is no card shows the metrics of the one that it is on, if any."""
    record = tx.get("PIF", pif)
    said = msgspec.to_builtins(interface)
    mac = said.pop("mac")
    if record["physical"] and mac:
        update_if_different(tx, "PIF", pif, record, {"MAC": mac})
    metrics = tx.find("PIF_metrics", record["metrics"])
    if metrics is not None and any(metrics[name] != value for name, value in said.items()):
        changes = {**said, "last_updated": date(time.time())}
        tx.update("PIF_metrics", record["metrics"], changes)
    elif metrics is None and record["physical"]:
        ref = tx.create("PIF_metrics", {**said, "last_updated": date(time.time())})
        tx.update("PIF", pif, {"metrics": ref})


def _sum_processors(tx: Transaction) -> None:
    """Have the pool's ``cpu_info`` count the processors of its hosts, as far as they told."""
    infos = [host["cpu_info"] for host in tx.all("host").values()]
    vendors = [info["vendor"] for info in infos if info.get("vendor", "unknown") != "unknown"]
    for ref, pool in tx.all("pool").items():
        counts = {
            name: str(sum(int(info.get(name, "0")) for info in infos))
            for name in ("socket_count", "cpu_count")
        }
        said = {**pool["cpu_info"], **counts, **({"vendor": vendors[0]} if vendors else {})}
        update_if_different(tx, "pool", ref, pool, {"cpu_info": said})
