"""The XenAPI class ``VGPU``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="boston")
class VGPU(Object[L["VGPU"]]):
    """A virtual graphics card of a VM."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="boston",
        ),
    ]
    VM: A[Ref[L["VM"]], field("The VM that the vGPU is for.", since="boston")]
    GPU_group: A[
        Ref[L["GPU_group"]],
        field("The group whose GPUs it may be placed on.", since="boston"),
    ]
    device: A[
        str,
        field("Its number within its VM, from 0.", default="0", since="boston"),
    ]
    currently_attached: A[
        bool, field("Whether it is plugged in right now.", default=False, since="boston")
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
    type: A[
        Ref[L["VGPU_type"]],
        field(
            "The type that says what the guest sees and how much of a GPU it takes.",
            default="OpaqueRef:NULL",
            since="vgpu-tech-preview",
        ),
    ]
    resident_on: A[
        Ref[L["PGPU"]],
        field(
            "The graphics card that it runs on; null while its VM does not run.",
            default="OpaqueRef:NULL",
            since="vgpu-tech-preview",
        ),
    ]
    scheduled_to_be_resident_on: A[
        Ref[L["PGPU"]],
        field(
            "The graphics card where room is kept for it while its VM is on its way; null for none.",
            default="OpaqueRef:NULL",
            since="dundee",
        ),
    ]
    compatibility_metadata: A[
        dict[str, str],
        field(
            "What a migration compares with the destination's GPU, by maker.",
            default={},
            since="inverness",
        ),
    ]
    extra_args: A[
        str,
        field(
            "Further arguments for the program that plays the vGPU.", RW, default="", since="quebec"
        ),
    ]
    PCI: A[
        Ref[L["PCI"]],
        field(
            "The virtual function that it was given; null for none.",
            default="OpaqueRef:NULL",
            since="quebec",
        ),
    ]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        VM: A[Ref[L["VM"]], "The VM to give it to; it must be halted"],
        GPU_group: A[Ref[L["GPU_group"]], "The group of cards that it may be placed on"],
        device: A[str, "Its number within the VM, from 0"] = "0",
        other_config: A[dict[str, str], "Settings and notes of clients, by key"] = {},
        type: A[
            Ref[L["VGPU_type"]],
            param(
                "The type that it is; null for a whole card handed through",
                since="vgpu-tech-preview",
            ),
        ] = Ref[L["VGPU_type"]]("OpaqueRef:NULL"),
    ) -> Ref[L["VGPU"]]:
        """Give a VM a virtual graphics card, from its next start."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["VGPU"]], "The vGPU to remove"],
    ) -> None:
        """Take a virtual graphics card away from its VM, which must be halted."""

    @message(role=LOCAL_ROOT, since="dundee", pool_internal=True, hidden=True)
    def atomic_set_resident_on(
        self: A[Ref[L["VGPU"]], "The vGPU that was started"],
        value: A[Ref[L["PGPU"]], "The card that it runs on"],
    ) -> None:
        """Record the card that a vGPU runs on and free the room that was kept for it, in one step;
        for the pool's own use.
        """


VGPURef = Ref[L["VGPU"]]
