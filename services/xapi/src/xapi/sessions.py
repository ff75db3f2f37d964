"""Sessions: rows of the pool database, so that every xapi knows those that another opened.

No service waits for news of them: one of several xapis looks into the database before each call.
"""

import functools
import hashlib
import hmac
import time
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import Host, HostRef, Session, SessionRef
from datamodel.idl import DateTime
from datamodel.objects import ref_of
from pooldb import Transaction
from pooldb.tasks import coordinator, date, now

from xapi.context import Context
from xapi.passwords import Verifier, hash_password
from xapi.pool import Pool

SECRET = ("pool", "secret")
"""kv entry: the SHA-256 of the pool's secret in hex; a plain hash will do, as it is random."""

USERS = "users"
"""kv namespace of local users: name → {"hash", "role"}; root has no role and may do everything."""

IDLE_MAX_S = 24 * 3600
# How exactly the row says when a session was last used: a write for each call would cost too much.
TOUCH_EVERY_S = 600
# A client that never logs out loses its own oldest sessions before anybody else loses one.
ORIGINATOR_MAX = 400
SESSIONS_MAX = 4000

VERIFIER = Verifier()


def check(pool: Pool, ref: SessionRef) -> Session:
    """The record of a session that is open; raises SESSION_INVALID[ref]."""
    record = pool.db.view.find(Session, ref)
    if record is None or _is_idle(record, IDLE_MAX_S):
        raise XenAPIError("SESSION_INVALID", ref)
    return record


def _is_idle(record: Session, seconds: int) -> bool:
    """Whether a session has been unused for this long; dates compare as texts."""
    return record.last_active < _date(int(time.time()) - seconds)


@functools.lru_cache(maxsize=16)
def _date(seconds: int) -> DateTime:
    """The same for all calls of a second."""
    return date(seconds)


async def keep_alive(pool: Pool, ref: SessionRef, record: Session) -> None:
    """Now and then, note that a session is in use."""
    if not _is_idle(record, TOUCH_EVERY_S):
        return

    def touch(tx: Transaction) -> None:
        if tx.find(Session, ref) is not None:
            tx.edit(Session, ref).last_active = now()

    await pool.write(touch, tell=False)


async def role_of(pool: Pool, name: str, password: str) -> str | None:
    """A local user's role, None for root; raises SESSION_AUTHENTICATION_FAILED[name, text]."""
    role: str | None = (await _user(pool, name, password))["role"]
    return role


async def _user(pool: Pool, name: str, password: str) -> dict[str, Any]:
    """The user with this name and password; raises SESSION_AUTHENTICATION_FAILED[name, text]."""
    user: dict[str, Any] | None = await pool.run(pool.db.read_kv, USERS, name)
    if user is None or not await pool.run(VERIFIER.matches, name, password, user["hash"]):
        raise XenAPIError("SESSION_AUTHENTICATION_FAILED", name, "Authentication failure")
    return user


async def login(context: Context, name: str, password: str, originator: str) -> SessionRef:
    """Open a session; raises SESSION_AUTHENTICATION_FAILED[name, text]."""
    if context.caller.trusted:
        return await context.pool.write(
            lambda tx: ref_of(_open(tx, name or "root", originator, superuser=True, roles=None)),
            tell=False,
        )
    matched = VERIFIER.recall(name, password)
    while True:
        if matched is None:
            matched = (await _user(context.pool, name, password))["hash"]
        session = await context.pool.write(
            functools.partial(_open_for, name=name, matched=matched, originator=originator),
            tell=False,
        )
        if session is not None:
            return session
        matched = None  # the user has another password by now, so this one is looked at again


def _open_for(tx: Transaction, name: str, matched: str, originator: str) -> SessionRef | None:
    """Open a session for a user whose password matched a hash; None if it is not theirs now."""
    user = tx.kv_get(USERS, name)
    if user is None or user["hash"] != matched:
        return None
    role = user["role"]
    return ref_of(_open(tx, name, originator, superuser=role is None, roles=role))


async def is_secret(pool: Pool, said: str) -> bool:
    """Whether a client said the pool's secret."""
    hashed = hashlib.sha256(said.encode()).hexdigest()
    return hmac.compare_digest(hashed, await pool.run(pool.db.read_kv, *SECRET) or "")


async def pool_login(context: Context, name: str, secret: str, host: HostRef) -> SessionRef:
    """Open a session of the pool itself; raises SESSION_AUTHENTICATION_FAILED[name, text]."""
    if not await is_secret(context.pool, secret):
        raise XenAPIError("SESSION_AUTHENTICATION_FAILED", name, "Pool credentials invalid")

    def open_(tx: Transaction) -> SessionRef:
        session = _open(tx, name, "pool", superuser=True, roles=None)
        session.pool = True
        if tx.find(Host, host) is not None:
            session.this_host = host
        return ref_of(session)

    return await context.pool.write(open_)


def _open(
    tx: Transaction, name: str, originator: str, *, superuser: bool, roles: str | None
) -> Session:
    _make_room(tx, originator)
    session = tx.new(Session)
    session.this_host = coordinator(tx)
    session.last_active = session.validation_time = now()
    session.is_local_superuser = superuser
    session.auth_user_name = name
    session.rbac_permissions = [] if roles is None else [roles]
    session.originator = originator
    return session


def _make_room(tx: Transaction, originator: str) -> None:
    """If there are many, drop expired sessions, and the longest unused ones beyond the limits."""
    if len(tx.refs(Session)) < min(ORIGINATOR_MAX, SESSIONS_MAX):
        return
    by_use = sorted(tx.all(Session).items(), key=lambda item: item[1].last_active)
    expired = [ref for ref, record in by_use if _is_idle(record, IDLE_MAX_S)]
    live = by_use[len(expired) :]
    same = [ref for ref, record in live if record.originator == originator]
    surplus = same[: max(len(same) - ORIGINATOR_MAX + 1, 0)]
    surplus += [ref for ref, _ in live[: max(len(live) - SESSIONS_MAX + 1, 0)]]
    for ref in {*expired, *surplus}:
        tx.delete(Session, ref)


def first_user(tx: Transaction, password: str) -> None:
    """Give a new pool its root."""
    if tx.kv_get(USERS, "root") is None:
        tx.kv_set(USERS, "root", {"hash": hash_password(password), "role": None})


def set_secret(tx: Transaction, secret: str) -> None:
    """Store the pool's secret, the first one or a new one."""
    hashed = hashlib.sha256(secret.encode()).hexdigest()
    if tx.kv_get(*SECRET) != hashed:
        tx.kv_set(*SECRET, hashed)


def add_user(tx: Transaction, name: str, password: str, role: str | None) -> None:
    """Add a local user, or change a user's password and role."""
    tx.kv_set(USERS, name, {"hash": hash_password(password), "role": role})


def users(tx: Transaction) -> dict[str, Any]:
    return tx.kv_items(USERS)
