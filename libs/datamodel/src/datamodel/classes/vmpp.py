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
    """A VMPP."""

    VMs: A[
        list[Ref[L["VM"]]],
        field(
            "VMs.",
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
            "Alarm config.",
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
            "Archive frequency.",
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
            "Archive last run time.",
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
            "Archive schedule.",
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
            "Archive target config.",
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
            "Archive target type.",
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
            "Backup frequency.",
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
            "Backup last run time.",
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
            "Backup retention value.",
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
            "Backup schedule.",
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
            "Backup type.",
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
            "Is alarm enabled.",
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
            "Is archive running.",
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
            "Is backup running.",
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
            "Is policy enabled.",
            RW,
            default=True,
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
            "Name description.",
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
    name_label: A[
        str,
        field(
            "Name label.",
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
    recent_alerts: A[
        list[str],
        field(
            "Recent alerts.",
            default=[],
            history=(
                ("Published", "cowley"),
                ("Deprecated", "clearwater"),
                ("Removed", "clearwater"),
            ),
        ),
    ]
    uuid: A[
        str,
        field(
            "Uuid.",
            role=POOL_ADMIN,
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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to alarm config."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to archive schedule."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to archive target config."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
        value: A[str, "Value"],
    ) -> None:
        """Add to backup schedule."""

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
        snapshot: A[Ref[L["VM"]], "Snapshot"],
    ) -> str:
        """Archive now."""

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
        vmpp: A[Ref[L["VMPP"]], "The VMPP to act on"],
        name: A[str, "Name"],
        priority: A[int, "Priority"],
        body: A[str, "Body"],
        data: A[str, "Data"],
    ) -> None:
        """Create alert."""

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
        vmpp: A[Ref[L["VMPP"]], "The VMPP to act on"],
        hours_from_now: A[int, "Hours from now"],
    ) -> list[str]:
        """Get alerts."""

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
        vmpp: A[Ref[L["VMPP"]], "The VMPP to act on"],
    ) -> str:
        """Protect now."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from alarm config."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from archive schedule."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from archive target config."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        key: A[str, "Key"],
    ) -> None:
        """Remove from backup schedule."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set alarm config."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[enums.VmppArchiveFrequency, "Value"],
    ) -> None:
        """Set archive frequency."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[DateTime, "Value"],
    ) -> None:
        """Set archive last run time."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set archive schedule."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set archive target config."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[enums.VmppArchiveTargetType, "Value"],
    ) -> None:
        """Set archive target type."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[enums.VmppBackupFrequency, "Value"],
    ) -> None:
        """Set backup frequency."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[DateTime, "Value"],
    ) -> None:
        """Set backup last run time."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[int, "Value"],
    ) -> None:
        """Set backup retention value."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set backup schedule."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set is alarm enabled."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set is archive running."""

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
        self: A[Ref[L["VMPP"]], "The VMPP to act on"],
        value: A[bool, "Value"],
    ) -> None:
        """Set is backup running."""
