"""The XenAPI class ``VM_appliance``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(
    "VM_appliance",
    create_role=POOL_OPERATOR,
    since="boston",
    constructor=("name_label", "name_description"),
)
class VM_appliance:
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
    VMs: A[list[Ref[L["VM"]]], field("Every VM that is among its VMs.")]

    @message(role=READ_ONLY, since="boston", errors=("VM_REQUIRES_SR",))
    def assert_can_be_recovered(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
        session_to: A[Ref[L["session"]], "The session to take as session to"],
    ) -> None:
        """Raise an error unless this holds: can be recovered."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def clean_shutdown(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
    ) -> None:
        """Ask the guest to halt, and wait until it has."""

    @message(role=READ_ONLY, since="creedence")
    def get_SRs_required_for_recovery(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
        session_to: A[Ref[L["session"]], "The session to take as session to"],
    ) -> list[Ref[L["SR"]]]:
        """Tell the SRs required for recovery of the VM_appliance."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def hard_shutdown(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
    ) -> None:
        """Stop the VM_appliance at once, whatever it is doing."""

    @message(role=READ_ONLY, since="boston", errors=("VM_REQUIRES_SR",))
    def recover(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
        session_to: A[Ref[L["session"]], "The session to take as session to"],
        force: A[bool, "Whether to go on where a check says no"],
    ) -> None:
        """Recover the VM_appliance from metadata on storage."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def shutdown(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
    ) -> None:
        """Stop the VM_appliance: asked first, forced when it does not."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def start(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance that is meant"],
        paused: A[bool, "Whether to: paused"],
    ) -> None:
        """Start the VM_appliance."""
