"""Messages that the host itself has to answer; for most the daemon that will is not there yet."""

from forwarder.core.registry import answered_by_hosts

NAMES = (
    *("apply_edition", "apply_guest_agent_config", "backup_rrds", "bugreport_upload"),
    *("call_extension", "call_plugin", "cleanup_pool_secret", "crl_install", "crl_list"),
    *("crl_uninstall", "certificate_list", "certificate_sync", "disable_binary_storage"),
    *("disable_display", "disable_external_auth", "disable_local_storage_caching"),
    *("disable_ssh", "dmesg", "dmesg_clear", "enable_binary_storage", "enable_display"),
    *("enable_external_auth", "enable_local_storage_caching", "enable_ssh"),
    *("external_auth_set_ldaps", "forget_data_source_archives", "get_data_sources"),
    *("get_diagnostic_timing_stats", "get_log", "get_ntp_servers_status"),
    *("get_ntp_synchronized", "get_sched_gran", "get_server_certificate", "get_sm_diagnostics"),
    *("get_system_status_capabilities", "get_thread_diagnostics", "get_tracked_user_agents"),
    *("install_ca_certificate", "install_server_certificate", "license_add"),
    *("license_remove", "list_timezones", "notify_accept_new_pool_secret"),
    *("notify_send_new_pool_secret", "prepare_for_poweroff", "query_data_source"),
    *("record_data_source", "refresh_pack_info", "refresh_server_certificate"),
    *("rescan_drivers", "reset_server_certificate", "restart_agent", "send_debug_keys"),
    *("set_console_idle_timeout", "set_hostname_live", "set_https_only", "set_iscsi_iqn"),
    *("set_max_cstate", "set_multipathing", "set_ntp_custom_servers", "set_ntp_mode"),
    *("set_numa_affinity_policy", "set_sched_gran", "set_ssh_auto_mode"),
    *("set_ssh_enabled_timeout", "set_timezone", "sm_dp_destroy", "syslog_reconfigure"),
    "uninstall_ca_certificate",
)

answered_by_hosts(*(f"host.{name}" for name in NAMES))
