"""What is asked for by HTTP itself, beside calls: images, metrics, consoles, backups."""

from collections.abc import Iterator
from dataclasses import dataclass

from datamodel.model import BoolType, IntType, StringType
from datamodel.roles import (
    LOCAL_ROOT,
    POOL_ADMIN,
    POOL_OPERATOR,
    READ_ONLY,
    VM_ADMIN,
    VM_OPERATOR,
    VM_POWER_ADMIN,
)

ParamType = StringType | BoolType | IntType
STRING, BOOL, INT = StringType(), BoolType(), IntType()


@dataclass(frozen=True)
class HttpAction:
    """Paths that begin with ``uri`` belong to it, unless another one has more of them.

    ``role`` may ask for it and every stronger one; where ``checked`` is false whoever comes may.
    ``part`` is something of it that needs a stronger role. ``params`` are names and types of what
    it reads of the query or of cookies; a request may leave out each of them.
    """

    name: str
    method: str
    uri: str
    role: str
    checked: bool = True
    client_cert: bool = False
    part: tuple[str, str] | None = None
    params: tuple[tuple[str, ParamType], ...] = ()


def takes(**params: ParamType) -> tuple[tuple[str, ParamType], ...]:
    """Parameters, in this order."""
    return tuple(params.items())


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
    HttpAction(
        "put_import",
        "PUT",
        "/import",
        VM_ADMIN,
        params=takes(restore=BOOL, force=BOOL, sr_id=STRING),
    ),
    HttpAction(
        "put_import_metadata",
        "PUT",
        "/import_metadata",
        VM_ADMIN,
        params=takes(restore=BOOL, force=BOOL, dry_run=BOOL),
    ),
    HttpAction(
        "put_import_raw_vdi",
        "PUT",
        "/import_raw_vdi",
        VM_ADMIN,
        params=takes(vdi=STRING, format=STRING, chunked=BOOL),
    ),
    HttpAction(
        "get_export",
        "GET",
        "/export",
        VM_ADMIN,
        params=takes(uuid=STRING, use_compression=STRING, preserve_power_state=BOOL),
    ),
    HttpAction(
        "get_export_metadata",
        "GET",
        "/export_metadata",
        VM_ADMIN,
        params=takes(
            uuid=STRING,
            all=BOOL,
            include_dom0=BOOL,
            include_vhd_parents=BOOL,
            export_snapshots=BOOL,
            excluded_device_types=STRING,
        ),
    ),
    HttpAction(
        "get_export_raw_vdi",
        "GET",
        "/export_raw_vdi",
        VM_ADMIN,
        params=takes(vdi=STRING, format=STRING),
    ),
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
    HttpAction(
        "put_pool_patch_upload",
        "PUT",
        "/pool_patch_upload",
        POOL_OPERATOR,
        params=takes(sr_id=STRING),
    ),
    HttpAction(
        "get_vncsnapshot",
        "GET",
        "/vncsnapshot",
        VM_OPERATOR,
        part=("host_console", POOL_ADMIN),
        params=takes(uuid=STRING),
    ),
    HttpAction("get_pool_xml_db_sync", "GET", "/pool/xmldbdump", POOL_ADMIN),
    HttpAction("put_pool_xml_db_sync", "PUT", "/pool/xmldbdump", POOL_ADMIN),
    HttpAction("get_config_sync", "GET", "/sync_config_files", POOL_ADMIN),
    HttpAction(
        "get_system_status",
        "GET",
        "/system-status",
        POOL_OPERATOR,
        params=takes(entries=STRING, output=STRING),
    ),
    HttpAction("vm_rrd", "GET", "/vm_rrd", READ_ONLY, params=takes(uuid=STRING, json=BOOL)),
    HttpAction("get_vm_rrds", "GET", "/vm_rrds", READ_ONLY, params=takes(uuid=STRING, json=BOOL)),
    HttpAction("host_rrd", "GET", "/host_rrd", READ_ONLY, params=takes(json=BOOL)),
    HttpAction("get_host_rrds", "GET", "/host_rrds", READ_ONLY, params=takes(json=BOOL)),
    HttpAction("sr_rrd", "GET", "/sr_rrd", READ_ONLY, params=takes(uuid=STRING)),
    HttpAction(
        "rrd_updates",
        "GET",
        "/rrd_updates",
        READ_ONLY,
        params=takes(start=INT, cf=STRING, interval=INT, host=BOOL, uuid=STRING, json=BOOL),
    ),
    HttpAction("rrd", "PUT", "/rrd", POOL_ADMIN),
    HttpAction(
        "get_blob", "GET", "/blob", READ_ONLY, checked=False, params=takes(ref=STRING, uuid=STRING)
    ),
    HttpAction("put_blob", "PUT", "/blob", VM_POWER_ADMIN, params=takes(ref=STRING, uuid=STRING)),
    HttpAction("put_messages", "PUT", "/messages", VM_POWER_ADMIN),
    HttpAction("connect_remotecmd", "CONNECT", "/remotecmd", POOL_ADMIN),
    HttpAction(
        "get_wlb_report",
        "GET",
        "/wlb_report",
        READ_ONLY,
        params=takes(report=STRING),
    ),
    HttpAction("get_wlb_diagnostics", "GET", "/wlb_diagnostics", READ_ONLY),
    HttpAction("get_audit_log", "GET", "/audit_log", READ_ONLY, params=takes(since=STRING)),
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
BY_NAME = {action.name: action for action in HTTP_ACTIONS}


def find(method: str, path: str) -> HttpAction | None:
    """The action that a path belongs to."""
    candidates = [a for a in HTTP_ACTIONS if a.method == method and path.startswith(a.uri)]
    return max(candidates, key=lambda action: len(action.uri), default=None)


def permissions() -> Iterator[tuple[str, str, bool]]:
    """Name of a permission, the weakest role that has it, and whether client certificates do."""
    for action in HTTP_ACTIONS:
        yield f"http/{action.name}".lower(), action.role, action.client_cert
        if action.part is not None:
            name, role = action.part
            yield f"http/{action.name}/{name}".lower(), role, False
