"""VBD.create, destroy, plug, unplug, insert, eject."""

import re
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Transaction

from forwarder import devices, locking, translate
from forwarder.context import Context
from forwarder.messages.vm_power import resident, sync
from forwarder.registry import implements

LIVE = ("Running", "Paused")
AUTODETECT = "autodetect"
# What a disk may be for, if a guest is to have it.
VDI_TYPES = frozenset(
    {"system", "user", "ephemeral", "suspend", "crashdump", "metadata", "rrd", "pvs_cache"}
)
MIGRATIONS = ("migrate_send", "pool_migrate")


@implements("VBD.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    vm = args["VM"]
    with ctx.transaction() as tx:
        record = tx.get("VM", vm)
        _check_drive(tx, args)
        for task, other in record["current_operations"].items():
            if other in MIGRATIONS:
                raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", vm, other, task)
        device = _place(tx, record, args["userdevice"])
        suspended = record["power_state"] == "Suspended"
        values = {
            **args,
            "userdevice": device,
            "device": args["device"] if suspended else "",
            "VDI": args["VDI"] or NULL_REF,
        }
        return devices.add(tx, "VBD", values, attached=suspended and args["currently_attached"])


def _check_drive(tx: Transaction, args: Mapping[str, Any]) -> None:
    """Refuse a drive that cannot be, or cannot hold the disk."""
    if not args["empty"]:
        vdi = tx.get("VDI", args["VDI"])
        if vdi["type"] not in VDI_TYPES:
            raise XenAPIError("VDI_INCOMPATIBLE_TYPE", args["VDI"], vdi["type"])
    if args["type"] == "CD" and args["mode"] != "RO":
        raise XenAPIError("VBD_CDS_MUST_BE_READONLY")
    if args["type"] != "CD" and args["empty"]:
        raise XenAPIError("VBD_NOT_REMOVABLE_MEDIA", "in constructor")
    if args["mode"] == "RW" and tx.get("VDI", args["VDI"])["read_only"]:
        raise XenAPIError("VDI_READONLY", args["VDI"])


def _place(tx: Transaction, vm: Mapping[str, Any], said: str) -> str:
    """Where a new VBD goes: as was said, or the first place that is free."""
    numbers = {disk_number(tx.get("VBD", ref)["userdevice"]) for ref in vm["VBDs"]}
    if said == AUTODETECT:
        return next(str(number) for number in range(255) if number not in numbers)
    number = disk_number(said)
    if number is None:
        raise XenAPIError("INVALID_DEVICE", said)
    if number in numbers:
        raise XenAPIError("DEVICE_ALREADY_EXISTS", said)
    return said


def disk_number(said: str) -> int | None:
    """The number of a disk by any of its names: ``1``, ``hdb``, ``xvdb``; None for no name."""
    if said.isascii() and said.isdigit():
        return int(said)
    match = DISK_NAME.fullmatch(said)
    if match is None:
        return None
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1


DISK_NAME = re.compile("(?:hd|xvd|sd)([a-z]{1,2})")


@implements("VBD.destroy")
def destroy(ctx: Context, self: str) -> None:
    record = ctx.view.get("VBD", self)
    if record["currently_attached"] or record["reserved"]:
        vm = ctx.view.get("VM", record["VM"])["uuid"]
        raise XenAPIError(
            "OPERATION_NOT_ALLOWED", f"VBD '{record['uuid']}' still attached to '{vm}'"
        )
    with ctx.transaction() as tx:
        devices.remove(tx, "VBD", self)


def act(ctx: Context, vbd: str, wire: str, **params: Any) -> None:
    """Have the VM's host do something with the device, then believe what it says."""
    record = ctx.view.get("VBD", vbd)
    vm = record["VM"]
    host = resident(ctx, vm)
    device = (ctx.view.get("VM", vm)["uuid"], translate.device_name(record))
    try:
        ctx.run(host, vm, wire, id=device, **params)
    finally:
        sync(ctx, host, vm)


@implements("VBD.plug")
def plug(ctx: Context, self: str) -> None:
    ctx.lock("VBD", self, "plug")
    found = translate.vbd(ctx.view, self)
    if found is None:
        return
    ctx.ask(resident(ctx, ctx.view.get("VBD", self)["VM"]), "VBD.add", vbd=found)
    act(ctx, self, "VBD.plug")


@implements("VBD.unplug")
def unplug(ctx: Context, self: str) -> None:
    ctx.lock("VBD", self, "unplug")
    act(ctx, self, "VBD.unplug", force=False)


@implements("VBD.unplug_force")
def unplug_force(ctx: Context, self: str) -> None:
    ctx.lock("VBD", self, "unplug_force")
    act(ctx, self, "VBD.unplug", force=True)


@implements("VBD.unplug_force_no_safety_check")
def unplug_force_no_safety_check(ctx: Context, self: str) -> None:
    """The same: no check is made that could be left out."""
    unplug_force(ctx, self)


@implements("VBD.insert")
def insert(ctx: Context, vbd: str, vdi: str) -> None:
    ctx.view.get("VDI", vdi)
    ctx.lock("VBD", vbd, "insert")
    if _is_live(ctx, vbd):
        # An empty drive of a guest without emulated hardware is told of with its medium.
        host = resident(ctx, ctx.view.get("VBD", vbd)["VM"])
        ctx.ask(host, "VBD.add", vbd=translate.drive(ctx.view, vbd))
        act(ctx, vbd, "VBD.insert", disk=translate.disk_of(ctx.view, vdi))
    with ctx.transaction() as tx:
        tx.update("VBD", vbd, {"VDI": vdi, "empty": False})


@implements("VBD.eject")
def eject(ctx: Context, vbd: str) -> None:
    ctx.lock("VBD", vbd, "eject")
    if _is_live(ctx, vbd):
        act(ctx, vbd, "VBD.eject")
    with ctx.transaction() as tx:
        tx.update("VBD", vbd, {"VDI": NULL_REF, "empty": True})


def _is_live(ctx: Context, vbd: str) -> bool:
    return ctx.view.get("VM", ctx.view.get("VBD", vbd)["VM"])["power_state"] in LIVE


@implements("VBD.assert_attachable")
def assert_attachable(ctx: Context, self: str) -> None:
    locking.TABLES["VBD"].check(ctx.view, self, ctx.view.get("VBD", self), "attach")
