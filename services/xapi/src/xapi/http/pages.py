"""Errors as HTTP pages; after each of them the connection closes."""

from datamodel import XenAPIError
from fastapi import Request, Response

UNCACHED = {"cache-control": "no-cache, no-store"}
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "X-Requested-With"}
CLOSING = {"connection": "close", **UNCACHED}

ESCAPES = str.maketrans(
    {"<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;", "&": "&amp;"},
)
UNEXPECTED = (
    "An unexpected error occurred; please wait a while and try again. "
    "If the problem persists, please contact your support representative."
    "<h1> Additional information </h1>"
)


class Refused(Exception):
    """The request ends with ``response``; a task that came with it fails with ``reason``."""

    def __init__(self, response: Response, reason: XenAPIError) -> None:
        super().__init__(reason)
        self.response = response
        self.reason = reason


class Elsewhere(Exception):
    """The host at ``address`` serves the request; its task is left alone."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._address = address

    def response(self, request: Request) -> Response:
        """Send the client there with its whole query; clients follow no code but 302."""
        path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
        place = f"https://{self._address}{path}?{query}"
        return Response(status_code=302, headers={**CLOSING, "location": place})


def escaped(text: str) -> str:
    """Text escaped for a page."""
    return text.translate(ESCAPES)


def page(code: int, title: str, text: str, **headers: str) -> Response:
    body = f"<html><body><h1>HTTP {code} {title}</h1>{text}</body></html>"
    return Response(body, code, headers={**CLOSING, "content-type": "text/html", **headers})


def bare(code: int, body: str = "") -> Response:
    """An answer that is little more than its code."""
    return Response(body, code, headers=CLOSING)


def unauthorised(realm: str) -> Response:
    text = "Please check your credentials and retry."
    return page(401, "unauthorised", text, **{"WWW-Authenticate": f'Basic realm="{realm}"'})


def forbidden() -> Response:
    return page(403, "forbidden", "Access to the requested resource is forbidden.")


def not_found(path: str) -> Response:
    """The one page of another shape, like that of a file server."""
    body = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"> <html><head>'
        " <title>404 Not Found</title> </head><body> <h1>Not Found</h1>"
        f" <p>The requested URL {escaped(path)} was not found on this server.</p>"
        " <hr><address>Xapi Server</address></body></html>"
    )
    return Response(body, 404, headers=CLOSING)


def unsupported(said: str) -> Response:
    return page(501, "Method Not Implemented", f"<p>{escaped(said)}.<br /></p>")


def failed(error: XenAPIError) -> Response:
    """The page for an error of the XenAPI."""
    code, *params = error.description
    text = f"{code}: [ {'; '.join(params)} ]"
    return page(500, "internal server error", UNEXPECTED + escaped(text))
