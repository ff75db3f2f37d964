"""VM.power_state_reset, and the disks that a dead host holds."""

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import is_null
from rules.lifecycle.host import is_live
from xenops.envelope import XENOPSD

from forwarder.core.context import Context
from forwarder.core.lanes import LaneName
from forwarder.core.registry import implements
from forwarder.doubts import keeping
from forwarder.locks import locking
from forwarder.locks.subjects import subject
from forwarder.place.transitions import IsReset
from forwarder.states import reconcile
from forwarder.storage.release import release


@implements("VM.power_state_reset", lane=LaneName.FORCE)
def power_state_reset(ctx: Context, vm: VMRef) -> None:
    """Believe the administrator that a VM is off, for when its host cannot be asked.

    Raises DOMAIN_EXISTS if the host can be asked and says that it has a domain of the VM.
    """
    with ctx.transaction() as tx:
        doubtful = keeping.hosts_of(tx, subject(VM, vm))
    if any(is_live(ctx.view, host) for host in doubtful):
        ctx.lock(VM, vm, "power_state_reset")  # wait: the host is about to tell
    host = ctx.view.get(VM, vm).resident_on
    if not is_null(host) and _says_it_runs(ctx, host, vm):
        raise XenAPIError("DOMAIN_EXISTS", vm)
    for silent in doubtful | {host}:
        if ctx.view.find(Host, silent) is not None and not is_live(ctx.view, silent):
            _try_to_let_go(ctx, silent, vm)
    with ctx.transaction() as tx:
        keeping.forget(tx, subject(VM, vm))
        tx.kv_delete(locking.LOST, vm)
        reconcile.apply_stopped(tx, vm, IsReset())
        if tx.get(VM, vm).power_state == "Suspended":
            reconcile.apply_no_image(tx, vm)
        locking.refresh(tx, name_of(VM), vm)


def _says_it_runs(ctx: Context, host: HostRef, vm: VMRef) -> bool:
    if not is_live(ctx.view, host):
        return False
    body = ctx.ask(host, XENOPSD.STATE.vm, id=ctx.view.get(VM, vm).uuid)
    return bool(body["state"] and body["state"]["domids"])


def let_go_of_disks(ctx: Context, dead: HostRef, vm: VMRef | None = None) -> None:
    """Take the disks that a dead host holds away from it, all or those of a VM.

    Any live host can do that for disks without bytes; `storage.release` does it for all others.
    Raises NO_HOSTS_AVAILABLE if there is none, or the last host's error
    if all fail.
    """
    owner = None if vm is None else ctx.view.get(VM, vm).uuid
    uuid, failure = ctx.view.get(Host, dead).uuid, XenAPIError("NO_HOSTS_AVAILABLE")
    for host in [ref for ref in ctx.view.refs(Host) if is_live(ctx.view, ref)]:
        try:
            ctx.ask(host, XENOPSD.DISK.let_go, holder=uuid, vm=owner)
        except XenAPIError as error:
            failure = error
        else:
            break
    else:
        raise failure
    release(ctx, dead, owner)


def _try_to_let_go(ctx: Context, silent: HostRef, vm: VMRef) -> None:
    """As `let_go_of_disks`, but fine without a live host: the silent one then keeps the disks."""
    try:
        let_go_of_disks(ctx, silent, vm)
    except XenAPIError as error:
        if error.code != "NO_HOSTS_AVAILABLE":
            raise
