"""host.enable, disable, evacuate, and what memory it has."""

import json
import time

from datamodel import XenAPIError

from forwarder import election, locking, memory
from forwarder.context import Context
from forwarder.messages.vm_migrate import other_hosts, pool_migrate
from forwarder.reconcile import date
from forwarder.registry import implements


@implements("host.enable")
def enable(ctx: Context, host: str) -> None:
    _set_enabled(ctx, host, enabled=True)


@implements("host.disable")
def disable(ctx: Context, host: str, auto_enable: bool) -> None:
    _set_enabled(ctx, host, enabled=False)


def _set_enabled(ctx: Context, host: str, *, enabled: bool) -> None:
    with ctx.transaction() as tx:
        tx.update("host", host, {"enabled": enabled})
        locking.refresh(tx, "host", host)


def guests(ctx: Context, host: str) -> list[str]:
    """The VMs that run on a host, its control domain left out."""
    return [
        vm
        for vm in ctx.view.get("host", host)["resident_VMs"]
        if not ctx.view.get("VM", vm)["is_control_domain"]
    ]


@implements("host.get_vms_which_prevent_evacuation")
def get_vms_which_prevent_evacuation(ctx: Context, self: str) -> dict[str, list[str]]:
    """Each VM that can go nowhere else, with the reason."""
    found = {}
    for vm in guests(ctx, self):
        record = ctx.view.get("VM", vm)
        refusals = [
            election.refusal(ctx.view, vm, record, other) for other in other_hosts(ctx, self)
        ]
        if not refusals:
            found[vm] = ["NO_HOSTS_AVAILABLE", vm]
        elif all(refusal is not None for refusal in refusals):
            found[vm] = next(refusal.description for refusal in refusals if refusal is not None)
    return found


@implements("host.assert_can_evacuate")
def assert_can_evacuate(ctx: Context, host: str) -> None:
    """Raise CANNOT_EVACUATE_HOST with why each VM that can go nowhere else cannot."""
    found = get_vms_which_prevent_evacuation(ctx, host).values()
    if found:
        raise XenAPIError("CANNOT_EVACUATE_HOST", "|".join(map(",".join, found)))


@implements("host.evacuate")
def evacuate(ctx: Context, host: str, network: str, evacuate_batch_size: int) -> None:
    """Move every VM elsewhere, one after the other; raises before the first when one cannot go."""
    assert_can_evacuate(ctx, host)
    ctx.lock("host", host, "evacuate")
    leaving = guests(ctx, host)
    for number, vm in enumerate(leaving):
        ctx.check_cancelled()
        pool_migrate(ctx, vm, _destination(ctx, vm, host), {"live": "true"})
        ctx.progress((number + 1) / len(leaving))


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
