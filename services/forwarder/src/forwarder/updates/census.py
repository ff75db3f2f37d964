"""The domains that hosts have, held against the pool: none runs unseen, none is lost unsaid.

With each sign of life a host names its domains. One that belongs to no VM is a *stray*: it is told
of, and what it takes of the host's memory is nobody else's. A VM that its host does not know any
more, or that another host has, is *lost*: "unknown here" is not "off" as long as another host may
have it, so all are asked, and a VM is off only once every host has said that it is not there.

What is seen once may be a matter of two messages that crossed; it counts when it is seen again.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Database, Reader, Transaction
from xenops.errors import XenopsError

from forwarder.core import announcements
from forwarder.core.context import Context
from forwarder.lifecycle.host import is_live
from forwarder.locks import locking
from forwarder.locks.locking import LOST
from forwarder.placement import memory
from forwarder.states import reconcile
from forwarder.states.reconcile import CENSUS

log = logging.getLogger(__name__)

STRAY = "HOST_RUNS_UNKNOWN_DOMAIN"
"""Name of the message about a domain that belongs to no VM of the pool."""

Ask = Callable[..., Any]
"""A question to a host, as `forwarder.daemons.hosts.Hosts.ask`."""


def take(tx: Transaction, host: str, domains: Iterable[tuple[str, int]]) -> None:
    """Hold a host's domains, as (uuid, KiB), against the pool's VMs."""
    found = {uuid: int(kib) for uuid, kib in domains}
    before = tx.kv_get(CENSUS, host) or {}
    if found != before:
        tx.kv_set(CENSUS, host, found)
    strays: dict[str, int] = {}
    for uuid in found.keys() & before.keys():
        vm = _find_vm(tx, uuid)
        if vm is None:
            strays[uuid] = found[uuid] * 1024
        elif _is_elsewhere(tx.get("VM", vm), host):
            tx.kv_set(LOST, vm, host)
    for vm in tx.get("host", host)["resident_VMs"]:
        uuid = tx.get("VM", vm)["uuid"]
        if uuid not in found and uuid not in before and _is_missing(tx.get("VM", vm), host):
            tx.kv_set(LOST, vm, host)
    _note_strays(tx, host, strays)


def _find_vm(tx: Reader, uuid: str) -> str | None:
    try:
        return tx.by_uuid("VM", uuid)
    except XenAPIError:
        return None


def _is_elsewhere(vm: Any, host: str) -> bool:
    """Whether a VM that a host has is settled on no host: one that runs twice is told by itself."""
    return vm["resident_on"] == NULL_REF and not _is_on_its_way(vm)


def _is_missing(vm: Any, host: str) -> bool:
    return not vm["is_control_domain"] and not _is_on_its_way(vm)


def _is_on_its_way(vm: Any) -> bool:
    """Whether somebody works on a VM, and will tell how that ended."""
    return bool(vm["current_operations"]) or vm["scheduled_to_be_resident_on"] != NULL_REF


def _note_strays(tx: Transaction, host: str, strays: dict[str, int]) -> None:
    record = tx.get("host", host)
    known = memory.strays(record)
    if strays == known:
        return
    for uuid in strays.keys() - known.keys():
        text = (
            f"has a domain that belongs to no VM of the pool (uuid: {uuid},"
            f" {strays[uuid] // 2**20} MiB): stop it there"
        )
        log.error("host %s %s", record["name_label"], text)
        announcements.write_of_host(tx, STRAY, host, text, announcements.DATA_AT_RISK)
    tx.update("host", host, {"other_config": memory.with_strays(record["other_config"], strays)})


def settle(db: Database, ask: Ask) -> None:
    """Find the VMs that are lost: every host that can be asked is."""
    with db.transaction() as tx:
        lost = tx.kv_items(LOST)
    for vm in lost:
        record = db.view.find("VM", vm)
        if record is not None and not _is_on_its_way(record):
            _find(db, ask, vm, record["uuid"])
        elif record is None:
            with db.transaction() as tx:
                tx.kv_delete(LOST, vm)


def _find(db: Database, ask: Ask, vm: str, uuid: str) -> None:
    told: dict[str, Any] = {}
    operation = f"lost/{vm}/{time.time():.0f}"
    for host in db.view.refs("host"):
        try:
            if is_live(db.view, host):
                told[host] = ask(host, "STATE.vm", operation, "census", id=uuid)
        except (XenAPIError, XenopsError) as error:
            log.warning("VM %s is looked for: %s", uuid, error)
    with db.transaction() as tx:
        record = tx.find("VM", vm)
        if record is not None and not _is_on_its_way(record):
            _conclude(tx, vm, record, told)


def _conclude(tx: Transaction, vm: str, record: Any, told: dict[str, Any]) -> None:
    """Believe who has the VM; that it is off only if everybody has said that it is not there."""
    having = [host for host, body in told.items() if reconcile.is_live_state(body)]
    for host in having or told:
        reconcile.apply_vm(tx, host, told[host])
    if having:
        log.warning("VM %s was lost, and is on host %s", record["uuid"], having[0])
        tx.kv_delete(LOST, vm)
        return
    silent = [host for host in tx.refs("host") if host not in told]
    if silent or tx.kv_items(CENSUS, naming=record["uuid"]):
        return
    if tx.get("VM", vm)["power_state"] in reconcile.LIVE_STATES:
        log.error("VM %s was lost: no host has it", record["uuid"])
        reconcile.apply_stopped(tx, vm, "Halted")
        locking.refresh(tx, "VM", vm)
    tx.kv_delete(LOST, vm)


def forget_host(tx: Transaction, host: str) -> None:
    """The administrator says that a host is dead: what it had it has no more."""
    tx.kv_delete(CENSUS, host)


def require_found(tx: Transaction, vm: str) -> None:
    """Raise HOST_OFFLINE[host] if a VM is lost and a host that cannot be asked may have it."""
    if tx.kv_get(LOST, vm) is None:
        return
    for host in tx.refs("host"):
        if not is_live(tx, host):
            raise XenAPIError("HOST_OFFLINE", host)


def domains_of(ctx: Context, vm: str) -> list[str]:
    """The hosts that have a domain of a VM which the pool has not there.

    Those that named one are asked. Raises HOST_OFFLINE[host] for one that cannot be asked.
    """
    record = ctx.view.get("VM", vm)
    with ctx.transaction() as tx:
        said = tx.kv_items(CENSUS, naming=record["uuid"])
    named = [host for host in said if host != record["resident_on"]]
    return [host for host in named if _has_domain(ctx, host, record["uuid"])]


def _has_domain(ctx: Context, host: str, uuid: str) -> bool:
    if ctx.view.find("host", host) is None:
        return False
    if not is_live(ctx.view, host):
        raise XenAPIError("HOST_OFFLINE", host)
    return reconcile.is_live_state(ctx.ask(host, "STATE.vm", id=uuid))


def require_nowhere(ctx: Context, vm: str) -> None:
    """Raise DOMAIN_EXISTS[VM, host] if a host has a domain of a VM that the pool has nowhere."""
    for host in domains_of(ctx, vm):
        raise XenAPIError("DOMAIN_EXISTS", vm, host)
