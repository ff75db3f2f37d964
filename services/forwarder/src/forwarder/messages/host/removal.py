"""host.declare_dead and host.destroy: the administrator's word that a silent host is gone."""

import logging

from datamodel import XenAPIError
from pooldb import Transaction

from broker import BrokerError
from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.lifecycle.host import is_live
from forwarder.locks import locking
from forwarder.messages.host.enabled import DISABLED_FOR_GOOD
from forwarder.messages.host.evacuation import guests
from forwarder.messages.vm.power import let_go_of_disks
from forwarder.placement import adrift
from forwarder.placement.adrift import DEAD
from forwarder.states import reconcile
from forwarder.updates import census
from forwarder.updates.hearing import HEARD

OWN = {"host_CPUs": "host_cpu", "PBDs": "PBD", "PIFs": "PIF", "PCIs": "PCI", "PGPUs": "PGPU"}
"""A host's own records, by the field that lists them."""

OF_DOMAIN = {"VBDs": "VBD", "VIFs": "VIF", "consoles": "console"}
"""What goes with its control domain."""

OF_HOST = (HEARD, DEAD, DISABLED_FOR_GOOD)
"""kv namespaces that say something of a host."""

log = logging.getLogger(__name__)


@implements("host.declare_dead")
def declare_dead(ctx: Context, host: str) -> None:
    """What ran there is off from now on, so that it can be started elsewhere.

    A VM that may have gone to another host is not, before that one has told. What waits for the
    host is dropped, so that it begins nothing of it if it comes back.
    """
    _require_silent(ctx, host)
    _give_up(ctx, host)
    with ctx.transaction() as tx:
        _require_silent(ctx, host)
        adrift.forget_host(tx, host)
        census.forget_host(tx, host)
        for vm in guests(ctx, host):
            if not adrift.hosts_of(tx, vm):
                reconcile.apply_stopped(tx, vm, "Halted")
                locking.refresh(tx, "VM", vm)
        _detach(tx, tx.get("host", host)["control_domain"])
        tx.update("host", host, {"enabled": False})


@implements("host.destroy")
def destroy(ctx: Context, self: str) -> None:
    """Remove a silent host's records; raises HOST_HAS_RESIDENT_VMS while it is said to run VMs."""
    _require_silent(ctx, self)
    if guests(ctx, self):
        raise XenAPIError("HOST_HAS_RESIDENT_VMS", self)
    _give_up(ctx, self)
    with ctx.transaction() as tx:
        adrift.forget_host(tx, self)
        census.forget_host(tx, self)
        _remove(tx, self)


def _require_silent(ctx: Context, host: str) -> None:
    """Raise HOST_IS_LIVE[host]; the coordinator counts as live, as there has to be one."""
    coordinates = any(pool["master"] == host for pool in ctx.view.all("pool").values())
    if coordinates or is_live(ctx.view, host):
        raise XenAPIError("HOST_IS_LIVE", host)


def _give_up(ctx: Context, host: str) -> None:
    """What a dead host was to do, and the disks that it holds, are its no more."""
    try:
        with ctx.outside():
            ctx.hosts.drop_work(host)
    except BrokerError as error:  # it is not begun late: it has a deadline
        log.warning("host %s may find work of before: %s", host, error)
    let_go_of_disks(ctx, host)


def _detach(tx: Transaction, control_domain: str) -> None:
    """The disks of a host's own domain end with it."""
    for vbd in (tx.find("VM", control_domain) or {"VBDs": []})["VBDs"]:
        tx.update("VBD", vbd, {"currently_attached": False})
    locking.refresh(tx, "VM", control_domain)


def _remove(tx: Transaction, host: str) -> None:
    record = tx.get("host", host)
    for vm in record["resident_VMs"]:
        for many, cls in OF_DOMAIN.items():
            for ref in tx.get("VM", vm)[many]:
                _delete_with_metrics(tx, cls, ref)
        _delete_with_metrics(tx, "VM", vm)
    for many, cls in OWN.items():
        for ref in record[many]:
            _delete_with_metrics(tx, cls, ref)
    _delete_with_metrics(tx, "host", host)
    for ns in OF_HOST:
        tx.kv_delete(ns, host)


def _delete_with_metrics(tx: Transaction, cls: str, ref: str) -> None:
    metrics = tx.get(cls, ref).get("metrics")
    if metrics is not None and tx.find(f"{cls}_metrics", metrics) is not None:
        tx.delete(f"{cls}_metrics", metrics)
    tx.delete(cls, ref)
