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
    """A VM appliance."""

    VMs: A[list[Ref[L["VM"]]], field("VMs.")]
    allowed_operations: A[
        list[enums.VmApplianceOperation], field("Allowed operations.", default=[], persist=False)
    ]
    current_operations: A[
        dict[str, enums.VmApplianceOperation],
        field("Current operations.", default={}, persist=False),
    ]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=READ_ONLY, since="boston", errors=("VM_REQUIRES_SR",))
    def assert_can_be_recovered(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
        session_to: A[Ref[L["session"]], "Session to"],
    ) -> None:
        """Assert can be recovered."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def clean_shutdown(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
    ) -> None:
        """Clean shutdown."""

    @message(role=READ_ONLY, since="creedence")
    def get_SRs_required_for_recovery(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
        session_to: A[Ref[L["session"]], "Session to"],
    ) -> list[Ref[L["SR"]]]:
        """Get SRs required for recovery."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def hard_shutdown(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
    ) -> None:
        """Hard shutdown."""

    @message(role=READ_ONLY, since="boston", errors=("VM_REQUIRES_SR",))
    def recover(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
        session_to: A[Ref[L["session"]], "Session to"],
        force: A[bool, "Force"],
    ) -> None:
        """Recover."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def shutdown(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
    ) -> None:
        """Shutdown."""

    @message(role=POOL_OPERATOR, since="boston", errors=("OPERATION_PARTIALLY_FAILED",))
    def start(
        self: A[Ref[L["VM_appliance"]], "The VM_appliance to act on"],
        paused: A[bool, "Paused"],
    ) -> None:
        """Start."""
