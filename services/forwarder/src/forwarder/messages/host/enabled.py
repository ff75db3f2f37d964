"""host.enable and disable; and host.shutdown and reboot, which are refused."""

from datamodel.classes import Host, HostRef
from datamodel.objects import name_of

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements, refuses
from forwarder.locks import locking

DISABLED_FOR_GOOD = "disabled-for-good"
"""kv namespace: host that only ``host.enable`` enables again → true."""


@implements("host.enable")
def enable(ctx: PoolContext, host: HostRef) -> None:
    _set_enabled(ctx, host, enabled=True)


@implements("host.disable")
def disable(ctx: PoolContext, host: HostRef, auto_enable: bool) -> None:
    _set_enabled(ctx, host, enabled=False, for_good=not auto_enable)


def _set_enabled(ctx: PoolContext, host: HostRef, *, enabled: bool, for_good: bool = False) -> None:
    with ctx.transaction() as tx:
        tx.edit(Host, host).enabled = enabled
        if for_good:
            tx.kv_set(DISABLED_FOR_GOOD, host, True)
        else:
            tx.kv_delete(DISABLED_FOR_GOOD, host)
        locking.refresh(tx, name_of(Host), host)


@refuses("host.shutdown")
def refuse_shutdown(ctx: Context, host: HostRef) -> None:
    _stay(ctx, host, "shutdown")


@refuses("host.reboot")
def refuse_reboot(ctx: Context, host: HostRef) -> None:
    _stay(ctx, host, "reboot")


def _stay(ctx: Context, host: HostRef, operation: str) -> None:
    """Enable a host that was disabled only until it restarts, since it will not go down."""
    ctx.lock_any(name_of(Host), host, operation)
    with ctx.transaction() as tx:
        is_for_good = tx.kv_get(DISABLED_FOR_GOOD, host)
    if not is_for_good:
        _set_enabled(ctx, host, enabled=True)
