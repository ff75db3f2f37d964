"""Networks without wires of their own: internal ones, by name."""

from typing import Any

from datamodel import XenAPIError

from forwarder.core.context import Context
from forwarder.core.patterns import introducer, setter
from forwarder.core.registry import answered_by_hosts, implements
from forwarder.records import blobs, devices

answered_by_hosts("network.attach", "network.attach_for_vm", "network.detach_for_vm")
implements("network.set_default_locking_mode")(setter("network", "default_locking_mode"))
implements("network.create_new_blob")(blobs.creator("network"))
implements("network.pool_introduce")(
    introducer("network.pool_introduce", lambda tx, values: tx.create("network", values))
)


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


@implements("network.add_purpose")
def add_purpose(ctx: Context, self: str, value: str) -> None:
    with ctx.transaction() as tx:
        old = tx.get("network", self)["purpose"]
        if value in old:
            return
        # NBD with and without encryption must not be mixed in one pool.
        other = {"nbd": "insecure_nbd", "insecure_nbd": "nbd"}[value]
        if any(other in network["purpose"] for network in tx.all("network").values()):
            raise XenAPIError("NETWORK_INCOMPATIBLE_PURPOSES", value, other)
        tx.update("network", self, {"purpose": [*old, value]})


@implements("network.remove_purpose")
def remove_purpose(ctx: Context, self: str, value: str) -> None:
    with ctx.transaction() as tx:
        kept = [purpose for purpose in tx.get("network", self)["purpose"] if purpose != value]
        tx.update("network", self, {"purpose": kept})
