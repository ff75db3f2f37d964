"""PGPU: the GPUs of hosts."""

from datamodel.classes import PGPURef, VGPU_typeRef

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements


@implements("PGPU.get_remaining_capacity", looked_at=())
def get_remaining_capacity(ctx: PoolContext, self: PGPURef, vgpu_type: VGPU_typeRef) -> int:
    """Always 0: no host has a GPU to share."""
    return 0
