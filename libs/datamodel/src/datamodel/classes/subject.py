"""The XenAPI class ``subject``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class(
    create_role=POOL_ADMIN,
    since="george",
    constructor=("subject_identifier", "other_config"),
)
class Subject(Object[L["subject"]]):
    """A user or group of an outside directory."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]
    subject_identifier: A[
        str,
        field(
            "What the directory identifies the user or group by; unique within it.",
            STATIC,
            default="",
            since="george",
        ),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            STATIC,
            default={},
            since="george",
        ),
    ]
    roles: A[
        list[Ref[L["role"]]],
        field(
            "The roles that the user or the members of the group have.",
            default=["OpaqueRef:0165f154-ba3e-034e-6b27-5d271af109ba"],
            since="midnight-ride",
            ignore_foreign_key=True,
        ),
    ]

    @message(role=POOL_ADMIN, since="midnight-ride", asynchronous=False)
    def add_to_roles(
        self: A[Ref[L["subject"]], "The user or group"],
        role: A[Ref[L["role"]], "The role that it gains; it must be one that people can have"],
    ) -> None:
        """Give a user or group a role more; it holds from the next log-in."""

    @message(role=POOL_ADMIN, since="midnight-ride", asynchronous=False)
    def remove_from_roles(
        self: A[Ref[L["subject"]], "The user or group"],
        role: A[Ref[L["role"]], "The role that it loses"],
    ) -> None:
        """Take a role from a user or group; it holds from the next log-in."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions_name_label(
        self: A[Ref[L["subject"]], "The user or group"],
    ) -> list[str]:
        """List the names of all that a user or group may do, by all its roles."""


SubjectRef = Ref[L["subject"]]
