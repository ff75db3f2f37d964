"""The XenAPI class ``VM_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(
    "VM_group",
    create_role=VM_ADMIN,
    history=(("Prototyped", "24.19.1"),),
    constructor=("name_label", "name_description", "placement"),
)
class VM_group:
    """A VM group."""

    VMs: A[list[Ref[L["VM"]]], field("VMs.", history=(("Prototyped", "24.19.1"),))]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    placement: A[
        enums.PlacementPolicy,
        field("Placement.", STATIC, default="normal", history=(("Prototyped", "24.19.1"),)),
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]
