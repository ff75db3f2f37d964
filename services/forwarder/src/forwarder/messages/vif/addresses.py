"""What a VIF lets through, and the addresses that its guest is told to use."""

from collections.abc import Callable
from typing import Any, TypeVar

from datamodel import enums
from datamodel.classes import VIF, VM, VIFRef
from datamodel.objects import name_of
from rules.lifecycle.vm import LIVE
from rules.values import addresses
from xenops.envelope import XENOPSD
from xenops.idl import TaskId
from xenops.types import Vif

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.daemons import translate
from forwarder.messages.vif.device import act

V = TypeVar("V")


def _change(
    ctx: Context,
    vif: VIFRef,
    call: Callable[[str, tuple[str, str], V], TaskId],
    value: Callable[[Vif], V],
    **changes: Any,
) -> None:
    """Write the fields; if the VIF is plugged, tell its host the new value at once."""
    ctx.lock(VIF, vif, "configure")
    with ctx.transaction() as tx:
        tx.update(name_of(VIF), vif, changes)
    record = ctx.view.get(VIF, vif)
    if record.currently_attached and ctx.view.get(VM, record.VM).power_state in LIVE:
        act(ctx, vif, call, value(translate.vif(ctx.view, vif)))


@implements("VIF.set_locking_mode")
def set_locking_mode(ctx: Context, self: VIFRef, value: enums.VifLockingMode) -> None:
    _set_locking(ctx, self, locking_mode=value)


def _set_locking(ctx: Context, vif: VIFRef, **changes: Any) -> None:
    _change(ctx, vif, XENOPSD.VIF.set_locking_mode, lambda record: record.locking_mode, **changes)


def _allow(ctx: Context, vif: VIFRef, family: str, allowed: list[str]) -> None:
    addresses.check_allowed(family, allowed)
    _let_through(ctx, vif, family, allowed)


def _let_through(ctx: Context, vif: VIFRef, family: str, allowed: list[str]) -> None:
    _set_locking(ctx, vif, **{f"{family}_allowed": list(dict.fromkeys(allowed))})


def _allowed(ctx: PoolContext, vif: VIFRef, family: str) -> list[str]:
    record = ctx.view.get(VIF, vif)
    return record.ipv4_allowed if family == "ipv4" else record.ipv6_allowed


@implements("VIF.set_ipv4_allowed")
def set_ipv4_allowed(ctx: Context, self: VIFRef, value: list[str]) -> None:
    _allow(ctx, self, "ipv4", value)


@implements("VIF.add_ipv4_allowed")
def add_ipv4_allowed(ctx: Context, self: VIFRef, value: str) -> None:
    _allow(ctx, self, "ipv4", [*_allowed(ctx, self, "ipv4"), value])


@implements("VIF.remove_ipv4_allowed")
def remove_ipv4_allowed(ctx: Context, self: VIFRef, value: str) -> None:
    kept = [one for one in _allowed(ctx, self, "ipv4") if one != value]
    _let_through(ctx, self, "ipv4", kept)


@implements("VIF.set_ipv6_allowed")
def set_ipv6_allowed(ctx: Context, self: VIFRef, value: list[str]) -> None:
    _allow(ctx, self, "ipv6", value)


@implements("VIF.add_ipv6_allowed")
def add_ipv6_allowed(ctx: Context, self: VIFRef, value: str) -> None:
    _allow(ctx, self, "ipv6", [*_allowed(ctx, self, "ipv6"), value])


@implements("VIF.remove_ipv6_allowed")
def remove_ipv6_allowed(ctx: Context, self: VIFRef, value: str) -> None:
    kept = [one for one in _allowed(ctx, self, "ipv6") if one != value]
    _let_through(ctx, self, "ipv6", kept)


@implements("VIF.set_trunks")
def set_trunks(ctx: Context, self: VIFRef, value: list[int]) -> None:
    addresses.check_trunks(value)
    _carry(ctx, self, value)


@implements("VIF.add_trunks")
def add_trunks(ctx: Context, self: VIFRef, value: int) -> None:
    set_trunks(ctx, self, [*ctx.view.get(VIF, self).trunks, value])


@implements("VIF.remove_trunks")
def remove_trunks(ctx: Context, self: VIFRef, value: int) -> None:
    _carry(ctx, self, [tag for tag in ctx.view.get(VIF, self).trunks if tag != value])


def _carry(ctx: Context, vif: VIFRef, trunks: list[int]) -> None:
    kept = list(dict.fromkeys(trunks))
    _change(ctx, vif, XENOPSD.VIF.set_trunks, lambda record: record.trunks, trunks=kept)


def _configure(
    ctx: Context, vif: VIFRef, family: str, mode: str, address: str, gateway: str
) -> None:
    """Set a configuration; only a static one has addresses, which are checked before any change."""
    is_static = mode == "Static"
    if is_static:
        addresses.check_static(family, address, gateway)
        record = ctx.view.get(VIF, vif)
        if translate.mode_of(ctx.view, record) == "locked":
            addresses.check_unlocked(family, address, _allowed(ctx, vif, family))
    changes = {
        f"{family}_configuration_mode": mode,
        f"{family}_addresses": [address] if is_static else [],
        f"{family}_gateway": gateway if is_static else "",
    }
    if family == "ipv4":
        call4 = XENOPSD.VIF.set_ipv4_configuration
        _change(ctx, vif, call4, lambda record: record.ipv4_configuration, **changes)
    else:
        call6 = XENOPSD.VIF.set_ipv6_configuration
        _change(ctx, vif, call6, lambda record: record.ipv6_configuration, **changes)


@implements("VIF.configure_ipv4")
def configure_ipv4(
    ctx: Context, self: VIFRef, mode: enums.VifIpv4ConfigurationMode, address: str, gateway: str
) -> None:
    _configure(ctx, self, "ipv4", mode, address, gateway)


@implements("VIF.configure_ipv6")
def configure_ipv6(
    ctx: Context, self: VIFRef, mode: enums.VifIpv6ConfigurationMode, address: str, gateway: str
) -> None:
    _configure(ctx, self, "ipv6", mode, address, gateway)
