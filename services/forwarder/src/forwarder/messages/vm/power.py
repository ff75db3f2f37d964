"""VM.start, shutdown, reboot, pause, suspend, resume: what VMs do on hosts."""

import contextlib
import random
from typing import Any, Literal

from datamodel import XenAPIError, api, enums
from datamodel.classes import (
    SR,
    VDI,
    VM,
    Host,
    HostRef,
    Pool,
    SRRef,
    Task,
    TaskRef,
    VM_guest_metrics,
    VMRef,
)
from datamodel.objects import name_of
from datamodel.refs import NULL_REF, as_ref, new_uuid
from pooldb import Transaction
from xenops.envelope import XENOPSD
from xenops.idl import P, Working
from xenops.migration import metadata_text
from xenops.types import Disk

from forwarder.core.context import Context, is_null
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.daemons import translate
from forwarder.daemons.hosts import ALONE, Surroundings
from forwarder.doubts import keeping
from forwarder.lifecycle.holds import STOPPED_BY, How
from forwarder.lifecycle.host import is_live
from forwarder.locks import locking
from forwarder.locks.locking import Busy
from forwarder.locks.subjects import subject
from forwarder.place import register
from forwarder.place.transitions import IsOff, IsReset
from forwarder.placement import election
from forwarder.placement.memory import overhead_bytes
from forwarder.states import reconcile
from forwarder.storage import volumes
from forwarder.updates import census, hearing
from forwarder.values import vm_values
from forwarder.values.bios import GENERIC_BIOS_STRINGS

CLEAN_TIMEOUT_S, LOOK_AGAIN_S = 1200.0, 2.0
ForcedOperation = Literal["hard_shutdown", "hard_reboot"]
CHOOSER = random.Random()


