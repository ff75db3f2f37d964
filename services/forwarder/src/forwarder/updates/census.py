"""Compares the domains that hosts have with the pool's VMs: none runs unseen, none gets lost.

With each sign of life a host lists its domains, and which pool made each.

| a domain | what is done about it |
| --- | --- |
| of a VM that has its place there | nothing |
| of a VM that is nowhere, or is missing on its host | all hosts are asked where the VM runs |
| of a VM that has its place elsewhere | this second copy is paused and reported |
| filled by a migration that no task drives | the migration is aborted, which removes the domain |
| of no VM, made by this pool | reported; paused after a while, or removed if we destroyed its VM |
| of no VM, not made by this pool | reported and left alone |

A domain that has no place on its host is a *stray*: nobody else gets its memory. A VM that its host
does not know any more, or that another host has, is *lost*: "unknown here" does not mean "off" as
long as another host may have the VM. So all hosts are asked, and the VM is off only once every host
has said that it is not there.

A single sighting may come from two messages that crossed; it counts once it is repeated.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from datamodel import XenAPIError
from datamodel.classes import VM, Host, HostRef, TaskRef, VMRef
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, as_ref
from pooldb import Database, Reader, Transaction
from rules.lifecycle.host import is_live
from rules.placement import memory
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError
from xenops.extensions import Place as Right
from xenops.idl import Declared, P, R

from forwarder.core import announcements
from forwarder.core.announcements import DATA_AT_RISK, GOOD_TO_KNOW, Announcement
from forwarder.core.context import Context
from forwarder.daemons.affairs import Affair
from forwarder.daemons.hosts import ANSWER_TIMEOUT_S, Ask
from forwarder.doubts import keeping
from forwarder.locks import locking
from forwarder.locks.locking import LOST
from forwarder.place import register
from forwarder.place.register import DESTROYED
from forwarder.place.transitions import IsFound, IsLost
from forwarder.states import reconcile
from forwarder.states.reconcile import CENSUS

log = logging.getLogger(__name__)

STRAY = "HOST_RUNS_UNKNOWN_DOMAIN"
"""Name of the message about a domain that belongs to no VM of the pool."""

RUNS_TWICE = "VM_RUNS_TWICE"
"""Name of the message about a VM that two hosts say they run."""

COPIES = "copies"
"""kv namespace: "VM host" → true, where a host has a domain of a VM whose place is elsewhere."""

OURS = "unwanted"
"""kv namespace: host → {uuid of a domain that this pool made, and that has no place there:

[since when, epoch, whether the domain runs]}.
"""

LEFT = "left-migrations"
"""kv namespace: host → {migration to it that no task drives: since when}."""

# For this long somebody may be about to claim a domain that its host knows nothing about.
GRACE_S = 60.0

Command = Callable[[str, str, Right], None]
"""The declared call that does something with a domain: task, uuid of the VM, right."""


def take(tx: Transaction, host: HostRef, facts: Mapping[str, Any]) -> None:
    """Compare a host's domains with the pool's VMs; an older host does not say who made them."""
    named = {str(uuid): int(kib) for uuid, kib in facts.get("domains", ())}
    before = tx.kv_get(CENSUS, host) or {}
    if named != before:
        tx.kv_set(CENSUS, host, named)
    unplaced: dict[str, int] = {}
    arriving: dict[str, str] = {}
    with reconcile.alone(f"host {host}", "what migrations fill there"):
        arriving = {str(uuid): str(id_) for uuid, id_ in facts.get("arriving", {}).items()}
    for uuid in named.keys() & before.keys():
        vm = _find_vm(tx, uuid)
        if vm is None or host not in register.hosts(tx.get(VM, vm)):
            unplaced[uuid] = named[uuid] * 1024
        if vm is not None and uuid in unplaced and uuid not in arriving:
            _suspect(tx, vm, host)
    for vm in tx.get(Host, host).resident_VMs:
        uuid = tx.get(VM, vm).uuid
        if uuid not in named and uuid not in before and _is_missing(tx.get(VM, vm)):
            tx.kv_set(LOST, vm, host)
    _note_left(tx, host, {uuid: arriving[uuid] for uuid in unplaced.keys() & arriving.keys()})
    _note_epochs(tx, host, named, facts)
    ours = _note_ours(tx, host, unplaced.keys() - arriving.keys(), facts)
    _note_unplaced(tx, host, unplaced, ours)


def _find_vm(tx: Reader, uuid: str) -> VMRef | None:
    try:
        return tx.by_uuid(VM, uuid)
    except XenAPIError:
        return None


def _suspect(tx: Transaction, vm: VMRef, host: HostRef) -> None:
    """Note that a host has a domain of a VM that has no place there."""
    record = tx.get(VM, vm)
    if register.hosts(record):
        tx.kv_set(COPIES, f"{vm} {host}", True)
    elif not _is_on_its_way(record):
        tx.kv_set(LOST, vm, host)


def _is_missing(vm: VM) -> bool:
    return not vm.is_control_domain and not _is_on_its_way(vm)


def _is_on_its_way(vm: VM, task: TaskRef = NULL_REF) -> bool:
    """Whether anybody but ``task`` works on a VM, and will tell how the work ended."""
    others = vm.current_operations.keys() - {task}
    return bool(others) or vm.scheduled_to_be_resident_on != NULL_REF


# --- domains that have no place -------------------------------------------------------------------


def _note_ours(
    tx: Transaction, host: HostRef, unplaced: Collection[str], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Note which of a host's domains without a place there this pool made."""
    known = tx.kv_get(OURS, host) or {}
    ours = {}
    with reconcile.alone(f"host {host}", "who made its domains"):
        for uuid in set(unplaced) & facts.get("made_by", {}).keys():
            pool, epoch = facts["made_by"][uuid]
            if pool == register.pool(tx):
                since = known[uuid][0] if uuid in known else tx.now()
                ours[uuid] = [since, int(epoch), uuid not in facts["paused"]]
    if ours != known:
        tx.kv_set(OURS, host, ours)
    return ours


