"""VM.clean_reboot and hard_reboot."""

from datamodel.classes import VM, VMRef
from xenops.envelope import XENOPSD

from forwarder.core.context import Context
from forwarder.core.lanes import LaneName
from forwarder.core.registry import implements
from forwarder.daemons.hosts import Surroundings
from forwarder.messages.vm.force import begin_by_force
from forwarder.messages.vm.on_host import metadata, on_resident
from forwarder.messages.vm.shutdown import CLEAN_TIMEOUT_S, manner


@implements("VM.clean_reboot")
def clean_reboot(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "clean_reboot")
    _reboot(ctx, vm, CLEAN_TIMEOUT_S)


@implements("VM.hard_reboot", lane=LaneName.FORCE)
def hard_reboot(ctx: Context, vm: VMRef) -> None:
    begin_by_force(ctx, vm, "hard_reboot")
    _reboot(ctx, vm, None)


def _reboot(ctx: Context, vm: VMRef, timeout_s: float | None) -> None:
    """Reboot with the present settings: those changed since the start apply from here on."""
    around = Surroundings(metadata=metadata(ctx, vm))
    on_resident(ctx, vm, XENOPSD.VM.reboot, around, delay=timeout_s)
    ctx.announce("VM_REBOOTED", vm, f"rebooted {manner(timeout_s)}")
