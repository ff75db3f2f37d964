"""The XenAPI class ``Bond``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("Bond", create_role=POOL_OPERATOR, since="miami", tags=("networking",))
class Bond:
    """A Bond."""

    auto_update_mac: A[bool, field("Auto update mac.", default=True, since="quebec")]
    links_up: A[int, field("Links up.", default=0, since="tampa")]
    master: A[Ref[L["PIF"]], field("Master.", STATIC, default="", since="miami")]
    mode: A[enums.BondMode, field("Mode.", default="balance-slb", since="boston")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    primary_slave: A[
        Ref[L["PIF"]], field("Primary slave.", default="OpaqueRef:NULL", since="boston")
    ]
    properties: A[dict[str, str], field("Properties.", default={}, since="tampa")]
    slaves: A[list[Ref[L["PIF"]]], field("Slaves.", since="miami")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="miami")
    def create(
        network: A[Ref[L["network"]], "The network to act on"],
        members: A[list[Ref[L["PIF"]]], "Members"],
        MAC: A[str, "MAC"],
        mode: A[enums.BondMode, param("Mode", since="boston")] = enums.BondMode("balance-slb"),
        properties: A[dict[str, str], param("Properties", since="tampa")] = {},
    ) -> Ref[L["Bond"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="miami")
    def destroy(
        self: A[Ref[L["Bond"]], "The Bond to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_mode(
        self: A[Ref[L["Bond"]], "The Bond to act on"],
        value: A[enums.BondMode, "Value"],
    ) -> None:
        """Set mode."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_property(
        self: A[Ref[L["Bond"]], "The Bond to act on"],
        name: A[str, "Name"],
        value: A[str, "Value"],
    ) -> None:
        """Set property."""
