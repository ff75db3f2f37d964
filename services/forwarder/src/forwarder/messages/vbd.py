"""VBD.create, destroy, plug, unplug, insert, eject."""

from typing import Any

from datamodel import XenAPIError, handle_invalid
from datamodel.refs import NULL_REF

from forwarder import devices, locking, translate
from forwarder.context import Context, is_null
from forwarder.messages.vm_power import resident, sync
from forwarder.registry import implements

LIVE = ("Running", "Paused")
AUTODETECT = "autodetect"


@implements("VBD.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    vm = args["VM"]
    if ctx.view.find("VM", vm) is None:
        raise handle_invalid("VM", vm)
    empty = bool(args["empty"]) or is_null(args["VDI"])
    if empty and args["type"] == "Disk":
        raise handle_invalid("VDI", args["VDI"])
    if not empty and ctx.view.find("VDI", args["VDI"]) is None:
        raise handle_invalid("VDI", args["VDI"])
    with ctx.transaction() as tx:
        taken = {tx.get("VBD", ref)["userdevice"] for ref in tx.get("VM", vm)["VBDs"]}
        device = args["userdevice"]
        if device == AUTODETECT:
            device = next(str(number) for number in range(256) if str(number) not in taken)
        if device in taken:
            raise XenAPIError("DEVICE_ALREADY_EXISTS", device)
        if not device.isdigit() and not device.isalnum():
            raise XenAPIError("INVALID_DEVICE", device)
        vdi = NULL_REF if empty else args["VDI"]
        changes = {"userdevice": device, "empty": empty, "VDI": vdi}
        return devices.add(tx, "VBD", {**args, **changes})


@implements("VBD.destroy")
def destroy(ctx: Context, self: str) -> None:
    record = ctx.view.get("VBD", self)
    power_state = ctx.view.get("VM", record["VM"])["power_state"]
    if record["currently_attached"] and power_state in LIVE:
        raise XenAPIError("OPERATION_NOT_ALLOWED", f"VBD '{record['uuid']}' still attached")
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
    ctx.lock("VBD", vbd, "insert")
    if _is_live(ctx, vbd):
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
