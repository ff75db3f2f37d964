"""The XenAPI class ``VMSS``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Ref, field, message, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "VMSS",
    create_role=POOL_OPERATOR,
    since="falcon",
    constructor=(
        "name_label",
        "name_description",
        "enabled",
        "type",
        "retained_snapshots",
        "frequency",
        "schedule",
    ),
)
class VMSS:
    """A VMSS."""

    VMs: A[list[Ref[L["VM"]]], field("VMs.")]
    enabled: A[bool, field("Enabled.", RW, default=True)]
    frequency: A[enums.VmssFrequency, field("Frequency.", STATIC)]
    last_run_time: A[DateTime, field("Last run time.", default="19700101T00:00:00Z")]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    retained_snapshots: A[int, field("Retained snapshots.", STATIC, default=7)]
    schedule: A[dict[str, str], field("Schedule.", STATIC, default={})]
    type: A[enums.VmssType, field("Type.", STATIC)]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def add_to_schedule(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to schedule."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def remove_from_schedule(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from schedule."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_frequency(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        value: A[enums.VmssFrequency, "Value"],
    ) -> None:
        """Set frequency."""

    @message(role=LOCAL_ROOT, since="falcon", asynchronous=False)
    def set_last_run_time(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        value: A[DateTime, "Value"],
    ) -> None:
        """Set last run time."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_retained_snapshots(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set retained snapshots."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_schedule(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set schedule."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_type(
        self: A[Ref[L["VMSS"]], "The VMSS to act on"],
        value: A[enums.VmssType, "Value"],
    ) -> None:
        """Set type."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def snapshot_now(
        vmss: A[Ref[L["VMSS"]], "The VMSS to act on"],
    ) -> str:
        """Snapshot now."""
