"""The XenAPI class ``PGPU``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("PGPU", create_role=POOL_OPERATOR, since="boston")
class PGPU:
    """A physical graphics card."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
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
    PCI: A[
        Ref[L["PCI"]],
        field(
            "The PCI device that it is.",
            STATIC,
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    compatibility_metadata: A[
        dict[str, str],
        field(
            "What a vGPU's migration compares between two GPUs, by maker.",
            default={},
            since="inverness",
        ),
    ]
    dom0_access: A[
        enums.PciDom0Access,
        field(
            "Which of the known kinds its dom0 access is.",
            default="enabled",
            history=(
                ("Published", "cream"),
                ("Deprecated", "24.14.0"),
            ),
        ),
    ]
    enabled_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field("Every VGPU_type that is among its enabled VGPU types.", since="vgpu-tech-preview"),
    ]
    host: A[
        Ref[L["host"]],
        field("The host that the GPU is in.", default="OpaqueRef:NULL", since="boston"),
    ]
    is_system_display_device: A[
        bool, field("Whether the host's own screen is on it.", default=False, since="cream")
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
    resident_VGPUs: A[
        list[Ref[L["VGPU"]]],
        field("Every VGPU that is among its resident VGPUs.", since="vgpu-tech-preview"),
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
    supported_VGPU_max_capacities: A[
        dict[Ref[L["VGPU_type"]], int],
        field(
            "How many vGPUs of each type it can hold when it holds no other.",
            default={},
            since="vgpu-productisation",
        ),
    ]
    supported_VGPU_types: A[
        list[Ref[L["VGPU_type"]]],
        field("Every VGPU_type that is among its supported VGPU types.", since="vgpu-tech-preview"),
    ]

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def add_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
        value: A[Ref[L["VGPU_type"]], "The VGPU_type to take as value"],
    ) -> None:
        """Add to the enabled VGPU types of the PGPU."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cream"),
            ("Deprecated", "24.14.0"),
        ),
    )
    def disable_dom0_access(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
    ) -> enums.PciDom0Access:
        """Switch off the dom0 access of the PGPU."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cream"),
            ("Deprecated", "24.14.0"),
        ),
    )
    def enable_dom0_access(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
    ) -> enums.PciDom0Access:
        """Switch on the dom0 access of the PGPU."""

    @message(role=READ_ONLY, since="vgpu-tech-preview")
    def get_remaining_capacity(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
        vgpu_type: A[Ref[L["VGPU_type"]], "The VGPU_type that is meant"],
    ) -> int:
        """Tell the remaining capacity of the PGPU."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def remove_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
        value: A[Ref[L["VGPU_type"]], "The VGPU_type to take as value"],
    ) -> None:
        """Remove from the enabled VGPU types of the PGPU."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def set_GPU_group(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
        value: A[Ref[L["GPU_group"]], "The GPU_group to take as value"],
    ) -> None:
        """Set the GPU group of the PGPU."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def set_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The PGPU that is meant"],
        value: A[list[Ref[L["VGPU_type"]]], "The new value"],
    ) -> None:
        """Set the enabled VGPU types of the PGPU."""
