"""The XenAPI class ``DR_task``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("DR_task", create_role=POOL_OPERATOR, since="boston")
class DR_task:
    """A DR task."""

    introduced_SRs: A[list[Ref[L["SR"]]], field("Introduced SRs.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        type: A[str, "Type"],
        device_config: A[dict[str, str], "Device config"],
        whitelist: A[list[str], "Whitelist"],
    ) -> Ref[L["DR_task"]]:
        """Create."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["DR_task"]], "The DR_task to act on"],
    ) -> None:
        """Destroy."""
