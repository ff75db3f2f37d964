"""The XenAPI class ``DR_task``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("DR_task", create_role=POOL_OPERATOR, since="boston")
class DR_task:
    """A recovery from storage of another pool."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    introduced_SRs: A[list[Ref[L["SR"]]], field("Every SR that is among its introduced SRs.")]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        type: A[str, "The type"],
        device_config: A[dict[str, str], "The device config, by key"],
        whitelist: A[list[str], "All the whitelist"],
    ) -> Ref[L["DR_task"]]:
        """Make a new DR_task."""

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["DR_task"]], "The DR_task that is meant"],
    ) -> None:
        """Remove the DR_task."""
