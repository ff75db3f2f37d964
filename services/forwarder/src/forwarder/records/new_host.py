"""A host as the pool database first knows it."""

import hashlib
import ipaddress
import time
from collections.abc import Mapping
from typing import Any

from pooldb import Transaction
from xenops.memory import MIB

from forwarder.locks import locking
from forwarder.records.installed import API_VERSION, LICENCE, PRODUCT
from forwarder.records.new_vm import new_vm
from forwarder.updates.heartbeat import CONTROL_DOMAIN_SIZES, CPU_VENDOR, add_processors
from forwarder.values.bios import GENERIC_BIOS_STRINGS
from forwarder.values.dates import date

CONTROL_DOMAIN_BYTES = 512 * MIB
FIRMWARE = {
    **{"bios-vendor": "", "bios-version": "", "system-manufacturer": ""},
    **{"system-product-name": "", "system-version": "", "system-serial-number": ""},
    **{"baseboard-manufacturer": "", "baseboard-product-name": "", "baseboard-version": ""},
    **{"baseboard-serial-number": "", "oem-1": "Xen"},
    **{"oem-2": GENERIC_BIOS_STRINGS["oem-2"], "hp-rombios": ""},
}
"""A host's bios_strings, before it tells what is known of its firmware."""


def create(tx: Transaction, facts: Mapping[str, Any]) -> str:
    """A host of these ``uuid``, ``name``, ``address``, ``cpus``, ``memory_total_kib``.

    It is not live before it is heard of.
    """
    metrics = tx.create(
        "host_metrics",
        {
            "memory_total": facts["memory_total_kib"] * 1024,
            "memory_free": max(facts["memory_total_kib"] * 1024 - CONTROL_DOMAIN_BYTES, 0),
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
            "software_version": PRODUCT,
            **LICENCE,
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
    add_processors(tx, ref, cpus)
    locking.refresh(tx, "host", ref)
    return ref


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


def equip(tx: Transaction, host: str, network: str, facts: Mapping[str, Any]) -> None:
    """Give a host its physical interface, on ``network``, and its control domain."""
    _pif(tx, host, network, facts)
    _control_domain(tx, host, facts)


def _pif(tx: Transaction, host: str, network: str, facts: Mapping[str, Any]) -> None:
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


def _control_domain(tx: Transaction, host: str, facts: Mapping[str, Any]) -> None:
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
            **dict.fromkeys(CONTROL_DOMAIN_SIZES, CONTROL_DOMAIN_BYTES),
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
