"""What is asked for by HTTP itself, beside calls: images, metrics, consoles, backups."""

from collections.abc import Iterator
from dataclasses import dataclass

from datamodel.roles import (
    LOCAL_ROOT,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    VM_ADMIN,
    VM_OPERATOR,
    VM_POWER_ADMIN,
)


@dataclass(frozen=True)
class HttpAction:
    """Paths that begin with ``uri`` belong to it, unless another one has more of them.

    ``role`` may ask for it and every stronger one; where ``checked`` is false whoever comes may.
    ``part`` is something of it that needs a stronger role.
    """

    name: str
    method: str
    uri: str
    role: str
    checked: bool = True
    client_cert: bool = False
    part: tuple[str, str] | None = None


HTTP_ACTIONS: tuple[HttpAction, ...] = (
    HttpAction("get_services", "GET", "/services", READ_ONLY),
    HttpAction("post_services", "POST", "/services", POOL_ADMIN),
    HttpAction("put_services", "PUT", "/services", POOL_ADMIN),
    HttpAction("post_remote_db_access", "POST", "/remote_db_access", POOL_ADMIN),
    HttpAction("post_remote_db_access_v2", "POST", "/remote_db_access_v2", POOL_ADMIN),
    HttpAction("get_services_xenops", "GET", "/services/xenops", VM_POWER_ADMIN),
    HttpAction(
        "post_services_xenops", "POST", "/services/xenops", VM_POWER_ADMIN, client_cert=True
    ),
    HttpAction("put_services_xenops", "PUT", "/services/xenops", VM_POWER_ADMIN, client_cert=True),
    HttpAction("get_services_sm", "GET", "/services/SM", VM_POWER_ADMIN),
    HttpAction("post_services_sm", "POST", "/services/SM", VM_POWER_ADMIN),
    HttpAction("put_services_sm", "PUT", "/services/SM", VM_POWER_ADMIN),
    HttpAction("put_import", "PUT", "/import", VM_ADMIN),
    HttpAction("put_import_metadata", "PUT", "/import_metadata", VM_ADMIN),
    HttpAction("put_import_raw_vdi", "PUT", "/import_raw_vdi", VM_ADMIN),
    HttpAction("get_export", "GET", "/export", VM_ADMIN),
    HttpAction("get_export_metadata", "GET", "/export_metadata", VM_ADMIN),
    HttpAction("get_export_raw_vdi", "GET", "/export_raw_vdi", VM_ADMIN),
    HttpAction(
        "connect_console", "CONNECT", "/console", VM_OPERATOR, part=("host_console", POOL_ADMIN)
    ),
    HttpAction(
        "connect_console_ws", "GET", "/console", VM_OPERATOR, part=("host_console_ws", POOL_ADMIN)
    ),
    HttpAction("get_root", "GET", "/", READ_ONLY, checked=False),
    HttpAction("post_cli", "POST", "/cli", READ_ONLY, checked=False),
    HttpAction("get_host_backup", "GET", "/host_backup", POOL_ADMIN),
    HttpAction("put_host_restore", "PUT", "/host_restore", POOL_ADMIN),
    HttpAction("get_host_logs_download", "GET", "/host_logs_download", POOL_OPERATOR),
    HttpAction("put_pool_patch_upload", "PUT", "/pool_patch_upload", POOL_OPERATOR),
    HttpAction(
        "get_vncsnapshot", "GET", "/vncsnapshot", VM_OPERATOR, part=("host_console", POOL_ADMIN)
    ),
    HttpAction("get_pool_xml_db_sync", "GET", "/pool/xmldbdump", POOL_ADMIN),
    HttpAction("put_pool_xml_db_sync", "PUT", "/pool/xmldbdump", POOL_ADMIN),
    HttpAction("get_config_sync", "GET", "/sync_config_files", POOL_ADMIN),
    HttpAction("get_system_status", "GET", "/system-status", POOL_OPERATOR),
    HttpAction("vm_rrd", "GET", "/vm_rrd", READ_ONLY),
    HttpAction("get_vm_rrds", "GET", "/vm_rrds", READ_ONLY),
    HttpAction("host_rrd", "GET", "/host_rrd", READ_ONLY),
    HttpAction("get_host_rrds", "GET", "/host_rrds", READ_ONLY),
    HttpAction("sr_rrd", "GET", "/sr_rrd", READ_ONLY),
    HttpAction("rrd_updates", "GET", "/rrd_updates", READ_ONLY),
    HttpAction("rrd", "PUT", "/rrd", POOL_ADMIN),
    HttpAction("get_blob", "GET", "/blob", READ_ONLY, checked=False),
    HttpAction("put_blob", "PUT", "/blob", VM_POWER_ADMIN),
    HttpAction("put_messages", "PUT", "/messages", VM_POWER_ADMIN),
    HttpAction("connect_remotecmd", "CONNECT", "/remotecmd", POOL_ADMIN),
    HttpAction("get_wlb_report", "GET", "/wlb_report", READ_ONLY),
    HttpAction("get_wlb_diagnostics", "GET", "/wlb_diagnostics", READ_ONLY),
    HttpAction("get_audit_log", "GET", "/audit_log", READ_ONLY),
    HttpAction("post_root", "POST", "/", READ_ONLY, checked=False),
    HttpAction("post_RPC2", "POST", "/RPC2", READ_ONLY, checked=False),
    HttpAction("post_json", "POST", "/json", READ_ONLY, checked=False),
    HttpAction("post_root_options", "OPTIONS", "/", READ_ONLY, checked=False),
    HttpAction("post_json_options", "OPTIONS", "/json", READ_ONLY, checked=False),
    HttpAction("post_jsonrpc", "POST", "/jsonrpc", READ_ONLY, checked=False),
    HttpAction("post_jsonrpc_options", "OPTIONS", "/jsonrpc", READ_ONLY, checked=False),
    HttpAction("get_pool_update_download", "GET", "/update/", READ_ONLY, checked=False),
    HttpAction("get_repository", "GET", "/repository", LOCAL_ROOT),
    HttpAction(
        "get_enabled_repository", "GET", "/repository/enabled", POOL_OPERATOR, client_cert=True
    ),
    HttpAction("get_host_updates", "GET", "/host_updates", POOL_OPERATOR, client_cert=True),
    HttpAction("get_updates", "GET", "/updates", POOL_OPERATOR, client_cert=True),
    HttpAction("put_bundle", "PUT", "/bundle", POOL_OPERATOR),
)

METHODS = frozenset(action.method for action in HTTP_ACTIONS)


def find(method: str, path: str) -> HttpAction | None:
    """The action that a path belongs to."""
    found = [a for a in HTTP_ACTIONS if a.method == method and path.startswith(a.uri)]
    return max(found, key=lambda action: len(action.uri), default=None)


def permissions() -> Iterator[tuple[str, str, bool]]:
    """Name of a permission, the weakest role that has it, and whether client certificates do."""
    for action in HTTP_ACTIONS:
        yield f"http/{action.name}".lower(), action.role, action.client_cert
        if action.part is not None:
            name, role = action.part
            yield f"http/{action.name}/{name}".lower(), role, False
