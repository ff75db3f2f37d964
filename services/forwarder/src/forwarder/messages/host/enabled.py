"""host.enable and disable, and what is done in place of a shutdown."""

from forwarder.core.context import Context
from forwarder.core.registry import implements, refuses
from forwarder.locks import locking

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
