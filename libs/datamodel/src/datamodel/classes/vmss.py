"""The XenAPI class ``VMSS``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, message, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
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
class VMSS(Object[L["VMSS"]]):
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
    enabled: A[bool, field("Whether snapshots are taken when their time comes.", RW, default=True)]
    type: A[
        enums.VmssType,
        field(
            "Which kind of snapshot is taken: disks alone, quiesced, or with the memory.", STATIC
        ),
    ]
    retained_snapshots: A[
        int,
        field("How many snapshots of a VM are kept; older ones are destroyed.", STATIC, default=7),
    ]
    frequency: A[enums.VmssFrequency, field("How often snapshots are taken.", STATIC)]
    schedule: A[
        dict[str, str],
        field("Days, hour and minute at which snapshots are taken.", STATIC, default={}),
    ]
    last_run_time: A[
        DateTime, field("When its snapshots were last taken.", default="19700101T00:00:00Z")
    ]
    VMs: A[list[Ref[L["VM"]]], field("The VMs that are under the schedule.")]

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def snapshot_now(
        vmss: A[Ref[L["VMSS"]], "The schedule to carry out"],
    ) -> str:
        """Take the snapshots of a schedule at once, beside those that it takes in time. Answers the
        outcome as text.
        """

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_retained_snapshots(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        value: A[int, "How many, from 1 to 10"],
    ) -> None:
        """Change how many snapshots of each VM are kept."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_frequency(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        value: A[enums.VmssFrequency, "How often from now on"],
    ) -> None:
        """Change how often snapshots are taken; the schedule must suit it."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_schedule(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        value: A[dict[str, str], "`min`, and as the frequency needs them `hour` and `days`"],
    ) -> None:
        """Replace when snapshots are taken."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def add_to_schedule(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        key: A[str, "`min`, `hour` or `days`; it must not be there yet"],
        value: A[
            str,
            "Minute (0, 15, 30, 45), hour (0 to 23), or English names of days with commas between",
        ],
    ) -> None:
        """Add an entry to when snapshots are taken."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def remove_from_schedule(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        key: A[str, "`min`, `hour` or `days`"],
    ) -> None:
        """Remove an entry from when snapshots are taken; it need not be there."""

    @message(role=LOCAL_ROOT, since="falcon", asynchronous=False)
    def set_last_run_time(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        value: A[DateTime, "That moment"],
    ) -> None:
        """Record when snapshots were last taken; called by the part of the pool that takes them."""

    @message(role=POOL_OPERATOR, since="falcon", asynchronous=False)
    def set_type(
        self: A[Ref[L["VMSS"]], "The schedule to change"],
        value: A[enums.VmssType, "Disks alone, or with the memory"],
    ) -> None:
        """Change which kind of snapshot is taken."""


VMSSRef = Ref[L["VMSS"]]