def sync(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """Bring the database to what the host says of a VM now, before the call is answered.

    What is said of a VM adrift is not the end of it yet.
    """
    if not ctx.is_adrift(VM, vm):
        with ctx.in_doubt(VM, vm, host, ctx.operation):
            believe(ctx, host, vm)


def believe(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """Have what a host says of a VM now."""
    uuid = ctx.view.get(VM, vm).uuid
    body = ctx.told.pop((host, uuid), None) or ctx.ask(host, XENOPSD.STATE.vm, id=uuid)
    with ctx.transaction() as tx:
        reconcile.apply_vm(tx, host, body)


def resident(ctx: Context, vm: VMRef) -> HostRef:
    """The host that runs a VM; raises when it is not there any more.

    One that is not live is asked first: it may have come back just now.
    """
    host = ctx.view.get(VM, vm).resident_on
    if is_null(host):
        raise XenAPIError(
            "VM_BAD_POWER_STATE",
            vm,
            "running",
            ctx.view.get(VM, vm).power_state.lower(),
        )
    if not is_live(ctx.view, host) and not _look_again(ctx, host):
        raise XenAPIError("HOST_OFFLINE", host)
    with ctx.transaction() as tx:
        census.require_found(tx, vm)
    return host


def on_resident(
    ctx: Context,
    vm: VMRef,
    call: Working[str, P],
    around: Surroundings = ALONE,
    /,
    *args: P.args,
    **params: P.kwargs,
) -> None:
    """Have the VM's host do something with it, and believe what it says then.

    It is believed after a failure, too.
    """
    host, uuid = resident(ctx, vm), ctx.view.get(VM, vm).uuid
    try:
        ctx.run(host, VM, vm, call, uuid, around, *args, **params)
    finally:
        sync(ctx, host, vm)


def on_device(
    ctx: Context,
    vm: VMRef,
    device: str,
    call: Working[tuple[str, str], P],
    /,
    *args: P.args,
    **params: P.kwargs,
) -> None:
    """The same with the device that the VM's guest calls so."""
    host, uuid = resident(ctx, vm), ctx.view.get(VM, vm).uuid
    try:
        ctx.run(host, VM, vm, call, (uuid, device), ALONE, *args, **params)
    finally:
        sync(ctx, host, vm)


def place(ctx: Context, vm: VMRef, host: HostRef = NULL_REF) -> HostRef:
    """Reserve a host for a VM: the given one, or an elected one. Repeated, the same.

    A host that is not live is asked before it refuses a VM: it may have come back just now.
    """
    try:
        return _place(ctx, vm, host)
    except XenAPIError as error:
        if error.code != "HOST_NOT_LIVE" or not _look_again(ctx, host):
            raise
    return _place(ctx, vm, host)


def _look_again(ctx: Context, host: HostRef) -> bool:
    """Ask the host, or all of them, which are said not to be live; whether one is after all."""
    hosts = ctx.view.refs(Host) if is_null(host) else [host]
    with ctx.outside():
        said = ctx.hosts.answering(hosts, LOOK_AGAIN_S)
    with ctx.transaction() as tx:
        for found in [ref for ref, answers in said.items() if answers]:
            hearing.hear(tx, found)
    return any(said.values())


def _place(ctx: PoolContext, vm: VMRef, host: HostRef) -> HostRef:
    with ctx.transaction() as tx:
        record = tx.get(VM, vm)
        chosen = record.scheduled_to_be_resident_on
        verdicts: list[election.Verdict] = []
        if is_null(chosen):
            vm_values.check_start(record)
            tx.edit(VM, vm).memory_overhead = overhead_bytes(record)
            chosen = host
            if is_null(host):
                chosen, verdicts = election.elect(tx, vm, CHOOSER)
            election.reserve(tx, ctx.task, vm, chosen)
    refused = {
        ctx.view.get(Host, verdict.host).name_label: verdict.refusal.code
        for verdict in verdicts
        if verdict.refusal is not None
    }
    name = ctx.view.get(Host, chosen).name_label
    ctx.hop(step="elected", host=name, refused=refused or None)
    return chosen


def metadata(ctx: PoolContext, vm: VMRef, *, suspended: bool = False) -> str:
    """Everything that a host's xenopsd must know of a VM."""
    return metadata_text(translate.metadata(ctx.view, vm, suspended=suspended))


def forget(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """A host need not know a VM that does not run there any more."""
    right = ctx.right(vm)
    ctx.ask(host, XENOPSD.PLACE.leave, id=ctx.view.get(VM, vm).uuid, place=right)


@implements("VM.start")
def start(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "start")
    census.require_nowhere(ctx, vm)
    _start(ctx, vm, place(ctx, vm), start_paused)


@implements("VM.start_on")
def start_on(ctx: Context, vm: VMRef, host: HostRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "start_on")
    census.require_nowhere(ctx, vm)
    _start(ctx, vm, place(ctx, vm, host), start_paused)


def _says_it_runs(ctx: Context, host: HostRef, vm: VMRef) -> bool:
    if not is_live(ctx.view, host):
        return False
    body = ctx.ask(host, XENOPSD.STATE.vm, id=ctx.view.get(VM, vm).uuid)
    return bool(body["state"] and body["state"]["domids"])


def _start(ctx: Context, vm: VMRef, host: HostRef, start_paused: bool) -> None:
    with ctx.transaction() as tx:
        _prepare(tx, vm)
    uuid, told = ctx.view.get(VM, vm).uuid, metadata(ctx, vm)
    around = Surroundings(metadata=told)
    try:
        ctx.run(host, VM, vm, XENOPSD.VM.start, uuid, around, paused=start_paused)
    finally:
        sync(ctx, host, vm)
    ctx.announce("VM_STARTED", vm, f"started on {_named(ctx, host)}")


def _prepare(tx: Transaction, vm: VMRef) -> None:
    """Set what a VM gets at each start; what its last guest said of itself is forgotten."""
    _forget_guest(tx, vm)
    record = tx.get(VM, vm)
    changes: dict[str, Any] = {}
    if record.ha_restart_priority == "restart":
        changes["ha_always_run"] = True
    if record.domain_type == "hvm" and "device-model" not in record.platform:
        changes["platform"] = {"device-model": _device_model(record), **record.platform}
    if not record.bios_strings:
        # A guest's licence may hang on these, so they stay as they first were.
        changes["bios_strings"] = GENERIC_BIOS_STRINGS
    tx.update(name_of(VM), vm, changes)


def _forget_guest(tx: Transaction, vm: VMRef) -> None:
    """What a guest said of itself ends with the boot of the next."""
    metrics = tx.get(VM, vm).guest_metrics
    tx.edit(VM, vm).guest_metrics = NULL_REF
    if tx.find(VM_guest_metrics, metrics) is not None:
        tx.delete(VM_guest_metrics, metrics)


def _device_model(record: VM) -> str:
    """The profile of the emulated machine, by the firmware."""
    uefi = record.HVM_boot_params.get("firmware", "bios") == "uefi"
    return "qemu-upstream-uefi" if uefi else "qemu-upstream-compat"


def _named(ctx: PoolContext, host: HostRef) -> str:
    record = ctx.view.get(Host, host)
    return f"host {record.name_label} (uuid: {record.uuid})"


@implements("VM.pause")
def pause(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "pause")
    on_resident(ctx, vm, XENOPSD.VM.pause)
    ctx.announce("VM_PAUSED", vm, "paused")


@implements("VM.unpause")
def unpause(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "unpause")
    on_resident(ctx, vm, XENOPSD.VM.unpause)
    ctx.announce("VM_UNPAUSED", vm, "unpaused")


@implements("VM.clean_shutdown")
def clean_shutdown(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "clean_shutdown")
    unprotect(ctx, vm)
    _shut_down(ctx, vm, CLEAN_TIMEOUT_S)


@implements("VM.hard_shutdown")
def hard_shutdown(ctx: Context, vm: VMRef) -> None:
    """Stop the VM now: what else is going on with it is asked to stop first."""
    was_on = ctx.view.get(VM, vm).power_state != "Halted"
    try:
        begin_by_force(ctx, vm, "hard_shutdown")
    except XenAPIError as error:
        if was_on and error.code == "VM_BAD_POWER_STATE":
            return  # what was asked to stop has ended with the VM off
        raise
    stop(ctx, vm)


def begin_by_force(ctx: Context, vm: VMRef, operation: ForcedOperation) -> None:
    """Begin an operation before which others give way: they are asked to stop, and have ended.

    One that is refused disturbs nobody.
    """
    record = ctx.view.get(VM, vm)
    if ctx.task not in record.current_operations:
        with contextlib.suppress(Busy), ctx.transaction() as tx:
            locking.check(tx, name_of(VM), vm, operation)
        cancel_others(ctx, vm, operation)
    ctx.lock(VM, vm, operation)
    with ctx.transaction() as tx:
        register.take(tx, ctx.task, vm)


def stop(ctx: Context, vm: VMRef) -> None:
    """Have a VM off that this task holds, whatever it is doing."""
    unprotect(ctx, vm)
    if ctx.view.get(VM, vm).power_state == "Suspended":
        discard_image(ctx, vm)
    else:
        _shut_down_anywhere(ctx, vm)
    for host in census.domains_of(ctx, vm):
        _stop_copy(ctx, vm, host)


def _stop_copy(ctx: Context, vm: VMRef, host: HostRef) -> None:
    """End a domain of a VM where the pool has it not; also one that its host knows nothing of."""
    uuid = ctx.view.get(VM, vm).uuid
    try:
        ctx.run(host, VM, vm, XENOPSD.VM.shutdown, uuid, Surroundings(forget=True), delay=None)
    except XenAPIError as error:
        if error.code != "VM_BAD_POWER_STATE":
            raise
        ctx.ask(host, XENOPSD.UNWANTED.destroy, id=uuid, place=ctx.right(vm))


def _shut_down_anywhere(ctx: Context, vm: VMRef) -> None:
    """Where its host does not know a VM any more, it is looked for everywhere."""
    try:
        _shut_down(ctx, vm, None)
    except XenAPIError as error:
        if error.code != "VM_BAD_POWER_STATE" or ctx.is_adrift(VM, vm):
            raise
        census.look_for(ctx, vm)
        _shut_down(ctx, vm, None)


def unprotect(ctx: PoolContext, vm: VMRef) -> None:
    """Who stops a VM does not want it restarted."""
    if ctx.view.get(VM, vm).ha_always_run:
        with ctx.transaction() as tx:
            tx.edit(VM, vm).ha_always_run = False


def discard_image(ctx: PoolContext, vm: VMRef) -> None:
    """A suspended VM is off once its image is gone."""
    with ctx.transaction() as tx:
        vdi = tx.get(VM, vm).suspend_VDI
        if tx.find(VDI, vdi) is not None:
            volumes.destroy(tx, vdi)
        reconcile.apply_no_image(tx, vm)


@implements("VM.shutdown")
def shutdown(ctx: Context, vm: VMRef) -> None:
    """Ask the guest to stop; when it cannot or will not, stop it."""
    ctx.lock(VM, vm, "shutdown")
    unprotect(ctx, vm)
    if ctx.view.get(VM, vm).power_state == "Suspended":
        discard_image(ctx, vm)
        return
    delay = float(ctx.view.get(VM, vm).shutdown_delay) or CLEAN_TIMEOUT_S
    try:
        _shut_down(ctx, vm, delay)
    except XenAPIError as error:
        if error.code == "TASK_CANCELLED" or ctx.is_adrift(VM, vm):
            raise
        ctx.hop(step=f"the guest did not stop: {error.code}")
        _shut_down(ctx, vm, None)


def _shut_down(ctx: Context, vm: VMRef, timeout_s: float | None) -> None:
    """It ran when this task locked it: one that is off now ended by itself, or was ended for it."""
    if ctx.view.get(VM, vm).power_state != "Halted":
        on_resident(ctx, vm, XENOPSD.VM.shutdown, Surroundings(forget=True), delay=timeout_s)
        _believe_stopped(ctx, vm)
    ctx.announce("VM_SHUTDOWN", vm, f"shut down {_manner(timeout_s)}")


def _believe_stopped(ctx: PoolContext, vm: VMRef) -> None:
    """The host's word that it has shut a VM down is enough, also if it has forgotten it since."""
    with ctx.transaction() as tx:
        home = register.of(tx, vm).home
        if home is not None:
            reconcile.apply_stopped(tx, vm, IsOff(home))
        tx.kv_delete(locking.LOST, vm)
        locking.refresh(tx, name_of(VM), vm)


def _manner(timeout_s: float | None) -> str:
    return "by force" if timeout_s is None else "by its guest"


@implements("VM.clean_reboot")
def clean_reboot(ctx: Context, vm: VMRef) -> None:
    ctx.lock(VM, vm, "clean_reboot")
    _reboot(ctx, vm, CLEAN_TIMEOUT_S)


@implements("VM.hard_reboot")
def hard_reboot(ctx: Context, vm: VMRef) -> None:
    begin_by_force(ctx, vm, "hard_reboot")
    _reboot(ctx, vm, None)


def _reboot(ctx: Context, vm: VMRef, timeout_s: float | None) -> None:
    """What was changed since the start applies from here on."""
    around = Surroundings(metadata=metadata(ctx, vm))
    on_resident(ctx, vm, XENOPSD.VM.reboot, around, delay=timeout_s)
    ctx.announce("VM_REBOOTED", vm, f"rebooted {_manner(timeout_s)}")


def cancel_others(ctx: PoolContext, vm: VMRef, operation: str) -> None:
    """Ask the tasks of operations that must give way to stop."""
    with ctx.transaction() as tx:
        for named, other in tx.get(VM, vm).current_operations.items():
            task: TaskRef = as_ref(named)
            record = tx.find(Task, task)
            if task == ctx.task or other not in STOPPED_BY[operation]:
                continue
            if record is None:  # its client does not want to hear of it any more
                tx.kv_set(locking.CANCELLED, task, True)
            elif record.status == "pending":
                wish = f"DummyRef:|{new_uuid()}|task.cancel"
                changed_task = tx.edit(Task, task)
                changed_task.status = enums.TaskStatusType.cancelling
                changed_task.current_operations = {wish: enums.TaskAllowedOperations.cancel}


@implements("VM.suspend")
def suspend(ctx: Context, vm: VMRef) -> None:
    """An image goes only if it is known that the VM was not suspended to it."""
    ctx.lock(VM, vm, "suspend")
    if ctx.view.get(VM, vm).power_state == "Suspended":
        return  # by the forwarder that ran this task before
    host, disk = resident(ctx, vm), _suspend_vdi(ctx, vm)
    try:
        on_resident(ctx, vm, XENOPSD.VM.suspend, suspend_vdi=disk)
    except XenAPIError:
        if not ctx.is_adrift(VM, vm) and ctx.view.get(VM, vm).power_state != "Suspended":
            with ctx.transaction() as tx:
                _drop_suspend_vdi(tx, vm)
        raise
    with contextlib.suppress(XenAPIError):
        forget(ctx, host, vm)
    ctx.announce("VM_SUSPENDED", vm, "suspended")


def _suspend_vdi(ctx: PoolContext, vm: VMRef) -> Disk:
    """The disk that the image goes to; in a repeated run the one of the first."""
    with ctx.transaction() as tx:
        record = tx.get(VM, vm)
        vdi = record.suspend_VDI
        if is_null(vdi):
            vdi = volumes.create(
                tx,
                {
                    "name_label": f"Suspend image of {record.name_label}",
                    "SR": _suspend_sr(tx, record),
                    "virtual_size": int(int(record.memory_static_max) * 1.26) + 100 * 2**20,
                    "type": "suspend",
                },
            )
            tx.edit(VM, vm).suspend_VDI = vdi
        locking.hold(tx, ctx.task, name_of(VDI), vdi, "suspend", How.CHANGE, vm)
    disk = translate.disk_of(ctx.view, vdi)
    assert disk is not None
    return disk


def _suspend_sr(tx: Transaction, vm: VM) -> SRRef:
    pool = next(iter(tx.all(Pool).values()))
    host = tx.find(Host, vm.resident_on)
    of_host = NULL_REF if host is None else host.suspend_image_sr
    for sr in (vm.suspend_SR, pool.suspend_image_SR, of_host, pool.default_SR):
        if tx.find(SR, sr) is not None:
            return sr
    raise XenAPIError("VM_NO_SUSPEND_SR", NULL_REF)


def _drop_suspend_vdi(tx: Transaction, vm: VMRef) -> None:
    vdi = tx.get(VM, vm).suspend_VDI
    tx.edit(VM, vm).suspend_VDI = NULL_REF
    if tx.find(VDI, vdi) is not None:
        volumes.destroy(tx, vdi)


@implements("VM.resume")
def resume(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "resume")
    _resume(ctx, vm, NULL_REF, start_paused)


@implements("VM.resume_on")
def resume_on(ctx: Context, vm: VMRef, host: HostRef, start_paused: bool, force: bool) -> None:
    ctx.lock(VM, vm, "resume_on")
    _resume(ctx, vm, host, start_paused)


def _resume(ctx: Context, vm: VMRef, wanted: HostRef, start_paused: bool) -> None:
    """A failed resume leaves the image and the VM suspended, to be tried again."""
    record = ctx.view.get(VM, vm)
    disk = translate.disk_of(ctx.view, record.suspend_VDI)
    if disk is None:
        raise XenAPIError("VM_HAS_NO_SUSPEND_VDI", vm)
    census.require_nowhere(ctx, vm)
    host = place(ctx, vm, wanted)
    told = metadata(ctx, vm, suspended=True)
    around = Surroundings(metadata=told, unpause=not start_paused)
    try:
        ctx.run(host, VM, vm, XENOPSD.VM.resume, record.uuid, around, suspend_vdi=disk)
    except XenAPIError:
        if not ctx.is_adrift(VM, vm):
            _let_go(ctx, host, vm)
        raise
    sync(ctx, host, vm)
    with ctx.transaction() as tx:
        _drop_suspend_vdi(tx, vm)
    ctx.announce("VM_RESUMED", vm, f"resumed on {_named(ctx, host)}")


def _let_go(ctx: Context, host: HostRef, vm: VMRef) -> None:
    """After a failure a host is to know nothing of a VM; one that runs it all the same has it."""
    try:
        forget(ctx, host, vm)
    except XenAPIError:
        sync(ctx, host, vm)


@implements("VM.get_boot_record")
def get_boot_record(ctx: Context, self: VMRef) -> dict[str, Any]:
    """The record of a VM that has booted."""
    ctx.lock(VM, self, "get_boot_record")
    record = ctx.view.get(VM, self)
    return {field.name: vars(record)[field.name] for field in api.classes["VM"].public_fields}


def let_go_of_disks(ctx: Context, dead: HostRef, vm: VMRef | None = None) -> None:
    """Have the disks that a dead host holds, all or a VM's, be held by nobody.

    Any other host can do that. Raises NO_HOSTS_AVAILABLE where none is live, or the last one's
    error.
    """
    owner = None if vm is None else ctx.view.get(VM, vm).uuid
    uuid, failure = ctx.view.get(Host, dead).uuid, XenAPIError("NO_HOSTS_AVAILABLE")
    for host in [ref for ref in ctx.view.refs(Host) if is_live(ctx.view, ref)]:
        try:
            ctx.ask(host, XENOPSD.DISK.let_go, holder=uuid, vm=owner)
        except XenAPIError as error:
            failure = error
        else:
            return
    raise failure


def _try_to_let_go(ctx: Context, silent: HostRef, vm: VMRef) -> None:
    """Where no host is live the VM can only be started where its disks are held already."""
    try:
        let_go_of_disks(ctx, silent, vm)
    except XenAPIError as error:
        if error.code != "NO_HOSTS_AVAILABLE":
            raise


@implements("VM.power_state_reset")
def power_state_reset(ctx: Context, vm: VMRef) -> None:
    """The administrator's word that a VM is off, for when its host cannot be asked.

    A host that can be asked and says that the VM runs is believed: DOMAIN_EXISTS.
    """
    with ctx.transaction() as tx:
        doubtful = keeping.hosts_of(tx, subject(VM, vm))
    if any(is_live(ctx.view, host) for host in doubtful):
        ctx.lock(VM, vm, "power_state_reset")  # it is about to tell
    host = ctx.view.get(VM, vm).resident_on
    if not is_null(host) and _says_it_runs(ctx, host, vm):
        raise XenAPIError("DOMAIN_EXISTS", vm)
    for silent in doubtful | {host}:
        if ctx.view.find(Host, silent) is not None and not is_live(ctx.view, silent):
            _try_to_let_go(ctx, silent, vm)
    with ctx.transaction() as tx:
        keeping.forget(tx, subject(VM, vm))
        tx.kv_delete(locking.LOST, vm)
        reconcile.apply_stopped(tx, vm, IsReset())
        if tx.get(VM, vm).power_state == "Suspended":
            reconcile.apply_no_image(tx, vm)
        locking.refresh(tx, name_of(VM), vm)
