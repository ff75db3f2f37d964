"""The XenAPI class ``VGPU``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class("VGPU", create_role=POOL_OPERATOR, since="boston")
class VGPU:
    """A virtual graphics card of a VM."""

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
        field("The group whose GPUs it may be placed on.", since="boston"),
    ]
    PCI: A[
        Ref[L["PCI"]],
        field(
            "The virtual function that it was given; null for none.",
            default="OpaqueRef:NULL",
            since="quebec",
        ),
    ]
    VM: A[Ref[L["VM"]], field("The VM that the vGPU is for.", since="boston")]
    compatibility_metadata: A[
        dict[str, str],
        field(
            "What a migration compares with the destination's GPU, by maker.",
            default={},
            since="inverness",
        ),
    ]
    currently_attached: A[
        bool, field("Whether it is plugged in right now.", default=False, since="boston")
    ]
    device: A[
        str,
        field("The name of the device as its guest or host sees it.", default="0", since="boston"),
    ]
    extra_args: A[
        str,
        field(
            "Further arguments for the program that plays the vGPU.", RW, default="", since="quebec"
        ),
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
    resident_on: A[
        Ref[L["PGPU"]],
        field(
            "The host that it runs on; null while it runs nowhere.",
            default="OpaqueRef:NULL",
            since="vgpu-tech-preview",
        ),
    ]
    scheduled_to_be_resident_on: A[
        Ref[L["PGPU"]],
        field(
            "The host where memory is reserved for it while it is on its way.",
            default="OpaqueRef:NULL",
            since="dundee",
        ),
    ]
    type: A[
        Ref[L["VGPU_type"]],
        field(
            "The type that says what the guest sees and how much of a GPU it takes.",
            default="OpaqueRef:NULL",
            since="vgpu-tech-preview",
        ),
    ]

    @message(role=LOCAL_ROOT, since="dundee", pool_internal=True, hidden=True)
    def atomic_set_resident_on(
        self: A[Ref[L["VGPU"]], "The VGPU that is meant"],
        value: A[Ref[L["PGPU"]], "The PGPU to take as value"],
    ) -> None:
        """Have the VGPU do this: atomic set resident on."""

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        VM: A[Ref[L["VM"]], "The VM that is meant"],
        GPU_group: A[Ref[L["GPU_group"]], "The GPU_group that is meant"],
        device: A[str, "The device"] = "0",
        other_config: A[dict[str, str], "The other config, by key"] = {},
        type: A[
            Ref[L["VGPU_type"]], param("The VGPU_type to take as type", since="vgpu-tech-preview")
        ] = Ref[L["VGPU_type"]]("OpaqueRef:NULL"),
    ) -> Ref[L["VGPU"]]:
        """Make a new VGPU."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["VGPU"]], "The VGPU that is meant"],
    ) -> None:
        """Remove the VGPU."""
