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
    """A schedule of snapshots."""

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
    VMs: A[list[Ref[L["VM"]]], field("Every VM that is among its VMs.")]
    enabled: A[bool, field("Whether it may be used for something new.", RW, default=True)]
    frequency: A[enums.VmssFrequency, field("Which of the known kinds its frequency is.", STATIC)]
    last_run_time: A[
        DateTime, field("When its snapshots were last taken.", default="19700101T00:00:00Z")
    ]
    retained_snapshots: A[
        int,
        field("How many snapshots of a VM are kept; older ones are destroyed.", STATIC, default=7),
    ]
    schedule: A[
        dict[str, str],
        field("Days, hour and minute at which snapshots are taken.", STATIC, default={}),
    ]
    type: A[
        enums.VmssType,
        field(
            "Which kind of snapshot is taken: disks alone, quiesced, or with the memory.", STATIC
        ),
    ]

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def add_to_schedule(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the schedule of the VMSS."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def remove_from_schedule(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the schedule of the VMSS."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_frequency(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        value: A[enums.VmssFrequency, "The new value"],
    ) -> None:
        """Set the frequency of the VMSS."""

    @message(role=LOCAL_ROOT, since="falcon", asynchronous=False)
    def set_last_run_time(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        value: A[DateTime, "The new value"],
    ) -> None:
        """Set the last run time of the VMSS."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_retained_snapshots(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the retained snapshots of the VMSS."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_schedule(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the schedule of the VMSS."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_type(
        self: A[Ref[L["VMSS"]], "The VMSS that is meant"],
        value: A[enums.VmssType, "The new value"],
    ) -> None:
        """Set the type of the VMSS."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def snapshot_now(
        vmss: A[Ref[L["VMSS"]], "The VMSS that is meant"],
    ) -> str:
        """Have the VMSS do this: snapshot now."""
