"""The XenAPI class ``DR_task``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="boston")
class DR_task(Object[L["DR_task"]]):
    """A recovery from storage of another pool."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    introduced_SRs: A[
        list[Ref[L["SR"]]],
        field("The storage repositories that it introduced, and that go when it is destroyed."),
    ]

    @message(role=POOL_OPERATOR, since="boston")
    def create(
        type: A[str, "The storage driver to look with, such as lvmohba or lvmoiscsi"],
        device_config: A[dict[str, str], "What the driver needs to reach the storage, by name"],
        whitelist: A[
            list[str], "Ids of the devices that may be taken; empty for every one that is found"
        ],
    ) -> Ref[L["DR_task"]]:
        """Find storage that holds the database of another pool and introduce its SRs here, so that
        VMs can be recovered from them.
        """

    @message(role=POOL_OPERATOR, since="boston")
    def destroy(
        self: A[Ref[L["DR_task"]], "The recovery to end"],
    ) -> None:
        """End a recovery: unplug and forget the SRs that it introduced and nobody uses."""


DR_taskRef = Ref[L["DR_task"]]
