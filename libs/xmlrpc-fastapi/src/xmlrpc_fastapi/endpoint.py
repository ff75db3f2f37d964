"""The lower level: an endpoint that reads calls and writes what its handler answers."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from xmlrpc_fastapi.codec import fault_response, response
from xmlrpc_fastapi.faults import PARSE_ERROR, Fault, ParseError, TooLarge, UnknownCharset
from xmlrpc_fastapi.limits import Limits
from xmlrpc_fastapi.parser import CallParser

MEDIA_TYPE = "text/xml"
CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";]+)', re.IGNORECASE)
LENGTH = re.compile(r"[0-9]{1,18}")
STATUSES = {TooLarge: 413, UnknownCharset: 415}


@dataclass(frozen=True)
class MethodCall:
    """A call as it came: the method's name and untyped parameters."""

    method: str
    params: list[Any]


Handler = Callable[[MethodCall, Request], Awaitable[Iterable[bytes]]]
OnParseError = Callable[[ParseError], Response]


def charset_of(content_type: str) -> str | None:
    """The charset that HTTP names for a body, None if it names none."""
    charset = CHARSET.search(content_type)
    return None if charset is None else charset[1]


def answer(body: bytes, status: int = 200) -> Response:
    """A response whose content type is exactly ``text/xml``: some clients compare the string."""
    made = Response(body, status)
    made.headers["content-type"] = MEDIA_TYPE
    return made


def parse_fault(error: ParseError) -> Response:
    """A fault with HTTP 200, but 413 beyond a limit and 415 for an unknown charset."""
    fault = Fault(PARSE_ERROR, str(error))
    return answer(fault_response(fault), STATUSES.get(type(error), 200))


class XMLRPCEndpoint:
    """Add ``endpoint.serve`` to an application as the route of a POST.

    ``handler`` gets the call and returns the XML of one ``value`` in pieces, or raises Fault.
    ``on_parse_error`` returns the response to a body that is no call.
    """

    def __init__(
        self,
        handler: Handler,
        limits: Limits | None = None,
        on_parse_error: OnParseError = parse_fault,
    ) -> None:
        self._handler = handler
        self._limits = limits or Limits()
        self._on_parse_error = on_parse_error

    async def serve(self, request: Request) -> Response:
        """Read a call, have it handled, answer; memory stays within the limits in any case."""
        try:
            call = await self._read(request)
        except ParseError as error:
            return self._on_parse_error(error)
        try:
            return answer(response(await self._handler(call, request)))
        except Fault as fault:
            return answer(fault_response(fault))

    async def _read(self, request: Request) -> MethodCall:
        declared = request.headers.get("content-length", "0")
        if LENGTH.fullmatch(declared) and int(declared) > self._limits.body_bytes:
            raise TooLarge(f"the body is larger than {self._limits.body_bytes} bytes")
        charset = charset_of(request.headers.get("content-type", ""))
        parser = CallParser(self._limits, charset)
        async for chunk in request.stream():
            if chunk:
                parser.feed(chunk)
        return MethodCall(*parser.close())
