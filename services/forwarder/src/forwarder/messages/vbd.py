"""VBD.create, destroy, set_userdevice, plug, unplug, insert, eject."""

from typing import Any

from datamodel import XenAPIError, enums
from datamodel.classes import VBD, VDI, VM, VBDRef, VDIRef
from datamodel.objects import altered, name_of, present
from datamodel.refs import NULL_REF
from pooldb import Transaction
from rules.lifecycle import vbd as table
from rules.lifecycle.holds import How, needed
from rules.lifecycle.vdi import type_word
from rules.lifecycle.vm import LIVE
from rules.values import places
from xenops.envelope import XENOPSD
from xenops.idl import P, Working

from forwarder.core.context import Context
from forwarder.core.patterns import setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.daemons import translate
from forwarder.locks import locking
from forwarder.messages.vm.on_host import on_device, resident
from forwarder.records import devices

# The types of disk that a guest may have.
VDI_TYPES = frozenset(
    {"system", "user", "ephemeral", "suspend", "crashdump", "metadata", "rrd", "pvs_cache"}
)
MIGRATIONS = ("migrate_send", "pool_migrate")


implements("VBD.set_mode")(setter(VBD, "mode", begun_as="set_mode"))


@implements("VBD.create")
def create(ctx: PoolContext, args: dict[str, Any]) -> VBDRef:
    vm = args["VM"]
    with ctx.transaction() as tx:
        record = tx.get(VM, vm)
        _check_drive(tx, present(VBD, NULL_REF, args))
        for task, other in record.current_operations.items():
            if other in MIGRATIONS:
                raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", vm, other, task)
        place = places.choose(tx, record, args["userdevice"], args["type"])
        suspended = record.power_state == "Suspended"
        plugged = args["device"] if suspended else ""
        if plugged:
            places.check(tx, record, plugged, args["type"])
        values = {
            **args,
            "userdevice": place,
            "device": plugged,
            "VDI": args["VDI"] or NULL_REF,
        }
        return devices.add_vbd(tx, values, attached=suspended and args["currently_attached"])


def _check_drive(tx: Transaction, args: VBD) -> None:
    """Raise for a drive that cannot exist, or cannot hold the disk."""
    if not args.empty:
        vdi = tx.get(VDI, args.VDI)
        if vdi.type not in VDI_TYPES:
            raise XenAPIError("VDI_INCOMPATIBLE_TYPE", args.VDI, type_word(vdi.type))
    if args.type == "CD" and args.mode != "RO":
        raise XenAPIError("VBD_CDS_MUST_BE_READONLY")
    if args.type != "CD" and args.empty:
        raise XenAPIError("VBD_NOT_REMOVABLE_MEDIA", "in constructor")
    if args.mode == "RW" and tx.get(VDI, args.VDI).read_only:
        raise XenAPIError("VDI_READONLY", args.VDI)


@implements("VBD.set_userdevice")
def set_userdevice(ctx: Context, self: VBDRef, value: str) -> None:
    """Give a VBD another place; a plugged device stays where it is until it is unplugged."""
    ctx.lock(VBD, self, "set_userdevice")
    with ctx.transaction() as tx:
        record = tx.get(VBD, self)
        vm = tx.get(VM, record.VM)
        place = places.choose(tx, vm, value, record.type, besides=self)
        tx.edit(VBD, self).userdevice = place


@implements("VBD.set_type")
def set_type(ctx: Context, self: VBDRef, value: enums.VbdType) -> None:
    """Make a VBD a device of another type, if such a device can be at its place."""
    ctx.lock(VBD, self, "set_type")
    with ctx.transaction() as tx:
        record = tx.get(VBD, self)
        if value != "CD" and record.empty:
            raise XenAPIError("VBD_NOT_REMOVABLE_MEDIA", self)
        vm = tx.get(VM, record.VM)
        places.check(tx, vm, record.userdevice, value, besides=self)
        tx.edit(VBD, self).type = value
        locking.refresh(tx, name_of(VBD), self)


