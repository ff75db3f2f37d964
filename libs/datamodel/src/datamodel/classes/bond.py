"""The XenAPI class ``Bond``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("Bond", create_role=POOL_OPERATOR, since="miami", tags=("networking",))
class Bond:
    """Several physical interfaces used as one."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    auto_update_mac: A[
        bool, field("Whether it says yes to: auto update mac.", default=True, since="quebec")
    ]
    links_up: A[
        int, field("How many of the bonded PIFs have a link now.", default=0, since="tampa")
    ]
    master: A[
        Ref[L["PIF"]],
        field("The host that coordinates the pool.", STATIC, default="", since="miami"),
    ]
    mode: A[
        enums.BondMode, field("Whether it may be written.", default="balance-slb", since="boston")
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
    primary_slave: A[
        Ref[L["PIF"]],
        field(
            "The bonded PIF whose MAC address and configuration the bond took over.",
            default="OpaqueRef:NULL",
            since="boston",
        ),
    ]
    properties: A[
        dict[str, str],
        field(
            "Settings of the bond's mode, for instance the hashing of balance-slb.",
            default={},
            since="tampa",
        ),
    ]
    slaves: A[list[Ref[L["PIF"]]], field("Every PIF that is among its slaves.", since="miami")]

    @message(role=POOL_OPERATOR, since="miami")
    def create(
        network: A[Ref[L["network"]], "The network that is meant"],
        members: A[list[Ref[L["PIF"]]], "All the members"],
        MAC: A[str, "The MAC"],
        mode: A[enums.BondMode, param("The mode", since="boston")] = enums.BondMode("balance-slb"),
        properties: A[dict[str, str], param("The properties, by key", since="tampa")] = {},
    ) -> Ref[L["Bond"]]:
        """Make a new Bond."""

    @message(role=POOL_OPERATOR, since="miami")
    def destroy(
        self: A[Ref[L["Bond"]], "The Bond that is meant"],
    ) -> None:
        """Remove the Bond."""

    @message(role=POOL_OPERATOR, since="boston")
    def set_mode(
        self: A[Ref[L["Bond"]], "The Bond that is meant"],
        value: A[enums.BondMode, "The new value"],
    ) -> None:
        """Set the mode of the Bond."""

    @message(role=POOL_OPERATOR, since="tampa")
    def set_property(
        self: A[Ref[L["Bond"]], "The Bond that is meant"],
        name: A[str, "The name"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the property of the Bond."""
