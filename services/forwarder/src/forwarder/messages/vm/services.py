"""Messages that services beside the toolstack would answer: plugins, data sources, keys.

There are no such services: once a call has been checked, it fails with the XenAPI's own error.
"""

from typing import Any

from datamodel import XenAPIError, not_implemented
from datamodel.classes import VM, SRRef, VMRef

from forwarder.core.context import Context
from forwarder.core.patterns import refusal
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements

implements("VM.add_to_VCPUs_params_live")(refusal("NOT_IMPLEMENTED", "add_to_VCPUs_params_live"))
implements("VM.retrieve_wlb_recommendations")(refusal("WLB_NOT_INITIALIZED"))


def missing_plugin(name: str) -> XenAPIError:
    return XenAPIError("XENAPI_MISSING_PLUGIN", name)


@implements("VM.call_plugin")
def call_plugin(ctx: Context, vm: VMRef, plugin: str, fn: str, args: dict[str, str]) -> str:
    ctx.lock(VM, vm, "call_plugin")
    raise missing_plugin(plugin)


@implements("VM.import_convert")
def import_convert(
    ctx: PoolContext,
    type_: str,
    username: str,
    password: str,
    sr: SRRef,
    remote_config: dict[str, str],
) -> None:
    raise missing_plugin("conversion")


@implements("VM.send_sysrq")
def send_sysrq(ctx: Context, vm: VMRef, key: str) -> None:
    ctx.lock(VM, vm, "send_sysrq")
    raise not_implemented("send_sysrq")


@implements("VM.send_trigger")
def send_trigger(ctx: Context, vm: VMRef, trigger: str) -> None:
    ctx.lock(VM, vm, "send_trigger")
    raise not_implemented("send_trigger")


@implements("VM.query_services")
def query_services(ctx: Context, self: VMRef) -> dict[str, str]:
    ctx.lock(VM, self, "query_services")
    raise not_implemented("query_services")


@implements("VM.get_data_sources")
def get_data_sources(ctx: Context, self: VMRef) -> list[dict[str, Any]]:
    ctx.lock(VM, self, "data_source_op")
    raise not_implemented("VM.get_data_sources")


@implements("VM.checkpoint")
def checkpoint(ctx: Context, vm: VMRef, new_name: str) -> VMRef:
    ctx.lock(VM, vm, "checkpoint")
    raise not_implemented("VM.checkpoint")
