"""The XenAPI class ``VGPU_type``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="vgpu-tech-preview")
class VGPU_type(Object[L["VGPU_type"]]):
    """A kind of virtual graphics card."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="vgpu-tech-preview",
        ),
    ]
    vendor_name: A[
        str,
        field("Who made the GPU that it runs on.", STATIC, default="", since="vgpu-tech-preview"),
    ]
    model_name: A[
        str, field("What the maker calls the type.", STATIC, default="", since="vgpu-tech-preview")
    ]
    framebuffer_size: A[
        int,
        field(
            "How much graphics memory the guest sees, in bytes.",
            STATIC,
            default=0,
            since="vgpu-tech-preview",
        ),
    ]
    max_heads: A[
        int,
        field("How many screens the guest may have.", STATIC, default=0, since="vgpu-tech-preview"),
    ]
    max_resolution_x: A[
        int,
        field("The widest screen, in pixels.", STATIC, default=0, since="vgpu-productisation"),
    ]
    max_resolution_y: A[
        int,
        field("The highest screen, in pixels.", STATIC, default=0, since="vgpu-productisation"),
    ]
    supported_on_PGPUs: A[
        list[Ref[L["PGPU"]]],
        field("The cards that could hold it.", since="vgpu-tech-preview"),
    ]
    enabled_on_PGPUs: A[
        list[Ref[L["PGPU"]]],
        field("The cards that administrators let it be placed on.", since="vgpu-tech-preview"),
    ]
    VGPUs: A[
        list[Ref[L["VGPU"]]],
        field("The virtual cards of VMs that are of this type.", since="vgpu-tech-preview"),
    ]
    supported_on_GPU_groups: A[
        list[Ref[L["GPU_group"]]],
        field(
            "The groups with at least one card that could hold it.",
            since="vgpu-productisation",
        ),
    ]
    enabled_on_GPU_groups: A[
        list[Ref[L["GPU_group"]]],
        field(
            "The groups with at least one card that it may be placed on.",
            since="vgpu-productisation",
        ),
    ]
    implementation: A[
        enums.VgpuTypeImplementation,
        field(
            "By which maker's means it is made, or whether a whole card is handed through.",
            STATIC,
            default="passthrough",
            since="dundee",
        ),
    ]
    identifier: A[
        str,
        field(
            "The maker's own name of the type, the same on every pool.",
            STATIC,
            default="",
            since="dundee",
        ),
    ]
    experimental: A[
        bool, field("Whether it is offered for trial alone.", STATIC, default=False, since="dundee")
    ]
    compatible_types_in_vm: A[
        list[Ref[L["VGPU_type"]]],
        field(
            "The types that one VM may have beside it.",
            default=[],
            since="quebec",
            ignore_foreign_key=True,
        ),
    ]
    compatible_types_on_pgpu: A[
        list[Ref[L["VGPU_type"]]],
        field(
            "The types that one card may hold beside it.",
            default=[],
            since="quebec",
            internal_only=True,
            ignore_foreign_key=True,
        ),
    ]
    internal_config: A[
        dict[str, str],
        field(
            "What the maker's driver needs to make one.",
            STATIC,
            default={},
            since="vgpu-tech-preview",
            internal_only=True,
        ),
    ]
    size: A[
        int,
        field(
            "How much of a GPU one takes, in the unit of PGPU.size.",
            STATIC,
            default=0,
            since="vgpu-tech-preview",
            internal_only=True,
        ),
    ]


VGPU_typeRef = Ref[L["VGPU_type"]]
