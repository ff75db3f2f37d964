"""The names of operations, by class: what a call may begin on an object.

Those that clients see have the XenAPI's names; the others have the name of their message.
"""

from typing import Literal

VMOperation = Literal[
    "awaiting_memory_live",
    "call_plugin",
    "changing_VCPUs",
    "changing_VCPUs_live",
    "changing_dynamic_range",
    "changing_memory_limits",
    "changing_memory_live",
    "changing_shadow_memory",
    "changing_shadow_memory_live",
    "changing_static_range",
    "checkpoint",
    "clean_reboot",
    "clean_shutdown",
    "clone",
    "copy",
    "data_source_op",
    "destroy",
    "get_boot_record",
    "hard_reboot",
    "hard_shutdown",
    "make_into_template",
    "pause",
    "pool_migrate",
    "power_state_reset",
    "provision",
    "query_services",
    "resume",
    "resume_on",
    "revert",
    "send_sysrq",
    "send_trigger",
    "shutdown",
    "snapshot",
    "start",
    "start_on",
    "suspend",
    "unpause",
]
VBDOperation = Literal[
    "destroy",
    "eject",
    "insert",
    "plug",
    "set_bootable",
    "set_mode",
    "set_type",
    "set_unpluggable",
    "set_userdevice",
    "unplug",
    "unplug_force",
]
VIFOperation = Literal["configure", "destroy", "move", "plug", "unplug", "unplug_force"]
VDIOperation = Literal[
    "clone",
    "copy",
    "data_destroy",
    "destroy",
    "disable_cbt",
    "enable_cbt",
    "forget",
    "list_changed_blocks",
    "mirror",
    "resize",
    "resize_online",
    "revert_from",
    "set_on_boot",
    "snapshot",
    "update",
]
SROperation = Literal[
    "destroy", "forget", "pbd_create", "scan", "set_shared", "vdi_create", "vdi_introduce"
]
PBDOperation = Literal["destroy", "plug", "unplug"]
HostOperation = Literal["evacuate", "provision", "vm_migrate", "vm_resume", "vm_start"]
NetworkOperation = Literal["destroy"]
ApplianceOperation = Literal["clean_shutdown", "hard_shutdown", "shutdown", "start"]
