"""What each message means; importing a module declares its functions."""

from forwarder.messages import (
    host,
    network,
    pbd,
    plain,
    pool,
    records,
    sr,
    vbd,
    vdi,
    vif,
    vif_addresses,
    vm_appliance,
    vm_create,
    vm_migrate,
    vm_power,
    vm_settings,
)

__all__ = [
    "host",
    "network",
    "pbd",
    "plain",
    "pool",
    "records",
    "sr",
    "vbd",
    "vdi",
    "vif",
    "vif_addresses",
    "vm_appliance",
    "vm_create",
    "vm_migrate",
    "vm_power",
    "vm_settings",
]
