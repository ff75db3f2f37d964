"""The order of classes and of their messages: that of ``system.listMethods`` and of events."""

from collections.abc import Mapping

from datamodel.model import Message

CLASSES = (
    *("session", "auth", "subject", "role", "task", "event", "pool", "pool_patch"),
    *("pool_update", "VM", "VM_metrics", "VM_guest_metrics", "VMPP", "VMSS", "VM_appliance"),
    *("DR_task", "host", "host_crashdump", "host_patch", "host_metrics", "host_cpu", "network"),
    *("VIF", "VIF_metrics", "PIF", "PIF_metrics", "Bond", "VLAN", "SM", "SR", "sr_stat"),
    *("probe_result", "LVHD", "VDI", "VBD", "VBD_metrics", "PBD", "crashdump", "VTPM"),
    *("console", "user", "data_source", "blob", "message", "secret", "tunnel"),
    *("network_sriov", "PCI", "PGPU", "GPU_group", "VGPU", "VGPU_type", "PVS_site"),
    *("PVS_server", "PVS_proxy", "PVS_cache_storage", "Feature", "SDN_controller"),
    *("vdi_nbd_server_info", "PUSB", "USB_group", "VUSB", "Cluster", "Cluster_host"),
    *("Certificate", "Diagnostics", "Repository", "Observer", "VM_group", "Host_driver"),
    *("Driver_variant", "Caller", "Rate_limit"),
)

FIRST = ("get_record", "get_by_uuid", "create", "destroy", "get_by_name_label")
GROUPS: Mapping[str | None, int] = {"get": 1, "set": 2, "add": 2, "remove": 2, None: 3}
LAST = ("get_all", "get_all_where", "get_all_records_where", "get_all_records")


def in_order(messages: Mapping[str, Message]) -> dict[str, Message]:
    """First messages for records and objects, then getters and setters in the order of the fields,
    then declared messages, then lists.
    """
    return dict(sorted(messages.items(), key=lambda item: _place(item[1])))


def _place(message: Message) -> tuple[int, int]:
    kind = message.implicit
    if kind in FIRST:
        return 0, FIRST.index(kind)
    if kind in LAST:
        return 4, LAST.index(kind)
    return GROUPS[kind], 0