def _note_epochs(
    tx: Transaction, host: HostRef, named: Collection[str], facts: Mapping[str, Any]
) -> None:
    """Take note of the epochs that a host has seen of its VMs: it would refuse older ones."""
    with reconcile.alone(f"host {host}", "epochs of its domains"):
        for uuid, (pool, epoch) in facts.get("made_by", {}).items():
            vm = _find_vm(tx, uuid) if uuid in named and pool == register.pool(tx) else None
            if vm is not None:
                register.take_note(tx, vm, host, int(epoch))


def _note_left(tx: Transaction, host: HostRef, migrations: Mapping[str, str]) -> None:
    """Note the migrations that fill a domain on a host, and that no task drives."""
    known = tx.kv_get(LEFT, host) or {}
    left = {id_: known.get(id_, tx.now()) for id_ in migrations.values()}
    if left != known:
        tx.kv_set(LEFT, host, left)


def _note_unplaced(
    tx: Transaction, host: HostRef, unplaced: Mapping[str, int], ours: Mapping[str, Any]
) -> None:
    """Keep the memory of domains without a place from others; report those that have no VM."""
    record = tx.get(Host, host)
    known = memory.strays(record)
    if unplaced == known:
        return
    for uuid in [new for new in unplaced.keys() - known.keys() if _find_vm(tx, new) is None]:
        size = f"{unplaced[uuid] // 2**20} MiB"
        if uuid in ours:
            text, priority = _text_of_ours(tx, uuid), DATA_AT_RISK
        else:
            text, priority = "this pool did not make it, and leaves it alone", GOOD_TO_KNOW
        text = f"has a domain that belongs to no VM of the pool (uuid: {uuid}, {size}): {text}"
        log.error("host %s %s", record.name_label, text)
        announcements.write_of_host(tx, STRAY, host, text, priority)
    tx.edit(Host, host).other_config = memory.with_strays(record.other_config, unplaced)


