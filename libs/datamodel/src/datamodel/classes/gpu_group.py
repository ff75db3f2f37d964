"""The XenAPI class ``GPU_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("GPU_group", create_role=POOL_OPERATOR, since="boston")
class GPU_group:
    """Graphics cards that can stand in for each other."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="boston",
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            since="boston",
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            column="name__description",
            since="boston",
        ),
    ]
    GPU_types: A[
        list[str],
        field("Vendor and device numbers of the GPUs in the group.", default=[], since="boston"),
    ]
    PGPUs: A[list[Ref[L["PGPU"]]], field("Every PGPU that is among its PGPUs.", since="boston")]
    VGPUs: A[list[Ref[L["VGPU"]]], field("Every VGPU that is among its VGPUs.", since="boston")]
    allocation_algorithm: A[
        enums.AllocationAlgorithm,
        field(
            "Which of the known kinds its allocation algorithm is.",
            RW,
            default="depth_first",
            since="vgpu-tech-preview",
        ),
    ]
    enabled_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field("Every VGPU_type that is among its enabled VGPU types.", since="vgpu-productisation"),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="boston",
        ),
    ]
    supported_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field(
            "Every VGPU_type that is among its supported VGPU types.", since="vgpu-productisation"
        ),
    ]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        name_label: A[str, "The name to give"] = "",
        name_description: A[str, "The name description"] = "",
        other_config: A[dict[str, str], "The other config, by key"] = {},
    ) -> Ref[L["GPU_group"]]:
        """Make a new GPU_group."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["GPU_group"]], "The GPU_group that is meant"],
    ) -> None:
        """Remove the GPU_group."""

    @message(role=READ_ONLY, since="vgpu-tech-preview")
    def get_remaining_capacity(
        self: A[Ref[L["GPU_group"]], "The GPU_group that is meant"],
        vgpu_type: A[Ref[L["VGPU_type"]], "The VGPU_type that is meant"],
    ) -> int:
        """Tell the remaining capacity of the GPU_group."""

    @message(role=POOL_OPERATOR, since="vgpu-productisation", hidden=True)
    def update_enabled_VGPU_types(
        self: A[Ref[L["GPU_group"]], "The GPU_group that is meant"],
    ) -> None:
        """Have the GPU_group do this: update enabled VGPU types."""

    @message(role=POOL_OPERATOR, since="vgpu-productisation", hidden=True)
    def update_supported_VGPU_types(
        self: A[Ref[L["GPU_group"]], "The GPU_group that is meant"],
    ) -> None:
        """Have the GPU_group do this: update supported VGPU types."""
