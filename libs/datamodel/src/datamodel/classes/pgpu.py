"""The XenAPI class ``PGPU``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(create_role=POOL_OPERATOR, since="boston")
class PGPU(Object[L["PGPU"]]):
    """A physical graphics card."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="boston",
        ),
    ]
    PCI: A[
        Ref[L["PCI"]],
        field(
            "The PCI device that it is.",
            STATIC,
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    GPU_group: A[
        Ref[L["GPU_group"]],
        field(
            "The group of like GPUs that it is counted in.",
            STATIC,
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    host: A[
        Ref[L["host"]],
        field("The host that the GPU is in.", default="OpaqueRef:NULL", since="boston"),
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
        field("The types that its hardware and driver could hold.", since="vgpu-tech-preview"),
    ]
    enabled_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field("The types that administrators let be placed on it.", since="vgpu-tech-preview"),
    ]
    resident_VGPUs: A[
        list[Ref[L["VGPU"]]],
        field("The vGPUs that run on it.", since="vgpu-tech-preview"),
    ]
    supported_VGPU_max_capacities: A[
        dict[Ref[L["VGPU_type"]], int],
        field(
            "How many vGPUs of each type it can hold when it holds no other.",
            default={},
            since="vgpu-productisation",
        ),
    ]
    dom0_access: A[
        enums.PciDom0Access,
        field(
            "Whether dom0 may use the card now and after the next boot.",
            default="enabled",
            history=(
                ("Published", "cream"),
                ("Deprecated", "24.14.0"),
            ),
        ),
    ]
    is_system_display_device: A[
        bool, field("Whether the host's own screen is on it.", default=False, since="cream")
    ]
    compatibility_metadata: A[
        dict[str, str],
        field(
            "What a vGPU's migration compares between two GPUs, by maker.",
            default={},
            since="inverness",
        ),
    ]
    size: A[
        int,
        field(
            "What it can hold, in the unit in which vGPU types count their size.",
            STATIC,
            default=1048576,
            since="vgpu-tech-preview",
            internal_only=True,
        ),
    ]

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def add_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The card to change"],
        value: A[Ref[L["VGPU_type"]], "The type to let in; the card must support it"],
    ) -> None:
        """Let vGPUs of one more type be placed on a card."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def remove_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The card to change"],
        value: A[Ref[L["VGPU_type"]], "The type to keep out"],
    ) -> None:
        """Let vGPUs of a type no longer be placed on a card; none may run on it."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def set_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The card to change"],
        value: A[list[Ref[L["VGPU_type"]]], "All types to let in; the card must support each"],
    ) -> None:
        """Choose the types of vGPU that may be placed on a card; a type of which one runs on it
        must stay.
        """

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def set_GPU_group(
        self: A[Ref[L["PGPU"]], "The card to move"],
        value: A[Ref[L["GPU_group"]], "The group to count it in; null for none"],
    ) -> None:
        """Move a card to another group; no vGPU may run on it, and the group's cards must be of its
        kind.
        """

    @message(role=READ_ONLY, since="vgpu-tech-preview")
    def get_remaining_capacity(
        self: A[Ref[L["PGPU"]], "The card to look at"],
        vgpu_type: A[Ref[L["VGPU_type"]], "The type to place"],
    ) -> int:
        """Tell how many more vGPUs of a type a card can hold beside those that it holds now."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cream"),
            ("Deprecated", "24.14.0"),
        ),
    )
    def enable_dom0_access(
        self: A[Ref[L["PGPU"]], "The card to give back"],
    ) -> enums.PciDom0Access:
        """Let dom0 use a card again from the next boot. PCI.enable_dom0_access has taken its place."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cream"),
            ("Deprecated", "24.14.0"),
        ),
    )
    def disable_dom0_access(
        self: A[Ref[L["PGPU"]], "The card to hide"],
    ) -> enums.PciDom0Access:
        """Hide a card from dom0 from the next boot, so that it can be handed to a VM.
        PCI.disable_dom0_access has taken its place.
        """


PGPURef = Ref[L["PGPU"]]
