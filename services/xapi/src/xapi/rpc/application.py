"""The HTTP application: JSON-RPC at ``/jsonrpc``, XML-RPC at every other POST that is free."""

import re
from collections.abc import Callable
from typing import Any

from datamodel import XenAPIError, reference_pages
from datamodel.classes import Pool
from datamodel.wire import xmlrpc
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from xmlrpc_fastapi import Limits, MethodCall, StandardCodec, XMLRPCEndpoint
from xmlrpc_fastapi.faults import ParseError, UnknownCharset

from xapi import encoding, outermost
from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.http.pages import UNCACHED, escaped, page
from xapi.http.serving import Actions
from xapi.rpc import introspection, jsonrpc

JSON_PATHS = ("/jsonrpc", "/jsonrpc/")
BODY_MAX = 300 * 1024
LIMITS = Limits(body_bytes=BODY_MAX, depth=32, values=20_000)
IS_ALIVE = re.compile(r"system\.isAlive:")
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "X-Requested-With"}
PAGE = """<!DOCTYPE html><title>Warren</title><p>This is Warren, a XenAPI server. POST calls here.
<p><a href="/reference/">The reference of all calls</a>"""


def application(dispatcher: Dispatcher, actions: Actions, *, trusted: bool) -> ASGIApp:
    """The application for one listener; ``trusted`` is for the unix socket.

    Calls come by the thousand, so, being POSTs, they bypass the routes of the pages.
    """
    gateway = Gateway(dispatcher, trusted)
    xml = XMLRPCEndpoint(gateway.xml, LIMITS, _parse_error)
    rest = pages(dispatcher, actions)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await rest(scope, receive, send)
            return
        endpoint = gateway.json if scope["path"] in JSON_PATHS else xml.serve
        try:
            response = await endpoint(Request(scope, receive))
        except ClientDisconnect:
            return  # nobody is left to answer
        await _headed(response)(scope, receive, send)

    return serve


def pages(dispatcher: Dispatcher, actions: Actions) -> FastAPI:
    """The pages for browsers and supervisors; the actions answer everything else."""
    app = FastAPI(title="Warren", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        ready = dispatcher.pool.db.view.count(Pool) > 0
        response.status_code = 200 if ready else 503
        return {"status": "ready" if ready else "the pool database is empty"}

    @app.get("/")
    async def root() -> Response:
        return Response(PAGE, media_type="text/html")

    @app.get("/reference")
    async def reference_index() -> Response:
        return RedirectResponse("/reference/")

    @app.get("/reference/")
    @app.get("/reference/{name}")
    def reference_page(name: str = "index.html") -> Response:
        page = reference_pages.pages().get(name)
        return Response("no such page", 404) if page is None else HTMLResponse(page)

    @app.options("/{path:path}")
    async def options(path: str, request: Request) -> Response:
        """Pages of other servers may call, with the headers that they need."""
        asked = request.headers.get("access-control-request-headers")
        allowed = [asked] if asked else []
        headers = ", ".join([*allowed, CORS["Access-Control-Allow-Headers"]])
        more = {"Access-Control-Allow-Headers": headers, "Access-Control-Allow-Methods": "PUT"}
        return Response(headers={**CORS, **more, **UNCACHED})

    async def other(request: Request, error: Exception) -> Response:
        return await actions.answer(request)

    for status in (404, 405):
        app.add_exception_handler(status, other)
    return app


def _headed(response: Response) -> Response:
    response.headers.update(CORS)
    response.headers.update(UNCACHED)
    return response


def _parse_error(error: ParseError) -> Response:
    if isinstance(error, UnknownCharset):
        return page(415, "unsupported media type", escaped(str(error)))
    return page(500, "internal server error", escaped(str(error)))


class Gateway:
    """Takes calls from either wire to the dispatcher and back; no exception leaves it."""

    def __init__(self, dispatcher: Dispatcher, trusted: bool) -> None:
        self._dispatcher = dispatcher
        self._trusted = trusted

    def _caller(self, request: Request) -> Caller:
        headers = request.headers
        return Caller(self._trusted, headers.get("originator", ""), headers.get("traceparent"))

    async def xml(self, call: MethodCall, request: Request) -> str:
        """The XML of one value: the envelope, or what system.* answers without one."""
        if IS_ALIVE.match(call.method):
            return StandardCodec().encode(call.params[0] if call.params else "")
        try:
            if call.method in introspection.ANSWERED:
                return _plain(introspection.answer(call.method, call.params))
            return xmlrpc.success(await self._call(call, request, encoding.xml_value))
        except XenAPIError as error:
            return xmlrpc.failure(error.description)

    async def json(self, request: Request) -> Response:
        try:
            call = jsonrpc.parse(await _body(request), LIMITS)
        except ParseError as error:
            return _parse_error(error)
        try:
            answer = jsonrpc.success(call, await self._json_result(call, request))
        except XenAPIError as error:
            answer = jsonrpc.failure(call, error)
        response = Response(encoding.to_json(answer))
        # Some clients compare the whole string, so it must have no parameters.
        response.headers["content-type"] = "application/json"
        return response

    async def _json_result(self, call: jsonrpc.Call, request: Request) -> Any:
        if call.method in introspection.ANSWERED:
            return introspection.answer(call.method, call.params)
        return await self._call(call, request, lambda _, value: encoding.json_value(value))

    async def _call(
        self, call: MethodCall | jsonrpc.Call, request: Request, encode: Callable[..., Any]
    ) -> Any:
        try:
            caller = self._caller(request)
            type_, value = await self._dispatcher.call(call.method, call.params, caller)
            return encode(type_, value)
        except XenAPIError:
            raise
        except Exception as error:
            raise outermost.reason(error, call.method) from error


def _plain(value: Any) -> str:
    """Strings without tags, as upstream writes them."""
    if isinstance(value, list):
        return xmlrpc.array(_plain(item) for item in value)
    return xmlrpc.text(value)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise ParseError(f"the body is larger than {BODY_MAX} bytes")
    return bytes(body)
