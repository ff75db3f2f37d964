"""``python -m forwarder.firstboot --config FILE``: what a fresh pool has before its first call.

A pool, its hosts with metrics and CPUs, a network with a PIF on each host, a default SR, a control
domain per host, and the templates that clients look for. Nothing changes the second time.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pooldb
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction
from xenops.memory import MIB

from forwarder import locking
from forwarder.messages.sr import create_sr
from forwarder.messages.vm_create import new_vm
from forwarder.reconcile import date

GIB = 1024 * MIB
CONTROL_DOMAIN_BYTES = 512 * MIB
API_VERSION = (2, 23)
DISKS = (
    '<provision><disk device="0" size="{size}" sr="" bootable="true" type="system"/></provision>'
)

TEMPLATES: tuple[tuple[str, int, int], ...] = (
    ("Other install media", 256 * MIB, 0),
    ("Debian Bookworm 12", 1 * GIB, 10 * GIB),
    ("Ubuntu Jammy Jellyfish 22.04", 2 * GIB, 10 * GIB),
    ("Rocky Linux 9", 2 * GIB, 10 * GIB),
    ("Windows Server 2022 (64-bit)", 4 * GIB, 32 * GIB),
)
"""Name, memory and size of the first disk; no disk for a template that says nothing of one."""


def populate(tx: Transaction, described: dict[str, Any]) -> None:
    """Make the pool of ``described`` (``pool_name``, ``hosts``) unless there is one."""
    if tx.all("pool"):
        return
    hosts = [_host(tx, host) for host in described["hosts"]]
    network = tx.create(
        "network",
        {"name_label": "Pool-wide network associated with eth0", "bridge": "xenbr0", "MTU": 1500},
    )
    for host, facts in zip(hosts, described["hosts"], strict=True):
        _pif(tx, host, network, facts)
        _control_domain(tx, host, facts)
    sr = create_sr(
        tx,
        {
            "name_label": "Dummy storage",
            "name_description": "Disks that are records without bytes",
            "type": "dummy",
            "content_type": "user",
            "shared": True,
        },
    )
    tx.create(
        "pool",
        {
            "name_label": described["pool_name"],
            "master": hosts[0],
            "default_SR": sr,
            "suspend_image_SR": sr,
            "crash_dump_SR": sr,
        },
    )
    for name, memory, disk in TEMPLATES:
        _template(tx, name, memory, disk)


def _host(tx: Transaction, facts: dict[str, Any]) -> str:
    metrics = tx.create(
        "host_metrics",
        {
            "memory_total": facts["memory_total_kib"] * 1024,
            "memory_free": facts["memory_total_kib"] * 1024 - CONTROL_DOMAIN_BYTES,
            "live": False,
            "last_updated": date(time.time()),
        },
    )
    cpus = facts["cpus"]
    ref = tx.create(
        "host",
        {
            "uuid": facts["uuid"],
            "name_label": facts["name"],
            "hostname": facts["name"],
            "address": facts["address"],
            "API_version_major": API_VERSION[0],
            "API_version_minor": API_VERSION[1],
            "API_version_vendor": "Warren",
            "enabled": True,
            "metrics": metrics,
            "software_version": {"product_brand": "Warren", "product_version": "0.1.0"},
            "cpu_info": {"cpu_count": str(cpus), "socket_count": "1", "vendor": "simulated"},
            "capabilities": ["xen-3.0-x86_64", "hvm-3.0-x86_64"],
        },
    )
    for number in range(cpus):
        tx.create(
            "host_cpu",
            {"host": ref, "number": number, "vendor": "simulated", "modelname": "simulated CPU"},
        )
    locking.refresh(tx, "host", ref)
    return ref


def _pif(tx: Transaction, host: str, network: str, facts: dict[str, Any]) -> None:
    digest = hashlib.sha256(facts["uuid"].encode()).hexdigest()
    mac = ":".join(["02", *(digest[start : start + 2] for start in range(0, 10, 2))])
    metrics = tx.create("PIF_metrics", {"carrier": True, "last_updated": date(time.time())})
    tx.create(
        "PIF",
        {
            "device": "eth0",
            "network": network,
            "host": host,
            "MAC": mac,
            "MTU": 1500,
            "VLAN": -1,
            "physical": True,
            "management": True,
            "currently_attached": True,
            "ip_configuration_mode": "Static",
            "IP": facts["address"],
            "metrics": metrics,
        },
    )


def _control_domain(tx: Transaction, host: str, facts: dict[str, Any]) -> None:
    ref = new_vm(
        tx,
        {
            "name_label": f"Control domain on host: {facts['name']}",
            "name_description": "The domain that manages this host's devices and other domains",
            "is_control_domain": True,
            "domain_type": "pv",
            "memory_static_max": CONTROL_DOMAIN_BYTES,
            "memory_dynamic_max": CONTROL_DOMAIN_BYTES,
            "memory_dynamic_min": CONTROL_DOMAIN_BYTES,
            "VCPUs_max": facts["cpus"],
            "VCPUs_at_startup": facts["cpus"],
        },
    )
    tx.update("VM", ref, {"power_state": "Running", "resident_on": host, "domid": 0})
    tx.update("host", host, {"control_domain": ref})
    locking.refresh(tx, "VM", ref)


def _template(tx: Transaction, name: str, memory: int, disk: int) -> None:
    other_config = {"default_template": "true", "install-methods": "cdrom", "mac_seed": new_uuid()}
    if disk:
        other_config["disks"] = DISKS.format(size=disk)
    new_vm(
        tx,
        {
            "name_label": name,
            "name_description": f"Clone this template to create a new {name} VM.",
            "is_a_template": True,
            "is_default_template": True,
            "memory_static_min": memory,
            "memory_static_max": memory,
            "memory_dynamic_min": memory,
            "memory_dynamic_max": memory,
            "VCPUs_max": 1,
            "VCPUs_at_startup": 1,
            "actions_after_shutdown": "destroy",
            "actions_after_reboot": "restart",
            "actions_after_crash": "restart",
            "HVM_boot_policy": "BIOS order",
            "HVM_boot_params": {"order": "cdn"},
            "HVM_shadow_multiplier": 1.0,
            "platform": {"acpi": "1", "apic": "true", "pae": "true", "nx": "true"},
            "affinity": NULL_REF,
            "other_config": other_config,
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m forwarder.firstboot", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the pool, a JSON file")
    described = json.loads(parser.parse_args().config.read_text())
    with pooldb.connect(described["database"]).transaction() as tx:
        populate(tx, described)


if __name__ == "__main__":
    main()
