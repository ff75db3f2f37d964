"""GPU_group.*: how much of a group's GPUs VMs can still have."""

from datamodel.classes import GPU_groupRef, VGPU_typeRef
from pooldb import Reader

from xapi.questions import asks


@asks("GPU_group.get_remaining_capacity", looked_at=("self",))
def get_remaining_capacity(view: Reader, self: GPU_groupRef, vgpu_type: VGPU_typeRef) -> int:
    """Always 0: no host has a GPU to share."""
    return 0
