"""Groups of GPUs and of USB devices: records that devices and VMs are put into."""

from typing import Any

from datamodel import XenAPIError
from pooldb import Transaction

from forwarder.core.context import Context
from forwarder.core.registry import implements


@implements("GPU_group.create")
def create_gpu_group(
    ctx: Context, name_label: str, name_description: str, other_config: dict[str, str]
) -> str:
    return _create(ctx, "GPU_group", name_label, name_description, other_config)


@implements("USB_group.create")
def create_usb_group(
    ctx: Context, name_label: str, name_description: str, other_config: dict[str, str]
) -> str:
    return _create(ctx, "USB_group", name_label, name_description, other_config)


def _create(
    ctx: Context, cls: str, name_label: str, name_description: str, other_config: dict[str, str]
) -> str:
    values = {"name_label": name_label, "name_description": name_description}
    with ctx.transaction() as tx:
        return tx.create(cls, {**values, "other_config": other_config})


@implements("GPU_group.destroy")
def destroy_gpu_group(ctx: Context, self: str) -> None:
    with ctx.transaction() as tx:
        _destroy(tx, "GPU_group", self, "VGPU", "PGPU")


@implements("USB_group.destroy")
def destroy_usb_group(ctx: Context, self: str) -> None:
    with ctx.transaction() as tx:
        _destroy(tx, "USB_group", self, "VUSB", "PUSB")


def _destroy(tx: Transaction, cls: str, group: str, virtual: str, physical: str) -> None:
    """Remove a group without physical devices; what VMs asked of it goes with it."""
    record = tx.get(cls, group)
    devices = record[f"{virtual}s"]
    attached = [device for device in devices if tx.get(virtual, device)["currently_attached"]]
    if attached:
        raise XenAPIError(f"{cls.upper()}_CONTAINS_{virtual}", *attached)
    if record[f"{physical}s"]:
        raise XenAPIError(f"{cls.upper()}_CONTAINS_{physical}", *record[f"{physical}s"])
    for device in devices:
        tx.delete(virtual, device)
    tx.delete(cls, group)


@implements("GPU_group.update_enabled_VGPU_types")
def update_enabled_vgpu_types(ctx: Context, self: str) -> None:
    _gather(ctx, self, "enabled_VGPU_types")


@implements("GPU_group.update_supported_VGPU_types")
def update_supported_vgpu_types(ctx: Context, self: str) -> None:
    _gather(ctx, self, "supported_VGPU_types")


def _gather(ctx: Context, group: str, field: str) -> None:
    """What any of the group's GPUs has."""
    with ctx.transaction() as tx:
        found: dict[Any, None] = {}
        for gpu in tx.get("GPU_group", group)["PGPUs"]:
            found |= dict.fromkeys(tx.get("PGPU", gpu)[field])
        tx.update("GPU_group", group, {field: list(found)})


@implements("GPU_group.get_remaining_capacity", looked_at=("self",))
def get_remaining_capacity(ctx: Context, self: str, vgpu_type: str) -> int:
    """No host has a GPU to share, so no group has any capacity."""
    return 0


@implements("PGPU.get_remaining_capacity", looked_at=())
def get_remaining_capacity_of_gpu(ctx: Context, self: str, vgpu_type: str) -> int:
    """No host has a GPU to share."""
    return 0
