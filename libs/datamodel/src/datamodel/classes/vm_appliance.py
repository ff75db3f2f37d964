"""The XenAPI class ``VM_appliance``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(
    create_role=POOL_OPERATOR,
    since="boston",
    constructor=("name_label", "name_description"),
)
class VM_appliance(Object[L["VM_appliance"]]):
    """VMs that are started and stopped together."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", RW, default="", column="name__description")
    ]
    allowed_operations: A[
        list[enums.VmApplianceOperation],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.VmApplianceOperation],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    VMs: A[list[Ref[L["VM"]]], field("The VMs that are started and stopped with it.")]

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def start(
        self: A[Ref[L["VM_appliance"]], "The appliance to start"],
        paused: A[bool, "Whether to leave them paused before their first instruction"],
    ) -> None:
        """Start all VMs of an appliance that do not run yet, the first in its order first, with
        their delays between.
        """

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def clean_shutdown(
        self: A[Ref[L["VM_appliance"]], "The appliance to stop"],
    ) -> None:
        """Ask the guests of an appliance to halt, the last in its order first, and wait until they
        have.
        """

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def hard_shutdown(
        self: A[Ref[L["VM_appliance"]], "The appliance to stop"],
    ) -> None:
        """Stop all VMs of an appliance at once, the last in its order first; what their guests have
        not written is lost.
        """

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def shutdown(
        self: A[Ref[L["VM_appliance"]], "The appliance to stop"],
    ) -> None:
        """Stop all VMs of an appliance, the last in its order first: each guest is asked, and
        stopped at once when it does not halt.
        """

    @message(role=READ_ONLY, since="boston", errors=("VM_REQUIRES_SR",))
    def assert_can_be_recovered(
        self: A[Ref[L["VM_appliance"]], "The appliance, as the other database knows it"],
        session_to: A[Ref[L["session"]], "A session at the pool to recover it into"],
    ) -> None:
        """Raise an error unless an appliance in the database of another pool could be recovered
        into this one: its VMs' SRs must be here.
        """

    @message(role=READ_ONLY, since="creedence")
    def get_SRs_required_for_recovery(
        self: A[Ref[L["VM_appliance"]], "The appliance, as the database of its old pool knows it"],
        session_to: A[Ref[L["session"]], "A session at the pool to recover it into"],
    ) -> list[Ref[L["SR"]]]:
        """List the SRs that another pool must have before an appliance can be recovered into it."""

    @message(role=READ_ONLY, since="boston", errors=("VM_REQUIRES_SR",))
    def recover(
        self: A[Ref[L["VM_appliance"]], "The appliance, as the other database knows it"],
        session_to: A[Ref[L["session"]], "A session at the pool to recover it into"],
        force: A[bool, "Whether to replace VMs with the same uuids there though they are newer"],
    ) -> None:
        """Bring an appliance with all its VMs from the database of another pool into one that has
        their storage.
        """


VM_applianceRef = Ref[L["VM_appliance"]]
