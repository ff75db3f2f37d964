"""The XenAPI class ``task``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import DateTime, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR, READ_ONLY, VM_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, persistent=False)
class Task(Object[L["task"]]):
    """A call in progress, or one that has ended."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.", default="", column="name__label"
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", default="", column="name__description")
    ]
    allowed_operations: A[
        list[enums.TaskAllowedOperations],
        field("The operations that may be begun on it now.", default=[], persist=False),
    ]
    current_operations: A[
        dict[str, enums.TaskAllowedOperations],
        field("The operations in progress, by the task that does them.", default={}, persist=False),
    ]
    created: A[DateTime, field("When it was begun.")]
    finished: A[DateTime, field("When it ended; 1970 while it has not.")]
    status: A[
        enums.TaskStatusType,
        field("How it stands: pending, success, failure, cancelling or cancelled."),
    ]
    resident_on: A[Ref[L["host"]], field("The host that does the work.")]
    progress: A[float, field("How much of it is done, from 0 to 1.")]
    type: A[str, field("Kind of the result, in the API's own notation.")]
    result: A[str, field("What came out of it, as XML; empty while there is nothing.")]
    error_info: A[list[str], field("The error that it ended with: code, then parameters.")]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            default={},
            since="miami",
            key_roles={
                "XenCenterMeddlingActionTitle": VM_OPERATOR,
                "XenCenterUUID": VM_OPERATOR,
                "applies_to": VM_OPERATOR,
            },
        ),
    ]
    subtask_of: A[
        Ref[L["task"]], field("The task that this is a part of.", default="", since="orlando")
    ]
    subtasks: A[list[Ref[L["task"]]], field("The tasks that this one is made of.", since="orlando")]
    backtrace: A[str, field("Where in the program the error arose.", default="()", since="dundee")]
    externalpid: A[
        int,
        field("Number of a process that worked on it; -1, as no process does.", internal_only=True),
    ]
    forwarded: A[
        bool,
        field("Whether another host does the work for the one that was asked.", internal_only=True),
    ]
    forwarded_to: A[
        Ref[L["host"]],
        field("The host that works on it; null while none does.", internal_only=True),
    ]
    session: A[
        Ref[L["session"]],
        field("The session that made it.", internal_only=True),
    ]
    owner: A[
        str,
        field(
            "The user who made it, in whichever session; only Warren has it.", internal_only=True
        ),
    ]
    stunnelpid: A[
        int,
        field(
            "Number of a tunnel's process that it used; -1, as there is none.",
            history=(
                ("Published", "rio"),
                ("Deprecated", "boston"),
            ),
            internal_only=True,
        ),
    ]

    @message(role=READ_ONLY, asynchronous=False)
    def create(
        label: A[str, "The name that people see"],
        description: A[str, "What people are told about it"],
    ) -> Ref[L["task"]]:
        """Make a task by hand, for a client's own work; the client must set its status when it
        ends.
        """

    @message(role=READ_ONLY, asynchronous=False)
    def destroy(
        self: A[Ref[L["task"]], "The task to remove"],
    ) -> None:
        """Remove a task. One that is still worked on is not stopped."""

    @message(role=READ_ONLY, errors=("OPERATION_NOT_ALLOWED",))
    def cancel(
        task: A[Ref[L["task"]], "The task to stop; its operation must be one that can be"],
    ) -> None:
        """Ask whoever works on a task to stop. The task ends as cancelled when they have, or as
        usual when it was too late.
        """

    @message(role=READ_ONLY, since="falcon", asynchronous=False)
    def set_status(
        self: A[Ref[L["task"]], "The task to change"],
        value: A[enums.TaskStatusType, "How it stands"],
    ) -> None:
        """Record how a task stands, and when it ended where it has; for tasks that a client made by
        hand.
        """

    @message(role=READ_ONLY, since="stockholm", asynchronous=False)
    def set_progress(
        self: A[Ref[L["task"]], "The task to change"],
        value: A[float, "The share that is done, from 0 to 1"],
    ) -> None:
        """Record how much of a task is done; for tasks that a client made by hand."""

    @message(role=READ_ONLY, since="21.3.0", asynchronous=False)
    def set_result(
        self: A[Ref[L["task"]], "The task to change"],
        value: A[str, "The result as text"],
    ) -> None:
        """Record what came out of a task; for tasks that a client made by hand."""

    @message(role=READ_ONLY, since="21.3.0", asynchronous=False)
    def set_error_info(
        self: A[Ref[L["task"]], "The task to change"],
        value: A[list[str], "The code, then its parameters"],
    ) -> None:
        """Record the error that a task ended with; for tasks that a client made by hand."""

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
        self: A[Ref[L["task"]], param("The task to change", since=None)],
        key: A[str, param("Its name; it must not be there yet", since=None)],
        value: A[str, param("What it is set to", since=None)],
    ) -> None:
        """Add a setting or note to a task; anybody may to their own."""

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
        self: A[Ref[L["task"]], param("The task to change", since=None)],
        key: A[str, param("Its name", since=None)],
    ) -> None:
        """Remove a setting or note of a task; it need not be there."""

    @message(role=READ_ONLY, history=(("Prototyped", "25.8.0"),))
    def set_other_config(
        self: A[Ref[L["task"]], param("The task to change", since=None)],
        value: A[dict[str, str], param("All of them by name", since=None)],
    ) -> None:
        """Replace all settings and notes of a task."""


TaskRef = Ref[L["task"]]
