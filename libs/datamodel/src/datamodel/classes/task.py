"""The XenAPI class ``task``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import DateTime, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY, VM_OPERATOR


@xenapi_class("task", create_role=POOL_OPERATOR, persistent=False)
class Task:
    """A task."""

    allowed_operations: A[
        list[enums.TaskAllowedOperations], field("Allowed operations.", default=[], persist=False)
    ]
    backtrace: A[str, field("Backtrace.", default="()", since="dundee")]
    created: A[DateTime, field("Created.")]
    current_operations: A[
        dict[str, enums.TaskAllowedOperations],
        field("Current operations.", default={}, persist=False),
    ]
    error_info: A[list[str], field("Error info.")]
    externalpid: A[int, field("Externalpid.", internal_only=True)]
    finished: A[DateTime, field("Finished.")]
    forwarded: A[bool, field("Forwarded.", internal_only=True)]
    forwarded_to: A[Ref[L["host"]], field("Forwarded to.", internal_only=True)]
    name_description: A[str, field("Name description.", default="", column="name__description")]
    name_label: A[str, field("Name label.", default="", column="name__label")]
    other_config: A[
        dict[str, str],
        field(
            "Other config.",
            default={},
            since="miami",
            key_roles={
                "XenCenterMeddlingActionTitle": VM_OPERATOR,
                "XenCenterUUID": VM_OPERATOR,
                "applies_to": VM_OPERATOR,
            },
        ),
    ]
    progress: A[float, field("Progress.")]
    resident_on: A[Ref[L["host"]], field("Resident on.")]
    result: A[str, field("Result.")]
    session: A[Ref[L["session"]], field("Session.", internal_only=True)]
    status: A[enums.TaskStatusType, field("Status.")]
    stunnelpid: A[
        int,
        field(
            "Stunnelpid.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
            internal_only=True,
        ),
    ]
    subtask_of: A[Ref[L["task"]], field("Subtask of.", default="", since="orlando")]
    subtasks: A[list[Ref[L["task"]]], field("Subtasks.", since="orlando")]
    type: A[str, field("Type.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(
        role=READ_ONLY,
        history=(("Prototyped", "25.8.0"),),
        key_roles={
            "XenCenterMeddlingActionTitle": VM_OPERATOR,
            "XenCenterUUID": VM_OPERATOR,
            "applies_to": VM_OPERATOR,
        },
    )
    def add_to_other_config(
        self: A[Ref[L["task"]], param("The task to act on", since=None)],
        key: A[str, param("Key", since=None)],
        value: A[str, param("Value", since=None)],
    ) -> None:
        """Add to other config."""

    @message(role=READ_ONLY, errors=("OPERATION_NOT_ALLOWED",))
    def cancel(
        task: A[Ref[L["task"]], "The task to act on"],
    ) -> None:
        """Cancel."""

    @message(role=READ_ONLY, asynchronous=False)
    def create(
        label: A[str, "Label"],
        description: A[str, "Description"],
    ) -> Ref[L["task"]]:
        """Create."""

    @message(role=READ_ONLY, asynchronous=False)
    def destroy(
        self: A[Ref[L["task"]], "The task to act on"],
    ) -> None:
        """Destroy."""

    @message(
        role=READ_ONLY,
        history=(("Prototyped", "25.8.0"),),
        key_roles={
            "XenCenterMeddlingActionTitle": VM_OPERATOR,
            "XenCenterUUID": VM_OPERATOR,
            "applies_to": VM_OPERATOR,
        },
    )
    def remove_from_other_config(
        self: A[Ref[L["task"]], param("The task to act on", since=None)],
        key: A[str, param("Key", since=None)],
    ) -> None:
        """Remove from other config."""

    @message(role=READ_ONLY, since="21.3.0", asynchronous=False)
    def set_error_info(
        self: A[Ref[L["task"]], "The task to act on"],
        value: A[list[str], "Value"],
    ) -> None:
        """Set error info."""

    @message(role=READ_ONLY, history=(("Prototyped", "25.8.0"),))
    def set_other_config(
        self: A[Ref[L["task"]], param("The task to act on", since=None)],
        value: A[dict[str, str], param("Value", since=None)],
    ) -> None:
        """Set other config."""

    @message(role=READ_ONLY, since="stockholm", asynchronous=False)
    def set_progress(
        self: A[Ref[L["task"]], "The task to act on"],
        value: A[float, "Value"],
    ) -> None:
        """Set progress."""

    @message(role=READ_ONLY, since="21.3.0", asynchronous=False)
    def set_result(
        self: A[Ref[L["task"]], "The task to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set result."""

    @message(role=READ_ONLY, since="falcon", asynchronous=False)
    def set_status(
        self: A[Ref[L["task"]], "The task to act on"],
        value: A[enums.TaskStatusType, "Value"],
    ) -> None:
        """Set status."""
