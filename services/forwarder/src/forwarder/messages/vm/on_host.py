"""Work on a VM by the host that has it or is to have it, and what the host says then."""

import random

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostRef, VMRef
from datamodel.refs import NULL_REF, is_null
from rules.lifecycle.host import is_live
from rules.placement import election
from rules.placement.memory import overhead_bytes
from rules.values import vm_values
from xenops.envelope import XENOPSD
from xenops.idl import P, Working
from xenops.migration import metadata_text

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.daemons import translate
from forwarder.daemons.hosts import ALONE, Surroundings
from forwarder.place import reservation
from forwarder.states import reconcile
from forwarder.updates import census, hearing

LOOK_AGAIN_S = 2.0
CHOOSER = random.Random()


def sync(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """Record what the host says about a VM now, before the call is answered.

    For a VM adrift, what the host says now is not final, so it is not asked.
    """
    if not ctx.is_adrift(VM, vm):
        with ctx.in_doubt(VM, vm, host, ctx.operation):
            believe(ctx, host, vm)


def believe(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """Record what a host says about a VM: at the end of work just now, or when it is asked."""
    uuid = ctx.view.get(VM, vm).uuid
    body = ctx.told.pop((host, uuid), None) or ctx.ask(host, XENOPSD.STATE.vm, id=uuid)
    with ctx.transaction() as tx:
        reconcile.apply_vm(tx, host, body)


def resident(ctx: Context, vm: VMRef) -> HostRef:
    """The host that runs a VM; raises if the VM is off or lost, or the host does not answer.

    A host that is not live is asked first: it may have come back just now.
    """
    host = ctx.view.get(VM, vm).resident_on
    if is_null(host):
        raise XenAPIError(
            "VM_BAD_POWER_STATE",
            vm,
            "running",
            ctx.view.get(VM, vm).power_state.lower(),
        )
    if not is_live(ctx.view, host) and not _look_again(ctx, host):
        raise XenAPIError("HOST_OFFLINE", host)
    with ctx.transaction() as tx:
        census.require_found(tx, vm)
    return host


def on_resident(
    ctx: Context,
    vm: VMRef,
    call: Working[str, P],
    around: Surroundings = ALONE,
    /,
    *args: P.args,
    **params: P.kwargs,
) -> None:
    """Have the VM's host do something with it, and record what the host says then.

    That is recorded after a failure, too.
    """
    host, uuid = resident(ctx, vm), ctx.view.get(VM, vm).uuid
    try:
        ctx.run(host, VM, vm, call, uuid, around, *args, **params)
    finally:
        sync(ctx, host, vm)


def on_device(
    ctx: Context,
    vm: VMRef,
    device: str,
    call: Working[tuple[str, str], P],
    /,
    *args: P.args,
    **params: P.kwargs,
) -> None:
    """As `on_resident`, for the device that the VM's guest calls ``device``."""
    host, uuid = resident(ctx, vm), ctx.view.get(VM, vm).uuid
    try:
        ctx.run(host, VM, vm, call, (uuid, device), ALONE, *args, **params)
    finally:
        sync(ctx, host, vm)


def place(ctx: Context, vm: VMRef, host: HostRef = NULL_REF) -> HostRef:
    """Reserve a host for a VM: the given one, or an elected one; in each run the same.

    A host that is not live is asked before it is ruled out: it may have come back just now.
    """
    try:
        return _place(ctx, vm, host)
    except XenAPIError as error:
        if error.code != "HOST_NOT_LIVE" or not _look_again(ctx, host):
            raise
    return _place(ctx, vm, host)


def _look_again(ctx: Context, host: HostRef) -> bool:
    """Ask a host that is said not to be live, or all hosts if it is NULL; whether any answers."""
    hosts = ctx.view.refs(Host) if is_null(host) else [host]
    with ctx.outside():
        asked = ctx.hosts.answering(hosts, LOOK_AGAIN_S)
    with ctx.transaction() as tx:
        for answering in [ref for ref, answers in asked.items() if answers]:
            hearing.hear(tx, answering)
    return any(asked.values())


def _place(ctx: PoolContext, vm: VMRef, host: HostRef) -> HostRef:
    with ctx.transaction() as tx:
        record = tx.get(VM, vm)
        chosen = record.scheduled_to_be_resident_on
        verdicts: list[election.Verdict] = []
        if is_null(chosen):
            vm_values.check_start(record)
            tx.edit(VM, vm).memory_overhead = overhead_bytes(record)
            chosen = host
            if is_null(host):
                chosen, verdicts = election.elect(tx, vm, CHOOSER)
            reservation.reserve(tx, ctx.task, vm, chosen)
    refused = {
        ctx.view.get(Host, verdict.host).name_label: verdict.refusal.code
        for verdict in verdicts
        if verdict.refusal is not None
    }
    name = ctx.view.get(Host, chosen).name_label
    ctx.hop(step="elected", host=name, refused=refused or None)
    return chosen


def metadata(ctx: PoolContext, vm: VMRef, *, suspended: bool = False) -> str:
    """Everything that a host's xenopsd must know of a VM."""
    return metadata_text(translate.metadata(ctx.view, vm, suspended=suspended))


def forget(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """Have a host forget a VM that does not run there any more."""
    right = ctx.right(vm)
    ctx.ask(host, XENOPSD.PLACE.leave, id=ctx.view.get(VM, vm).uuid, place=right)


def named(ctx: PoolContext, host: HostRef) -> str:
    record = ctx.view.get(Host, host)
    return f"host {record.name_label} (uuid: {record.uuid})"
