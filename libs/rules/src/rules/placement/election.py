"""Where a VM can run: every host is considered, and each refusal has a reason."""

import random
from dataclasses import dataclass

from datamodel import XenAPIError, enums
from datamodel.classes import (
    PBD,
    PIF,
    SR,
    VBD,
    VDI,
    VIF,
    VM,
    Host,
    HostRef,
    Network,
    SRRef,
    VBDRef,
    VMRef,
)
from pooldb import Reader

from rules.lifecycle.host import is_live
from rules.placement import memory


@dataclass(frozen=True)
class Verdict:
    """What was found of one host: no refusal means that the VM can run there."""

    host: HostRef
    refusal: XenAPIError | None


def refusal(tx: Reader, vm_ref: VMRef, vm: VM, host: HostRef) -> XenAPIError | None:
    """Why a VM cannot run on a host; None if it can."""
    record = tx.get(Host, host)
    if not is_live(tx, host):
        return XenAPIError("HOST_NOT_LIVE")
    if not record.enabled:
        return XenAPIError("HOST_DISABLED", host)
    if enums.HostAllowedOperations.evacuate in record.current_operations.values():
        return XenAPIError("HOST_EVACUATE_IN_PROGRESS", host)
    for vbd in vm.VBDs:
        sr = _storage_of(tx, vbd)
        if sr is not None and not _sees(tx, host, sr):
            return XenAPIError("VM_REQUIRES_SR", vm_ref, sr)
    for vif in vm.VIFs:
        network = tx.get(VIF, vif).network
        behind = tx.find(Network, network)
        pifs = [] if behind is None else behind.PIFs
        if pifs and not any(tx.get(PIF, pif).host == host for pif in pifs):
            return XenAPIError("VM_REQUIRES_NETWORK", vm_ref, network)
    cpus = len(record.host_CPUs)
    if int(vm.VCPUs_at_startup) > max(cpus, 1) * 16:
        return XenAPIError("HOST_NOT_ENOUGH_PCPUS", vm.VCPUs_at_startup, cpus)
    return memory.shortage(tx, vm_ref, host, memory.needed_bytes(tx, vm))


def _storage_of(tx: Reader, vbd: VBDRef) -> SRRef | None:
    record = tx.get(VBD, vbd)
    vdi = tx.find(VDI, record.VDI)
    return None if vdi is None else vdi.SR


def _sees(tx: Reader, host: HostRef, sr: SRRef) -> bool:
    record = tx.find(SR, sr)
    return record is not None and any(
        (pbd := tx.find(PBD, ref)) is not None and pbd.host == host and pbd.currently_attached
        for ref in record.PBDs
    )


def verdicts(tx: Reader, vm_ref: VMRef) -> list[Verdict]:
    """The verdict on every host."""
    vm = tx.get(VM, vm_ref)
    return [Verdict(host, refusal(tx, vm_ref, vm, host)) for host in tx.all(Host)]


def elect(tx: Reader, vm_ref: VMRef, chooser: random.Random) -> tuple[HostRef, list[Verdict]]:
    """The host to run a VM on: its affinity if that can, otherwise any host that can.

    A host on which other VMs need not give memory up for it is preferred.
    Raises NO_HOSTS_AVAILABLE, or the reason itself if all hosts have the same one.
    """
    all_verdicts = verdicts(tx, vm_ref)
    willing = [verdict.host for verdict in all_verdicts if verdict.refusal is None]
    if not willing:
        raise _nobody(all_verdicts)
    vm = tx.get(VM, vm_ref)
    if vm.affinity in willing:
        return vm.affinity, all_verdicts
    most = int(vm.memory_dynamic_max) + memory.overhead_bytes(vm)
    roomy = [host for host in willing if memory.unused_bytes(tx, host, without=vm_ref) >= most]
    return chooser.choice(roomy or willing), all_verdicts


def _nobody(refused: list[Verdict]) -> XenAPIError:
    reasons = [verdict.refusal for verdict in refused if verdict.refusal is not None]
    if len({reason.code for reason in reasons}) == 1 and reasons[0].code != "HOST_DISABLED":
        return reasons[0]
    params = [
        part
        for verdict in refused
        for part in (verdict.host, " ".join(verdict.refusal.description if verdict.refusal else ()))
    ]
    return XenAPIError("NO_HOSTS_AVAILABLE", *params)
