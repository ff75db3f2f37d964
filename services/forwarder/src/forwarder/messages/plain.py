"""Setters that are declared one by one in the XenAPI but only set their field.

Each was looked at: the field takes effect at the next start, or says something to people alone.
"""

from typing import Any

from datamodel import XenAPIError, api

from forwarder.context import Context
from forwarder.registry import Function, implements

FIELDS = {
    "VM": (
        *("actions_after_crash", "actions_after_shutdown", "actions_after_reboot"),
        *("actions_after_softreboot", "affinity", "blocked_operations"),
        *("platform", "xenstore_data", "hardware_platform_version"),
        *("name_label", "name_description", "other_config", "suspend_SR"),
        *("user_version", "ha_always_run", "suspend_VDI", "snapshot_schedule"),
    ),
    "VDI": (
        *("name_label", "name_description", "sharable", "read_only", "on_boot"),
        *("managed", "missing", "virtual_size", "physical_utilisation", "is_a_snapshot"),
        *("snapshot_of", "snapshot_time", "metadata_of_pool", "allow_caching", "cbt_enabled"),
    ),
    "SR": (
        *("name_label", "name_description", "shared"),
        *("physical_size", "physical_utilisation", "virtual_allocation"),
    ),
    "PBD": ("device_config",),
    "PIF": ("disallow_unplug", "primary_address_type"),
    "VBD": ("mode", "bootable", "type", "unpluggable"),
    "pool": (
        *("default_SR", "suspend_image_SR", "crash_dump_SR", "igmp_snooping_enabled"),
        *("ext_auth_cache_enabled", "ext_auth_cache_size", "ext_auth_cache_expiry"),
        *("ext_auth_max_threads", "local_auth_max_threads", "telemetry_next_collection"),
    ),
    "host": (
        *("name_label", "name_description", "suspend_image_sr", "crash_dump_sr"),
        *("iscsi_iqn", "license_params"),
    ),
    "network": ("name_label", "name_description", "default_locking_mode"),
}

MAPS = {
    "VM": ("other_config", "platform", "xenstore_data", "blocked_operations", "NVRAM"),
    "pool": ("guest_agent_config",),
}


def _setter(cls: str, field: str) -> Function:
    def set_field(ctx: Context, self: str, value: Any) -> None:
        with ctx.transaction() as tx:
            tx.update(cls, self, {field: value})

    return set_field


def _adder(cls: str, field: str) -> Function:
    def add(ctx: Context, self: str, key: str, value: str) -> None:
        with ctx.transaction() as tx:
            record = tx.get(cls, self)
            if key in record[field]:
                raise XenAPIError("MAP_DUPLICATE_KEY", cls, field, self, key)
            tx.update(cls, self, {field: {**record[field], key: value}})

    return add


def _remover(cls: str, field: str) -> Function:
    def remove(ctx: Context, self: str, key: str) -> None:
        with ctx.transaction() as tx:
            kept = {name: said for name, said in tx.get(cls, self)[field].items() if name != key}
            tx.update(cls, self, {field: kept})

    return remove


def _declare(wire: str, function: Function) -> None:
    message = api.message(wire)
    if message is not None and message.impl == "custom":
        implements(wire)(function)


for _cls, _fields in FIELDS.items():
    for _field in _fields:
        _declare(f"{_cls}.set_{_field}", _setter(_cls, _field))
for _cls, _fields in MAPS.items():
    for _field in _fields:
        _declare(f"{_cls}.add_to_{_field}", _adder(_cls, _field))
        _declare(f"{_cls}.remove_from_{_field}", _remover(_cls, _field))
