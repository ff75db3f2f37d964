"""The XenAPI class ``PGPU``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("PGPU", create_role=POOL_OPERATOR, since="boston")
class PGPU:
    """A PGPU."""

    GPU_group: A[
        Ref[L["GPU_group"]], field("GPU group.", STATIC, default="OpaqueRef:NULL", since="boston")
    ]
    PCI: A[Ref[L["PCI"]], field("PCI.", STATIC, default="OpaqueRef:NULL", since="boston")]
    compatibility_metadata: A[
        dict[str, str], field("Compatibility metadata.", default={}, since="inverness")
    ]
    dom0_access: A[
        enums.PciDom0Access,
        field(
            "Dom0 access.",
            default="enabled",
            history=(
                ("Published", "cream"),
                ("Deprecated", "24.14.0"),
            ),
        ),
    ]
    enabled_VGPU_types: A[
        list[Ref[L["VGPU_type"]]], field("Enabled VGPU types.", since="vgpu-tech-preview")
    ]
    host: A[Ref[L["host"]], field("Host.", default="OpaqueRef:NULL", since="boston")]
    is_system_display_device: A[
        bool, field("Is system display device.", default=False, since="cream")
    ]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="boston")]
    resident_VGPUs: A[list[Ref[L["VGPU"]]], field("Resident VGPUs.", since="vgpu-tech-preview")]
    size: A[
        int, field("Size.", STATIC, default=1048576, since="vgpu-tech-preview", internal_only=True)
    ]
    supported_VGPU_max_capacities: A[
        dict[Ref[L["VGPU_type"]], int],
        field("Supported VGPU max capacities.", default={}, since="vgpu-productisation"),
    ]
    supported_VGPU_types: A[
        list[Ref[L["VGPU_type"]]], field("Supported VGPU types.", since="vgpu-tech-preview")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="boston")]

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def add_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
        value: A[Ref[L["VGPU_type"]], "Value"],
    ) -> None:
        """Add enabled VGPU types."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cream"),
            ("Deprecated", "24.14.0"),
        ),
    )
    def disable_dom0_access(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
    ) -> enums.PciDom0Access:
        """Disable dom0 access."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cream"),
            ("Deprecated", "24.14.0"),
        ),
    )
    def enable_dom0_access(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
    ) -> enums.PciDom0Access:
        """Enable dom0 access."""

    @message(role=READ_ONLY, since="vgpu-tech-preview")
    def get_remaining_capacity(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
        vgpu_type: A[Ref[L["VGPU_type"]], "The VGPU_type to act on"],
    ) -> int:
        """Get remaining capacity."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def remove_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
        value: A[Ref[L["VGPU_type"]], "Value"],
    ) -> None:
        """Remove enabled VGPU types."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def set_GPU_group(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
        value: A[Ref[L["GPU_group"]], "Value"],
    ) -> None:
        """Set GPU group."""

    @message(role=POOL_OPERATOR, since="vgpu-tech-preview")
    def set_enabled_VGPU_types(
        self: A[Ref[L["PGPU"]], "The PGPU to act on"],
        value: A[list[Ref[L["VGPU_type"]]], "Value"],
    ) -> None:
        """Set enabled VGPU types."""
