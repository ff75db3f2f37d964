"""What a licence could take away from a pool, by the keys under which clients look for it.

Warren has no licences: nothing is refused with FEATURE_RESTRICTED or LICENCE_RESTRICTION. Clients
take a missing key for a feature that is switched off, so all keys are given.
"""

ENABLED = ("enable_xha",)
"""Keys that are true if the feature is there; all others are true if it is taken away."""

RESTRICTED = (
    *("restrict_vlan", "restrict_qos", "restrict_pool_attached_storage", "restrict_netapp"),
    *("restrict_equalogic", "restrict_pooling", "restrict_marathon", "restrict_email_alerting"),
    *("restrict_historical_performance", "restrict_wlb", "restrict_rbac", "restrict_dmc"),
    *("restrict_checkpoint", "restrict_cpu_masking", "restrict_connection", "platform_filter"),
    *("regular_nag_dialog", "restrict_vmpr", "restrict_vmss", "restrict_intellicache"),
    *("restrict_gpu", "restrict_dr", "restrict_vif_locking", "restrict_storage_xen_motion"),
    *("restrict_vgpu", "restrict_integrated_gpu_passthrough", "restrict_vss"),
    *("restrict_guest_agent_auto_update", "restrict_pci_device_for_auto_update"),
    *("restrict_xen_motion", "restrict_guest_ip_setting", "restrict_ad", "restrict_nested_virt"),
    *("restrict_live_patching", "restrict_set_vcpus_number_live", "restrict_pvs_proxy"),
    *("restrict_igmp_snooping", "restrict_rpu", "restrict_pool_size", "restrict_cbt"),
    *("restrict_usb_passthrough", "restrict_network_sriov", "restrict_corosync"),
    *("restrict_cluster_address", "restrict_zstd_export", "restrict_pool_secret_rotation"),
    *("restrict_certificate_verification", "restrict_updates", "restrict_internal_repo_access"),
    *("restrict_vtpm", "restrict_vm_groups", "restrict_vm_start", "restrict_vm_appliance_start"),
)

RESTRICTIONS: dict[str, str] = {
    **dict.fromkeys(ENABLED, "true"),
    **dict.fromkeys(RESTRICTED, "false"),
}
"""``pool.restrictions``, and part of each host's ``license_params``."""

EDITION = "free"
NEVER = "20991231T00:00:00Z"
"""The end of a licence that does not end: clients read a date, and warn if it is near."""

LICENSE_PARAMS: dict[str, str] = {
    **RESTRICTIONS,
    **{"license_type": "", "sku_type": EDITION, "expiry": NEVER},
}
