"""The heads of requests that do not go through uvicorn, as a parser of HTTP reads them."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httptools
from xmlrpc_fastapi import charset_of

from xapi.context import Caller

JSON_PATHS = ("/jsonrpc", "/jsonrpc/")
"""Where calls come by JSON-RPC; all others come by XML-RPC."""

LENGTH = re.compile(rb"[0-9]{1,9}")
KEPT_MAX, KEPT_BYTES_MAX = 1024, 2048

KEPT = frozenset(
    (b"host", b"content-length", b"content-type", b"user-agent", b"accept", b"accept-encoding")
)
"""The headers of a head that is kept: none has a secret, or another value in each request."""


class _Parsed:
    """The parts of a head."""

    def __init__(self, head: bytes) -> None:
        """Raises httptools.HttpParserError if it is no HTTP."""
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.upgrades = False
        self.parser = httptools.HttpRequestParser(self)
        try:
            self.parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            self.upgrades = True  # this is how CONNECT and upgrades end
        self.parsed_url = httptools.parse_url(self.url)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))


def scope_of(head: bytes) -> dict[str, Any] | None:
    """A request's head as an ASGI scope; None if it is not HTTP."""
    try:
        parsed = _Parsed(head)
    except httptools.HttpParserError:
        return None
    return {
        "type": "http",
        "http_version": parsed.parser.get_http_version(),
        "method": parsed.parser.get_method().decode(),
        "path": unquote(parsed.parsed_url.path.decode("latin-1")),
        "raw_path": parsed.parsed_url.path,
        "query_string": parsed.parsed_url.query or b"",
        "headers": parsed.headers,
    }


@dataclass(frozen=True)
class CallHead:
    """The head of a call: how long its body is, and what its answer depends on."""

    length: int
    is_json: bool
    charset: str | None
    caller: Caller
    keeps_alive: bool
    """Whether the connection goes on after the answer."""


class CallHeads:
    """Reads the heads of calls. Clients send the same one again and again, so some are kept."""

    def __init__(self, *, trusted: bool) -> None:
        self._trusted = trusted
        self._kept: dict[bytes, CallHead] = {}

    def read(self, head: bytes) -> CallHead | None:
        """A call's head; None if more than the head is needed to know where the call ends."""
        known = self._kept.get(head)
        if known is not None:
            return known
        if head.count(b"\n") != head.count(b"\r\n"):
            return None  # it may end earlier, by lines that end otherwise
        try:
            parsed = _Parsed(head)
        except httptools.HttpParserError:
            return None
        headers = dict(reversed(parsed.headers))  # the first of a name counts
        length = headers.get(b"content-length", b"")
        if not LENGTH.fullmatch(length) or parsed.upgrades or headers.keys() & _MORE:
            return None
        version = parsed.parser.get_http_version()
        call = CallHead(
            length=int(length),
            is_json=parsed.parsed_url.path.decode("latin-1") in JSON_PATHS,
            charset=charset_of(_text(headers, b"content-type") or ""),
            caller=Caller(
                self._trusted, _text(headers, b"originator") or "", _text(headers, b"traceparent")
            ),
            keeps_alive=version != "1.0" and parsed.parser.should_keep_alive(),
        )
        if len(head) <= KEPT_BYTES_MAX and headers.keys() <= KEPT:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            self._kept[head] = call
        return call


_MORE = frozenset((b"transfer-encoding", b"expect"))


def _text(headers: dict[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")
