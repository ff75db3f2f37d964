"""host.enable, disable, evacuate, and what memory it has."""

import json
import time
from collections.abc import Collection

from datamodel import XenAPIError

from forwarder.core.context import LOCK_WAIT_S, LOOK_S, Context
from forwarder.core.registry import implements, refuses
from forwarder.locks import locking
from forwarder.messages.vm_migrate import other_hosts, pool_migrate, why_immobile
from forwarder.placement import election, memory
from forwarder.states.reconcile import date

DISABLED_FOR_GOOD = "disabled-for-good"
"""kv namespace: hosts that only ``host.enable`` enables again."""


@implements("host.enable")
def enable(ctx: Context, host: str) -> None:
    _set_enabled(ctx, host, enabled=True)


@implements("host.disable")
def disable(ctx: Context, host: str, auto_enable: bool) -> None:
    _set_enabled(ctx, host, enabled=False, for_good=not auto_enable)


def _set_enabled(ctx: Context, host: str, *, enabled: bool, for_good: bool = False) -> None:
    with ctx.transaction() as tx:
        tx.update("host", host, {"enabled": enabled})
        if for_good:
            tx.kv_set(DISABLED_FOR_GOOD, host, True)
        else:
            tx.kv_delete(DISABLED_FOR_GOOD, host)
        locking.refresh(tx, "host", host)


@refuses("host.shutdown")
def refuse_shutdown(ctx: Context, host: str) -> None:
    _stay(ctx, host, "shutdown")


@refuses("host.reboot")
def refuse_reboot(ctx: Context, host: str) -> None:
    _stay(ctx, host, "reboot")


def _stay(ctx: Context, host: str, operation: str) -> None:
    """A host that was disabled until it restarts is enabled again, since it does not go down."""
    ctx.lock("host", host, operation)
    with ctx.transaction() as tx:
        is_for_good = tx.kv_get(DISABLED_FOR_GOOD, host)
    if not is_for_good:
        _set_enabled(ctx, host, enabled=True)


def guests(ctx: Context, host: str) -> list[str]:
    """The VMs that run on a host, its control domain left out."""
    return [
        vm
        for vm in ctx.view.get("host", host)["resident_VMs"]
        if not ctx.view.get("VM", vm)["is_control_domain"]
    ]


@implements("host.get_vms_which_prevent_evacuation")
def get_vms_which_prevent_evacuation(ctx: Context, self: str) -> dict[str, list[str]]:
    """Each VM that cannot be moved now, or can go nowhere else, with the error of its migration."""
    found = {vm: _why_it_stays(ctx, vm, self) for vm in guests(ctx, self)}
    return {vm: error.description for vm, error in found.items() if error is not None}


def _why_it_stays(ctx: Context, vm: str, host: str) -> XenAPIError | None:
    """What the VM's migration off the host would be refused with; None when it can go."""
    error = why_immobile(ctx, vm)
    if error is not None:
        return error
    record = ctx.view.get("VM", vm)
    others = other_hosts(ctx, host)
    refusals = [election.refusal(ctx.view, vm, record, other) for other in others]
    if not others:
        return XenAPIError("NO_HOSTS_AVAILABLE", vm)
    return next(iter(refusals)) if all(refusals) else None


@implements("host.assert_can_evacuate")
def assert_can_evacuate(ctx: Context, host: str) -> None:
    """Raise CANNOT_EVACUATE_HOST with why each VM that cannot go cannot."""
    _refuse(get_vms_which_prevent_evacuation(ctx, host).values())


def _refuse(reasons: Collection[list[str]]) -> None:
    if reasons:
        raise XenAPIError("CANNOT_EVACUATE_HOST", "|".join(map(",".join, reasons)))


@implements("host.evacuate")
def evacuate(ctx: Context, host: str, network: str, evacuate_batch_size: int) -> None:
    """Move every VM elsewhere, one after the other; raises before the first when one cannot go.

    What only another operation keeps is waited for, and so is what was on its way to the host;
    nothing else comes meanwhile. A VM that has left or ended by itself needs no moving.
    """
    ctx.lock("host", host, "evacuate")
    found = get_vms_which_prevent_evacuation(ctx, host).values()
    _refuse([reason for reason in found if reason[0] != "OTHER_OPERATION_IN_PROGRESS"])
    moved = 0
    while leaving := guests(ctx, host) or _await_arrivals(ctx, host):
        ctx.check_cancelled()
        _move(ctx, leaving[0], host)
        moved += 1
        ctx.progress(moved / (moved + len(leaving) - 1))


def _await_arrivals(ctx: Context, host: str) -> list[str]:
    """The VMs that came to a host of those that had a place there; none when they all gave it up.

    Raises OTHER_OPERATION_IN_PROGRESS for one that does neither for long.
    """
    deadline = time.monotonic() + LOCK_WAIT_S
    while coming := _coming(ctx, host):
        if here := guests(ctx, host):
            return here
        if time.monotonic() > deadline:
            for task, operation in ctx.view.get("VM", coming[0])["current_operations"].items():
                raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", coming[0], operation, task)
        ctx.sleep(LOOK_S)
    return guests(ctx, host)


def _coming(ctx: Context, host: str) -> list[str]:
    vms = ctx.view.all("VM").items()
    return [vm for vm, record in vms if record["scheduled_to_be_resident_on"] == host]


