"""Who asks for an HTTP action: each parameter is taken from a cookie, else from the query."""

import base64
from urllib.parse import unquote

from datamodel import XenAPIError
from datamodel.classes import Session
from datamodel.refs import as_ref
from fastapi import Request

from xapi import access, sessions
from xapi.pool import Pool


async def session_of(pool: Pool, request: Request) -> Session | None:
    """The client's session, or a stand-in for one; None if the client is unknown.

    The first kind of credentials given decides, even if another kind would have been right.
    """
    session, secret = parameter(request, "session_id"), parameter(request, "pool_secret")
    try:
        if session is not None:
            ref = as_ref(session)
            record = sessions.check(pool, ref)
            await sessions.keep_alive(pool, ref, record)
            return record
        if secret is not None:
            return access.SUPERUSER if await sessions.is_secret(pool, secret) else None
        basic = _basic(request.headers.get("authorization", ""))
        if basic is None:
            return None
        name, password = basic
        role = await sessions.role_of(pool, name, password)
    except XenAPIError:
        return None
    return access.stand_in(name, role)


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, said = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(said, validate=True).decode().partition(":")
    except ValueError:
        return None
    return name, password


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the request, the first of that name; None if it is not given."""
    cookies = request.headers.get("cookie", "")
    for cookie in cookies.split(";" if ";" in cookies else "&"):
        key, _, value = cookie.strip().partition("=")
        if key == name:
            return unquote(value)
    return next(iter(request.query_params.getlist(name)), None)
