"""What a VM's settings may be: one rule for each setting, for all messages.

VM.create takes limits that contradict each other, and negative delays, as upstream does;
`check_start` refuses what no host can run. No message takes what no record could hold.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import VM
from datamodel.values import invalid_value

VCPUS_MOST = 8192
"""Xen's own bound."""

MULTIPLIER_MOST = 100.0
RESTART_PRIORITIES = ("", "restart", "best-effort")
LIMITS = ("static_min", "dynamic_min", "dynamic_max", "static_max")

COREDUMPS = ("coredump_and_destroy", "coredump_and_restart")

COUNT = re.compile("-?[0-9]{1,9}")
BOOT_ORDER = re.compile("[a-z]{0,26}")

# What a node of xenstore may be called, and how long its path and its value may be together, less
# room for the part of the path in front of a setting's own.
NODE = re.compile("[A-Za-z0-9@_-]+(/[A-Za-z0-9@_-]+)*")
NODE_MAX = 4096 - 64
GUEST_DATA = "vm-data/"
"""The prefix of those keys of xenstore_data that a guest is shown; others are clients' notes."""


def check_new(record: Mapping[str, Any]) -> None:
    """Raise INVALID_VALUE for settings that no VM can be made with."""
    check_multiplier("HVM_shadow_multiplier", record.get("HVM_shadow_multiplier", 1.0), least=0.0)
    for name in ("VCPUs_max", "VCPUs_at_startup"):
        if record.get(name, 1) > VCPUS_MOST:
            raise invalid_value(name, record[name])
    check_restart_priority(record.get("ha_restart_priority", ""))


def check_vcpus(maximum: int, at_startup: int, given: int) -> None:
    """Raise INVALID_VALUE unless the two numbers fit each other; the error names ``given``."""
    if not 0 < at_startup <= maximum:
        raise XenAPIError(
            "INVALID_VALUE", "VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max", given
        )
    if maximum > VCPUS_MOST:
        raise invalid_value("VCPUs_max", maximum)


def check_memory(record: Mapping[str, Any]) -> None:
    """Raise MEMORY_CONSTRAINT_VIOLATION_ORDER unless the four limits are in order."""
    if not _is_in_order(record):
        raise XenAPIError("MEMORY_CONSTRAINT_VIOLATION_ORDER")


def _is_in_order(record: Mapping[str, Any]) -> bool:
    limits = [int(record[f"memory_{name}"]) for name in LIMITS]
    return limits == sorted(limits) and limits[0] >= 0


def check_multiplier(name: str, value: float, *, least: float = 1.0) -> None:
    """Raise INVALID_VALUE for a multiplier that the memory for shadow pages cannot have."""
    if not least <= value <= MULTIPLIER_MOST:  # refuses NaN, too
        raise invalid_value(name, f"{value:g}")


def check_natural(name: str, value: int) -> None:
    """Raise INVALID_VALUE for a negative number."""
    if value < 0:
        raise invalid_value(f"{name} must be non-negative", value)


def check_restart_priority(value: str) -> None:
    """Raise INVALID_VALUE for a priority that HA does not know."""
    if value not in RESTART_PRIORITIES:
        raise invalid_value("ha_restart_priority", value)


def check_start(vm: VM) -> None:
    """Raise the XenAPI's error for settings that no host can run.

    INVALID_VALUE, VALUE_NOT_SUPPORTED, MEMORY_CONSTRAINT_VIOLATION or
    VCPU_MAX_NOT_CORES_PER_SOCKET_MULTIPLE.
    """
    most, first = int(vm.VCPUs_max), int(vm.VCPUs_at_startup)
    for name, value in (("VCPUs_max", most), ("VCPUs-at-startup", first)):
        if not 1 <= value <= VCPUS_MOST:
            raise invalid_value(name, value)
    if first > most:
        raise XenAPIError(
            "VALUE_NOT_SUPPORTED", "VCPUs-at-startup", first, "value greater than VCPUs-max"
        )
    if not _is_in_order(vars(vm)):
        raise XenAPIError("MEMORY_CONSTRAINT_VIOLATION")
    check_multiplier("HVM_shadow_multiplier", float(vm.HVM_shadow_multiplier))
    _check_crash(vm.actions_after_crash, vm.domain_type)
    _check_cores(most, vm.platform)
    order = vm.HVM_boot_params.get("order", "")
    if not BOOT_ORDER.fullmatch(order):
        raise invalid_value("HVM_boot_params:order", order)
    for name, path, text in _nodes(vm):
        if not NODE.fullmatch(path):
            raise invalid_value(f"{name}: no name of a node of xenstore", path)
        if len(path) + len(text.encode()) > NODE_MAX:
            raise invalid_value(f"{name}: too long for xenstore", len(text))


def _check_crash(action: str, domain_type: str) -> None:
    """Raise VALUE_NOT_SUPPORTED for an action that cannot be taken after a crash."""
    if action == "rename_restart":
        reason = "option would leak a domain; VMs and not domains are managed by this API"
    elif action in COREDUMPS and domain_type != "pv":
        reason = "cannot invoke a coredump of an HVM, PVH or PV-in-PVH domain"
    else:
        return
    raise XenAPIError("VALUE_NOT_SUPPORTED", "VM.actions_after_crash", action, reason)


def _check_cores(vcpus: int, platform: Mapping[str, str]) -> None:
    """Raise unless the vCPUs fill whole sockets."""
    per_socket = platform.get("cores-per-socket")
    if per_socket is None:
        return
    if not COUNT.fullmatch(per_socket):
        raise invalid_value("platform:cores-per-socket", per_socket)
    if int(per_socket) < 1 or vcpus % int(per_socket):
        raise XenAPIError("VCPU_MAX_NOT_CORES_PER_SOCKET_MULTIPLE", vcpus, per_socket)


def _nodes(vm: VM) -> Iterator[tuple[str, str, str]]:
    """The settings that become nodes of xenstore: field and key, path, value."""
    for key, value in vm.platform.items():
        yield f"platform:{key}", key, value
    for key, value in vm.xenstore_data.items():
        if key.startswith(GUEST_DATA):
            yield f"xenstore_data:{key}", key, value
