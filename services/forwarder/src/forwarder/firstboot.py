"""``python -m forwarder.firstboot --config FILE``: what a fresh pool has before its first call.

A pool, its hosts with metrics and CPUs, a network with a PIF on each host, a default SR, a control
domain per host, and the templates that clients look for. Nothing changes the second time.
"""

import argparse
import hashlib
import ipaddress
import json
import time
from pathlib import Path
from typing import Any

import pooldb
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction
from xenops.memory import MIB

from forwarder import locking
from forwarder.bios import GENERIC_BIOS_STRINGS
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


POOL_OPERATIONS = (
    *("ha_enable", "cluster_create", "designate_new_master", "tls_verification_enable"),
    *("configure_repositories", "sync_updates", "sync_bundle", "apply_updates", "cert_refresh"),
    *("exchange_certificates_on_join", "exchange_ca_certificates_on_join"),
    *("copy_primary_host_certs", "eject", "get_updates", "exchange_crls_on_join"),
)
"""What a pool allows as long as nothing goes on in it, in the field's order."""

FIRMWARE = {
    **{"bios-vendor": "", "bios-version": "", "system-manufacturer": ""},
    **{"system-product-name": "", "system-version": "", "system-serial-number": ""},
    **{"baseboard-manufacturer": "", "baseboard-product-name": "", "baseboard-version": ""},
    **{"baseboard-serial-number": "", "oem-1": "Xen"},
    **{"oem-2": GENERIC_BIOS_STRINGS["oem-2"], "hp-rombios": ""},
}
"""A host's bios_strings: nothing is known of its firmware."""

GUEST_NETWORK = {
    "is_guest_installer_network": "true",
    "is_host_internal_management_network": "true",
    "ip_begin": "169.254.0.1",
    "ip_end": "169.254.255.254",
    "netmask": "255.255.0.0",
}


def populate(tx: Transaction, described: dict[str, Any]) -> None:
    """Make the pool of ``described`` (``pool_name``, ``hosts``) unless there is one."""
    if tx.all("pool"):
        return
    hosts = [_host(tx, host) for host in described["hosts"]]
    network = tx.create(
        "network",
        {"name_label": "Pool-wide network associated with eth0", "bridge": "xenbr0", "MTU": 1500},
    )
    _internal_network(tx)
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
    _pool(tx, described, hosts[0], sr)
    for name, memory, disk in TEMPLATES:
        _template(tx, name, memory, disk)


def _internal_network(tx: Transaction) -> None:
    tx.create(
        "network",
        {
            "name_label": "Host internal management network",
            "name_description": "Network on which guests will be assigned a private link-local"
            " IP address which can be used to talk XenAPI",
            "bridge": "xenapi",
            "MTU": 1500,
            "other_config": GUEST_NETWORK,
        },
    )


