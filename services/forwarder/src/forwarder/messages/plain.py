"""Setters that are declared one by one in the XenAPI but only set their field.

Each was looked at: the field takes effect at the next start, or says something to people alone.
"""

from typing import Any

from datamodel import XenAPIError, api
from pooldb import Transaction

from forwarder.core.context import Context
from forwarder.core.registry import Function, implements
from forwarder.locks import locking

FIELDS = {
    "VM": (
        *("actions_after_crash", "actions_after_shutdown", "actions_after_reboot"),
        *("actions_after_softreboot", "affinity", "blocked_operations"),
        *("platform", "xenstore_data", "hardware_platform_version"),
        *("name_label", "name_description", "other_config", "suspend_SR"),
        *("user_version", "snapshot_schedule"),
    ),
    "VDI": ("name_label", "name_description", "allow_caching"),
    "SR": ("name_label", "name_description"),
    "PIF": ("disallow_unplug", "primary_address_type"),
    "VBD": ("mode", "bootable", "unpluggable"),
    "pool": (
        *("default_SR", "suspend_image_SR", "crash_dump_SR"),
        *("ext_auth_cache_enabled", "telemetry_next_collection"),
    ),
    "host": (
        *("name_label", "name_description", "suspend_image_sr", "crash_dump_sr"),
        "license_params",
    ),
    "network": ("name_label", "name_description", "default_locking_mode"),
}

MAPS = {
    "VM": ("other_config", "platform", "xenstore_data", "blocked_operations", "NVRAM"),
}


OPERATIONS = {
    **{("VBD", field): f"set_{field}" for field in ("mode", "bootable", "unpluggable")},
}
"""Fields that operations rely on, so that setting one is an operation itself."""


def _setter(cls: str, field: str) -> Function:
    def set_field(ctx: Context, self: str, value: Any, /) -> None:
        if (cls, field) in OPERATIONS:
            ctx.lock(cls, self, OPERATIONS[cls, field])
        with ctx.transaction() as tx:
            _update(tx, cls, self, field, value)

    return set_field


def _adder(cls: str, field: str) -> Function:
    def add(ctx: Context, self: str, key: str, value: str) -> None:
        with ctx.transaction() as tx:
            record = tx.get(cls, self)
            if key in record[field]:
                raise XenAPIError("MAP_DUPLICATE_KEY", cls, field, self, key)
            _update(tx, cls, self, field, {**record[field], key: value})

    return add


def _remover(cls: str, field: str) -> Function:
    def remove(ctx: Context, self: str, key: str) -> None:
        with ctx.transaction() as tx:
            kept = {name: said for name, said in tx.get(cls, self)[field].items() if name != key}
            _update(tx, cls, self, field, kept)

    return remove


def _update(tx: Transaction, cls: str, ref: str, field: str, value: Any) -> None:
    tx.update(cls, ref, {field: value})
    if cls in locking.TABLES:
        locking.refresh(tx, cls, ref)


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
_declare("pool.remove_from_guest_agent_config", _remover("pool", "guest_agent_config"))
