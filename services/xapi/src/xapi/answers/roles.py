"""role.*: which role has which permission, straight from the declarations."""

from datamodel import api
from datamodel.refs import PREFIX
from datamodel.roles import EXTRA_PERMISSIONS, ORDER, ROLES, at_least, uuid_of

from xapi.context import Context, answers


def permissions_of(role: str) -> list[str]:
    """The names of what a role may do."""
    found = [
        message.wire
        for message in api.messages.values()
        if role in at_least(message.min_role) or (message.client_cert and role == "client-cert")
    ]
    found += [name for name, least in EXTRA_PERMISSIONS.items() if role in at_least(least)]
    return sorted(name.lower() for name in found)


def _name(context: Context, ref: str) -> str:
    return str(context.view.get("role", ref)["name_label"])


@answers("role.get_permissions")
async def get_permissions(context: Context, self: str) -> list[str]:
    return [PREFIX + uuid_of(name) for name in permissions_of(_name(context, self))]


@answers("role.get_permissions_name_label")
async def get_permissions_name_label(context: Context, self: str) -> list[str]:
    return permissions_of(_name(context, self))


@answers("role.get_by_permission_name_label")
async def get_by_permission_name_label(context: Context, label: str) -> list[str]:
    wanted = label.lower()
    return [PREFIX + uuid_of(role) for role in ORDER if wanted in permissions_of(role)]


@answers("role.get_by_permission")
async def get_by_permission(context: Context, permission: str) -> list[str]:
    """The roles that have the permission; nobody has one that does not exist."""
    for message in api.messages.values():
        if PREFIX + uuid_of(message.wire.lower()) == permission:
            return [PREFIX + role.uuid for role in ROLES if role.name in at_least(message.min_role)]
    return []
