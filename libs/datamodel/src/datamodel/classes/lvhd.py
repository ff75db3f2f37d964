"""The XenAPI class ``LVHD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("LVHD", create_role=POOL_ADMIN, since="dundee", get_all=False)
class LVHD:
    """A LVHD."""

    uuid: A[str, field("Uuid.")]

    @message(
        role=POOL_ADMIN,
        since="dundee",
        forward_to=("host_extension", "LVHD.enable_thin_provisioning"),
    )
    def enable_thin_provisioning(
        host: A[Ref[L["host"]], "The host to act on"],
        SR: A[Ref[L["SR"]], "SR"],
        initial_allocation: A[int, "Initial allocation"],
        allocation_quantum: A[int, "Allocation quantum"],
    ) -> str:
        """Enable thin provisioning."""
