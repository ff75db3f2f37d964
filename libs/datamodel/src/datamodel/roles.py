"""The roles of the XenAPI, the strongest first; each may do whatever the ones after it may."""

import hashlib
import uuid
from dataclasses import dataclass

POOL_ADMIN = "pool-admin"
POOL_OPERATOR = "pool-operator"
VM_POWER_ADMIN = "vm-power-admin"
VM_ADMIN = "vm-admin"
VM_OPERATOR = "vm-operator"
CLIENT_CERT = "client-cert"
READ_ONLY = "read-only"

NOBODY = ""
"""Nobody: the field has no setter at all."""

LOCAL_ROOT = "local-root"
"""No role: only the local superuser and the pool itself."""

ORDER = (
    POOL_ADMIN,
    POOL_OPERATOR,
    VM_POWER_ADMIN,
    VM_ADMIN,
    VM_OPERATOR,
    CLIENT_CERT,
    READ_ONLY,
)
LISTED = (
    *(VM_POWER_ADMIN, VM_ADMIN, VM_OPERATOR, READ_ONLY, CLIENT_CERT),
    *(POOL_ADMIN, POOL_OPERATOR),
)
"""The order in which upstream lists them."""
INTERNAL = frozenset({CLIENT_CERT})
DOCS = {
    POOL_ADMIN: "May do everything, the pool's users and secrets included.",
    POOL_OPERATOR: "May do everything except change who may do what.",
    VM_POWER_ADMIN: "May do everything with VMs, also choose their hosts and their memory.",
    VM_ADMIN: "May make, change and destroy VMs and their disks.",
    VM_OPERATOR: "May start and stop VMs, change their media and see their consoles.",
    CLIENT_CERT: "For clients that come in by a certificate instead of a password.",
    READ_ONLY: "May see everything that is no secret, and change nothing but their own tasks.",
}

EXTRA_PERMISSIONS = {"task.destroy/any": POOL_OPERATOR}
"""Permissions that belong to no message: to destroy another user's task."""

# The pool administrator's uuid does not follow the rule, as it is older.
POOL_ADMIN_UUID = "0165f154-ba3e-034e-6b27-5d271af109ba"


@dataclass(frozen=True)
class Role:
    name: str
    uuid: str
    is_internal: bool
    doc: str


def uuid_of(name: str) -> str:
    """Uuid of a role or permission: the MD5 of its name, as in every upstream pool."""
    if name == POOL_ADMIN:
        return POOL_ADMIN_UUID
    return str(uuid.UUID(bytes=hashlib.md5(name.encode(), usedforsecurity=False).digest()))


def at_least(role: str) -> tuple[str, ...]:
    """The roles that may do what ``role`` may; none for LOCAL_ROOT."""
    return ORDER[: ORDER.index(role) + 1] if role in ORDER else ()


ROLES = tuple(Role(name, uuid_of(name), name in INTERNAL, DOCS[name]) for name in ORDER)
