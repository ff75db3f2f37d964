"""The XenAPI class ``role``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class("role", create_role=POOL_ADMIN, since="midnight-ride", custom_actions="StaticRO")
class Role:
    """What its holders may do."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            STATIC,
            default="",
            column="name__label",
            since="midnight-ride",
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            STATIC,
            default="",
            column="name__description",
            since="midnight-ride",
        ),
    ]
    subroles: A[
        list[Ref[L["role"]]],
        field(
            "Every role that is among its subroles.",
            STATIC,
            default=[],
            since="midnight-ride",
            ignore_foreign_key=True,
        ),
    ]
    is_internal: A[
        bool,
        field(
            "Whether it is for the toolstack's own use and not to be given to subjects.",
            default=False,
            since="22.5.0",
        ),
    ]

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_by_permission(
        permission: A[Ref[L["role"]], "The role to take as permission"],
    ) -> list[Ref[L["role"]]]:
        """Find every role by its permission."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_by_permission_name_label(
        label: A[str, "The name to give"],
    ) -> list[Ref[L["role"]]]:
        """Find every role by its permission name label."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions(
        self: A[Ref[L["role"]], "The role that is meant"],
    ) -> list[Ref[L["role"]]]:
        """Tell the permissions of the role."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions_name_label(
        self: A[Ref[L["role"]], "The role that is meant"],
    ) -> list[str]:
        """Tell the permissions name label of the role."""
