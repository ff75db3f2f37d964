"""The settings of a pool without high availability and external directory of users."""

import re

from datamodel import XenAPIError
from datamodel.classes import PIF, SR, Host, HostRef, NetworkRef, Pool, PoolRef, SRRef
from datamodel.objects import name_of
from datamodel.values import invalid_value

from forwarder.core.patterns import refusal, remover, setter, with_key
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements, refuses
from forwarder.records import blobs

GUEST_AGENT_CONFIG = re.compile(
    "auto_update_enabled=(true|false)|auto_update_url=https?:.*", re.DOTALL
)
"""The settings of guests' agents, and the values that they may have."""

for _field in ("ext_auth_cache_enabled", "telemetry_next_collection"):
    implements(f"pool.set_{_field}")(setter(Pool, _field))
implements("pool.remove_from_guest_agent_config")(remover(Pool, "guest_agent_config"))
implements("pool.create_new_blob")(blobs.creator(Pool))
implements("pool.test_archive_target", looked_at=())(refusal("MESSAGE_REMOVED"))
for _name in (
    *("deconfigure_wlb", "retrieve_wlb_configuration", "retrieve_wlb_recommendations"),
    "send_wlb_configuration",
):
    implements(f"pool.{_name}", looked_at=())(refusal("WLB_NOT_INITIALIZED"))


@implements("pool.sync_database")
def sync_database(ctx: PoolContext) -> None:
    """Nothing to do: every commit is on the disk before it is answered."""


@implements("pool.recover_slaves")
def recover_slaves(ctx: PoolContext) -> list[HostRef]:
    """The members that were told their coordinator again: none, as all share one database."""
    return []


@implements("pool.add_to_guest_agent_config", looked_at=())
def add_to_guest_agent_config(ctx: PoolContext, self: PoolRef, key: str, value: str) -> None:
    """Set whether guests' agents update themselves, or from where."""
    if not GUEST_AGENT_CONFIG.fullmatch(f"{key}={value}"):
        raise invalid_value("guest_agent_config", f"{key} = {value}")
    with ctx.transaction() as tx:
        config = with_key(tx, Pool, self, "guest_agent_config", key, value)
        tx.edit(Pool, self).guest_agent_config = config


@implements("pool.disable_ha")
def disable_ha(ctx: PoolContext) -> None:
    raise XenAPIError("HA_NOT_ENABLED")


@implements("pool.disable_redo_log")
def disable_redo_log(ctx: PoolContext) -> None:
    """Say so in the pool; there is no log, as every commit is on the disk before it is answered."""
    with ctx.transaction() as tx:
        for pool in tx.all(Pool):
            tx.edit(Pool, pool).redo_log_enabled = False


@implements("pool.set_ext_auth_max_threads", looked_at=())
def set_ext_auth_max_threads(ctx: PoolContext, self: PoolRef, value: int) -> None:
    _set(ctx, "ext_auth_max_threads", value)


@implements("pool.set_local_auth_max_threads", looked_at=())
def set_local_auth_max_threads(ctx: PoolContext, self: PoolRef, value: int) -> None:
    _set(ctx, "local_auth_max_threads", value)


@implements("pool.set_ext_auth_cache_size", looked_at=())
def set_ext_auth_cache_size(ctx: PoolContext, self: PoolRef, value: int) -> None:
    if value < 0:
        raise invalid_value("size", value)
    with ctx.transaction() as tx:
        tx.edit(Pool, self).ext_auth_cache_size = value


@implements("pool.set_ext_auth_cache_expiry", looked_at=())
def set_ext_auth_cache_expiry(ctx: PoolContext, self: PoolRef, value: int) -> None:
    if value <= 0:
        raise invalid_value("expiry", value)
    with ctx.transaction() as tx:
        tx.edit(Pool, self).ext_auth_cache_expiry = value


def _set(ctx: PoolContext, field: str, value: int) -> None:
    """Set a field of the one pool, by whatever reference the call named it."""
    with ctx.transaction() as tx:
        for pool in tx.all(Pool):
            tx.update(name_of(Pool), pool, {field: value})


@implements("pool.disable_client_certificate_auth")
def disable_client_certificate_auth(ctx: PoolContext, self: PoolRef) -> None:
    """Say in the fields that nobody can log in with a certificate, which is always so."""
    nobody = {"client_certificate_auth_enabled": False, "client_certificate_auth_name": ""}
    with ctx.transaction() as tx:
        tx.update(name_of(Pool), self, nobody)


@implements("pool.set_igmp_snooping_enabled", looked_at=())
def set_igmp_snooping_enabled(ctx: PoolContext, self: PoolRef, value: bool) -> None:
    """Refused: this needs Open vSwitch, which the hosts do not use."""
    raise XenAPIError("OPENVSWITCH_NOT_ACTIVE")


@implements("pool.ha_schedule_plan_recomputation")
def ha_schedule_plan_recomputation(ctx: PoolContext) -> None:
    """Nothing to do: without high availability there is no plan to compute."""


@refuses("pool.create_VLAN", looked_at=())
def refuse_vlan(ctx: PoolContext, device: str, network: NetworkRef, vlan: int) -> None:
    """Raise INVALID_VALUE unless every host has an interface of this name."""
    for host in ctx.view.all(Host).values():
        pifs = [ctx.view.get(PIF, pif) for pif in host.PIFs]
        if not any(pif.device == device and int(pif.VLAN) == -1 for pif in pifs):
            raise invalid_value("device", device)


@refuses("pool.enable_redo_log", looked_at=())
def refuse_redo_log(ctx: PoolContext, sr: SRRef) -> None:
    """Raise CANNOT_ENABLE_REDO_LOG if there is no such SR for the log."""
    if ctx.view.find(SR, sr) is None:
        reason = "failed to create a VDI for the redo log on the SR with the given UUID."
        raise XenAPIError("CANNOT_ENABLE_REDO_LOG", reason)
