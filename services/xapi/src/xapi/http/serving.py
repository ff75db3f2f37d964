"""Takes a request to the function of its action, by the same steps for each action.

Known method → known path → session → role → task → parameters → the function → the task's end.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError, http_actions
from datamodel.classes import Session
from datamodel.errors import not_implemented
from datamodel.http_actions import BOOL, INT, ParamType
from datamodel.refs import as_ref
from fastapi import Request, Response

from xapi import access, outermost
from xapi.http.asked import Asked
from xapi.http.credentials import parameter, session_of
from xapi.http.pages import (
    Elsewhere,
    Refused,
    failed,
    forbidden,
    not_found,
    page,
    unsupported,
)
from xapi.http.registry import SERVED, Served
from xapi.http.streams import Stream
from xapi.http.task import RequestTask
from xapi.pool import Pool

CALLS = ("/", "/RPC2", "/json", "/jsonrpc")
"""Where clients send the XenAPI's calls."""


class Actions:
    """The actions of one listener; ``trusted`` is for the unix socket."""

    def __init__(self, pool: Pool, *, trusted: bool, served: Mapping[str, Served] = SERVED) -> None:
        self._pool = pool
        self._trusted = trusted
        self._served = served
        begins = {_begins(each) for each in served.values() if each.streams}
        self.streaming_methods = tuple(each.encode() for each in sorted(begins))
        """The beginnings of requests that may be for an action that streams."""
        calls = [f"POST {path} ".encode() for path in CALLS if not self.streams("POST", path)]
        self.calls = tuple(calls)
        """The beginnings of requests that come by the thousand and stream nothing."""

    def streams(self, method: str, path: str) -> bool:
        """Whether the action of a path has the connection to itself."""
        action = http_actions.find(method, path)
        return (
            action is not None and action.name in self._served and self._served[action.name].streams
        )

    async def answer(self, request: Request) -> Response:
        """The answer to a request that is no call and does not stream."""
        response = await self._serve(request, None)
        assert response is not None
        return response

    async def stream(self, request: Request, stream: Stream) -> bool:
        """Serve an action that streams; returns False if it was refused or failed."""
        refusal = await self._serve(request, stream)
        if refusal is not None and not stream.started:
            await stream.answer(refusal)
        return refusal is None

    async def _serve(self, request: Request, stream: Stream | None) -> Response | None:
        """Serve a request; returns the answer, None if it went through the stream."""
        await self._pool.catch_up()
        session = access.SUPERUSER if self._trusted else await session_of(self._pool, request)
        named = parameter(request, "task_id")
        task = RequestTask(self._pool, None if named is None else as_ref(named), session)
        try:
            asked, served = self._admitted(request, session)
            if served.streams != (stream is not None):
                # The request came before the last one was answered, so it went to uvicorn.
                raise Refused(page(400, "bad request", ""), not_implemented(asked.action.name))
            task.require()
            given: dict[str, Any] = {
                name: _typed(request, name, type_) for name, type_ in asked.action.params
            }
            if stream is not None:
                stream.follow(task)
                await served.function(asked, stream, **given)
                response = None
            else:
                response = await served.function(asked, **given)
        except Elsewhere as elsewhere:
            # The host that serves the request ends its task.
            return elsewhere.response(request)
        except asyncio.CancelledError:
            await task.fail(XenAPIError("INTERNAL_ERROR", "the gateway is being stopped"))
            raise
        except Exception as error:  # the outermost handler: the client gets no stack trace
            refusal, reason = _told(request, error)
            await task.fail(reason)
            return refusal
        await task.succeed()
        return response

    def _admitted(self, request: Request, session: Session | None) -> tuple[Asked, Served]:
        """The request and its function; raises Refused."""
        method, path = request.method, request.scope["path"]
        action = http_actions.find(method, path)
        if method not in http_actions.METHODS:
            raise _refused(f"{method} {path}", unsupported(f"Unknown {method} not supported"))
        if action is None:
            raise _refused(f"{method} {path}", forbidden())
        if action.name == "get_root":
            # This action stands for all paths that have no other.
            raise _refused(action.name, not_found(path) if self._trusted else forbidden())
        asked = Asked(self._pool, action, request, session)
        if action.checked:
            asked.require_role()
        if action.name not in self._served:
            raise _refused(action.name, unsupported(f"{action.name} is not served yet"))
        return asked, self._served[action.name]


def _begins(served: Served) -> str:
    """The beginning of requests for an action; with POST it has the path, since calls are POSTs."""
    method = served.action.method
    return f"{method} {served.action.uri}" if method == "POST" else f"{method} "


def _refused(what: str, response: Response) -> Refused:
    return Refused(response, not_implemented(what))


def _typed(request: Request, name: str, type_: ParamType) -> Any:
    """A parameter in native form, None if it is not given; raises Refused."""
    value = parameter(request, name)
    if value is None or type_ not in (BOOL, INT):
        return value
    if type_ == BOOL:
        return value == "true"
    try:
        return int(value)
    except ValueError:
        reason = XenAPIError("INVALID_VALUE", name, value)
        raise Refused(page(400, "bad request", ""), reason) from None


def _told(request: Request, error: Exception) -> tuple[Response, XenAPIError]:
    """The answer to the client, and the error of the task, after a failure."""
    if isinstance(error, Refused):
        return error.response, error.reason
    if isinstance(error, ConnectionError):
        reason = XenAPIError("INTERNAL_ERROR", "the client closed the connection")
        return failed(reason), reason
    reason = outermost.reason(error, f"{request.method} {request.scope['path']}")
    if reason.code == "RBAC_PERMISSION_DENIED":
        return forbidden(), reason
    return failed(reason), reason
