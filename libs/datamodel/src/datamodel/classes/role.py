"""The XenAPI class ``role``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class("role", create_role=POOL_ADMIN, since="midnight-ride", custom_actions="StaticRO")
class Role:
    """A role."""

    is_internal: A[bool, field("Is internal.", default=False, since="22.5.0")]
    name_description: A[
        str,
        field(
            "Name description.",
            STATIC,
            default="",
            column="name__description",
            since="midnight-ride",
        ),
    ]
    name_label: A[
        str, field("Name label.", STATIC, default="", column="name__label", since="midnight-ride")
    ]
    subroles: A[
        list[Ref[L["role"]]],
        field("Subroles.", STATIC, default=[], since="midnight-ride", ignore_foreign_key=True),
    ]
    uuid: A[str, field("Uuid.")]

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_by_permission(
        permission: A[Ref[L["role"]], "Permission"],
    ) -> list[Ref[L["role"]]]:
        """Get by permission."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_by_permission_name_label(
        label: A[str, "Label"],
    ) -> list[Ref[L["role"]]]:
        """Get by permission name label."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions(
        self: A[Ref[L["role"]], "The role to act on"],
    ) -> list[Ref[L["role"]]]:
        """Get permissions."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions_name_label(
        self: A[Ref[L["role"]], "The role to act on"],
    ) -> list[str]:
        """Get permissions name label."""
