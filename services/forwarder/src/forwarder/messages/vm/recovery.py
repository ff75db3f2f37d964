"""What VMs would need in order to run in the pool of another session."""

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, VBD, VDI, VM, SessionRef, SRRef, VMRef

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements


@implements("VM.get_SRs_required_for_recovery")
def get_srs_required(ctx: PoolContext, self: VMRef, session_to: SessionRef) -> list[SRRef]:
    return missing(ctx, self)


@implements("VM.assert_can_be_recovered")
def assert_can_be_recovered(ctx: PoolContext, self: VMRef, session_to: SessionRef) -> None:
    """Raise VM_REQUIRES_SR[vm, sr] for the first SR that no host uses."""
    for sr in missing(ctx, self):
        raise XenAPIError("VM_REQUIRES_SR", self, sr)


def missing(ctx: PoolContext, vm: VMRef) -> list[SRRef]:
    """The SRs of the VM's disks that no host uses; all sessions are of this pool."""
    return [sr for sr in _srs(ctx, vm) if not _is_attached(ctx, sr)]


def _srs(ctx: PoolContext, vm: VMRef) -> list[SRRef]:
    """The SRs of the VM's disks, without those of images for CD drives."""
    srs: dict[SRRef, None] = {}
    for vbd in ctx.view.get(VM, vm).VBDs:
        vdi = ctx.view.find(VDI, ctx.view.get(VBD, vbd).VDI)
        if vdi is not None and ctx.view.get(SR, vdi.SR).content_type != "iso":
            srs[vdi.SR] = None
    return list(srs)


def _is_attached(ctx: PoolContext, sr: SRRef) -> bool:
    pbds = ctx.view.get(SR, sr).PBDs
    return any(ctx.view.get(PBD, pbd).currently_attached for pbd in pbds)
