"""VM.*: where a VM can run, what it may be given and what may be done with it."""

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
    SessionRef,
    SRRef,
    VMRef,
)
from datamodel.objects import altered
from pooldb import Reader
from rules.lifecycle import vm as table
from rules.placement import election, memory
from rules.values import places, vm_values
from xenops.sizes import MIB

from xapi.questions import asks

# With ``approximate``, maximise_memory leaves room for a VM to get this many vCPUs later.
VCPUS_MOST = 64


# --- where it can run -----------------------------------------------------------------------------


@asks("VM.get_possible_hosts", over=VM)
def get_possible_hosts(view: Reader, vm: VMRef) -> list[HostRef]:
    """Each host is asked what its VMs keep of its memory, so this looks at all that run."""
    return [verdict.host for verdict in election.verdicts(view, vm) if verdict.refusal is None]


@asks("VM.assert_can_boot_here")
def assert_can_boot_here(view: Reader, self: VMRef, host: HostRef) -> None:
    record = view.get(VM, self)
    vm_values.check_start(record)
    refusal = election.refusal(view, self, record, host)
    if refusal is not None:
        raise refusal


@asks("VM.assert_agile")
def assert_agile(view: Reader, self: VMRef) -> None:
    """Raise unless every host of the pool could run the VM: its disks and networks are shared."""
    for vbd in view.get(VM, self).VBDs:
        vdi = view.find(VDI, view.get(VBD, vbd).VDI)
        if vdi is not None and not view.get(SR, vdi.SR).shared:
            raise XenAPIError("HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED", vdi.SR)
    for vif in view.get(VM, self).VIFs:
        network = view.get(VIF, vif).network
        record = view.find(Network, network)
        pifs = [] if record is None else record.PIFs
        hosts = {view.get(PIF, pif).host for pif in pifs}
        if hosts and hosts != set(view.refs(Host)):
            raise XenAPIError("HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED", network)


# --- what it may be given, and what may be done with it -------------------------------------------


@asks("VM.get_allowed_VBD_devices")
def get_allowed_vbd_devices(view: Reader, vm: VMRef) -> list[str]:
    return places.free_disks(view, view.get(VM, vm))


@asks("VM.get_allowed_VIF_devices")
def get_allowed_vif_devices(view: Reader, vm: VMRef) -> list[str]:
    return places.free_interfaces(view, view.get(VM, vm))


@asks("VM.assert_operation_valid")
def assert_operation_valid(view: Reader, self: VMRef, op: enums.VmOperations) -> None:
    table.check(view, self, view.get(VM, self), op)


@asks("VM.get_cooperative", looked_at=())
def get_cooperative(view: Reader, self: VMRef) -> bool:
    """Deprecated: every VM counts as cooperative."""
    return True


# --- its memory -----------------------------------------------------------------------------------


@asks("VM.maximise_memory")
def maximise_memory(view: Reader, self: VMRef, total: int, approximate: bool) -> int:
    """The largest static maximum in bytes, of whole MiB, that fits into ``total`` with overhead."""
    record = altered(view.get(VM, self), {"VCPUs_max": VCPUS_MOST} if approximate else {})
    fits, too_large = 0, total // MIB + 1
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        size = middle * MIB
        needed = size + memory.overhead_bytes(altered(record, {"memory_static_max": size}))
        fits, too_large = (middle, too_large) if needed <= total else (fits, middle)
    return fits * MIB


@asks("VM.compute_memory_overhead")
def compute_memory_overhead(view: Reader, vm: VMRef) -> int:
    return memory.overhead_bytes(view.get(VM, vm))


# --- what it would need in the pool of another session --------------------------------------------


@asks("VM.get_SRs_required_for_recovery")
def get_srs_required(view: Reader, self: VMRef, session_to: SessionRef) -> list[SRRef]:
    return missing(view, self)


@asks("VM.assert_can_be_recovered")
def assert_can_be_recovered(view: Reader, self: VMRef, session_to: SessionRef) -> None:
    """Raise VM_REQUIRES_SR[vm, sr] for the first SR that no host uses."""
    for sr in missing(view, self):
        raise XenAPIError("VM_REQUIRES_SR", self, sr)


def missing(view: Reader, vm: VMRef) -> list[SRRef]:
    """The SRs of the VM's disks that no host uses; all sessions are of this pool."""
    return [sr for sr in _srs(view, vm) if not _is_attached(view, sr)]


def _srs(view: Reader, vm: VMRef) -> list[SRRef]:
    """The SRs of the VM's disks, without those of images for CD drives."""
    srs: dict[SRRef, None] = {}
    for vbd in view.get(VM, vm).VBDs:
        vdi = view.find(VDI, view.get(VBD, vbd).VDI)
        if vdi is not None and view.get(SR, vdi.SR).content_type != "iso":
            srs[vdi.SR] = None
    return list(srs)


def _is_attached(view: Reader, sr: SRRef) -> bool:
    pbds = view.get(SR, sr).PBDs
    return any(view.get(PBD, pbd).currently_attached for pbd in pbds)
