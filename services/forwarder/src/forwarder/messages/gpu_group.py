"""GPU_group: groups of GPUs, of which VMs can ask for a share."""

from typing import Any

from datamodel.classes import PGPU, VGPU, GPU_group, GPU_groupRef
from datamodel.objects import name_of

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.records import device_groups


@implements("GPU_group.create")
def create(
    ctx: PoolContext, name_label: str, name_description: str, other_config: dict[str, str]
) -> GPU_groupRef:
    return device_groups.create(ctx, GPU_group, name_label, name_description, other_config)


@implements("GPU_group.destroy")
def destroy(ctx: PoolContext, self: GPU_groupRef) -> None:
    with ctx.transaction() as tx:
        group = tx.get(GPU_group, self)
        device_groups.destroy(tx, GPU_group, self, ("PGPU", group.PGPUs), (VGPU, group.VGPUs))


@implements("GPU_group.update_enabled_VGPU_types")
def update_enabled_vgpu_types(ctx: PoolContext, self: GPU_groupRef) -> None:
    _gather(ctx, self, "enabled_VGPU_types")


@implements("GPU_group.update_supported_VGPU_types")
def update_supported_vgpu_types(ctx: PoolContext, self: GPU_groupRef) -> None:
    _gather(ctx, self, "supported_VGPU_types")


def _gather(ctx: PoolContext, group: GPU_groupRef, field: str) -> None:
    """Set a group's field to all types that any of the group's GPUs has."""
    with ctx.transaction() as tx:
        types: dict[Any, None] = {}
        for gpu in tx.get(GPU_group, group).PGPUs:
            types |= dict.fromkeys(vars(tx.get(PGPU, gpu))[field])
        tx.update(name_of(GPU_group), group, {field: list(types)})
