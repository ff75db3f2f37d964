"""Networks, as records; those that clients create are internal: they have no PIFs."""

from typing import Any

from datamodel import XenAPIError, enums
from datamodel.classes import VIF, Network, NetworkRef
from datamodel.objects import ref_of

from forwarder.core.context import Context
from forwarder.core.patterns import introducer, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements
from forwarder.records import blobs, devices

answered_by_hosts("network.attach", "network.attach_for_vm", "network.detach_for_vm")
implements("network.set_default_locking_mode")(setter(Network, "default_locking_mode"))
implements("network.create_new_blob")(blobs.creator(Network))
implements("network.pool_introduce")(
    introducer("network.pool_introduce", lambda tx, values: ref_of(tx.new(Network, values)))
)


@implements("network.create")
def create(ctx: PoolContext, args: dict[str, Any]) -> NetworkRef:
    with ctx.transaction() as tx:
        taken = {record.bridge for record in tx.all(Network).values()}
        bridge = args["bridge"]
        if bridge and bridge in taken:
            raise XenAPIError("INVALID_VALUE", "bridge", bridge)
        number = 0
        while not bridge or bridge in taken:
            bridge, number = f"xapi{number}", number + 1
        network = tx.new(Network, args)
        network.bridge = bridge
        return ref_of(network)


@implements("network.destroy")
def destroy(ctx: Context, self: NetworkRef) -> None:
    ctx.lock(Network, self, "destroy")
    record = ctx.view.get(Network, self)
    vifs = [vif for vif in record.VIFs if ctx.view.get(VIF, vif).currently_attached]
    if vifs:
        raise XenAPIError("NETWORK_CONTAINS_VIF", *vifs)
    if record.PIFs:
        raise XenAPIError("NETWORK_CONTAINS_PIF", *record.PIFs)
    with ctx.transaction() as tx:
        for vif in record.VIFs:
            devices.remove_vif(tx, vif)
        tx.delete(Network, self)


@implements("network.add_purpose")
def add_purpose(ctx: PoolContext, self: NetworkRef, value: enums.NetworkPurpose) -> None:
    with ctx.transaction() as tx:
        old = tx.get(Network, self).purpose
        if value in old:
            return
        # NBD with and without encryption must not be mixed in one pool.
        other = {"nbd": "insecure_nbd", "insecure_nbd": "nbd"}[value]
        if any(other in network.purpose for network in tx.all(Network).values()):
            raise XenAPIError("NETWORK_INCOMPATIBLE_PURPOSES", value, other)
        tx.edit(Network, self).purpose = [*old, value]


@implements("network.remove_purpose")
def remove_purpose(ctx: PoolContext, self: NetworkRef, value: enums.NetworkPurpose) -> None:
    with ctx.transaction() as tx:
        kept = [purpose for purpose in tx.get(Network, self).purpose if purpose != value]
        tx.edit(Network, self).purpose = kept
