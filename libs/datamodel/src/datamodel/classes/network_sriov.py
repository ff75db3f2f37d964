"""The XenAPI class ``network_sriov``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(create_role=POOL_OPERATOR, since="kolkata")
class NetworkSriov(Object[L["network_sriov"]]):
    """An interface split in hardware for guests."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    physical_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface whose hardware has the virtual functions.",
            STATIC,
            default="",
            since="kolkata",
        ),
    ]
    logical_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface that stands for the virtual functions.",
            STATIC,
            default="",
            since="kolkata",
        ),
    ]
    requires_reboot: A[
        bool,
        field(
            "Whether it takes effect only when the host reboots.", default=False, since="kolkata"
        ),
    ]
    configuration_mode: A[
        enums.SriovConfigurationMode,
        field(
            "How the card's driver is told to make virtual functions.",
            default="unknown",
            since="kolkata",
        ),
    ]

    @message(role=POOL_OPERATOR, since="kolkata")
    def create(
        pif: A[Ref[L["PIF"]], "The interface to split; its card must be able to"],
        network: A[Ref[L["network"]], "The network to serve by virtual functions"],
    ) -> Ref[L["network_sriov"]]:
        """Split a physical interface into virtual functions, for VMs whose VIFs are on a network.
        Its own interface is in its field `logical_PIF`.
        """

    @message(role=POOL_OPERATOR, since="kolkata")
    def destroy(
        self: A[Ref[L["network_sriov"]], "The split to undo"],
    ) -> None:
        """Undo the splitting of a physical interface; no VM may use a virtual function of it."""

    @message(role=READ_ONLY, since="kolkata")
    def get_remaining_capacity(
        self: A[Ref[L["network_sriov"]], "The split interface to look at"],
    ) -> int:
        """Tell how many virtual functions of an interface are free."""


NetworkSriovRef = Ref[L["network_sriov"]]
