"""role.*: which role has which permission, straight from the declarations."""

from datamodel.classes import Role, RoleRef
from datamodel.permissions import permissions, permissions_of, ref_of
from datamodel.roles import ORDER

from xapi.context import Context, answers


def _name(context: Context, ref: RoleRef) -> str:
    return context.view.get(Role, ref).name_label


@answers("role.get_permissions")
async def get_permissions(context: Context, self: RoleRef) -> list[RoleRef]:
    return [ref_of(name) for name in _granted(context, self)]


@answers("role.get_permissions_name_label")
async def get_permissions_name_label(context: Context, self: RoleRef) -> list[str]:
    return _granted(context, self)


def _granted(context: Context, ref: RoleRef) -> list[str]:
    """The permissions that a role grants; a permission grants itself."""
    name = _name(context, ref)
    return list(permissions_of(name)) if name in ORDER else [name]


@answers("role.get_by_permission")
async def get_by_permission(context: Context, permission: RoleRef) -> list[RoleRef]:
    """The roles that have the permission; none if the permission does not exist."""
    record = context.view.find(Role, permission)
    return [] if record is None else await get_by_permission_name_label(context, record.name_label)


@answers("role.get_by_permission_name_label")
async def get_by_permission_name_label(context: Context, label: str) -> list[RoleRef]:
    return [ref_of(role) for role in permissions().get(label, ())]
