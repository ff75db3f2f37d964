"""PBDs: whether a host uses an SR. Dummy storage is there as soon as it is asked for."""

from typing import Any

from datamodel import XenAPIError

from forwarder import locking
from forwarder.context import Context
from forwarder.drivers import DRIVERS
from forwarder.registry import implements


@implements("PBD.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    with ctx.transaction() as tx:
        for pbd in tx.get("SR", args["SR"])["PBDs"]:
            if tx.get("PBD", pbd)["host"] == args["host"]:
                raise XenAPIError("PBD_EXISTS", args["SR"], args["host"], pbd)
        return tx.create("PBD", {**args, "currently_attached": False})


@implements("PBD.destroy")
def destroy(ctx: Context, self: str) -> None:
    ctx.lock("PBD", self, "destroy")
    with ctx.transaction() as tx:
        if tx.get("PBD", self)["currently_attached"]:
            raise XenAPIError("OPERATION_NOT_ALLOWED", "the PBD is still plugged; unplug it first")
        tx.delete("PBD", self)


@implements("PBD.plug")
def plug(ctx: Context, self: str) -> None:
    """Refused with SR_UNKNOWN_DRIVER for an SR of a type that Warren does not know."""
    kind = ctx.view.get("SR", ctx.view.get("PBD", self)["SR"])["type"]
    if kind not in DRIVERS:
        raise XenAPIError("SR_UNKNOWN_DRIVER", kind)
    ctx.lock("PBD", self, "plug")
    _require_sharable(ctx, self)
    _attach(ctx, self, attached=True)


@implements("PBD.unplug")
def unplug(ctx: Context, self: str) -> None:
    """Refused with VDI_IN_USE while a VM on the host uses one of the SR's disks."""
    ctx.lock("PBD", self, "unplug")
    record = ctx.view.get("PBD", self)
    for vdi in ctx.view.get("SR", record["SR"])["VDIs"]:
        for vbd in ctx.view.get("VDI", vdi)["VBDs"]:
            device = ctx.view.get("VBD", vbd)
            vm = ctx.view.get("VM", device["VM"])
            if device["currently_attached"] and vm["resident_on"] == record["host"]:
                raise XenAPIError("VDI_IN_USE", vdi, "PBD.unplug")
    _attach(ctx, self, attached=False)


def _require_sharable(ctx: Context, pbd: str) -> None:
    """Raise SR_NOT_SHARABLE[SR, host] for an SR that one host has, and that one is another."""
    record = ctx.view.get("PBD", pbd)
    sr = ctx.view.get("SR", record["SR"])
    others = (ctx.view.get("PBD", other) for other in sr["PBDs"] if other != pbd)
    if not sr["shared"] and any(other["currently_attached"] for other in others):
        raise XenAPIError("SR_NOT_SHARABLE", record["SR"], record["host"])


def _attach(ctx: Context, pbd: str, *, attached: bool) -> None:
    with ctx.transaction() as tx:
        tx.update("PBD", pbd, {"currently_attached": attached})
        locking.refresh(tx, "SR", tx.get("PBD", pbd)["SR"])
