"""The XenAPI class ``network_sriov``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("network_sriov", create_role=POOL_OPERATOR, since="kolkata")
class NetworkSriov:
    """An interface split in hardware for guests."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    configuration_mode: A[
        enums.SriovConfigurationMode,
        field(
            "Which of the known kinds its configuration mode is.",
            default="unknown",
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
    physical_PIF: A[
        Ref[L["PIF"]],
        field(
            "The interface whose hardware has the virtual functions.",
            STATIC,
            default="",
            since="kolkata",
        ),
    ]
    requires_reboot: A[
        bool, field("Whether changes wait for its next start.", default=False, since="kolkata")
    ]

    @message(role=POOL_OPERATOR, since="kolkata")
    def create(
        pif: A[Ref[L["PIF"]], "The PIF that is meant"],
        network: A[Ref[L["network"]], "The network that is meant"],
    ) -> Ref[L["network_sriov"]]:
        """Make a new network_sriov."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def destroy(
        self: A[Ref[L["network_sriov"]], "The network_sriov that is meant"],
    ) -> None:
        """Remove the network_sriov."""

    @message(role=READ_ONLY, since="kolkata")
    def get_remaining_capacity(
        self: A[Ref[L["network_sriov"]], "The network_sriov that is meant"],
    ) -> int:
        """Tell the remaining capacity of the network_sriov."""
