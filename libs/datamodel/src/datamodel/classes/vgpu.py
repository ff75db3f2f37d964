"""The XenAPI class ``VGPU``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class("VGPU", create_role=POOL_OPERATOR, since="boston")
class VGPU:
    """A VGPU."""

    GPU_group: A[Ref[L["GPU_group"]], field("GPU group.", since="boston")]
    PCI: A[Ref[L["PCI"]], field("PCI.", default="OpaqueRef:NULL", since="quebec")]
    VM: A[Ref[L["VM"]], field("VM.", since="boston")]
    compatibility_metadata: A[
        dict[str, str], field("Compatibility metadata.", default={}, since="inverness")
    ]
    currently_attached: A[bool, field("Currently attached.", default=False, since="boston")]
    device: A[str, field("Device.", default="0", since="boston")]
    extra_args: A[str, field("Extra args.", RW, default="", since="quebec")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="boston")]
    resident_on: A[
        Ref[L["PGPU"]], field("Resident on.", default="OpaqueRef:NULL", since="vgpu-tech-preview")
    ]
    scheduled_to_be_resident_on: A[
        Ref[L["PGPU"]],
        field("Scheduled to be resident on.", default="OpaqueRef:NULL", since="dundee"),
    ]
    type: A[
        Ref[L["VGPU_type"]], field("Type.", default="OpaqueRef:NULL", since="vgpu-tech-preview")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="boston")]

    @message(role=LOCAL_ROOT, since="dundee", pool_internal=True, hidden=True)
    def atomic_set_resident_on(
        self: A[Ref[L["VGPU"]], "The VGPU to act on"],
        value: A[Ref[L["PGPU"]], "Value"],
    ) -> None:
        """Atomic set resident on."""

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        VM: A[Ref[L["VM"]], "VM"],
        GPU_group: A[Ref[L["GPU_group"]], "GPU group"],
        device: A[str, "Device"] = "0",
        other_config: A[dict[str, str], "Other config"] = {},
        type: A[Ref[L["VGPU_type"]], param("Type", since="vgpu-tech-preview")] = Ref[
            L["VGPU_type"]
        ]("OpaqueRef:NULL"),
    ) -> Ref[L["VGPU"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["VGPU"]], "The VGPU to act on"],
    ) -> None:
        """Destroy."""
