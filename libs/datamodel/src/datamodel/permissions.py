"""What roles may do, one permission each: a message, a key of a map, an address of HTTP."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from datamodel import api, http_actions
from datamodel.classes import RoleRef
from datamodel.refs import PREFIX, as_ref
from datamodel.roles import (
    CLIENT_CERT,
    EXTRA_PERMISSIONS,
    LISTED,
    ROLES,
    at_least,
    uuid_of,
)


@cache
def permissions() -> Mapping[str, tuple[str, ...]]:
    """The roles that have a permission, in their listed order, by the permission's name."""
    return {name.lower(): roles for name, roles in _all() if roles}


@cache
def permissions_of(role: str) -> tuple[str, ...]:
    """The names of what a role may do."""
    return tuple(sorted(name for name, roles in permissions().items() if role in roles))


PERMISSION_DOC = "A basic permission"


def ref_of(name: str) -> RoleRef:
    """The reference of a role or permission, the same in every pool."""
    return as_ref(PREFIX + uuid_of(name))


@cache
def role_records() -> Mapping[RoleRef, dict[str, Any]]:
    """The record of every role, and of every permission as a role of its own, by reference."""
    records = {
        ref_of(name): _record(name, PERMISSION_DOC, [], is_internal=True) for name in permissions()
    }
    for role in ROLES:
        granted = [ref_of(name) for name in permissions_of(role.name)]
        records[ref_of(role.name)] = _record(
            role.name, role.doc, granted, is_internal=role.is_internal
        )
    return records


def _record(name: str, doc: str, subroles: list[RoleRef], *, is_internal: bool) -> dict[str, Any]:
    return {
        **{"uuid": uuid_of(name), "name_label": name, "name_description": doc},
        **{"subroles": subroles, "is_internal": is_internal},
    }


def _all() -> Iterator[tuple[str, tuple[str, ...]]]:
    for message in api.messages.values():
        yield message.wire, _holders(message.min_role, client_cert=message.client_cert)
        for key, role in message.map_keys_roles.items():
            yield f"{message.wire}/key:{key}", _holders(role)
    for name, role, client_cert in http_actions.permissions():
        yield name, _holders(role, client_cert=client_cert)
    for name, role in EXTRA_PERMISSIONS.items():
        yield name, _holders(role)


def _holders(least: str, *, client_cert: bool = False) -> tuple[str, ...]:
    allowed = {*at_least(least), *((CLIENT_CERT,) if client_cert else ())}
    return tuple(role for role in LISTED if role in allowed)