@implements("VBD.destroy")
def destroy(ctx: Context, self: VBDRef) -> None:
    ctx.lock(VBD, self, "destroy")
    record = ctx.view.get(VBD, self)
    if record.currently_attached or record.reserved:
        vm = ctx.view.get(VM, record.VM).uuid
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VBD '{record.uuid}' still attached to '{vm}'")
    with ctx.transaction() as tx:
        devices.remove_vbd(tx, self)


def act(
    ctx: Context,
    vbd: VBDRef,
    call: Working[tuple[str, str], P],
    /,
    *args: P.args,
    **params: P.kwargs,
) -> None:
    """Have the VM's host do something with the device, and record what the host says then."""
    record = ctx.view.get(VBD, vbd)
    on_device(ctx, record.VM, translate.device_name(record), call, *args, **params)


@implements("VBD.plug")
def plug(ctx: Context, self: VBDRef) -> None:
    ctx.lock(VBD, self, "plug")
    device = translate.vbd(ctx.view, self)
    if device is None:
        return
    ctx.ask(resident(ctx, ctx.view.get(VBD, self).VM), XENOPSD.VBD.add, vbd=device)
    act(ctx, self, XENOPSD.VBD.plug)


@implements("VBD.unplug")
def unplug(ctx: Context, self: VBDRef) -> None:
    ctx.lock(VBD, self, "unplug")
    act(ctx, self, XENOPSD.VBD.unplug, force=False)


@implements("VBD.unplug_force")
def unplug_force(ctx: Context, self: VBDRef) -> None:
    ctx.lock(VBD, self, "unplug_force")
    act(ctx, self, XENOPSD.VBD.unplug, force=True)


@implements("VBD.unplug_force_no_safety_check")
def unplug_force_no_safety_check(ctx: Context, self: VBDRef) -> None:
    """The same as VBD.unplug_force, which makes no check that could be left out."""
    unplug_force(ctx, self)


@implements("VBD.insert")
def insert(ctx: Context, vbd: VBDRef, vdi: VDIRef) -> None:
    ctx.view.get(VDI, vdi)
    ctx.lock(VBD, vbd, "insert", needed(VDI, vdi, How.READ))
    if _is_live(ctx, vbd):
        # The drive is plugged, but not with this medium yet.
        medium = {"VDI": vdi, "currently_attached": False}
        table.check_disk(ctx.view, vbd, altered(ctx.view.get(VBD, vbd), medium))
        # Hosts do not know the empty drives of guests without emulated hardware yet.
        host = resident(ctx, ctx.view.get(VBD, vbd).VM)
        ctx.ask(host, XENOPSD.VBD.add, vbd=translate.drive(ctx.view, vbd))
        disk = translate.disk_of(ctx.view, vdi)
        assert disk is not None
        act(ctx, vbd, XENOPSD.VBD.insert, disk=disk)
    with ctx.transaction() as tx:
        changed_vbd = tx.edit(VBD, vbd)
        changed_vbd.VDI = vdi
        changed_vbd.empty = False


@implements("VBD.eject")
def eject(ctx: Context, vbd: VBDRef) -> None:
    ctx.lock(VBD, vbd, "eject")
    if _is_live(ctx, vbd):
        act(ctx, vbd, XENOPSD.VBD.eject)
    with ctx.transaction() as tx:
        changed_vbd = tx.edit(VBD, vbd)
        changed_vbd.VDI = NULL_REF
        changed_vbd.empty = True


def _is_live(ctx: PoolContext, vbd: VBDRef) -> bool:
    return ctx.view.get(VM, ctx.view.get(VBD, vbd).VM).power_state in LIVE


@implements("VBD.pause")
def pause(ctx: PoolContext, self: VBDRef) -> str:
    raise _unsupported(ctx, self)


@implements("VBD.unpause")
def unpause(ctx: PoolContext, self: VBDRef, token: str) -> None:
    raise _unsupported(ctx, self)


def _unsupported(ctx: PoolContext, vbd: VBDRef) -> XenAPIError:
    """The refusal: no storage can pause its disks."""
    vdi = ctx.view.get(VDI, ctx.view.get(VBD, vbd).VDI)
    return XenAPIError("SR_OPERATION_NOT_SUPPORTED", vdi.SR)
