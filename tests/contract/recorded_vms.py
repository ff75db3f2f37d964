"""VMs as the recordings had them."""

from typing import Any

from tests.contract.replay import Client

CREATED: dict[str, Any] = {
    **{"name_description": "", "user_version": 1, "is_a_template": False},
    **{"affinity": "OpaqueRef:NULL", "memory_target": 128 << 20, "memory_static_max": 128 << 20},
    **{"memory_dynamic_max": 128 << 20, "memory_dynamic_min": 128 << 20},
    **{"memory_static_min": 16 << 20, "VCPUs_params": {}, "VCPUs_max": 1, "VCPUs_at_startup": 1},
    **{"actions_after_shutdown": "destroy", "actions_after_softreboot": "soft_reboot"},
    **{"actions_after_reboot": "restart", "actions_after_crash": "restart"},
    **{"PV_bootloader": "", "PV_kernel": "", "PV_ramdisk": "", "PV_args": ""},
    **{"PV_bootloader_args": "", "PV_legacy_args": "", "HVM_boot_policy": "BIOS order"},
    **{"HVM_boot_params": {"order": "cd"}, "HVM_shadow_multiplier": 1.0, "PCI_bus": ""},
    "platform": {"acpi": "1", "apic": "true", "pae": "true", "nx": "true", "viridian": "true"},
    **{"other_config": {}, "recommendations": "", "has_vendor_device": False},
    **{"hardware_platform_version": 0, "generation_id": ""},
}
"""What the recorded VMs were created with."""

PARAVIRTUAL = {"domain_type": "pv", "HVM_boot_policy": "", "PV_bootloader": "pygrub"}
NAMES = {"Running": "m", "Halted": "m", "template": "t", "snapshot": "s", "": "dev"}
NAMES["cloned template"] = "tmpl"


def make(client: Client, state: str) -> str:
    """A VM in a state of the recorded matrix."""
    kind, _, paravirtual = state.partition(" (")
    values: dict[str, Any] = {**CREATED, "name_label": "pv" if paravirtual else NAMES[kind]}
    if paravirtual:
        values |= PARAVIRTUAL
    if kind.endswith("template"):
        values["is_a_template"] = True
    vm: str = client.result("VM.create", values)
    if kind == "Running":
        client.result("VM.start", vm, False, False)
    if kind == "snapshot":
        return str(client.result("VM.snapshot", vm, "sn", []))
    return vm
