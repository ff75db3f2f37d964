"""The XenAPI class ``VMPP``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, message, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, VM_POWER_ADMIN


@xenapi_class(
    create_role=POOL_OPERATOR,
    history=(
        ("Published", "cowley"),
        ("Deprecated", "clearwater"),
        ("Removed", "clearwater"),
    ),
    constructor=(
        "name_label",
        "name_description",
        "is_policy_enabled",
        "backup_type",
        "backup_retention_value",
        "backup_frequency",
        "backup_schedule",
        "archive_target_type",
        "archive_target_config",
        "archive_frequency",
        "archive_schedule",
        "is_alarm_enabled",
        "alarm_config",
    ),
)
class VMPP(Object[L["VMPP"]]):
    """A protection policy of old; its messages are gone."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            column="name__description",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    is_policy_enabled: A[
        bool,
        field(
            "Whether the policy was followed.",
            RW,
            default=True,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    backup_type: A[
        enums.VmppBackupType,
        field(
            "Whether backups held the disks alone (snapshot) or the memory too (checkpoint).",
            RW,
            default="snapshot",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    backup_retention_value: A[
        int,
        field(
            "How many backups were kept.",
            STATIC,
            default=7,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    backup_frequency: A[
        enums.VmppBackupFrequency,
        field(
            "How often backups were taken.",
            STATIC,
            default="daily",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    backup_schedule: A[
        dict[str, str],
        field(
            "Days, hour and minute of the backups.",
            STATIC,
            default={},
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    is_backup_running: A[
        bool,
        field(
            "Whether a backup was under way.",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    backup_last_run_time: A[
        DateTime,
        field(
            "When the last backup was begun.",
            default="19700101T00:00:00Z",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    archive_target_type: A[
        enums.VmppArchiveTargetType,
        field(
            "The kind of share that archives were put on.",
            STATIC,
            default="none",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    archive_target_config: A[
        dict[str, str],
        field(
            "The share that archives were put on.",
            STATIC,
            default={},
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    archive_frequency: A[
        enums.VmppArchiveFrequency,
        field(
            "How often backups were archived.",
            STATIC,
            default="never",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    archive_schedule: A[
        dict[str, str],
        field(
            "Days, hour and minute of the archives.",
            STATIC,
            default={},
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    is_archive_running: A[
        bool,
        field(
            "Whether an archive was under way.",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    archive_last_run_time: A[
        DateTime,
        field(
            "When the last archive was begun.",
            default="19700101T00:00:00Z",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    VMs: A[
        list[Ref[L["VM"]]],
        field(
            "The VMs that were under the policy.",
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    is_alarm_enabled: A[
        bool,
        field(
            "Whether failures were mailed.",
            STATIC,
            default=False,
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    alarm_config: A[
        dict[str, str],
        field(
            "Where alarms were mailed to.",
            STATIC,
            default={},
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    recent_alerts: A[
        list[str],
        field(
            "The policy's latest alerts, as XML.",
            default=[],
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def protect_now(
        vmpp: A[Ref[L["VMPP"]], "The policy to carry out"],
    ) -> str:
        """Took the snapshots of a policy at once; removed with all protection policies. Answered
        the outcome as text.
        """

    @message(
        role=VM_POWER_ADMIN,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def archive_now(
        snapshot: A[Ref[L["VM"]], "The snapshot to archive"],
    ) -> str:
        """Put a snapshot of a policy into its archive at once; removed with all protection
        policies. Answered the outcome as text.
        """

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
        hidden=True,
    )
    def create_alert(
        vmpp: A[Ref[L["VMPP"]], "The policy that it was about"],
        name: A[str, "Name of the alert"],
        priority: A[int, "How urgent it was, 1 the most"],
        body: A[str, "What had happened, as text"],
        data: A[str, "Details as XML"],
    ) -> None:
        """Noted a failure of a policy; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def get_alerts(
        vmpp: A[Ref[L["VMPP"]], "The policy that is asked about"],
        hours_from_now: A[int, "How many hours to look back"],
    ) -> list[str]:
        """Listed the latest alerts of a policy as XML; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_backup_retention_value(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[int, "How many, from 1 to 10"],
    ) -> None:
        """Changed how many backups a policy kept; removed with all protection policies."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
        hidden=True,
    )
    def set_is_backup_running(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[bool, "Whether it was"],
    ) -> None:
        """Noted whether a backup was under way; removed with all protection policies."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
        hidden=True,
    )
    def set_is_archive_running(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[bool, "Whether it was"],
    ) -> None:
        """Noted whether an archive was under way; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_backup_frequency(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[enums.VmppBackupFrequency, "How often from then on"],
    ) -> None:
        """Changed how often a policy took backups; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_backup_schedule(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[dict[str, str], "Days, hour and minute by name"],
    ) -> None:
        """Replaced when backups were taken; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_archive_frequency(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[enums.VmppArchiveFrequency, "How often from then on"],
    ) -> None:
        """Changed how often a policy archived; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_archive_schedule(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[dict[str, str], "Days, hour and minute by name"],
    ) -> None:
        """Replaced when archives were made; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_archive_target_type(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[enums.VmppArchiveTargetType, "Windows, NFS or none"],
    ) -> None:
        """Changed the kind of share that archives were put on; removed with all protection
        policies.
        """

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_archive_target_config(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[dict[str, str], "All settings by name"],
    ) -> None:
        """Replaced the settings of where archives were put; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_is_alarm_enabled(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[bool, "Whether they were"],
    ) -> None:
        """Changed whether failures were mailed; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_alarm_config(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[dict[str, str], "All settings by name"],
    ) -> None:
        """Replaced the settings of where alarms went; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def add_to_backup_schedule(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "`days`, `hour` or `min`"],
        value: A[str, "The days or the number"],
    ) -> None:
        """Added an entry to when backups were taken; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def add_to_archive_target_config(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "Name of the setting"],
        value: A[str, "What it was set to"],
    ) -> None:
        """Added a setting of where archives were put; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def add_to_archive_schedule(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "`days`, `hour` or `min`"],
        value: A[str, "The days or the number"],
    ) -> None:
        """Added an entry to when archives were made; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def add_to_alarm_config(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "Name of the setting"],
        value: A[str, "What it was set to"],
    ) -> None:
        """Added a setting of where alarms went; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def remove_from_backup_schedule(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "`days`, `hour` or `min`"],
    ) -> None:
        """Took an entry from when backups were taken; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def remove_from_archive_target_config(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "Name of the setting"],
    ) -> None:
        """Took away a setting of where archives were put; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def remove_from_archive_schedule(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "`days`, `hour` or `min`"],
    ) -> None:
        """Took an entry from when archives were made; removed with all protection policies."""

    @message(
        role=POOL_OPERATOR,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def remove_from_alarm_config(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        key: A[str, "Name of the setting"],
    ) -> None:
        """Took away a setting of where alarms went; removed with all protection policies."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_backup_last_run_time(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[DateTime, "That moment"],
    ) -> None:
        """Noted when a policy had last taken backups; removed with all protection policies."""

    @message(
        role=LOCAL_ROOT,
        history=(
            ("Published", "cowley"),
            ("Deprecated", "clearwater"),
            ("Removed", "clearwater"),
        ),
        asynchronous=False,
    )
    def set_archive_last_run_time(
        self: A[Ref[L["VMPP"]], "The policy to change"],
        value: A[DateTime, "That moment"],
    ) -> None:
        """Noted when a policy had last archived; removed with all protection policies."""


VMPPRef = Ref[L["VMPP"]]
