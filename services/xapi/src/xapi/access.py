"""Who may send what: the roles of a session against those that have the call's permission."""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.model import Message
from datamodel.permissions import permissions


def permission_of(message: Message, params: list[Any]) -> str:
    """The permission that a call needs: some keys of some maps have one of their own."""
    if message.map_keys_roles and len(params) > 1:
        key = str(params[1])
        for pattern in message.map_keys_roles:
            if key == pattern or (pattern[-1] == "*" and key.startswith(pattern[:-1])):
                return f"{message.wire}/key:{pattern}".lower()
    return message.wire.lower()


def check(message: Message, params: list[Any], session: Mapping[str, Any]) -> None:
    """Raise RBAC_PERMISSION_DENIED[permission, text] unless the session may send this call."""
    if session["is_local_superuser"] or session["pool"]:
        return
    permission = permission_of(message, params)
    roles = permissions().get(permission, ())
    if set(roles).isdisjoint(session["rbac_permissions"]):
        raise XenAPIError(
            "RBAC_PERMISSION_DENIED",
            permission,
            f"No permission in user session. (Roles with this permission: {', '.join(roles)})",
        )
