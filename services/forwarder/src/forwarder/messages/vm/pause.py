"""VM.pause and unpause: stop a guest where it is, and let it go on."""

from datamodel.classes import VM, VMRef
from xenops.envelope import XENOPSD

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.messages.vm.on_host import on_resident


@implements("VM.pause")
def pause(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "pause")
    on_resident(ctx, vm, XENOPSD.VM.pause)
    ctx.announce("VM_PAUSED", vm, "paused")


@implements("VM.unpause")
def unpause(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "unpause")
    on_resident(ctx, vm, XENOPSD.VM.unpause)
    ctx.announce("VM_UNPAUSED", vm, "unpaused")
