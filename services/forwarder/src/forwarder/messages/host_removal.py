"""host.declare_dead and host.destroy: the administrator's word that a silent host is gone."""

from datamodel import XenAPIError
from pooldb import Transaction

from forwarder import adrift, census, locking, reconcile
from forwarder.context import Context
from forwarder.lifecycle.host import is_live
from forwarder.messages.host import guests
from forwarder.registry import implements

OWN = {"host_CPUs": "host_cpu", "PBDs": "PBD", "PIFs": "PIF", "PCIs": "PCI", "PGPUs": "PGPU"}
"""A host's own records, by the field that lists them."""


@implements("host.declare_dead")
def declare_dead(ctx: Context, host: str) -> None:
    """What ran there is off from now on, so that it can be started elsewhere.

    A VM that may have gone to another host is not, before that one has told.
    """
    _require_silent(ctx, host)
    with ctx.transaction() as tx:
        adrift.forget_host(tx, host)
        census.forget_host(tx, host)
        for vm in guests(ctx, host):
            if not adrift.hosts_of(tx, vm):
                reconcile.apply_stopped(tx, vm, "Halted")
                locking.refresh(tx, "VM", vm)
        tx.update("host", host, {"enabled": False})


@implements("host.destroy")
def destroy(ctx: Context, self: str) -> None:
    """Remove a silent host's records; raises HOST_HAS_RESIDENT_VMS while it is said to run VMs."""
    _require_silent(ctx, self)
    if guests(ctx, self):
        raise XenAPIError("HOST_HAS_RESIDENT_VMS", self)
    with ctx.transaction() as tx:
        adrift.forget_host(tx, self)
        census.forget_host(tx, self)
        _remove(tx, self)


def _require_silent(ctx: Context, host: str) -> None:
    """Raise HOST_IS_LIVE[host]; the coordinator counts as live, as there has to be one."""
    coordinates = any(pool["master"] == host for pool in ctx.view.all("pool").values())
    if coordinates or is_live(ctx.view, host):
        raise XenAPIError("HOST_IS_LIVE", host)


def _remove(tx: Transaction, host: str) -> None:
    record = tx.get("host", host)
    for vm in record["resident_VMs"]:
        _delete_with_metrics(tx, "VM", vm)
    for many, cls in OWN.items():
        for ref in record[many]:
            _delete_with_metrics(tx, cls, ref)
    _delete_with_metrics(tx, "host", host)


def _delete_with_metrics(tx: Transaction, cls: str, ref: str) -> None:
    metrics = tx.get(cls, ref).get("metrics")
    if metrics is not None and tx.find(f"{cls}_metrics", metrics) is not None:
        tx.delete(f"{cls}_metrics", metrics)
    tx.delete(cls, ref)
