"""Who may do what: whether a session has the permission for a call, or may touch a task."""

from typing import Any

from datamodel import XenAPIError, api
from datamodel.classes import Session, Task
from datamodel.model import Message
from datamodel.objects import present
from datamodel.permissions import permissions
from datamodel.refs import NULL_REF
from datamodel.values import default_record
from pooldb import View

ANY_TASK = "task.destroy/any"
"""The permission to stop, end, change and remove the tasks of others."""


def stand_in(name: str, role: str | None) -> Session:
    """A session's record for a client without one; without a role it may do everything."""
    record = {
        **default_record(api.classes["session"]),
        "is_local_superuser": role is None,
        "rbac_permissions": [] if role is None else [role],
        "auth_user_name": name,
    }
    return present(Session, NULL_REF, record)


SUPERUSER = stand_in("root", None)
"""The session of a client that is trusted without one."""


def permission_of(message: Message, params: list[Any]) -> str:
    """The permission that a call needs; some keys of some maps have their own."""
    if message.map_keys_roles and len(params) > 1:
        key = str(params[1])
        for pattern in message.map_keys_roles:
            if key == pattern or (pattern[-1] == "*" and key.startswith(pattern[:-1])):
                return f"{message.wire}/key:{pattern}".lower()
    return message.wire.lower()


def check(message: Message, params: list[Any], session: Session) -> None:
    """Raise RBAC_PERMISSION_DENIED[permission, text] unless the session may send this call."""
    if not _may_all(session):
        require(permission_of(message, params), session)


def check_keys(message: Message, params: list[Any], session: Session, view: View) -> None:
    """Raise RBAC_PERMISSION_DENIED if a new map changes a key that the session may not change.

    Some keys need a stronger role than their map, whichever message changes them.
    """
    if _may_all(session) or not message.name.startswith("set_"):
        return
    cls, field = message.cls, message.name[4:]
    add = api.message(f"{cls}.add_to_{field}")
    if add is None or not add.map_keys_roles:
        return
    ref, new = params
    old = (view.find(cls, ref) or {field: {}})[field]
    for key in {*old, *new}:
        if old.get(key) != new.get(key):
            # Whoever may add a key may remove it.
            permission = permission_of(add, [ref, key])
            if permission != add.wire.lower():
                require(permission, session)


def _may_all(session: Session) -> bool:
    return session.is_local_superuser or session.pool


def require(permission: str, session: Session) -> None:
    """Raise RBAC_PERMISSION_DENIED[permission, text] unless the session has the permission."""
    if _may_all(session):
        return
    roles = permissions().get(permission, ())
    if set(roles).isdisjoint(session.rbac_permissions):
        raise XenAPIError(
            "RBAC_PERMISSION_DENIED",
            permission,
            f"No permission in user session. (Roles with this permission: {', '.join(roles)})",
        )


def user_of(session: Session) -> str:
    """The session's user: a subject of the directory, or else a local user."""
    sid = session.auth_user_sid
    return f"subject {sid}" if sid else f"user {session.auth_user_name}"


def check_task(task: Task, session: Session) -> None:
    """Raise RBAC_PERMISSION_DENIED unless the user owns the task, or may touch any.

    Users own all their tasks, whichever of their sessions made them.
    """
    if task.owner != user_of(session):
        require(ANY_TASK, session)
