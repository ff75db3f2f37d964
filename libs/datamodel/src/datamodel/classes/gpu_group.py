"""The XenAPI class ``GPU_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(create_role=POOL_OPERATOR, since="boston")
class GPU_group(Object[L["GPU_group"]]):
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
    PGPUs: A[list[Ref[L["PGPU"]]], field("The graphics cards in the group.", since="boston")]
    VGPUs: A[
        list[Ref[L["VGPU"]]],
        field("The virtual cards of VMs that are served by the group.", since="boston"),
    ]
    GPU_types: A[
        list[str],
        field("Vendor and device numbers of the GPUs in the group.", default=[], since="boston"),
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
    allocation_algorithm: A[
        enums.AllocationAlgorithm,
        field(
            "Whether vGPUs are spread over the cards or packed on as few as possible.",
            RW,
            default="depth_first",
            since="vgpu-tech-preview",
        ),
    ]
    supported_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field("The types that at least one of its cards could hold.", since="vgpu-productisation"),
    ]
    enabled_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field(
            "The types that may be placed on at least one of its cards.",
            since="vgpu-productisation",
        ),
    ]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        name_label: A[str, "The name that people see; need not be unique"] = "",
        name_description: A[str, "What people say about it"] = "",
        other_config: A[dict[str, str], "Settings and notes of clients, by key"] = {},
    ) -> Ref[L["GPU_group"]]:
        """Make an empty group of graphics cards; cards come by PGPU.set_GPU_group."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["GPU_group"]], "The group to remove"],
    ) -> None:
        """Remove a group of graphics cards, which must hold neither cards nor vGPUs."""

    @message(role=POOL_OPERATOR, since="vgpu-productisation", hidden=True)
    def update_enabled_VGPU_types(
        self: A[Ref[L["GPU_group"]], "The group to refresh"],
    ) -> None:
        """Work out anew which types may be placed on cards of a group; called when a card comes or
        goes.
        """

    @message(role=POOL_OPERATOR, since="vgpu-productisation", hidden=True)
    def update_supported_VGPU_types(
        self: A[Ref[L["GPU_group"]], "The group to refresh"],
    ) -> None:
        """Work out anew which types the cards of a group could hold; called when a card comes or
        goes.
        """

    @message(role=READ_ONLY, since="vgpu-tech-preview")
    def get_remaining_capacity(
        self: A[Ref[L["GPU_group"]], "The group to look at"],
        vgpu_type: A[Ref[L["VGPU_type"]], "The type to place"],
    ) -> int:
        """Tell how many more vGPUs of a type the cards of a group can hold now."""


GPU_groupRef = Ref[L["GPU_group"]]
