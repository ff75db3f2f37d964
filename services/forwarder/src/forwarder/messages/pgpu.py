"""PGPU: the GPUs of hosts."""

from forwarder.core.context import Context
from forwarder.core.registry import implements


@implements("PGPU.get_remaining_capacity", looked_at=())
def get_remaining_capacity(ctx: Context, self: str, vgpu_type: str) -> int:
    """No host has a GPU to share."""
    return 0
