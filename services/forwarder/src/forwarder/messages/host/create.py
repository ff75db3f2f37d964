"""host.create: a machine that joins the pool."""

from typing import Any

from datamodel import XenAPIError
from datamodel.classes import PBD, PIF, SR, Host, HostRef, NetworkRef, Pool, SRRef
from datamodel.objects import name_of
from pooldb import Transaction

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.records import new_host


@implements("host.create")
def create(
    ctx: PoolContext,
    uuid: str,
    name_label: str,
    name_description: str,
    hostname: str,
    address: str,
    *licensing: Any,
) -> HostRef:
    """Add the host, with the pool's network and shared storage; it is live once it is heard.

    If the host is there already, its reference is answered, so that the call can be repeated.
    """
    facts = {"uuid": uuid, "name": name_label, "address": address}
    with ctx.transaction() as tx:
        for ref, host in tx.all(Host).items():
            if host.uuid == uuid:
                return ref
            if host.name_label == name_label:
                raise XenAPIError("HOST_NAME_INVALID", f"there is a host {name_label} already")
        # The host tells its processors and memory in its first report.
        ref = new_host.create(tx, {**facts, "cpus": 0, "memory_total_kib": 0})
        changed_host = tx.edit(Host, ref)
        changed_host.hostname = hostname
        changed_host.name_description = name_description
        new_host.equip(tx, ref, _management_network(tx), {**facts, "cpus": 1})
        for sr, record in tx.all(SR).items():
            if record.shared:
                _plug(tx, ref, sr)
    return ref


def _management_network(tx: Transaction) -> NetworkRef:
    """The network that the coordinator is managed through."""
    (pool,) = tx.all(Pool).values()
    pifs = [tx.get(PIF, pif) for pif in tx.get(Host, pool.master).PIFs]
    return next(pif.network for pif in pifs if pif.management)


def _plug(tx: Transaction, host: HostRef, sr: SRRef) -> None:
    configs = [tx.get(PBD, pbd).device_config for pbd in tx.get(SR, sr).PBDs]
    config = configs[0] if configs else {}
    values = {"host": host, "SR": sr, "device_config": config, "currently_attached": True}
    tx.new(PBD, values)
    locking.refresh(tx, name_of(SR), sr)
