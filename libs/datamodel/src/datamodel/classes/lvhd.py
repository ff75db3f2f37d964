"""The XenAPI class ``LVHD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(create_role=POOL_ADMIN, since="dundee", get_all=False)
class LVHD(Object[L["LVHD"]]):
    """What can be done to storage repositories that keep VHDs in logical volumes."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]

    @message(
        role=POOL_ADMIN,
        since="dundee",
        forward_to=("host_extension", "LVHD.enable_thin_provisioning"),
    )
    def enable_thin_provisioning(
        host: A[Ref[L["host"]], "The host that does it; the SR must be plugged there"],
        SR: A[Ref[L["SR"]], "The storage repository to convert"],
        initial_allocation: A[int, "Bytes that a new disk is given at first"],
        allocation_quantum: A[int, "Bytes by which a disk that is full grows"],
    ) -> str:
        """Turn an SR of VHDs on logical volumes into a thinly provisioned one. Answers what its
        driver said.
        """


LVHDRef = Ref[L["LVHD"]]
