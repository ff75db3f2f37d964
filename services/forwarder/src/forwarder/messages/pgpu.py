"""PGPU: the GPUs of hosts."""

from datamodel.classes import PGPURef, VGPU_typeRef

from forwarder.core.context import Context
from forwarder.core.registry import implements


@implements("PGPU.get_remaining_capacity", looked_at=())
def get_remaining_capacity(ctx: Context, self: PGPURef, vgpu_type: VGPU_typeRef) -> int:
    """No host has a GPU to share."""
    return 0
