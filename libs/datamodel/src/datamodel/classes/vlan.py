"""The XenAPI class ``VLAN``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("VLAN", create_role=POOL_OPERATOR, since="miami", tags=("networking",))
class VLAN:
    """A VLAN."""

    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    tag: A[int, field("Tag.", STATIC, default=-1, since="miami")]
    tagged_PIF: A[Ref[L["PIF"]], field("Tagged PIF.", STATIC, default="", since="miami")]
    untagged_PIF: A[Ref[L["PIF"]], field("Untagged PIF.", default="", since="miami")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="miami")
    def create(
        tagged_PIF: A[Ref[L["PIF"]], "Tagged PIF"],
        tag: A[int, "Tag"],
        network: A[Ref[L["network"]], "The network to act on"],
    ) -> Ref[L["VLAN"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="miami")
    def destroy(
        self: A[Ref[L["VLAN"]], "The VLAN to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_OPERATOR, since="inverness", hidden=True)
    def pool_introduce(
        tagged_PIF: A[Ref[L["PIF"]], "Tagged PIF"],
        untagged_PIF: A[Ref[L["PIF"]], "Untagged PIF"],
        tag: A[int, "Tag"],
        other_config: A[dict[str, str], "Other config"],
    ) -> Ref[L["VLAN"]]:
        """Pool introduce."""
