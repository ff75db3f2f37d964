"""What roles may do, one permission each: a message, a key of a map, an address of HTTP."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from datamodel import api
from datamodel.refs import PREFIX
from datamodel.roles import (
    CLIENT_CERT,
    EXTRA_PERMISSIONS,
    LISTED,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    ROLES,
    VM_ADMIN,
    VM_OPERATOR,
    VM_POWER_ADMIN,
    at_least,
    uuid_of,
)

HTTP = {
    POOL_ADMIN: "connect_console/host_console connect_console_ws/host_console_ws"
    " connect_remotecmd get_config_sync get_host_backup get_pool_xml_db_sync"
    " get_vncsnapshot/host_console post_remote_db_access post_remote_db_access_v2 post_services"
    " put_host_restore put_pool_xml_db_sync put_services rrd",
    POOL_OPERATOR: "get_enabled_repository get_host_logs_download get_host_updates"
    " get_system_status get_updates put_bundle put_pool_patch_upload",
    VM_POWER_ADMIN: "get_services_sm get_services_xenops post_services_sm post_services_xenops"
    " put_blob put_messages put_services_sm put_services_xenops",
    VM_ADMIN: "get_export get_export_metadata get_export_raw_vdi put_import put_import_metadata"
    " put_import_raw_vdi",
    VM_OPERATOR: "connect_console connect_console_ws get_vncsnapshot",
    READ_ONLY: "get_audit_log get_blob get_host_rrds get_pool_update_download get_root"
    " get_services get_vm_rrds get_wlb_diagnostics get_wlb_report host_rrd post_cli post_json"
    " post_json_options post_jsonrpc post_jsonrpc_options post_root post_root_options post_rpc2"
    " rrd_updates sr_rrd vm_rrd",
}
"""The addresses that are no messages, by the weakest role that may call them."""

HTTP_FOR_CLIENT_CERT = frozenset(
    {
        *("get_enabled_repository", "get_host_updates", "get_updates"),
        *("post_services_xenops", "put_services_xenops"),
    }
)


@cache
def permissions() -> Mapping[str, tuple[str, ...]]:
    """Every permission that a role has: its name to the roles that have it, as they are listed."""
    return {name.lower(): roles for name, roles in _all() if roles}


@cache
def permissions_of(role: str) -> tuple[str, ...]:
    """The names of what a role may do."""
    return tuple(sorted(name for name, roles in permissions().items() if role in roles))


PERMISSION_DOC = "A basic permission"


def ref_of(name: str) -> str:
    """The reference of a role or permission, the same in every pool."""
    return PREFIX + uuid_of(name)


def role_records() -> dict[str, dict[str, Any]]:
    """The record of every role, and of every permission as a role of its own, by reference."""
    found = {
        ref_of(name): _record(name, PERMISSION_DOC, [], is_internal=True) for name in permissions()
    }
    for role in ROLES:
        granted = [ref_of(name) for name in permissions_of(role.name)]
        found[ref_of(role.name)] = _record(
            role.name, role.doc, granted, is_internal=role.is_internal
        )
    return found


def _record(name: str, doc: str, subroles: list[str], *, is_internal: bool) -> dict[str, Any]:
    return {
        **{"uuid": uuid_of(name), "name_label": name, "name_description": doc},
        **{"subroles": subroles, "is_internal": is_internal},
    }


def _all() -> Iterator[tuple[str, tuple[str, ...]]]:
    for message in api.messages.values():
        yield message.wire, _holders(message.min_role, client_cert=message.client_cert)
        for key, role in message.map_keys_roles.items():
            yield f"{message.wire}/key:{key}", _holders(role)
    for role, names in HTTP.items():
        for name in names.split():
            yield f"http/{name}", _holders(role, client_cert=name in HTTP_FOR_CLIENT_CERT)
    for name, role in EXTRA_PERMISSIONS.items():
        yield name, _holders(role)


def _holders(least: str, *, client_cert: bool = False) -> tuple[str, ...]:
    allowed = {*at_least(least), *((CLIENT_CERT,) if client_cert else ())}
    return tuple(role for role in LISTED if role in allowed)