def _pool(tx: Transaction, described: dict[str, Any], master: str, sr: str) -> None:
    cpus = sum(host["cpus"] for host in described["hosts"])
    tx.create(
        "pool",
        {
            "name_label": described["pool_name"],
            "master": master,
            "default_SR": sr,
            "suspend_image_SR": sr,
            "crash_dump_SR": sr,
            "other_config": {"memory-ratio-hvm": "0.25", "memory-ratio-pv": "0.25"},
            "allowed_operations": list(POOL_OPERATIONS),
            "ha_cluster_stack": "xhad",
            "coordinator_bias": True,
            "ext_auth_cache_enabled": False,
            "cpu_info": {
                "features_hvm_host": "",
                "features_pv_host": "",
                "socket_count": str(len(described["hosts"])),
                "cpu_count": str(cpus),
                "vendor": CPU_VENDOR,
            },
            "telemetry_uuid": tx.create("secret", {"value": new_uuid()}),
        },
    )


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
            "name_description": "Default install",
            "hostname": facts["name"],
            "address": facts["address"],
            "memory_overhead": CONTROL_DOMAIN_BYTES,
            "API_version_major": API_VERSION[0],
            "API_version_minor": API_VERSION[1],
            "API_version_vendor": "XenSource",
            "enabled": True,
            "metrics": metrics,
            "software_version": {"product_brand": "Warren", "product_version": "0.1.0"},
            "other_config": {"no_local_storage": "true"},
            "cpu_info": _cpu_info(cpus),
            "capabilities": ["xen-3.0-x86_64", "hvm-3.0-x86_64"],
            "sched_policy": "credit",
            "supported_bootloaders": ["pygrub", "eliloader"],
            "license_server": {"address": "localhost", "port": "27000"},
            "bios_strings": FIRMWARE,
            "chipset_info": {"iommu": "false"},
            "virtual_hardware_platform_versions": [0, 1, 2],
            "timezone": "Etc/UTC",
            # What an operator sets up beside Warren is not Warren's to claim.
            **{"ssl_legacy": False, "ssh_enabled": False, "ssh_auto_mode": True},
            "ntp_mode": "Disabled",
        },
    )
    for number in range(cpus):
        tx.create("host_cpu", {"host": ref, "number": number, "vendor": CPU_VENDOR})
    locking.refresh(tx, "host", ref)
    return ref


CPU_VENDOR = "unknown"


def _cpu_info(cpus: int) -> dict[str, str]:
    unknown = ("speed", "modelname", "family", "model", "stepping", "flags")
    features = ("features_pv", "features_hvm", "features_hvm_host", "features_pv_host")
    return {
        "cpu_count": str(cpus),
        "socket_count": "1",
        "threads_per_core": "1",
        "nr_nodes": "1",
        "vendor": CPU_VENDOR,
        **dict.fromkeys((*unknown, *features), ""),
    }


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
            "IP": _ip(facts["address"]),
            "metrics": metrics,
        },
    )


def _ip(address: str) -> str:
    """The address, unless it is a name."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def _control_domain(tx: Transaction, host: str, facts: dict[str, Any]) -> None:
    cpus = facts["cpus"]
    metrics = tx.create(
        "VM_metrics",
        {
            "memory_actual": CONTROL_DOMAIN_BYTES,
            "VCPUs_number": cpus,
            "VCPUs_utilisation": {str(number): 0.0 for number in range(1, cpus + 1)},
            "current_domain_type": "pv",
        },
    )
    ref = new_vm(
        tx,
        {
            "name_label": f"Control domain on host: {facts['name']}",
            "name_description": "The domain which manages physical devices and manages other"
            " domains",
            "is_control_domain": True,
            "user_version": 1,
            "affinity": host,
            "domain_type": "pv",
            **dict.fromkeys(MEMORY_FIELDS, CONTROL_DOMAIN_BYTES),
            "VCPUs_max": cpus,
            "VCPUs_at_startup": cpus,
            **dict.fromkeys(("actions_after_shutdown", "actions_after_reboot"), "destroy"),
            "actions_after_crash": "destroy",
            "HVM_shadow_multiplier": 1.0,
            "has_vendor_device": False,
            "hardware_platform_version": 0,
            "generation_id": "",
            "metrics": metrics,
        },
    )
    running = {"power_state": "Running", "resident_on": host, "domid": 0, "domarch": "x64"}
    # Its interfaces are the host's own: it has no addresses to make up.
    tx.update("VM", ref, {**running, "other_config": {}})
    for protocol in ("vt100", "rfb"):
        console = tx.create("console", {"VM": ref, "protocol": protocol})
        location = f"https://{facts['address']}/console?ref={console}"
        tx.update("console", console, {"location": location})
    tx.update("host", host, {"control_domain": ref})
    locking.refresh(tx, "VM", ref)


MEMORY_FIELDS = (
    *("memory_target", "memory_static_max", "memory_dynamic_max"),
    *("memory_dynamic_min", "memory_static_min"),
)


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
