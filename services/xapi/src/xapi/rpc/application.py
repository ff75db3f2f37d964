"""The HTTP application: JSON-RPC at ``/jsonrpc``, XML-RPC at every other POST that is free."""

from datamodel import reference_pages
from datamodel.classes import Pool
from datamodel.wire.xmlrpc import Pieces
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from xmlrpc_fastapi import MethodCall, XMLRPCEndpoint
from xmlrpc_fastapi.faults import ParseError, UnknownCharset

from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.http.heads import JSON_PATHS
from xapi.http.pages import CORS, UNCACHED, escaped, page
from xapi.http.serving import Actions
from xapi.rpc.gateway import BODY_MAX, LIMITS, Gateway

PAGE = """<!DOCTYPE html><title>Warren</title><p>This is Warren, a XenAPI server. POST calls here.
<p><a href="/reference/">The reference of all calls</a>"""


def application(dispatcher: Dispatcher, actions: Actions, *, trusted: bool) -> ASGIApp:
    """The application for one listener; ``trusted`` is for the unix socket.

    Calls come by the thousand, so, being POSTs, they bypass the routes of the pages.
    """
    gateway = Gateway(dispatcher)

    def caller(request: Request) -> Caller:
        headers = request.headers
        return Caller(trusted, headers.get("originator", ""), headers.get("traceparent"))

    async def xml_value(call: MethodCall, request: Request) -> Pieces:
        return await gateway.xml_value(call, caller(request))

    async def json(request: Request) -> Response:
        try:
            answer = await gateway.json(await _body(request), caller(request))
        except ParseError as error:
            return _parse_error(error)
        response = Response(answer)
        # Some clients compare the whole string, so it must have no parameters.
        response.headers["content-type"] = "application/json"
        return response

    xml = XMLRPCEndpoint(xml_value, LIMITS, _parse_error)
    rest = pages(dispatcher, actions)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await rest(scope, receive, send)
            return
        endpoint = json if scope["path"] in JSON_PATHS else xml.serve
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


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise ParseError(f"the body is larger than {BODY_MAX} bytes")
    return bytes(body)
