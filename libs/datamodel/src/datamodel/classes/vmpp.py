"""The XenAPI class ``VMPP``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, DateTime, Ref, field, message, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, VM_POWER_ADMIN


@xenapi_class(
    "VMPP",
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
class VMPP:
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
    VMs: A[
        list[Ref[L["VM"]]],
        field(
            "Every VM that is among its VMs.",
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
    archive_frequency: A[
        enums.VmppArchiveFrequency,
        field(
            "Which of the known kinds its archive frequency is.",
            STATIC,
            default="never",
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
    archive_target_type: A[
        enums.VmppArchiveTargetType,
        field(
            "Which of the known kinds its archive target type is.",
            STATIC,
            default="none",
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
            "Which of the known kinds its backup frequency is.",
            STATIC,
            default="daily",
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
    backup_type: A[
        enums.VmppBackupType,
        field(
            "Which of the known kinds its backup type is.",
            RW,
            default="snapshot",
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
    def add_to_alarm_config(
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the alarm config of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the archive schedule of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the archive target config of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
        value: A[str, "The new value"],
    ) -> None:
        """Add an entry to the backup schedule of the VMPP."""

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
        snapshot: A[Ref[L["VM"]], "The VM to take as snapshot"],
    ) -> str:
        """Have the VMPP do this: archive now."""

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
        vmpp: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        name: A[str, "The name"],
        priority: A[int, "The priority"],
        body: A[str, "The body"],
        data: A[str, "The data"],
    ) -> None:
        """Make the VMPP a new alert."""

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
        vmpp: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        hours_from_now: A[int, "The hours from now"],
    ) -> list[str]:
        """Tell the alerts of the VMPP."""

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
        vmpp: A[Ref[L["VMPP"]], "The VMPP that is meant"],
    ) -> str:
        """Have the VMPP do this: protect now."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the alarm config of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the archive schedule of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the archive target config of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        key: A[str, "The key"],
    ) -> None:
        """Remove an entry from the backup schedule of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the alarm config of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[enums.VmppArchiveFrequency, "The new value"],
    ) -> None:
        """Set the archive frequency of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[DateTime, "The new value"],
    ) -> None:
        """Set the archive last run time of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the archive schedule of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the archive target config of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[enums.VmppArchiveTargetType, "The new value"],
    ) -> None:
        """Set the archive target type of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[enums.VmppBackupFrequency, "The new value"],
    ) -> None:
        """Set the backup frequency of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[DateTime, "The new value"],
    ) -> None:
        """Set the backup last run time of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[int, "The new value"],
    ) -> None:
        """Set the backup retention value of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[dict[str, str], "The new value"],
    ) -> None:
        """Set the backup schedule of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the is alarm enabled of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the is archive running of the VMPP."""

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
        self: A[Ref[L["VMPP"]], "The VMPP that is meant"],
        value: A[bool, "The new value"],
    ) -> None:
        """Set the is backup running of the VMPP."""