def _move(ctx: Context, vm: str, host: str) -> None:
    try:
        ctx.lock("VM", vm, "pool_migrate")
        if vm in guests(ctx, host):
            pool_migrate(ctx, vm, _destination(ctx, vm, host), {"live": "true"})
    except XenAPIError as error:
        stays = vm in ctx.adrift or vm in guests(ctx, host)
        if stays or error.code == "TASK_CANCELLED":
            raise


def _destination(ctx: Context, vm: str, source: str) -> str:
    """Of the hosts that can take the VM the one with the most memory left."""
    record = ctx.view.get("VM", vm)
    willing = [
        host
        for host in other_hosts(ctx, source)
        if election.refusal(ctx.view, vm, record, host) is None
    ]
    if not willing:
        raise XenAPIError("NO_HOSTS_AVAILABLE")
    return max(willing, key=lambda host: memory.free_bytes(ctx.view, host))


@implements("host.compute_free_memory")
def compute_free_memory(ctx: Context, host: str) -> int:
    return max(memory.free_bytes(ctx.view, host), 0)


@implements("host.compute_memory_overhead")
def compute_memory_overhead(ctx: Context, host: str) -> int:
    """What no guest gets, since Xen and the control domain need it."""
    return memory.reserve_bytes(ctx.view, host)


@implements("host.get_servertime")
def get_servertime(ctx: Context, host: str) -> str:
    return date(time.time())


@implements("host.get_server_localtime")
def get_server_localtime(ctx: Context, host: str) -> str:
    """The time of the server's own zone, without a word of which that is."""
    return time.strftime("%Y%m%dT%H:%M:%S")


@implements("host.get_uncooperative_resident_VMs", looked_at=())
def get_uncooperative_resident_vms(ctx: Context, self: str) -> list[str]:
    """Deprecated: VMs are no longer marked so."""
    return []


@implements("host.get_uncooperative_domains", looked_at=())
def get_uncooperative_domains(ctx: Context, self: str) -> list[str]:
    """Deprecated: domains are no longer marked so."""
    return []


@implements("host.set_ssl_legacy", looked_at=())
def set_ssl_legacy(ctx: Context, self: str, value: bool) -> None:
    """The old protocols are gone: they can only be asked to stay so."""
    if value:
        raise XenAPIError(
            "VALUE_NOT_SUPPORTED", "value", "true", "Legacy SSL support has been removed"
        )


@implements("host.emergency_ha_disable")
def emergency_ha_disable(ctx: Context, soft: bool) -> None:
    """There is no high availability to disable, which only ``soft`` does not mind."""
    if not soft:
        raise XenAPIError("HA_NOT_ENABLED")


@implements("host.call_extension")
def call_extension(ctx: Context, host: str, call: str) -> str:
    """No extensions are installed on Warren's hosts."""
    try:
        method = json.loads(call)["method"]
    except (ValueError, KeyError, TypeError, RecursionError):
        method = call
    raise XenAPIError("MESSAGE_METHOD_UNKNOWN", method)


@implements("host.get_management_interface")
def get_management_interface(ctx: Context, host: str) -> str:
    """The PIF that carries the host's management traffic."""
    for pif in ctx.view.get("host", host)["PIFs"]:
        if ctx.view.get("PIF", pif)["management"]:
            return str(pif)
    raise XenAPIError("HOST_HAS_NO_MANAGEMENT_IP")


@implements("host.call_plugin")
def call_plugin(ctx: Context, host: str, plugin: str, fn: str, args: dict[str, str]) -> str:
    """No plugins are installed on Warren's hosts; the error names the one that was asked for."""
    raise XenAPIError("XENAPI_MISSING_PLUGIN", plugin)


@implements("host.has_extension")
def has_extension(ctx: Context, host: str, name: str) -> bool:
    return False


@implements("host.is_in_emergency_mode")
def is_in_emergency_mode(ctx: Context) -> bool:
    """The mode of a member that has lost its coordinator: here all share one database."""
    return False


@implements("host.set_power_on_mode")
def set_power_on_mode(
    ctx: Context, self: str, power_on_mode: str, power_on_config: dict[str, str]
) -> None:
    with ctx.transaction() as tx:
        changes = {"power_on_mode": power_on_mode, "power_on_config": power_on_config}
        tx.update("host", self, changes)


@implements("host.set_iscsi_iqn")
def set_iscsi_iqn(ctx: Context, host: str, value: str) -> None:
    """The field and the key of other_config by which older clients know of it."""
    if not value:
        raise XenAPIError("INVALID_VALUE", "value", value)
    with ctx.transaction() as tx:
        other_config = {**tx.get("host", host)["other_config"], "iscsi_iqn": value}
        tx.update("host", host, {"iscsi_iqn": value, "other_config": other_config})


@implements("host.set_multipathing")
def set_multipathing(ctx: Context, host: str, value: bool) -> None:
    """The field and the keys of other_config by which older clients know of it."""
    with ctx.transaction() as tx:
        keys = {"multipathing": str(value).lower(), "multipathhandle": "dmp"}
        other_config = {**tx.get("host", host)["other_config"], **keys}
        tx.update("host", host, {"multipathing": value, "other_config": other_config})
