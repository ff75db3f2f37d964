"""PIF: the interfaces of hosts, as records; nothing on a host changes yet."""

import time
from typing import Any

from datamodel.classes import PIF, PIF_metrics, PIFRef
from datamodel.objects import ref_of
from datamodel.refs import NULL_REF
from pooldb import Transaction
from rules.values.dates import date

from forwarder.core.patterns import introducer, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements

answered_by_hosts("PIF.create_VLAN", "PIF.introduce", "PIF.scan")
for _field in ("disallow_unplug", "primary_address_type"):
    implements(f"PIF.set_{_field}")(setter(PIF, _field))


def _introduce(tx: Transaction, values: dict[str, Any]) -> PIFRef:
    pif_metrics = tx.new(PIF_metrics)
    pif_metrics.last_updated = date(time.time())
    own = {"metrics": ref_of(pif_metrics), "currently_attached": False, "bond_slave_of": NULL_REF}
    return ref_of(tx.new(PIF, {**values, **own}))


for _wire in ("PIF.db_introduce", "PIF.pool_introduce"):
    implements(_wire)(introducer(_wire, _introduce))


@implements("PIF.db_forget")
def db_forget(ctx: PoolContext, self: PIFRef) -> None:
    with ctx.transaction() as tx:
        tx.delete(PIF, self)
