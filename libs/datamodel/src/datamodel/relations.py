"""Which fields say the same thing from both ends.

In a one-to-many relation the reference is stored, and the set at the other end is derived from it;
in a many-to-many relation both ends are stored, and a change of one changes the other.
"""

from datamodel.model import Relation
from datamodel.objects import ClassName

ONE_TO_MANY = (
    (("VM", "snapshot_of"), ("VM", "snapshots")),
    (("VDI", "snapshot_of"), ("VDI", "snapshots")),
    (("VM", "parent"), ("VM", "children")),
    (("task", "subtask_of"), ("task", "subtasks")),
    (("task", "session"), ("session", "tasks")),
    (("PIF", "bond_slave_of"), ("Bond", "slaves")),
    (("Bond", "master"), ("PIF", "bond_master_of")),
    (("VLAN", "tagged_PIF"), ("PIF", "VLAN_slave_of")),
    (("tunnel", "access_PIF"), ("PIF", "tunnel_access_PIF_of")),
    (("tunnel", "transport_PIF"), ("PIF", "tunnel_transport_PIF_of")),
    (("PBD", "host"), ("host", "PBDs")),
    (("PBD", "SR"), ("SR", "PBDs")),
    (("VBD", "VDI"), ("VDI", "VBDs")),
    (("crashdump", "VDI"), ("VDI", "crash_dumps")),
    (("VBD", "VM"), ("VM", "VBDs")),
    (("crashdump", "VM"), ("VM", "crash_dumps")),
    (("VIF", "VM"), ("VM", "VIFs")),
    (("VIF", "network"), ("network", "VIFs")),
    (("Cluster_host", "cluster"), ("Cluster", "cluster_hosts")),
    (("PIF", "host"), ("host", "PIFs")),
    (("PIF", "network"), ("network", "PIFs")),
    (("VDI", "SR"), ("SR", "VDIs")),
    (("VTPM", "VM"), ("VM", "VTPMs")),
    (("console", "VM"), ("VM", "consoles")),
    (("VM", "resident_on"), ("host", "resident_VMs")),
    (("host_cpu", "host"), ("host", "host_CPUs")),
    (("host_crashdump", "host"), ("host", "crashdumps")),
    (("host_patch", "host"), ("host", "patches")),
    (("host_patch", "pool_patch"), ("pool_patch", "host_patches")),
    (("VM", "protection_policy"), ("VMPP", "VMs")),
    (("VM", "snapshot_schedule"), ("VMSS", "VMs")),
    (("VM", "appliance"), ("VM_appliance", "VMs")),
    (("PGPU", "GPU_group"), ("GPU_group", "PGPUs")),
    (("VGPU", "GPU_group"), ("GPU_group", "VGPUs")),
    (("VGPU", "type"), ("VGPU_type", "VGPUs")),
    (("VGPU", "VM"), ("VM", "VGPUs")),
    (("VGPU", "resident_on"), ("PGPU", "resident_VGPUs")),
    (("PCI", "host"), ("host", "PCIs")),
    (("PGPU", "host"), ("host", "PGPUs")),
    (("PCI", "physical_function"), ("PCI", "virtual_functions")),
    (("VDI", "metadata_of_pool"), ("pool", "metadata_VDIs")),
    (("SR", "introduced_by"), ("DR_task", "introduced_SRs")),
    (("PVS_server", "site"), ("PVS_site", "servers")),
    (("PVS_proxy", "site"), ("PVS_site", "proxies")),
    (("PVS_cache_storage", "site"), ("PVS_site", "cache_storage")),
    (("PUSB", "host"), ("host", "PUSBs")),
    (("PUSB", "USB_group"), ("USB_group", "PUSBs")),
    (("VUSB", "USB_group"), ("USB_group", "VUSBs")),
    (("VUSB", "VM"), ("VM", "VUSBs")),
    (("Feature", "host"), ("host", "features")),
    (("network_sriov", "physical_PIF"), ("PIF", "sriov_physical_PIF_of")),
    (("network_sriov", "logical_PIF"), ("PIF", "sriov_logical_PIF_of")),
    (("Certificate", "host"), ("host", "certificates")),
    (("Driver_variant", "driver"), ("Host_driver", "variants")),
    (("Caller", "rate_limit"), ("Rate_limit", "callers")),
)

MANY_TO_MANY = (
    (("host", "updates"), ("pool_update", "hosts")),
    (("PGPU", "supported_VGPU_types"), ("VGPU_type", "supported_on_PGPUs")),
    (("PGPU", "enabled_VGPU_types"), ("VGPU_type", "enabled_on_PGPUs")),
    (("GPU_group", "supported_VGPU_types"), ("VGPU_type", "supported_on_GPU_groups")),
    (("GPU_group", "enabled_VGPU_types"), ("VGPU_type", "enabled_on_GPU_groups")),
    (("PCI", "attached_VMs"), ("VM", "attached_PCIs")),
    (("VM", "groups"), ("VM_group", "VMs")),
)

# Fields that name another class without a counterpart there.
SELF = (("subject", "roles"), ("role", "subroles"))


def _end(end: tuple[str, str]) -> tuple[ClassName, str]:
    return ClassName(end[0]), end[1]


RELATIONS: tuple[Relation, ...] = (
    *(Relation("one-to-many", _end(one), _end(many)) for one, many in ONE_TO_MANY),
    *(Relation("many-to-many", _end(one), _end(many)) for one, many in MANY_TO_MANY),
    *(Relation("self", _end(end), _end(end)) for end in SELF),
)
