"""A host's settings, and what it has no extensions for."""

import json

from datamodel import XenAPIError
from datamodel.classes import Host, HostRef
from datamodel.objects import name_of

from forwarder.core.patterns import refusal, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.records import blobs

implements("host.set_license_params")(setter(Host, "license_params"))
implements("host.create_new_blob")(blobs.creator(Host))
implements("host.get_log", looked_at=())(refusal("NOT_IMPLEMENTED", "get_log"))
implements("host.list_methods", looked_at=())(refusal("NOT_IMPLEMENTED", "list_method"))
implements("host.set_uefi_certificates", looked_at=())(
    refusal(
        "OPERATION_NOT_ALLOWED",
        "To set UEFI certificates use: `Pool.set_custom_uefi_certificates`",
    )
)
implements("host.retrieve_wlb_evacuate_recommendations")(refusal("WLB_NOT_INITIALIZED"))


@implements("host.set_ssl_legacy", looked_at=())
def set_ssl_legacy(ctx: PoolContext, self: HostRef, value: bool) -> None:
    """Refuse to turn on the old protocols: they are gone."""
    if value:
        raise XenAPIError(
            "VALUE_NOT_SUPPORTED", "value", "true", "Legacy SSL support has been removed"
        )


@implements("host.emergency_ha_disable")
def emergency_ha_disable(ctx: PoolContext, soft: bool) -> None:
    """Raise HA_NOT_ENABLED unless ``soft``: there is no high availability to disable."""
    if not soft:
        raise XenAPIError("HA_NOT_ENABLED")


@implements("host.call_extension")
def call_extension(ctx: PoolContext, host: HostRef, call: str) -> str:
    """Refused: no extensions are installed on Warren's hosts."""
    try:
        method = json.loads(call)["method"]
    except (ValueError, KeyError, TypeError, RecursionError):
        method = call
    raise XenAPIError("MESSAGE_METHOD_UNKNOWN", method)


@implements("host.call_plugin")
def call_plugin(ctx: PoolContext, host: HostRef, plugin: str, fn: str, args: dict[str, str]) -> str:
    """Refused: no plugins are installed on Warren's hosts. The error names the plugin."""
    raise XenAPIError("XENAPI_MISSING_PLUGIN", plugin)


@implements("host.set_power_on_mode")
def set_power_on_mode(
    ctx: PoolContext, self: HostRef, power_on_mode: str, power_on_config: dict[str, str]
) -> None:
    with ctx.transaction() as tx:
        changes = {"power_on_mode": power_on_mode, "power_on_config": power_on_config}
        tx.update(name_of(Host), self, changes)


@implements("host.set_iscsi_iqn")
def set_iscsi_iqn(ctx: PoolContext, host: HostRef, value: str) -> None:
    """Set the field, and the key of other_config that older clients read."""
    if not value:
        raise XenAPIError("INVALID_VALUE", "value", value)
    with ctx.transaction() as tx:
        other_config = {**tx.get(Host, host).other_config, "iscsi_iqn": value}
        changed_host = tx.edit(Host, host)
        changed_host.iscsi_iqn = value
        changed_host.other_config = other_config


@implements("host.set_multipathing")
def set_multipathing(ctx: PoolContext, host: HostRef, value: bool) -> None:
    """Set the field, and the keys of other_config that older clients read."""
    with ctx.transaction() as tx:
        keys = {"multipathing": str(value).lower(), "multipathhandle": "dmp"}
        other_config = {**tx.get(Host, host).other_config, **keys}
        changed_host = tx.edit(Host, host)
        changed_host.multipathing = value
        changed_host.other_config = other_config
