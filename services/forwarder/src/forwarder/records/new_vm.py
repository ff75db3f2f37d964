"""A VM as a record: what a new one has besides the values that it is made with."""

import hashlib
from typing import Any

from datamodel.classes import VM, VM_metrics, VMRef
from datamodel.enums import VmPowerState
from datamodel.objects import name_of, ref_of
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction
from rules.placement.memory import overhead_bytes
from rules.values import places

from forwarder.locks import locking

MAC_SEED = "mac_seed"
NEW_METRICS: dict[str, Any] = {"VCPUs_utilisation": {"0": 0.0}}
VENDOR_DEVICE_PLATFORM = 2
"""The first version of the virtual hardware with the device for Windows Update's drivers."""


def new_vm(tx: Transaction, values: dict[str, Any]) -> VMRef:
    """Add a halted VM with its metrics."""
    record = {**values}
    if record.get("domain_type", "unspecified") == "unspecified":
        record["domain_type"] = "hvm" if record.get("HVM_boot_policy") else "pv"
    if record.get("has_vendor_device"):
        record["hardware_platform_version"] = max(
            int(record.get("hardware_platform_version", 0)), VENDOR_DEVICE_PLATFORM
        )
    if "metrics" not in record:
        record["metrics"] = ref_of(tx.new(VM_metrics, NEW_METRICS))
    other_config = record.get("other_config", {})
    if MAC_SEED not in other_config:
        record["other_config"] = {MAC_SEED: new_uuid(), **other_config}
    vm = tx.new(VM, record)
    vm.power_state = VmPowerState.Halted
    vm.domid = -1
    vm.resident_on = NULL_REF
    vm.memory_overhead = overhead_bytes(vm)
    locking.refresh(tx, name_of(VM), ref_of(vm))
    return ref_of(vm)


def mac_of(seed: str, device: int) -> str:
    """The MAC for an interface that was given none: the same for the same arguments, and local."""
    if device not in range(places.INTERFACES):  # from an earlier version, which had no bound
        seed, device = f"{seed} {device}", 0
    first = seed.encode()
    for _ in range(2 * device + 1):
        first = md5(first)
    digits = first[:4] + md5(first)[1:3]
    # Locally administered, and no multicast address.
    octets = [digits[0] & 0xFE | 0x02, *digits[1:]]
    return ":".join(f"{octet:02x}" for octet in octets)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
