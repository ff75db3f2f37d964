"""The XenAPI class ``role``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, READ_ONLY


@xenapi_class(create_role=POOL_ADMIN, since="midnight-ride", custom_actions="StaticRO")
class Role(Object[L["role"]]):
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
            "The permissions that it grants, each a role of its own.",
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
    def get_permissions(
        self: A[Ref[L["role"]], "The role that is asked about"],
    ) -> list[Ref[L["role"]]]:
        """List the permissions of a role, those of the roles below it included."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_permissions_name_label(
        self: A[Ref[L["role"]], "The role that is asked about"],
    ) -> list[str]:
        """List the names of a role's permissions, those of the roles below it included."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_by_permission(
        permission: A[Ref[L["role"]], "The permission, as the role of its own that it is"],
    ) -> list[Ref[L["role"]]]:
        """List the roles that may do what a permission stands for."""

    @message(role=READ_ONLY, since="midnight-ride", asynchronous=False)
    def get_by_permission_name_label(
        label: A[str, "The permission's name: that of the message in lower case, such as vm.start"],
    ) -> list[Ref[L["role"]]]:
        """List the roles that may send a message."""


RoleRef = Ref[L["role"]]
