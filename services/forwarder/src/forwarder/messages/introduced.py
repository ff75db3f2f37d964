"""Records of what exists already, added or removed as they are told: nothing on a host changes."""

import time
from typing import Any

from datamodel import api
from pooldb import Transaction

from forwarder.core.context import Context
from forwarder.core.registry import Function, implements
from forwarder.states.reconcile import date


def _introducer(wire: str) -> Function:
    message = api.messages[wire]
    names = [param.name for param in message.params]

    def introduce(ctx: Context, *params: Any) -> str:
        values = dict(zip(names, params, strict=True))
        with ctx.transaction() as tx:
            return _RECORDS[message.cls](tx, values)

    return introduce


def _network(tx: Transaction, values: dict[str, Any]) -> str:
    return tx.create("network", values)


def _pif(tx: Transaction, values: dict[str, Any]) -> str:
    metrics = tx.create("PIF_metrics", {"last_updated": date(time.time())})
    own = {"metrics": metrics, "currently_attached": False, "bond_slave_of": "OpaqueRef:NULL"}
    return tx.create("PIF", {**values, **own})


def _vlan(tx: Transaction, values: dict[str, Any]) -> str:
    """A VLAN's interface shows the metrics of the one under it."""
    vlan = tx.create("VLAN", values)
    metrics = tx.get("PIF", values["tagged_PIF"])["metrics"]
    own = tx.get("PIF", values["untagged_PIF"])["metrics"]
    tx.update("PIF", values["untagged_PIF"], {"VLAN_master_of": vlan, "metrics": metrics})
    if own != metrics and tx.find("PIF_metrics", own) is not None:
        tx.delete("PIF_metrics", own)
    return vlan


_RECORDS = {"network": _network, "PIF": _pif, "VLAN": _vlan}

for _wire in ("network.pool_introduce", "PIF.db_introduce", "PIF.pool_introduce"):
    implements(_wire)(_introducer(_wire))
implements("VLAN.pool_introduce")(_introducer("VLAN.pool_introduce"))


@implements("PIF.db_forget")
def forget_pif(ctx: Context, self: str) -> None:
    with ctx.transaction() as tx:
        tx.delete("PIF", self)
