"""The XenAPI class ``VGPU_type``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("VGPU_type", create_role=POOL_OPERATOR, since="vgpu-tech-preview")
class VGPU_type:
    """A VGPU type."""

    VGPUs: A[list[Ref[L["VGPU"]]], field("VGPUs.", since="vgpu-tech-preview")]
    compatible_types_in_vm: A[
        list[Ref[L["VGPU_type"]]],
        field("Compatible types in vm.", default=[], since="quebec", ignore_foreign_key=True),
    ]
    compatible_types_on_pgpu: A[
        list[Ref[L["VGPU_type"]]],
        field(
            "Compatible types on pgpu.",
            default=[],
            since="quebec",
            internal_only=True,
            ignore_foreign_key=True,
        ),
    ]
    enabled_on_GPU_groups: A[
        list[Ref[L["GPU_group"]]], field("Enabled on GPU groups.", since="vgpu-productisation")
    ]
    enabled_on_PGPUs: A[list[Ref[L["PGPU"]]], field("Enabled on PGPUs.", since="vgpu-tech-preview")]
    experimental: A[bool, field("Experimental.", STATIC, default=False, since="dundee")]
    framebuffer_size: A[
        int, field("Framebuffer size.", STATIC, default=0, since="vgpu-tech-preview")
    ]
    identifier: A[str, field("Identifier.", STATIC, default="", since="dundee")]
    implementation: A[
        enums.VgpuTypeImplementation,
        field("Implementation.", STATIC, default="passthrough", since="dundee"),
    ]
    internal_config: A[
        dict[str, str],
        field(
            "Internal config.", STATIC, default={}, since="vgpu-tech-preview", internal_only=True
        ),
    ]
    max_heads: A[int, field("Max heads.", STATIC, default=0, since="vgpu-tech-preview")]
    max_resolution_x: A[
        int, field("Max resolution x.", STATIC, default=0, since="vgpu-productisation")
    ]
    max_resolution_y: A[
        int, field("Max resolution y.", STATIC, default=0, since="vgpu-productisation")
    ]
    model_name: A[str, field("Model name.", STATIC, default="", since="vgpu-tech-preview")]
    size: A[int, field("Size.", STATIC, default=0, since="vgpu-tech-preview", internal_only=True)]
    supported_on_GPU_groups: A[
        list[Ref[L["GPU_group"]]], field("Supported on GPU groups.", since="vgpu-productisation")
    ]
    supported_on_PGPUs: A[
        list[Ref[L["PGPU"]]], field("Supported on PGPUs.", since="vgpu-tech-preview")
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="vgpu-tech-preview")]
    vendor_name: A[str, field("Vendor name.", STATIC, default="", since="vgpu-tech-preview")]
