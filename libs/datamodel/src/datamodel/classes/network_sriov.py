"""The XenAPI class ``network_sriov``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("network_sriov", create_role=POOL_OPERATOR, since="kolkata")
class NetworkSriov:
    """A network sriov."""

    configuration_mode: A[
        enums.SriovConfigurationMode,
        field("Configuration mode.", default="unknown", since="kolkata"),
    ]
    logical_PIF: A[Ref[L["PIF"]], field("Logical PIF.", STATIC, default="", since="kolkata")]
    physical_PIF: A[Ref[L["PIF"]], field("Physical PIF.", STATIC, default="", since="kolkata")]
    requires_reboot: A[bool, field("Requires reboot.", default=False, since="kolkata")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="kolkata")
    def create(
        pif: A[Ref[L["PIF"]], "The PIF to act on"],
        network: A[Ref[L["network"]], "The network to act on"],
    ) -> Ref[L["network_sriov"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="kolkata")
    def destroy(
        self: A[Ref[L["network_sriov"]], "The network_sriov to act on"],
    ) -> None:
        """Destroy."""

    @message(role=READ_ONLY, since="kolkata")
    def get_remaining_capacity(
        self: A[Ref[L["network_sriov"]], "The network_sriov to act on"],
    ) -> int:
        """Get remaining capacity."""
