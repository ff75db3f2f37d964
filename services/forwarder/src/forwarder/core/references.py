"""Which references of a call are looked at, and in which order, before its function runs."""

from typing import Any

from datamodel import XenAPIError, api, handle_invalid
from datamodel.model import Message, RefType, SetType, Type

from forwarder.core.context import Context, is_null
from forwarder.lifecycle.host import is_live

ON_HOST = {
    "Diagnostics": "gc_compact gc_stats network_stats",
    "Host_driver": "rescan",
    "Observer": "register unregister",
    "PIF": "create_VLAN introduce scan",
    "PUSB": "scan",
    "Repository": "apply apply_livepatch",
    "SR": "create make probe probe_ext",
    "VM": "pool_migrate_complete",
    "host": "apply_edition apply_guest_agent_config backup_rrds bugreport_upload call_extension"
    " call_plugin cleanup_pool_secret crl_install crl_list crl_uninstall certificate_list"
    " certificate_sync disable_binary_storage disable_display disable_external_auth"
    " disable_local_storage_caching disable_ssh dmesg dmesg_clear enable_binary_storage"
    " enable_display enable_external_auth enable_local_storage_caching enable_ssh"
    " external_auth_set_ldaps forget_data_source_archives get_data_sources"
    " get_diagnostic_timing_stats get_log get_ntp_servers_status get_ntp_synchronized"
    " get_sched_gran get_server_certificate get_server_localtime get_servertime"
    " get_sm_diagnostics get_system_status_capabilities get_thread_diagnostics"
    " get_tracked_user_agents has_extension install_ca_certificate install_server_certificate"
    " license_add license_remove list_timezones notify_accept_new_pool_secret"
    " notify_send_new_pool_secret prepare_for_poweroff query_data_source record_data_source"
    " refresh_pack_info refresh_server_certificate rescan_drivers reset_server_certificate"
    " restart_agent send_debug_keys set_console_idle_timeout set_hostname_live set_https_only"
    " set_iscsi_iqn set_max_cstate set_multipathing set_ntp_custom_servers set_ntp_mode"
    " set_numa_affinity_policy set_sched_gran set_ssh_auto_mode"
    " set_ssh_enabled_timeout set_timezone sm_dp_destroy syslog_reconfigure"
    " uninstall_ca_certificate",
    "network": "attach attach_for_vm detach_for_vm",
    "pool_patch": "apply precheck clean_on_host",
    "pool_update": "apply precheck resync_host",
}
"""Messages that a host has to answer: whether it is there is asked before anything else."""

RUNS_ON_HOST = frozenset(
    f"{cls}.{name}" for cls, names in ON_HOST.items() for name in names.split()
)

ORDER = {
    "Bond.create": ("members", "network"),
    "PGPU.set_GPU_group": ("value", "self"),
    "PVS_proxy.create": ("VIF", "site"),
    "Rate_limit.add_caller": ("caller", "self"),
    "Rate_limit.remove_caller": ("caller", "self"),
    "host.allocate_resources_for_vm": ("vm", "self"),
    "VDI.generate_config": ("vdi", "host"),
    "pool.ha_compute_vm_failover_plan": ("failed_vms", "failed_hosts"),
}
"""The parameters whose references are looked at, where that is not each in its turn."""


def check(context: Context, message: Message, params: list[Any], order: tuple[str, ...]) -> None:
    """Raise HOST_OFFLINE[host] or HANDLE_INVALID[class, reference] for the first that is no good.

    ``order`` names the parameters to look at, in that order.
    """
    types = {param.name: param.type for param in message.params}
    values = dict(zip(types, params, strict=False))
    if message.wire in RUNS_ON_HOST:
        require_live(
            context, next(value for name, value in values.items() if _is_host(types[name]))
        )
    for name in order:
        for cls, ref in _references(types[name], values.get(name)):
            if not is_null(ref) and context.view.find(cls, ref) is None:
                raise handle_invalid(cls, ref)


def order_of(message: Message) -> tuple[str, ...]:
    """What is looked at unless a message's function says otherwise."""
    return ORDER.get(message.wire) or tuple(param.name for param in message.params)


def require_live(context: Context, host: str) -> None:
    """Raise HOST_OFFLINE[host] unless the host is there and answers."""
    if not is_live(context.view, host):
        raise XenAPIError("HOST_OFFLINE", host)


def _is_host(type_: Type) -> bool:
    return type_ == RefType("host")


def _references(type_: Type, value: Any) -> list[tuple[str, str]]:
    match type_:
        case RefType(cls) if api.classes[cls].in_database:
            return [(cls, value)]
        case SetType(RefType(cls)) if api.classes[cls].in_database:
            return [(cls, ref) for ref in value]
    return []
