"""The XenAPI class ``VLAN``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("VLAN", create_role=POOL_OPERATOR, since="miami", tags=("networking",))
class VLAN:
    """A network tagged onto another interface."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    tag: A[int, field("The VLAN's number, 0 to 4094.", STATIC, default=-1, since="miami")]
    tagged_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface whose frames carry the tag on the wire.",
            STATIC,
            default="",
            since="miami",
        ),
    ]
    untagged_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface on which the VLAN's frames appear without a tag.",
            default="",
            since="miami",
        ),
    ]

    @message(role=POOL_OPERATOR, since="miami")
    def create(
        tagged_PIF: A[Ref[L["PIF"]], "The PIF to take as tagged PIF"],
        tag: A[int, "The tag"],
        network: A[Ref[L["network"]], "The network that is meant"],
    ) -> Ref[L["VLAN"]]:
        """Make a new VLAN."""

    @message(role=POOL_OPERATOR, since="miami")
    def destroy(
        self: A[Ref[L["VLAN"]], "The VLAN that is meant"],
    ) -> None:
        """Remove the VLAN."""

    @message(role=POOL_OPERATOR, since="inverness", hidden=True)
    def pool_introduce(
        tagged_PIF: A[Ref[L["PIF"]], "The PIF to take as tagged PIF"],
        untagged_PIF: A[Ref[L["PIF"]], "The PIF to take as untagged PIF"],
        tag: A[int, "The tag"],
        other_config: A[dict[str, str], "The other config, by key"],
    ) -> Ref[L["VLAN"]]:
        """For the whole pool: introduce."""
