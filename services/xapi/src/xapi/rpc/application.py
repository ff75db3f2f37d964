"""The HTTP application: XML-RPC at every POST that nothing else takes, JSON-RPC at ``/jsonrpc``."""

import logging
import re
from typing import Any

import msgspec
from datamodel import XenAPIError, reference
from datamodel.wire import xmlrpc
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from xmlrpc_fastapi import Limits, MethodCall, StandardCodec, XMLRPCEndpoint
from xmlrpc_fastapi.faults import ParseError

from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.rpc import encoding, introspection

log = logging.getLogger(__name__)

JSON_PATHS = ("/jsonrpc", "/jsonrpc/")
BODY_MAX = 300 * 1024
LIMITS = Limits(body_bytes=BODY_MAX, depth=32, values=20_000)
IS_ALIVE = re.compile(r"system\.isAlive:")
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "X-Requested-With"}
PAGE = """<!DOCTYPE html><title>Warren</title><p>This is Warren, a XenAPI server. POST calls here.
<p><a href="/reference/">The reference of all calls</a>"""


def application(dispatcher: Dispatcher, *, trusted: bool) -> ASGIApp:
    """The application for one listener; ``trusted`` is for the unix socket.

    A call is a POST and comes by the thousand, so it does not go through the routes of the pages.
    """
    gateway = Gateway(dispatcher, trusted)
    xml = XMLRPCEndpoint(gateway.xml, LIMITS, _parse_error)
    rest = pages(dispatcher)

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


def pages(dispatcher: Dispatcher) -> FastAPI:
    """What is there for browsers and supervisors."""
    app = FastAPI(title="Warren", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        ready = dispatcher.pool.db.view.count("pool") > 0
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
        page = reference.pages().get(name)
        return Response("no such page", 404) if page is None else HTMLResponse(page)

    @app.options("/{path:path}")
    async def options(path: str) -> Response:
        return Response(headers=CORS)

    return app


def _headed(response: Response) -> Response:
    response.headers.update(CORS)
    response.headers["cache-control"] = "no-cache, no-store"
    return response


def _parse_error(error: ParseError) -> Response:
    text = f"<html><body><h1>HTTP 500 internal server error</h1>{error}</body></html>"
    return Response(text, 500, media_type="text/html")


class Gateway:
    """From either wire to the dispatcher and back; no exception leaves it."""

    def __init__(self, dispatcher: Dispatcher, trusted: bool) -> None:
        self._dispatcher = dispatcher
        self._view = dispatcher.pool.db.view
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
            type_, value = await self._call(call.method, call.params, request)
            return xmlrpc.success(encoding.xml_value(self._view, type_, value))
        except XenAPIError as error:
            return xmlrpc.failure(error.description)

    async def json(self, request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await _body(request))
        except (msgspec.DecodeError, ParseError) as error:
            return _parse_error(ParseError(str(error)))
        if not isinstance(asked, dict) or not isinstance(asked.get("method"), str):
            return _parse_error(ParseError("the body is no JSON-RPC call"))
        answer = await self._json_answer(asked, request)
        response = Response(encoding.to_json(answer))
        # Some clients compare the string, so nothing may stand behind it.
        response.headers["content-type"] = "application/json"
        return response

    async def _json_answer(self, asked: dict[str, Any], request: Request) -> dict[str, Any]:
        second = asked.get("jsonrpc") == "2.0"
        params, id_ = asked.get("params") or [], asked.get("id")
        try:
            if asked["method"] in introspection.ANSWERED:
                result = introspection.answer(asked["method"], params)
            else:
                type_, value = await self._call(asked["method"], params, request)
                result = encoding.json_value(self._view, type_, value)
        except XenAPIError as error:
            code, *data = error.description
            if second:
                said = {"code": 1, "message": code, "data": data}
                return {"jsonrpc": "2.0", "error": said, "id": id_}
            return {"result": None, "error": error.description, "id": id_}
        if second:
            return {"jsonrpc": "2.0", "result": result, "id": id_}
        return {"result": result, "error": None, "id": id_}

    async def _call(self, method: str, params: Any, request: Request) -> tuple[Any, Any]:
        if not isinstance(params, list):
            raise XenAPIError("INTERNAL_ERROR", "params must be an array")
        try:
            return await self._dispatcher.call(method, params, self._caller(request))
        except XenAPIError:
            raise
        except Exception as error:  # the outermost place: the client gets no stack trace
            log.exception("%s failed", method)
            raise XenAPIError("INTERNAL_ERROR", f"{type(error).__name__}: {error}") from error


def _plain(value: Any) -> str:
    """Strings without tags, as all the field's values are."""
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
