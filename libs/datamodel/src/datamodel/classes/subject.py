"""The XenAPI class ``subject``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class(
    "subject",
    create_role=POOL_ADMIN,
    since="george",
    constructor=("subject_identifier", "other_config"),
)
class Subject:
    """A subject."""

    other_config: A[dict[str, str], field("Other config.", STATIC, default={}, since="george")]
    roles: A[
        list[Ref[L["role"]]],
        field(
            "Roles.",
            default=["OpaqueRef:0165f154-ba3e-034e-6b27-5d271af109ba"],
            since="midnight-ride",
            ignore_foreign_key=True,
        ),
    ]
    subject_identifier: A[str, field("Subject identifier.", STATIC, default="", since="george")]
    uuid: A[str, field("Uuid.")]

    @message(role=POOL_ADMIN, since="midnight-ride", asynchronous=False)
    def add_to_roles(
        self: A[Ref[L["subject"]], "The subject to act on"],
        role: A[Ref[L["role"]], "The role to act on"],
    ) -> None:
        """Add to roles."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions_name_label(
        self: A[Ref[L["subject"]], "The subject to act on"],
    ) -> list[str]:
        """Get permissions name label."""

    @message(role=POOL_ADMIN, since="midnight-ride", asynchronous=False)
    def remove_from_roles(
        self: A[Ref[L["subject"]], "The subject to act on"],
        role: A[Ref[L["role"]], "The role to act on"],
    ) -> None:
        """Remove from roles."""
