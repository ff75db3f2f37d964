"""Networks without wires of their own: internal ones, by name."""

from typing import Any

from datamodel import XenAPIError

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.records import devices


@implements("network.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    with ctx.transaction() as tx:
        taken = {record["bridge"] for record in tx.all("network").values()}
        bridge = args["bridge"]
        if bridge and bridge in taken:
            raise XenAPIError("INVALID_VALUE", "bridge", bridge)
        number = 0
        while not bridge or bridge in taken:
            bridge, number = f"xapi{number}", number + 1
        return tx.create("network", {**args, "bridge": bridge})


@implements("network.destroy")
def destroy(ctx: Context, self: str) -> None:
    ctx.lock("network", self, "destroy")
    record = ctx.view.get("network", self)
    vifs = [vif for vif in record["VIFs"] if ctx.view.get("VIF", vif)["currently_attached"]]
    if vifs:
        raise XenAPIError("NETWORK_CONTAINS_VIF", *vifs)
    if record["PIFs"]:
        raise XenAPIError("NETWORK_CONTAINS_PIF", *record["PIFs"])
    with ctx.transaction() as tx:
        for vif in record["VIFs"]:
            devices.remove(tx, "VIF", vif)
        tx.delete("network", self)
