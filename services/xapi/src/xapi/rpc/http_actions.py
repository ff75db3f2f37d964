"""What HTTP asks for besides calls. Nothing of it is served yet, and each is refused as there."""

import html

from datamodel import http_actions
from fastapi import Request, Response

UNCACHED = {"cache-control": "no-cache, no-store"}


def page(code: int, title: str, text: str, **headers: str) -> Response:
    """An error in the field's form."""
    body = f"<html><body><h1>HTTP {code} {title}</h1>{text}</body></html>"
    return Response(body, code, headers={**UNCACHED, "content-type": "text/html", **headers})


def refusal(request: Request, *, trusted: bool) -> Response:
    """The answer to a verb that the path does not take from Warren."""
    method, path = request.method, request.url.path
    if method not in http_actions.METHODS:
        return page(501, "Method Not Implemented", f"<p>Unknown {method} not supported.<br /></p>")
    action = http_actions.find(method, path)
    if action is None:
        return forbidden()
    if action.name == "get_root":
        return not_found(path) if trusted else forbidden()
    if action.name == "get_blob" and not request.url.query:
        return Response(status_code=400, headers=UNCACHED)
    if action.checked and not trusted and not has_credentials(request):
        realm = {"WWW-Authenticate": f'Basic realm="{action.name}"'}
        return page(401, "unauthorised", "Please check your credentials and retry.", **realm)
    return page(501, "Method Not Implemented", f"<p>{action.name} is not served yet.<br /></p>")


def forbidden() -> Response:
    return page(403, "forbidden", "Access to the requested resource is forbidden.")


def not_found(path: str) -> Response:
    text = f"<p>The requested URL {html.escape(path)} was not found on this server.</p>"
    return page(404, "not found", text)


def has_credentials(request: Request) -> bool:
    """Whether somebody says who they are; whom it concerns looks at whether they are."""
    return (
        "authorization" in request.headers
        or "session_id" in request.query_params
        or not request.cookies.keys().isdisjoint({"session_id", "pool_secret"})
    )