def affairs(db: Database) -> Iterator[Affair]:
    """The domains that hosts have without a place there, and the VMs that they have lost."""
    with db.transaction() as tx:
        lost, copies, unwanted = tx.kv_items(LOST), tx.kv_items(COPIES), _unwanted(tx)
        left = _left(tx)
    everybody = frozenset(db.view.refs(Host))
    for vm in lost:
        yield Affair(everybody, partial(_settle_lost, db, as_ref(vm)))
    for key in copies:
        vm, _, host = key.partition(" ")
        yield Affair(frozenset({as_ref(host)}), partial(_settle_copy, db, as_ref(vm), as_ref(host)))
    for order in unwanted:
        yield Affair(frozenset({order.host}), partial(_settle_unwanted, order))
    for host, id_ in left:
        yield Affair(frozenset({host}), partial(_settle_left, host, id_))


# --- VMs that were missed -------------------------------------------------------------------------


def _settle_lost(db: Database, vm: VMRef, ask: Ask) -> None:
    record = db.view.find(VM, vm)
    if record is None:
        with db.transaction() as tx:
            tx.kv_delete(LOST, vm)
    elif not _is_on_its_way(record):
        told = _told_by_all(db.view, ask, record.uuid)
        with db.transaction() as tx:
            _conclude(tx, vm, told)


def _told_by_all(tx: Reader, ask: Ask, uuid: str) -> dict[HostRef, Any]:
    """What each host that can be asked says about a VM."""
    told: dict[HostRef, Any] = {}
    operation = f"lost/{uuid}/{time.time():.0f}"
    for host in tx.refs(Host):
        try:
            if is_live(tx, host):
                told[host] = ask(host, XENOPSD.STATE.vm, operation, "census", id=uuid)
        except (XenAPIError, XenopsError) as error:
            log.warning("VM %s is looked for: %s", uuid, error)
    return told


def _conclude(
    tx: Transaction, vm: VMRef, told: dict[HostRef, Any], task: TaskRef = NULL_REF
) -> None:
    """Believe a host that has the VM; believe that the VM is off only if every host says so."""
    record = tx.find(VM, vm)
    if record is None or _is_on_its_way(record, task):
        return
    # A host that has said something newer since is asked again later.
    told = {host: body for host, body in told.items() if not reconcile.is_overtaken(tx, host, body)}
    having = [host for host, body in told.items() if reconcile.is_live_state(body)]
    if having:
        home = register.of(tx, vm).home
        having_it = home if home in having else having[0]
        register.move(tx, vm, IsFound(having_it), reconcile.power_state_of(told[having_it]))
        reconcile.apply_vm(tx, having_it, told[having_it])
        locking.refresh(tx, name_of(VM), vm)
        log.warning("VM %s was lost, and is on host %s", record.uuid, having_it)
        tx.kv_delete(LOST, vm)
        return
    for host, body in told.items():
        reconcile.apply_vm(tx, host, body)
    silent = [host for host in tx.refs(Host) if host not in told and not keeping.is_dead(tx, host)]
    if silent or tx.kv_items(CENSUS, naming=record.uuid):
        return
    if register.of(tx, vm).home is not None:
        log.error("VM %s was lost: no host has it", record.uuid)
        reconcile.apply_stopped(tx, vm, IsLost())
        locking.refresh(tx, name_of(VM), vm)
    tx.kv_delete(LOST, vm)


