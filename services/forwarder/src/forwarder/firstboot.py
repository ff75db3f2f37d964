"""``python -m forwarder.firstboot --config FILE``: what a fresh pool has before its first call.

A pool, its hosts with metrics and CPUs, a network with a PIF on each host, a default SR, a control
domain per host, and the templates that clients look for. Nothing changes the second time.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import pooldb
from datamodel.classes import PBD, SR, HostRef, Network, Pool, Secret, SRRef
from datamodel.enums import PoolAllowedOperations
from datamodel.objects import name_of, ref_of
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction
from xenops.sizes import MIB

from forwarder.drivers import DUMMY
from forwarder.drivers.dummy import SIZE_BYTES
from forwarder.locks import locking
from forwarder.messages import sr as srs
from forwarder.records import installed, new_host
from forwarder.records.new_vm import new_vm
from forwarder.updates.heartbeat import CPU_VENDOR

GIB = 1024 * MIB
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
"""Name, memory and size of the first disk, both in bytes; a size of 0 means no disk."""


POOL_OPERATIONS = (
    *("ha_enable", "cluster_create", "designate_new_master", "tls_verification_enable"),
    *("configure_repositories", "sync_updates", "sync_bundle", "apply_updates", "cert_refresh"),
    *("exchange_certificates_on_join", "exchange_ca_certificates_on_join"),
    *("copy_primary_host_certs", "eject", "get_updates", "exchange_crls_on_join"),
)
"""What a pool allows while no operation is in progress on it, in upstream's order."""

GUEST_NETWORK = {
    "is_guest_installer_network": "true",
    "is_host_internal_management_network": "true",
    "ip_begin": "169.254.0.1",
    "ip_end": "169.254.255.254",
    "netmask": "255.255.0.0",
}


def populate(tx: Transaction, described: dict[str, Any]) -> None:
    """Make the pool that ``described`` tells of (``pool_name``, ``hosts``) unless there is one."""
    if not tx.all(Pool):
        _make(tx, described)
    installed.settle(tx)


def _make(tx: Transaction, described: dict[str, Any]) -> None:
    installed.settle_drivers(tx)
    hosts = [new_host.create(tx, host) for host in described["hosts"]]
    new_network = tx.new(Network)
    new_network.name_label = "Pool-wide network associated with eth0"
    new_network.bridge = "xenbr0"
    new_network.MTU = 1500
    network = ref_of(new_network)
    _internal_network(tx)
    for host, facts in zip(hosts, described["hosts"], strict=True):
        new_host.equip(tx, host, network, facts)
    sr = _default_sr(tx, hosts)
    _pool(tx, described, hosts[0], sr)
    for name, memory, disk in TEMPLATES:
        _template(tx, name, memory, disk)


def _internal_network(tx: Transaction) -> None:
    network = tx.new(Network)
    network.name_label = "Host internal management network"
    network.name_description = (
        "Network on which guests will be assigned a private link-local"
        " IP address which can be used to talk XenAPI"
    )
    network.bridge = "xenapi"
    network.MTU = 1500
    network.other_config = GUEST_NETWORK


def _default_sr(tx: Transaction, hosts: list[HostRef]) -> SRRef:
    """An SR of disks without bytes, plugged on all hosts."""
    values = {
        "uuid": new_uuid(),
        "name_label": "Dummy storage",
        "name_description": "Disks that are records without bytes",
        "type": DUMMY,
        "content_type": "user",
        "shared": True,
        "physical_size": SIZE_BYTES,
    }
    sr = srs.add(tx, values, hosts, {})
    for pbd in tx.get(SR, sr).PBDs:
        tx.edit(PBD, pbd).currently_attached = True
    locking.refresh(tx, name_of(SR), sr)
    return sr


def _pool(tx: Transaction, described: dict[str, Any], master: HostRef, sr: SRRef) -> None:
    cpus = sum(host["cpus"] for host in described["hosts"])
    pool = tx.new(Pool)
    pool.name_label = described["pool_name"]
    pool.master = master
    pool.default_SR = sr
    pool.suspend_image_SR = sr
    pool.crash_dump_SR = sr
    pool.other_config = {"memory-ratio-hvm": "0.25", "memory-ratio-pv": "0.25"}
    pool.allowed_operations = [PoolAllowedOperations(name) for name in POOL_OPERATIONS]
    pool.ha_cluster_stack = "xhad"
    pool.coordinator_bias = True
    pool.ext_auth_cache_enabled = False
    pool.cpu_info = {
        "features_hvm_host": "",
        "features_pv_host": "",
        "socket_count": str(len(described["hosts"])),
        "cpu_count": str(cpus),
        "vendor": CPU_VENDOR,
    }
    secret = tx.new(Secret)
    secret.value = new_uuid()
    pool.telemetry_uuid = ref_of(secret)


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
