"""The XenAPI class ``VM_group``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, VM_ADMIN


@xenapi_class(
    create_role=VM_ADMIN,
    history=(("Prototyped", "24.19.1"),),
    constructor=("name_label", "name_description", "placement"),
)
class VM_group(Object[L["VM_group"]]):
    """VMs that are placed with regard to each other."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", RW, default="", column="name__description")
    ]
    placement: A[
        enums.PlacementPolicy,
        field(
            "Whether its VMs are spread over hosts, or placed without regard to each other.",
            STATIC,
            default="normal",
            history=(("Prototyped", "24.19.1"),),
        ),
    ]
    VMs: A[
        list[Ref[L["VM"]]],
        field("The VMs that follow the group's placement.", history=(("Prototyped", "24.19.1"),)),
    ]


VM_groupRef = Ref[L["VM_group"]]
