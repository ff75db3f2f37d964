"""What a VIF lets through, and the addresses that its guest is told to take."""

import ipaddress
from typing import Any

from datamodel import XenAPIError

from forwarder import translate
from forwarder.context import Context
from forwarder.messages.vif import LIVE, act
from forwarder.registry import implements

FAMILIES = {"ipv4": ipaddress.IPv4Address, "ipv6": ipaddress.IPv6Address}
INTERFACES = {"ipv4": ipaddress.IPv4Interface, "ipv6": ipaddress.IPv6Interface}
TAGS = range(4095)


def _change(ctx: Context, vif: str, wire: str, argument: str, **changes: Any) -> None:
    """Write the fields; a plugged interface is told at once."""
    ctx.lock("VIF", vif, "configure")
    with ctx.transaction() as tx:
        tx.update("VIF", vif, changes)
    record = ctx.view.get("VIF", vif)
    if record["currently_attached"] and ctx.view.get("VM", record["VM"])["power_state"] in LIVE:
        act(ctx, vif, wire, **{argument: getattr(translate.vif(ctx.view, vif), argument)})


@implements("VIF.set_locking_mode")
def set_locking_mode(ctx: Context, self: str, value: str) -> None:
    _change(ctx, self, "VIF.set_locking_mode", "locking_mode", locking_mode=value)


def _allow(ctx: Context, vif: str, family: str, addresses: list[str]) -> None:
    for address in addresses:
        _checked(FAMILIES[family], address, "INVALID_IP_ADDRESS_SPECIFIED", f"{family}_allowed")
    allowed = {f"{family}_allowed": list(dict.fromkeys(addresses))}
    _change(ctx, vif, "VIF.set_locking_mode", "locking_mode", **allowed)


def _checked(kind: Any, text: str, code: str, parameter: str) -> None:
    try:
        kind(text)
    except ValueError:
        raise XenAPIError(code, parameter) from None


def _allowed(ctx: Context, vif: str, family: str) -> list[str]:
    return list(ctx.view.get("VIF", vif)[f"{family}_allowed"])


@implements("VIF.set_ipv4_allowed")
def set_ipv4_allowed(ctx: Context, self: str, value: list[str]) -> None:
    _allow(ctx, self, "ipv4", value)


@implements("VIF.add_ipv4_allowed")
def add_ipv4_allowed(ctx: Context, self: str, value: str) -> None:
    _allow(ctx, self, "ipv4", [*_allowed(ctx, self, "ipv4"), value])


@implements("VIF.remove_ipv4_allowed")
def remove_ipv4_allowed(ctx: Context, self: str, value: str) -> None:
    _allow(ctx, self, "ipv4", [one for one in _allowed(ctx, self, "ipv4") if one != value])


@implements("VIF.set_ipv6_allowed")
def set_ipv6_allowed(ctx: Context, self: str, value: list[str]) -> None:
    _allow(ctx, self, "ipv6", value)


@implements("VIF.add_ipv6_allowed")
def add_ipv6_allowed(ctx: Context, self: str, value: str) -> None:
    _allow(ctx, self, "ipv6", [*_allowed(ctx, self, "ipv6"), value])


@implements("VIF.remove_ipv6_allowed")
def remove_ipv6_allowed(ctx: Context, self: str, value: str) -> None:
    _allow(ctx, self, "ipv6", [one for one in _allowed(ctx, self, "ipv6") if one != value])


@implements("VIF.set_trunks")
def set_trunks(ctx: Context, self: str, value: list[int]) -> None:
    for tag in value:
        if tag not in TAGS:
            raise XenAPIError("INVALID_VALUE", "trunks", str(tag))
    trunks = list(dict.fromkeys(value))
    _change(ctx, self, "VIF.set_trunks", "trunks", trunks=trunks)


@implements("VIF.add_trunks")
def add_trunks(ctx: Context, self: str, value: int) -> None:
    set_trunks(ctx, self, [*ctx.view.get("VIF", self)["trunks"], value])


@implements("VIF.remove_trunks")
def remove_trunks(ctx: Context, self: str, value: int) -> None:
    set_trunks(ctx, self, [tag for tag in ctx.view.get("VIF", self)["trunks"] if tag != value])


def _configure(ctx: Context, vif: str, family: str, mode: str, address: str, gateway: str) -> None:
    """Only a static configuration has addresses; they are checked before anything changes."""
    addresses: list[str] = []
    if mode == "Static":
        if "/" not in address:
            raise XenAPIError("INVALID_CIDR_ADDRESS_SPECIFIED", "address")
        _checked(INTERFACES[family], address, "INVALID_CIDR_ADDRESS_SPECIFIED", "address")
        if gateway:
            _checked(FAMILIES[family], gateway, "INVALID_IP_ADDRESS_SPECIFIED", "gateway")
        addresses = [address]
    changes = {
        f"{family}_configuration_mode": mode,
        f"{family}_addresses": addresses,
        f"{family}_gateway": gateway if addresses else "",
    }
    name = f"{family}_configuration"
    _change(ctx, vif, f"VIF.set_{name}", name, **changes)


@implements("VIF.configure_ipv4")
def configure_ipv4(ctx: Context, self: str, mode: str, address: str, gateway: str) -> None:
    _configure(ctx, self, "ipv4", mode, address, gateway)


@implements("VIF.configure_ipv6")
def configure_ipv6(ctx: Context, self: str, mode: str, address: str, gateway: str) -> None:
    _configure(ctx, self, "ipv6", mode, address, gateway)