def look_for(ctx: Context, vm: VMRef) -> None:
    """Look at once for a VM that this task holds and that its host does not know.

    Raises HOST_OFFLINE[host] for a host that may have the VM and cannot be asked.
    """

    def ask(
        host: HostRef,
        call: Declared[P, R],
        operation: str,
        debug: str,
        timeout_s: float = ANSWER_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        return ctx.ask(host, call, timeout_s, *args, **params)

    told = _told_by_all(ctx.view, ask, ctx.view.get(VM, vm).uuid)
    with ctx.transaction() as tx:
        _conclude(tx, vm, told, ctx.task)
        require_found(tx, vm)


# --- second copies --------------------------------------------------------------------------------


def _settle_copy(db: Database, vm: VMRef, host: HostRef, ask: Ask) -> None:
    try:
        if _is_copy(db, ask, vm, host):
            return
    except (XenAPIError, XenopsError) as error:
        log.warning("a second copy of VM %s on host %s is left: %s", vm, host, error)
        return
    with db.transaction() as tx:
        tx.kv_delete(COPIES, f"{vm} {host}")


def _is_copy(db: Database, ask: Ask, vm: VMRef, host: HostRef) -> bool:
    """Whether a host may have a second copy of a VM; a copy that it says it has is paused."""
    record = db.view.find(VM, vm)
    if record is None or db.view.find(Host, host) is None:
        return False
    if not is_live(db.view, host):
        return True
    operation = f"copy/{vm}/{time.time():.0f}"
    body = ask(host, XENOPSD.STATE.vm, operation, "census", id=record.uuid)
    with db.transaction() as tx:
        place = register.of(tx, vm)
        if reconcile.is_overtaken(tx, host, body):
            return True
        if not reconcile.is_live_state(body) or not place.hosts or host in place.hosts:
            return False
        domids = body["state"].get("domids") or ["NUMBER"]
        _tell_of_copy(tx, vm, host, f"'xl destroy {domids[0]}' on it")
        right = register.present_right(tx, vm)
    if reconcile.is_running_state(body):
        question = f"{operation}/pause"
        ask(host, XENOPSD.UNWANTED.pause, question, "census", id=record.uuid, place=right)
    return True


def _tell_of_copy(tx: Transaction, vm: VMRef, host: HostRef, command: str) -> None:
    """Tell operators that a VM runs twice: only people can know which copy is the right one."""
    if announcements.is_told(tx, RUNS_TWICE, vm):
        return
    place, uuid = register.of(tx, vm), tx.get(VM, vm).uuid
    home: HostRef = as_ref(place.home or str(place.coming))
    here, there = (tx.get(Host, ref).name_label for ref in (host, home))
    text = (
        f"runs on host {here} too, though the pool has it on host {there}: the copy on {here} is"
        f" paused; {command} ends that one alone, 'xe vm-shutdown uuid={uuid} --force' both"
    )
    log.error("VM %s %s", uuid, text)
    announcements.write(tx, Announcement(RUNS_TWICE, vm, text, DATA_AT_RISK))


# --- domains that this pool made and has not there ------------------------------------------------

XL_DESTROY = "'xl vm-list' there shows its number, 'xl destroy NUMBER'"


def _text_of_ours(tx: Transaction, uuid: str) -> str:
    if tx.kv_get(DESTROYED, uuid) is not None:
        return "this pool has destroyed its VM, and removes it"
    return f"this pool made it, for a VM that it does not have, and pauses it; {XL_DESTROY} ends it"


def _left(tx: Transaction) -> list[tuple[HostRef, str]]:
    """Migrations that still fill a domain on a host, which no order to abort them has reached."""
    return [
        (as_ref(host), id_)
        for host, migrations in tx.kv_items(LEFT).items()
        for id_, since in migrations.items()
        if is_live(tx, as_ref(host)) and tx.now() - since >= GRACE_S
    ]


def _settle_left(host: HostRef, id_: str, ask: Ask) -> None:
    operation = f"left/{id_}/{time.time():.0f}"
    try:
        ask(host, XENOPSD.MIGRATION.abort, operation, "census", id=id_)
    except (XenAPIError, XenopsError) as error:
        log.warning("migration %s is not aborted on host %s: %s", id_, host, error)


class _Order(NamedTuple):
    """What a host is told to do with a domain that it knows nothing about, and by which right."""

    host: HostRef
    uuid: str
    call: Command
    right: Right


def _unwanted(tx: Transaction) -> list[_Order]:
    orders = [
        _order(tx, as_ref(named), uuid, epoch, moves)
        for named, domains in tx.kv_items(OURS).items()
        for uuid, (since, epoch, moves) in domains.items()
        if is_live(tx, as_ref(named)) and tx.now() - since >= GRACE_S
    ]
    return [order for order in orders if order is not None]


def _settle_unwanted(order: _Order, ask: Ask) -> None:
    operation = f"unwanted/{order.uuid}/{time.time():.0f}"
    try:
        ask(order.host, order.call, operation, "census", ANSWER_TIMEOUT_S, order.uuid, order.right)
    except (XenAPIError, XenopsError) as error:
        log.warning("domain %s is left on host %s: %s", order.uuid, order.host, error)


def _order(tx: Transaction, host: HostRef, uuid: str, epoch: int, moves: bool) -> _Order | None:
    vm, destroyed = _find_vm(tx, uuid), tx.kv_get(DESTROYED, uuid)
    if vm is not None:
        place = register.of(tx, vm)
        if not place.hosts or host in place.hosts:
            return None
        _tell_of_copy(tx, vm, host, XL_DESTROY)
        epoch = max(epoch, place.epoch)
    elif destroyed is not None:
        right = Right(pool=register.pool(tx), epoch=max(epoch, destroyed[1]))
        return _Order(host, uuid, XENOPSD.UNWANTED.destroy, right)
    right = Right(pool=register.pool(tx), epoch=epoch)
    return _Order(host, uuid, XENOPSD.UNWANTED.pause, right) if moves else None


# --- what follows for calls -----------------------------------------------------------------------


def forget_host(tx: Transaction, host: HostRef) -> None:
    """The administrator says that a host is dead: it has none of its domains any more."""
    tx.kv_delete(CENSUS, host)
    tx.kv_delete(OURS, host)
    tx.kv_delete(LEFT, host)


def require_found(tx: Transaction, vm: VMRef) -> None:
    """Raise HOST_OFFLINE[host] if a VM is lost and a host that cannot be asked may have it."""
    if tx.kv_get(LOST, vm) is None:
        return
    for host in tx.refs(Host):
        if not is_live(tx, host) and not keeping.is_dead(tx, host):
            raise XenAPIError("HOST_OFFLINE", host)


def domains_of(ctx: Context, vm: VMRef) -> list[HostRef]:
    """The hosts, other than the VM's own, that have a domain of it.

    Hosts that listed one are asked. Raises HOST_OFFLINE[host] for a host that cannot be asked.
    """
    record = ctx.view.get(VM, vm)
    with ctx.transaction() as tx:
        listed = tx.kv_items(CENSUS, naming=record.uuid)
        made = tx.kv_items(OURS, naming=record.uuid)
    named: list[HostRef] = [as_ref(host) for host in listed if host != record.resident_on]
    return [host for host in named if _has_domain(ctx, host, record.uuid) or host in made]


def _has_domain(ctx: Context, host: HostRef, uuid: str) -> bool:
    if ctx.view.find(Host, host) is None:
        return False
    if not is_live(ctx.view, host):
        raise XenAPIError("HOST_OFFLINE", host)
    return reconcile.is_live_state(ctx.ask(host, XENOPSD.STATE.vm, id=uuid))


def require_nowhere(ctx: Context, vm: VMRef) -> None:
    """Raise DOMAIN_EXISTS[VM, host] if a host has a domain of a VM that should be nowhere.

    The domain may be this task's own: begun by a forwarder that died since.
    """
    with ctx.transaction() as tx:
        place = register.of(tx, vm)
    own = place.coming if place.task == ctx.task else None
    for host in domains_of(ctx, vm):
        if host != own:
            raise XenAPIError("DOMAIN_EXISTS", vm, host)
