"""host.declare_dead and host.destroy: the administrator's word that a silent host is gone."""

import logging
from typing import Any, TypeVar

from datamodel import XenAPIError
from datamodel.classes import (
    PBD,
    PCI,
    PGPU,
    PIF,
    VBD,
    VM,
    Console,
    Host,
    HostCpu,
    HostMetrics,
    HostRef,
    PIF_metrics,
    Pool,
    VM_metrics,
    VMRef,
)
from datamodel.objects import Kind, name_of
from datamodel.refs import Ref
from pooldb import Transaction
from rules.lifecycle.host import is_live

from broker import BrokerError
from forwarder.core.context import Context
from forwarder.core.lanes import LaneName
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.doubts import keeping
from forwarder.doubts.keeping import DEAD
from forwarder.locks import locking
from forwarder.messages.host.enabled import DISABLED_FOR_GOOD
from forwarder.messages.host.evacuation import guests
from forwarder.messages.vm.reset import let_go_of_disks
from forwarder.records import devices
from forwarder.states import reconcile
from forwarder.storage.tending import REPLUGGED
from forwarder.updates import census
from forwarder.updates.hearing import HEARD

OWN: tuple[tuple[Kind[Any, Any], str], ...] = (
    *((HostCpu, "host_CPUs"), (PBD, "PBDs"), (PCI, "PCIs"), (PGPU, "PGPUs")),
)
"""Classes of a host's own records without metrics, and the fields of the host that list them."""

OF_HOST = (HEARD, DEAD, DISABLED_FOR_GOOD, REPLUGGED)
"""kv namespaces whose keys are hosts."""

Name = TypeVar("Name")

log = logging.getLogger(__name__)


@implements("host.declare_dead", lane=LaneName.FORCE)
def declare_dead(ctx: Context, host: HostRef) -> None:
    """The host's VMs are off from now on, so that they can be started elsewhere.

    A VM that may have gone to another host is off only once that host has told. Work that waits for
    the dead host is dropped, so that it is not begun if the host comes back.
    """
    _require_silent(ctx, host)
    _give_up(ctx, host)
    with ctx.transaction() as tx:
        _require_silent(ctx, host)
        keeping.forget_host(tx, host)
        census.forget_host(tx, host)
        _detach(tx, tx.get(Host, host).control_domain)
        tx.edit(Host, host).enabled = False


@implements("host.destroy", lane=LaneName.FORCE)
def destroy(ctx: Context, self: HostRef) -> None:
    """Remove a silent host's records; raises HOST_HAS_RESIDENT_VMS if records say it runs VMs."""
    _require_silent(ctx, self)
    if guests(ctx, self):
        raise XenAPIError("HOST_HAS_RESIDENT_VMS", self)
    _give_up(ctx, self)
    with ctx.transaction() as tx:
        keeping.forget_host(tx, self)
        census.forget_host(tx, self)
        _remove(tx, self)


def _require_silent(ctx: PoolContext, host: HostRef) -> None:
    """Raise HOST_IS_LIVE[host] for a live host, and for the coordinator, as there has to be one."""
    coordinates = any(pool.master == host for pool in ctx.view.all(Pool).values())
    if coordinates or is_live(ctx.view, host):
        raise XenAPIError("HOST_IS_LIVE", host)


def _give_up(ctx: Context, host: HostRef) -> None:
    """Take away from a dead host the work that it was to do, and the disks that it holds."""
    try:
        with ctx.outside():
            ctx.hosts.drop_work(host)
    except BrokerError as error:  # the work has a deadline, so it is not begun late
        log.warning("host %s may find work of before: %s", host, error)
    let_go_of_disks(ctx, host)


def _detach(tx: Transaction, control_domain: VMRef) -> None:
    """Detach the disks of a dead host's control domain."""
    domain = tx.find(VM, control_domain)
    for vbd in [] if domain is None else domain.VBDs:
        tx.edit(VBD, vbd).currently_attached = False
    locking.refresh(tx, name_of(VM), control_domain)


def _remove(tx: Transaction, host: HostRef) -> None:
    record = tx.get(Host, host)
    for vm in record.resident_VMs:
        domain = tx.get(VM, vm)
        for vbd in domain.VBDs:
            devices.remove_vbd(tx, vbd)
        for vif in domain.VIFs:
            devices.remove_vif(tx, vif)
        for console in domain.consoles:
            tx.delete(Console, console)
        _delete_if_there(tx, VM_metrics, domain.metrics)
        tx.delete(VM, vm)
    for pif in record.PIFs:
        _delete_if_there(tx, PIF_metrics, tx.get(PIF, pif).metrics)
        tx.delete(PIF, pif)
    for cls, many in OWN:
        for ref in vars(record)[many]:
            tx.delete(cls, ref)
    _delete_if_there(tx, HostMetrics, record.metrics)
    tx.delete(Host, host)
    for ns in OF_HOST:
        tx.kv_delete(ns, host)
    reconcile.forget_host(tx, host)


def _delete_if_there(tx: Transaction, cls: Kind[Name, Any], ref: Ref[Name]) -> None:
    if tx.find(cls, ref) is not None:
        tx.delete(cls, ref)
