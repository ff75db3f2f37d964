"""PGPU.*: how much of a GPU VMs can still have."""

from datamodel.classes import PGPURef, VGPU_typeRef
from pooldb import Reader

from xapi.questions import asks


@asks("PGPU.get_remaining_capacity", looked_at=())
def get_remaining_capacity(view: Reader, self: PGPURef, vgpu_type: VGPU_typeRef) -> int:
    """Always 0: no host has a GPU to share."""
    return 0
