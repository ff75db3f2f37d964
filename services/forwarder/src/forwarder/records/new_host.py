"""A host as the pool database first knows it."""

import hashlib
import ipaddress
import time
from collections.abc import Mapping
from typing import Any

from datamodel import enums
from datamodel.classes import (
    PIF,
    VM,
    Console,
    Host,
    HostMetrics,
    HostRef,
    NetworkRef,
    PIF_metrics,
    VM_metrics,
)
from datamodel.objects import name_of, ref_of
from pooldb import Transaction
from rules.values.bios import GENERIC_BIOS_STRINGS
from rules.values.dates import date
from xenops.sizes import MIB

from forwarder.locks import locking
from forwarder.records.installed import API_VERSION, LICENCE, PRODUCT
from forwarder.records.new_vm import new_vm
from forwarder.updates.heartbeat import CONTROL_DOMAIN_SIZES, CPU_VENDOR, add_processors

CONTROL_DOMAIN_BYTES = 512 * MIB
FIRMWARE = {
    **{"bios-vendor": "", "bios-version": "", "system-manufacturer": ""},
    **{"system-product-name": "", "system-version": "", "system-serial-number": ""},
    **{"baseboard-manufacturer": "", "baseboard-product-name": "", "baseboard-version": ""},
    **{"baseboard-serial-number": "", "oem-1": "Xen"},
    **{"oem-2": GENERIC_BIOS_STRINGS["oem-2"], "hp-rombios": ""},
}
"""A host's bios_strings before the host tells about its firmware."""


def create(tx: Transaction, facts: Mapping[str, Any]) -> HostRef:
    """Record a host with this ``uuid``, ``name``, ``address``, ``cpus``, ``memory_total_kib``.

    It is not live before it has been heard.
    """
    host_metrics = tx.new(HostMetrics)
    host_metrics.memory_total = facts["memory_total_kib"] * 1024
    host_metrics.memory_free = max(facts["memory_total_kib"] * 1024 - CONTROL_DOMAIN_BYTES, 0)
    host_metrics.live = False
    host_metrics.last_updated = date(time.time())
    cpus = facts["cpus"]
    ref = ref_of(
        tx.new(
            Host,
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
                "metrics": ref_of(host_metrics),
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
                # An operator sets these up beside Warren, so Warren claims nothing about them.
                **{"ssl_legacy": False, "ssh_enabled": False, "ssh_auto_mode": True},
                "ntp_mode": "Disabled",
            },
        )
    )
    add_processors(tx, ref, cpus)
    locking.refresh(tx, name_of(Host), ref)
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


def equip(tx: Transaction, host: HostRef, network: NetworkRef, facts: Mapping[str, Any]) -> None:
    """Give a host its physical interface, on ``network``, and its control domain."""
    _pif(tx, host, network, facts)
    _control_domain(tx, host, facts)


def _pif(tx: Transaction, host: HostRef, network: NetworkRef, facts: Mapping[str, Any]) -> None:
    digest = hashlib.sha256(facts["uuid"].encode()).hexdigest()
    mac = ":".join(["02", *(digest[start : start + 2] for start in range(0, 10, 2))])
    pif_metrics = tx.new(PIF_metrics)
    pif_metrics.carrier = True
    pif_metrics.last_updated = date(time.time())
    pif = tx.new(PIF)
    pif.device = "eth0"
    pif.network = network
    pif.host = host
    pif.MAC = mac
    pif.MTU = 1500
    pif.VLAN = -1
    pif.physical = True
    pif.management = True
    pif.currently_attached = True
    pif.ip_configuration_mode = enums.IpConfigurationMode.Static
    pif.IP = _ip(facts["address"])
    pif.metrics = ref_of(pif_metrics)


def _ip(address: str) -> str:
    """The address; nothing if it is a name."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def _control_domain(tx: Transaction, host: HostRef, facts: Mapping[str, Any]) -> None:
    cpus = facts["cpus"]
    vm_metrics = tx.new(VM_metrics)
    vm_metrics.memory_actual = CONTROL_DOMAIN_BYTES
    vm_metrics.VCPUs_number = cpus
    utilisation: dict[Any, float] = {str(number): 0.0 for number in range(1, cpus + 1)}
    vm_metrics.VCPUs_utilisation = utilisation
    vm_metrics.current_domain_type = enums.DomainType.pv
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
            "metrics": ref_of(vm_metrics),
        },
    )
    running = {"power_state": "Running", "resident_on": host, "domid": 0, "domarch": "x64"}
    # Its interfaces are the host's own, so it needs no seed to make up addresses.
    tx.update(name_of(VM), ref, {**running, "other_config": {}})
    for protocol in (enums.ConsoleProtocol.vt100, enums.ConsoleProtocol.rfb):
        console = tx.new(Console)
        console.VM = ref
        console.protocol = protocol
        console.location = f"https://{facts['address']}/console?ref={ref_of(console)}"
    tx.edit(Host, host).control_domain = ref
    locking.refresh(tx, name_of(VM), ref)
