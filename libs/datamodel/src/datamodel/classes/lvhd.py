"""The XenAPI class ``LVHD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("LVHD", create_role=POOL_ADMIN, since="dundee", get_all=False)
class LVHD:
    """Logical volumes with thin provisioning."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]

    @message(
        role=POOL_ADMIN,
        since="dundee",
        forward_to=("host_extension", "LVHD.enable_thin_provisioning"),
    )
    def enable_thin_provisioning(
        host: A[Ref[L["host"]], "The host that is meant"],
        SR: A[Ref[L["SR"]], "The SR that is meant"],
        initial_allocation: A[int, "The initial allocation"],
        allocation_quantum: A[int, "The allocation quantum"],
    ) -> str:
        """Switch on the thin provisioning of the LVHD."""
