"""session.*: logins, logouts and passwords."""

from typing import Any

from datamodel import XenAPIError
from datamodel.classes import HostRef, Session, SessionRef
from datamodel.refs import NULL_REF
from pooldb import Transaction

from xapi import sessions
from xapi.context import Context, answers


@answers("session.login_with_password")
async def login_with_password(
    context: Context, uname: str, pwd: str, version: str, originator: str
) -> SessionRef:
    return await sessions.login(context, uname, pwd, originator)


@answers("session.slave_local_login_with_password")
async def slave_local_login_with_password(context: Context, uname: str, pwd: str) -> SessionRef:
    return await sessions.login(context, uname, pwd, "")


@answers("session.slave_login")
async def slave_login(context: Context, host: HostRef, psecret: str) -> SessionRef:
    return await sessions.pool_login(context, host, psecret, host)


@answers("session.slave_local_login")
async def slave_local_login(context: Context, psecret: str) -> SessionRef:
    return await sessions.pool_login(context, "pool", psecret, NULL_REF)


@answers("session.logout")
async def logout(context: Context) -> None:
    await _end(context)


@answers("session.local_logout")
async def local_logout(context: Context) -> None:
    await _end(context)


async def _end(context: Context) -> None:
    session = context.session
    assert session is not None
    await context.pool.write(lambda tx: tx.delete(Session, session), tell=False)


@answers("session.change_password")
async def change_password(context: Context, old_pwd: str, new_pwd: str) -> None:
    """Change the user's password; over the trusted socket the old one need not be right."""
    name = context.subject
    user: Any = await context.pool.run(context.pool.db.read_kv, sessions.USERS, name)
    known = user is not None and (
        context.caller.trusted
        or await context.pool.run(sessions.VERIFIER.matches, name, old_pwd, user["hash"])
    )
    if not known:
        raise XenAPIError("CHANGE_PASSWORD_REJECTED", "the old password is wrong")
    await context.pool.write(lambda tx: sessions.add_user(tx, name, new_pwd, user["role"]))


@answers("session.get_all_subject_identifiers")
async def get_all_subject_identifiers(context: Context) -> list[str]:
    open_sessions = context.view.all(Session).values()
    return sorted({record.auth_user_sid for record in open_sessions} - {""})


@answers("session.logout_subject_identifier")
async def logout_subject_identifier(context: Context, subject_identifier: str) -> None:
    """End all sessions of a subject, except the calling one and root's."""

    def end(tx: Transaction) -> None:
        for ref, record in tx.all(Session).items():
            theirs = record.auth_user_sid == subject_identifier != ""
            if theirs and not record.is_local_superuser and ref != context.session:
                tx.delete(Session, ref)

    await context.pool.write(end)
