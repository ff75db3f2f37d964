"""In front of uvicorn: actions that stream get a connection to themselves, uvicorn the rest.

uvicorn cannot tunnel; it loses bytes of a body that ends with the connection, and cannot send such
an answer.
"""

import asyncio
import re
from typing import Any
from urllib.parse import unquote

import httptools
from fastapi import Request
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from xapi.http.closing import close_gently
from xapi.http.serving import Actions
from xapi.http.streams import Stream

HEAD_MAX = 64 * 1024
METHOD_MAX = 64
"""How many bytes of a request are compared to tell whether it may be for a streaming action."""

UNQUOTED = re.compile(rb'[<>"\\^`{|}\x80-\xff]')
READ_AHEAD = 1024 * 1024
"""How many of a client's bytes are kept for a stream that does not read yet."""


class Front(HttpToolsProtocol):
    """One connection. Bytes after a request are held until it is clear who is to get them."""

    def __init__(
        self,
        actions: Actions,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._actions = actions
        self._held = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._wire = transport
        super().connection_made(GentlyClosed(transport, self._close))  # type: ignore[arg-type]

    def _close(self) -> None:
        """End the connection, when uvicorn wants to."""
        if self.cycle is None or not self.cycle.more_body:
            self._wire.close()
            return
        self.connections.discard(self)
        close_gently(self._wire)

    def on_message_begin(self) -> None:
        self._in_message = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._in_message = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._held:
            self._look()

    def data_received(self, data: bytes) -> None:
        if self._in_message or (not self._held and data.startswith(self._actions.calls)):
            super().data_received(data)
            return
        self._held += data
        if self._may_stream():
            self._look()
        else:
            self._release()

    def _may_stream(self) -> bool:
        begins = self._held[:METHOD_MAX]
        return any(
            begins.startswith(method) or method.startswith(begins)
            for method in self._actions.streaming_methods
        )

    def _release(self) -> None:
        """Give uvicorn the held bytes."""
        held, self._held = self._held, b""
        super().data_received(held)

    def _look(self) -> None:
        """Decide who gets the held bytes, once the request's head is complete."""
        head, ended, rest = self._held.partition(b"\r\n\r\n")
        if not ended and len(head) < HEAD_MAX and b"\n\n" not in head:
            return
        head = _quoted(head)
        self._held = head + ended + rest
        scope = _parsed(head + ended) if ended else None
        if scope is None or not self._actions.streams(scope["method"], scope["path"]):
            self._release()
        elif self.cycle is not None and not self.cycle.response_complete:
            self.flow.pause_reading()  # until the last request is answered
        else:
            self._held = b""
            self._hand_over(Request(scope | {"client": self.client, "server": self.server}), rest)

    def _hand_over(self, request: Request, rest: bytes) -> None:
        """Give the action the connection, with the bytes that came after the request's head."""
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        reader = asyncio.StreamReader(limit=READ_AHEAD, loop=self.loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self.loop)
        self._wire.set_protocol(protocol)
        protocol.connection_made(self._wire)
        self._wire.resume_reading()
        reader.feed_data(rest)
        writer = asyncio.StreamWriter(self._wire, protocol, reader, self.loop)
        task = self.loop.create_task(self._serve(request, Stream(reader, writer), writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, request: Request, stream: Stream, writer: asyncio.StreamWriter) -> None:
        """Serve the request and end the connection."""
        try:
            done = await self._actions.stream(request, stream)
        except ConnectionError:
            return  # nobody is left to answer
        except BaseException:
            self._wire.abort()
            raise
        if done:
            self._wire.close()
        elif stream.started:
            # A reset tells the client that bytes are missing; it would take a text for bytes.
            self._wire.abort()
        else:
            close_gently(self._wire, writer)


def _quoted(head: bytes) -> bytes:
    """The head with its target quoted, as parsers require but some clients do not do."""
    line, end, headers = head.partition(b"\r\n")
    return UNQUOTED.sub(lambda match: b"%%%02X" % match[0][0], line) + end + headers


class GentlyClosed:
    """A transport whose ``close`` is another function."""

    def __init__(self, transport: asyncio.Transport, close: Any) -> None:
        self._transport = transport
        self.close = close
        self.write = transport.write
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Head:
    """The parts of a head, as a parser finds them."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))


def _parsed(head: bytes) -> dict[str, Any] | None:
    """A request's head as an ASGI scope; None if it is not HTTP."""
    parts = _Head()
    parser = httptools.HttpRequestParser(parts)
    try:
        parser.feed_data(head)
    except httptools.HttpParserUpgrade:
        pass  # this is how CONNECT and upgrades end
    except httptools.HttpParserError:
        return None
    try:
        url = httptools.parse_url(parts.url)
    except httptools.HttpParserInvalidURLError:
        return None
    return {
        "type": "http",
        "http_version": parser.get_http_version(),
        "method": parser.get_method().decode(),
        "path": unquote(url.path.decode("latin-1")),
        "raw_path": url.path,
        "query_string": url.query or b"",
        "headers": parts.headers,
    }
