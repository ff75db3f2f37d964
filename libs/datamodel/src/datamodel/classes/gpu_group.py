"""The XenAPI class ``GPU_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("GPU_group", create_role=POOL_OPERATOR, since="boston")
class GPU_group:
    """A GPU group."""

    GPU_types: A[list[str], field("GPU types.", default=[], since="boston")]
    PGPUs: A[list[Ref[L["PGPU"]]], field("PGPUs.", since="boston")]
    VGPUs: A[list[Ref[L["VGPU"]]], field("VGPUs.", since="boston")]
    allocation_algorithm: A[
        enums.AllocationAlgorithm,
        field("Allocation algorithm.", RW, default="depth_first", since="vgpu-tech-preview"),
    ]
    enabled_VGPU_types: A[
        list[Ref[L["VGPU_type"]]], field("Enabled VGPU types.", since="vgpu-productisation")
    ]
    name_description: A[
        str, field("Name description.", RW, default="", column="name__description", since="boston")
    ]
    name_label: A[str, field("Name label.", RW, default="", column="name__label", since="boston")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="boston")]
    supported_VGPU_types: A[
        list[Ref[L["VGPU_type"]]], field("Supported VGPU types.", since="vgpu-productisation")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="boston")]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        name_label: A[str, "Name label"] = "",
        name_description: A[str, "Name description"] = "",
        other_config: A[dict[str, str], "Other config"] = {},
    ) -> Ref[L["GPU_group"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["GPU_group"]], "The GPU_group to act on"],
    ) -> None:
        """Destroy."""

    @message(role=READ_ONLY, since="vgpu-tech-preview")
    def get_remaining_capacity(
        self: A[Ref[L["GPU_group"]], "The GPU_group to act on"],
        vgpu_type: A[Ref[L["VGPU_type"]], "The VGPU_type to act on"],
    ) -> int:
        """Get remaining capacity."""

    @message(role=POOL_OPERATOR, since="vgpu-productisation", hidden=True)
    def update_enabled_VGPU_types(
        self: A[Ref[L["GPU_group"]], "The GPU_group to act on"],
    ) -> None:
        """Update enabled VGPU types."""

    @message(role=POOL_OPERATOR, since="vgpu-productisation", hidden=True)
    def update_supported_VGPU_types(
        self: A[Ref[L["GPU_group"]], "The GPU_group to act on"],
    ) -> None:
        """Update supported VGPU types."""
