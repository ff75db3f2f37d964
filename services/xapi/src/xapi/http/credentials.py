"""What HTTP asks for besides calls. Nothing of it is served yet, and each is refused as there.

Who gives the request a task to follow it by (``task_id``) is told by the task, too: it fails.
"""

import base64
import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from datamodel import XenAPIError, http_actions
from datamodel.errors import not_implemented
from fastapi import Request, Response
from pooldb import Transaction, leases

from xapi import access, sessions, tasks
from xapi.pool import Pool

UNCACHED = {"cache-control": "no-cache, no-store"}

Session = Mapping[str, Any]


def page(code: int, title: str, text: str, **headers: str) -> Response:
    """An error in the field's form."""
    body = f"<html><body><h1>HTTP {code} {title}</h1>{text}</body></html>"
    return Response(body, code, headers={**UNCACHED, "content-type": "text/html", **headers})


async def refuse(pool: Pool, request: Request, *, trusted: bool) -> Response:
    """The answer to a verb that the path does not take from Warren; ends the task of the request.

    The task ends only where whoever asks may end it.
    """
    await pool.catch_up()
    session = access.SUPERUSER if trusted else await session_of(pool, request)
    response, reason = _refusal(request, session, trusted=trusted)
    task = parameter(request, "task_id")
    if task is not None and session is not None:
        await _fail(pool, task, session, reason)
    return response


def _refusal(
    request: Request, session: Session | None, *, trusted: bool
) -> tuple[Response, XenAPIError]:
    """The answer, and what a task says of it."""
    method, path = request.method, request.url.path
    action = http_actions.find(method, path)
    reason = not_implemented(f"{method} {path}" if action is None else action.name)
    if method not in http_actions.METHODS:
        said = f"<p>Unknown {method} not supported.<br /></p>"
        return page(501, "Method Not Implemented", said), reason
    if action is None:
        return forbidden(), reason
    if action.name == "get_root":
        return (not_found(path) if trusted else forbidden()), reason
    if action.name == "get_blob" and not request.url.query:
        return Response(status_code=400, headers=UNCACHED), reason
    if action.checked and session is None:
        realm = {"WWW-Authenticate": f'Basic realm="{action.name}"'}
        said = "Please check your credentials and retry."
        return page(401, "unauthorised", said, **realm), reason
    if action.checked and session is not None:
        try:
            access.require(f"http/{action.name}".lower(), session)
        except XenAPIError as denied:
            return forbidden(), denied
    said = f"<p>{action.name} is not served yet.<br /></p>"
    return page(501, "Method Not Implemented", said), reason


async def _fail(pool: Pool, task: str, session: Session, reason: XenAPIError) -> None:
    """End a client's own task by a failure."""

    def fail(tx: Transaction) -> None:
        record = tx.find("task", task)
        # The task of a call is not the request's: the forwarder ends it.
        if record is None or tx.kv_get(leases.TASKS, task) is not None:
            return
        access.check_task(record, session)
        if record["status"] not in tasks.ENDED:
            tasks.fail(tx, task, reason)

    try:
        await pool.write(fail)
    except XenAPIError:
        return  # of somebody else's task nothing is said, as nothing was asked


def forbidden() -> Response:
    return page(403, "forbidden", "Access to the requested resource is forbidden.")


def not_found(path: str) -> Response:
    text = f"<p>The requested URL {html.escape(path)} was not found on this server.</p>"
    return page(404, "not found", text)


async def session_of(pool: Pool, request: Request) -> Session | None:
    """Who asks: what their session says, or would say; None for nobody who is known.

    Whoever gives one kind of credentials is judged by it, also where another one would do.
    """
    session, secret = parameter(request, "session_id"), parameter(request, "pool_secret")
    try:
        if session is not None:
            return sessions.check(pool, session)
        if secret is not None:
            return access.SUPERUSER if sessions.is_secret(pool, secret) else None
        basic = _basic(request.headers.get("authorization", ""))
        if basic is None:
            return None
        name, password = basic
        role = await sessions.role_of(pool, name, password)
    except XenAPIError:
        return None
    roles = {"is_local_superuser": role is None, "rbac_permissions": [role] if role else []}
    return {**access.SUPERUSER, **roles, "auth_user_name": name}


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
    """A parameter of the request: from a cookie, else from the query."""
    cookies = request.headers.get("cookie", "")
    for cookie in cookies.split(";" if ";" in cookies else "&"):
        key, _, value = cookie.strip().partition("=")
        if key == name:
            return unquote(value)
    return request.query_params.get(name)
