"""VM_appliance: VMs that start and stop together, in their order."""

import itertools
from collections.abc import Callable
from typing import Any

from datamodel.refs import NULL_REF

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.messages.vm import power, recovery


@implements("VM_appliance.create")
def create(ctx: Context, args: dict[str, Any]) -> str:
    with ctx.transaction() as tx:
        return tx.create("VM_appliance", args)


@implements("VM_appliance.destroy")
def destroy(ctx: Context, self: str) -> None:
    """The VMs stay, on their own."""
    with ctx.transaction() as tx:
        for vm in tx.get("VM_appliance", self)["VMs"]:
            tx.update("VM", vm, {"appliance": NULL_REF})
        tx.delete("VM_appliance", self)


@implements("VM_appliance.start")
def start(ctx: Context, self: str, paused: bool) -> None:
    """Start the VMs that are off, the lowest order first, each group after its delay."""
    ctx.lock("VM_appliance", self, "start")
    for group in _groups(ctx, self, ("Halted",)):
        for vm in group:
            power.start(ctx, vm, paused, False)
        _wait(ctx, group, "start_delay")


@implements("VM_appliance.clean_shutdown")
def clean_shutdown(ctx: Context, self: str) -> None:
    ctx.lock("VM_appliance", self, "clean_shutdown")
    _stop(ctx, self, power.clean_shutdown)


@implements("VM_appliance.hard_shutdown")
def hard_shutdown(ctx: Context, self: str) -> None:
    ctx.lock("VM_appliance", self, "hard_shutdown")
    _stop(ctx, self, power.hard_shutdown)


@implements("VM_appliance.shutdown")
def shutdown(ctx: Context, self: str) -> None:
    ctx.lock("VM_appliance", self, "shutdown")
    _stop(ctx, self, power.shutdown)


def _stop(ctx: Context, appliance: str, stop: Callable[[Context, str], None]) -> None:
    """Stop the VMs that are not off, the highest order first."""
    for group in reversed(_groups(ctx, appliance, ("Running", "Paused", "Suspended"))):
        for vm in group:
            stop(ctx, vm)
        _wait(ctx, group, "shutdown_delay")


def _groups(ctx: Context, appliance: str, states: tuple[str, ...]) -> list[list[str]]:
    """The appliance's VMs in one of the states, those of one order together."""

    def order(vm: str) -> int:
        return int(ctx.view.get("VM", vm)["order"])

    vms = [
        vm
        for vm in ctx.view.get("VM_appliance", appliance)["VMs"]
        if ctx.view.get("VM", vm)["power_state"] in states
    ]
    return [list(group) for _, group in itertools.groupby(sorted(vms, key=order), order)]


def _wait(ctx: Context, group: list[str], delay: str) -> None:
    """Let the longest delay of a group pass; a cancelled task does not wait."""
    ctx.sleep(max(float(ctx.view.get("VM", vm)[delay]) for vm in group))


@implements("VM_appliance.get_SRs_required_for_recovery")
def get_srs_required_for_recovery(ctx: Context, self: str, session_to: str) -> list[str]:
    vms = ctx.view.get("VM_appliance", self)["VMs"]
    return list(dict.fromkeys(sr for vm in vms for sr in recovery.missing(ctx, vm)))


@implements("VM_appliance.assert_can_be_recovered")
def assert_can_be_recovered(ctx: Context, self: str, session_to: str) -> None:
    for vm in ctx.view.get("VM_appliance", self)["VMs"]:
        recovery.assert_can_be_recovered(ctx, vm, session_to)
