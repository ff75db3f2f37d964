"""VM.pool_migrate, and what stands in its way."""

import contextlib

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF
from rules.values import vm_values
from xenops.envelope import XENOPSD
from xenops.migration import metadata_text, url_of

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements
from forwarder.daemons import translate
from forwarder.locks import locking
from forwarder.locks.subjects import subject
from forwarder.messages.vm.on_host import believe, place, resident, sync
from forwarder.place import register

# The destination may have to wait until its guests have given up the memory for the newcomer.
PREPARE_MAX_S = 90.0

answered_by_hosts("VM.pool_migrate_complete")


@implements("VM.pool_migrate")
def pool_migrate(ctx: Context, vm: VMRef, host: HostRef, options: dict[str, str]) -> None:
    """Move a running VM to another host: prepare the receiver, send, and believe the receiver."""
    ctx.lock(VM, vm, "pool_migrate", strict=options.get("force") != "true")
    record = ctx.view.get(VM, vm)
    uuid, source = record.uuid, record.resident_on
    if source == host:
        return
    resident(ctx, vm)
    migration = f"{ctx.operation}/{uuid}"
    destination = place(ctx, vm, host)
    metadata = translate.metadata(ctx.view, vm)
    try:
        endpoint = ctx.ask(
            destination,
            XENOPSD.MIGRATION.prepare,
            PREPARE_MAX_S,
            id=migration,
            metadata=metadata_text(metadata),
            memory=ctx.ask(source, XENOPSD.MIGRATION.offer, id=migration, vm=uuid),
            place=ctx.right(vm),
        )
        facts = ctx.run(
            source,
            VM,
            vm,
            XENOPSD.VM.migrate,
            uuid,
            vdi_map=[],
            vif_map=[],
            pci_map=[],
            xenops_url=url_of(endpoint, migration),
            compress=False,
            verify_dest=True,
            localhost_migration=False,
        )
    except XenAPIError:
        _settle(ctx, vm, migration, source, destination)
        if ctx.view.get(VM, vm).resident_on != destination:
            raise
        return
    ctx.hop(step="migrated", **facts)
    names = [ctx.view.get(Host, ref).name_label for ref in (source, destination)]
    manner = ", suspended meanwhile" if facts.get("live") == "false" else ""
    ctx.announce("VM_MIGRATED", vm, f"migrated from host {names[0]} to host {names[1]}{manner}")
    sync(ctx, destination, vm)


def why_immobile(ctx: Context, vm: VMRef) -> XenAPIError | None:
    """The error that would refuse a VM's migration to any host; None if there is none."""
    try:
        with ctx.transaction() as tx:
            locking.check(tx, name_of(VM), vm, "pool_migrate")
        resident(ctx, vm)
        vm_values.check_start(ctx.view.get(VM, vm))
    except XenAPIError as error:
        return error
    return None


def _settle(ctx: Context, vm: VMRef, migration: str, source: HostRef, destination: HostRef) -> None:
    """After a failure, ask both sides who has the VM; after the hand-over it is the receiver.

    The receiver's word ends the doubt. A sender that does not answer now will send updates once it
    is back.
    """
    migrated = subject(VM, vm)
    if migrated in ctx.adrift:
        ctx.adrift[migrated].append([destination, migration])
    with contextlib.suppress(XenAPIError):
        ctx.ask(destination, XENOPSD.MIGRATION.abort, id=migration)
        believe(ctx, destination, vm)
        ctx.adrift.pop(migrated, None)
        ctx.followed.add(migrated)
        with ctx.transaction() as tx:
            register.leave(tx, ctx.task, vm)
    with contextlib.suppress(XenAPIError):
        ctx.ask(source, XENOPSD.MIGRATION.abort, id=migration)
        believe(ctx, source, vm)


def other_hosts(ctx: PoolContext, host: HostRef) -> list[HostRef]:
    return [other for other in ctx.view.refs(Host) if other not in (host, NULL_REF)]
