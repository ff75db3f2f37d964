"""How much of a host's memory VMs claim, and how much is left, in bytes.

On a host whose memory a squeezed shares, a running guest can be asked to go down to its dynamic
minimum; on others it keeps what it has.
"""

from collections.abc import Mapping

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostMetrics, HostRef, VM_metrics, VMRef
from datamodel.refs import NULL_REF
from pooldb import Reader
from xenops.sizes import MIB, overhead

from rules.lifecycle.vm import LIVE

KINDS = {"hvm": "hvm", "pv": "pv", "pvh": "pvh", "pv_in_pvh": "pv-in-pvh", "unspecified": "hvm"}
# What no guest gets, on a host that has not said yet how much that is.
RESERVE_BYTES = 16 * MIB
SQUEEZED, RUNNING, ABSENT = "squeezed", "running", "absent"
"""The key of ``host.software_version`` that says whether memory is shared, and its values."""
STRAYS = "stray_domains"
"""The key of ``host.other_config`` that names a host's stray domains, which belong to no VM or to a
VM whose place is elsewhere: "uuid=bytes", separated by blanks.
"""


def overhead_bytes(vm: VM) -> int:
    """What Xen needs for a VM besides its guest's memory.

    Negative limits, which a record may have though no VM can start with them, count as 0.
    """
    kind = KINDS[vm.domain_type]
    factor = float(vm.HVM_shadow_multiplier)
    static_max, vcpus = max(int(vm.memory_static_max), 0), max(int(vm.VCPUs_max), 0)
    return overhead(kind, static_max, vcpus, factor).total_mib * MIB


def is_shared(tx: Reader, host: HostRef) -> bool:
    """Whether a host's squeezed answers."""
    return bool(tx.get(Host, host).software_version.get(SQUEEZED, ABSENT) != ABSENT)


def needed_bytes(tx: Reader, vm: VM) -> int:
    """What a host must have for a VM to come there: a guest that has memory already keeps it."""
    least = int(vm.memory_dynamic_min)
    metrics = tx.find(VM_metrics, vm.metrics)
    if vm.power_state != "Halted" and metrics is not None:
        least = max(least, int(metrics.memory_actual))
    return least + overhead_bytes(vm)


def claim_bytes(vm: VM, *, shared: bool) -> int:
    """What a VM that is on a host, or on its way there, keeps for itself."""
    if vm.is_control_domain:
        return int(vm.memory_static_max)
    if shared:
        return int(vm.memory_dynamic_min) + overhead_bytes(vm)
    running = vm.power_state in LIVE and int(vm.memory_target) > 0
    size = vm.memory_target if running else vm.memory_dynamic_max
    return int(size) + overhead_bytes(vm)


def total_bytes(tx: Reader, host: HostRef) -> int:
    metrics = tx.find(HostMetrics, tx.get(Host, host).metrics)
    return int(metrics.memory_total) if metrics is not None else 0


def reserve_bytes(tx: Reader, host: HostRef) -> int:
    """What no guest of a host gets, because Xen needs it."""
    return int(tx.get(Host, host).memory_overhead) or RESERVE_BYTES


def strays(host: Host) -> dict[str, int]:
    """A host's stray domains by uuid, with the bytes that each has."""
    entries = (entry.partition("=") for entry in host.other_config.get(STRAYS, "").split())
    return {uuid: int(size) for uuid, _, size in entries if size.isascii() and size.isdigit()}


def with_strays(other_config: Mapping[str, str], sizes: Mapping[str, int]) -> dict[str, str]:
    """A host's ``other_config`` with these strays; without strays the key is left out."""
    kept = {key: value for key, value in other_config.items() if key != STRAYS}
    text = " ".join(f"{uuid}={size}" for uuid, size in sorted(sizes.items()))
    return {**kept, STRAYS: text} if text else kept


def present(tx: Reader, host: HostRef, *, without: VMRef = NULL_REF) -> list[VM]:
    """The VMs that run on a host or are on their way there."""
    on_it = tx.naming(VM, "resident_on", host) | tx.naming(VM, "scheduled_to_be_resident_on", host)
    return [vm for ref, vm in on_it.items() if ref != without]


def free_bytes(tx: Reader, host: HostRef, *, without: VMRef = NULL_REF) -> int:
    """The memory of a host that no VM has a claim on."""
    shared = is_shared(tx, host)
    claims = [claim_bytes(vm, shared=shared) for vm in present(tx, host, without=without)]
    return _for_vms(tx, host) - sum(claims)


def unused_bytes(tx: Reader, host: HostRef, *, without: VMRef = NULL_REF) -> int:
    """The memory of a host that is free without asking any guest to give some up."""
    claims = [claim_bytes(vm, shared=False) for vm in present(tx, host, without=without)]
    return _for_vms(tx, host) - sum(claims)


def _for_vms(tx: Reader, host: HostRef) -> int:
    """What the pool's VMs may have of a host: all but Xen's part and what strays have."""
    taken = sum(strays(tx.get(Host, host)).values())
    return total_bytes(tx, host) - reserve_bytes(tx, host) - taken


def shortage(tx: Reader, vm_ref: VMRef, host: HostRef, needed: int) -> XenAPIError | None:
    """Why a host cannot give a VM ``needed`` bytes, with the calculation; None if it can."""
    free = free_bytes(tx, host, without=vm_ref)
    if needed <= free:
        return None
    return XenAPIError("HOST_NOT_ENOUGH_FREE_MEMORY", needed, free, _sum(tx, vm_ref, host, needed))


def _sum(tx: Reader, vm_ref: VMRef, host: HostRef, needed: int) -> str:
    shared = is_shared(tx, host)
    parts = [
        f"wanted {_mib(needed)}",
        f"host has {_mib(total_bytes(tx, host))}",
        f"in reserve {_mib(reserve_bytes(tx, host))}",
    ]
    for uuid, size in strays(tx.get(Host, host)).items():
        parts.append(f"a domain without a place here has {_mib(size)} (uuid: {uuid})")
    for vm in present(tx, host, without=vm_ref):
        keeps, name = claim_bytes(vm, shared=shared), vm.name_label
        gives = max(claim_bytes(vm, shared=False) - keeps, 0)
        parts.append(f"VM {name!r} keeps {_mib(keeps)} and could give {_mib(gives)}")
    if not shared:
        parts.append("memory is not shared on this host: squeezed does not answer")
    return "; ".join(parts)


def _mib(size: int) -> str:
    return f"{size / MIB:.1f} MiB"
