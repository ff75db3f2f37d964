"""In front of uvicorn: answers calls, gives streaming actions their connection, uvicorn the rest.

Calls come by the thousand, and most are answered at once: without uvicorn's object and task for a
request that takes a fifth of the time. uvicorn cannot tunnel; it loses bytes of a body that ends
with the connection, and cannot send such an answer.
"""

import asyncio
import re
from typing import Any

from fastapi import Request
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState
from xmlrpc_fastapi.faults import ParseError

from xapi.begun import Begun
from xapi.http.calls import Calls, head_of_answer
from xapi.http.closing import close_gently
from xapi.http.heads import CallHead, scope_of
from xapi.http.serving import Actions
from xapi.http.streams import Stream

END = b"\r\n\r\n"
HEAD_MAX = 64 * 1024
CALL_MAX = 64 * 1024
"""Longer bodies are read by uvicorn piece by piece."""
JOINED_MAX = 64 * 1024
"""Longer answers are written piece by piece: memory for a copy takes more time than all else."""
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
        calls: Calls,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._actions = actions
        self._calls = calls
        self._held = b""
        self._in_message = False
        self._answering: asyncio.Task[None] | None = None
        self._is_last = False
        self._moved = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._wire = transport
        super().connection_made(GentlyClosed(transport, self._close))  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        self._held = b""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def _close(self) -> None:
        """End the connection, when uvicorn wants to."""
        if self.cycle is None or not self.cycle.more_body:
            self._wire.close()
            return
        self.connections.discard(self)
        close_gently(self._wire)

    def shutdown(self) -> None:
        """Answer what has come and end the connection."""
        if self._answering is not None:
            self._is_last = True
            return
        if self._held.startswith(self._actions.calls):
            self._release()
        super().shutdown()

    def on_message_begin(self) -> None:
        self._in_message = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._in_message = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._moved = self.loop.time()
        self._look()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._held:
            self.flow.resume_reading()
            self._look()

    def timeout_keep_alive_handler(self) -> None:
        """End the connection if nothing came on it for long; otherwise look again later."""
        self.timeout_keep_alive_task = None
        if self._held or self._answering is not None:
            return  # the answer sets the timer again
        left = self._moved + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._watch(left)
        else:
            super().timeout_keep_alive_handler()

    def _watch(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        if self._in_message:
            super().data_received(data)
            return
        self._held += data
        self._look()

    def _look(self) -> None:
        """Decide who gets the held bytes, as soon as they tell."""
        if not self._held or self.transport.is_closing():
            return
        if self._answering is not None:
            self.flow.pause_reading()
        elif self._held.startswith(self._actions.calls):
            self._look_at_call()
        elif self._may_stream():
            self._look_at_action()
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

    def _look_at_call(self) -> None:
        """Answer the call at the beginning of the held bytes, once all of it is there.

        uvicorn gets calls whose end is not easily found, and those that are none: it tells why.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self._release()
            return
        if self.flow.write_paused:
            self.flow.pause_reading()  # until the client reads what it has been answered
            return
        head, ended, rest = self._held.partition(END)
        if not ended and _may_go_on(head):
            return
        call = self._calls.heads.read(head + ended) if ended else None
        if call is None or call.length > CALL_MAX:
            self._release()
        elif len(rest) >= call.length:
            self._begin(call, rest[: call.length], rest[call.length :])

    def _begin(self, call: CallHead, body: bytes, rest: bytes) -> None:
        try:
            begun = Begun(self._calls.answer(call, body))
        except ParseError:
            self._release()
            return
        self._held = rest
        if not begun.waits:
            self._answer(call, begun.result)
            return
        self._answering = self.loop.create_task(self._answer_later(call, begun))
        self.tasks.add(self._answering)
        self._answering.add_done_callback(self.tasks.discard)

    async def _answer_later(self, call: CallHead, begun: Begun[list[bytes]]) -> None:
        try:
            body = await begun
        except BaseException:
            self._wire.abort()
            raise
        self._answering = None
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self._answer(call, body)

    def _answer(self, call: CallHead, pieces: list[bytes]) -> None:
        length = sum(map(len, pieces))
        last = self._is_last or not call.keeps_alive
        head = head_of_answer(call, length, self.server_state.default_headers, last=last)
        if length > JOINED_MAX and self.scheme == "http":
            self._wire.writelines([head, *pieces])
        else:
            self._wire.write(b"".join((head, *pieces)))
        self.server_state.total_requests += 1
        if last:
            self._wire.close()
            return
        self._moved = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._watch(self.timeout_keep_alive)
        if self._held:
            self.loop.call_soon(self._look)  # other connections have their turn first

    def _look_at_action(self) -> None:
        """Give the connection to a streaming action, once its request's head is complete."""
        head, ended, rest = self._held.partition(END)
        if not ended and _may_go_on(head):
            return
        head = _quoted(head)
        self._held = head + ended + rest
        scope = scope_of(head + ended) if ended else None
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


def _may_go_on(head: bytes) -> bool:
    """Whether more of a head may come: some clients end its lines otherwise."""
    return len(head) < HEAD_MAX and b"\n\n" not in head


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
