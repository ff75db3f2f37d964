"""Who may send what: the roles of a session against the role that a message asks for."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from datamodel import XenAPIError
from datamodel.model import Message
from datamodel.roles import CLIENT_CERT, LOCAL_ROOT, at_least


def permission_of(message: Message, params: list[Any]) -> tuple[str, str]:
    """The permission that a call needs and the weakest role that has it.

    Keys of some maps may be written by weaker roles than the map itself.
    """
    if message.map_keys_roles and len(params) > 1:
        key = str(params[1])
        for pattern, role in message.map_keys_roles.items():
            if fnmatchcase(key.lower(), pattern.lower()):
                return f"{message.wire}/key:{pattern}".lower(), role
    return message.wire.lower(), message.min_role


def check(message: Message, params: list[Any], session: Mapping[str, Any], trusted: bool) -> None:
    """Raise RBAC_PERMISSION_DENIED[permission, text] unless the session may send this call."""
    if session["is_local_superuser"] or session["pool"]:
        return
    permission, role = permission_of(message, params)
    allowed = set(() if role == LOCAL_ROOT else at_least(role))
    if message.client_cert:
        allowed.add(CLIENT_CERT)
    if allowed.isdisjoint(session["rbac_permissions"]):
        raise XenAPIError(
            "RBAC_PERMISSION_DENIED",
            permission,
            f"No permission in user session. (Roles with this permission: {', '.join(allowed)})",
        )
