"""A connection to the gateway without sockets: what is sent, what is answered, how it ends."""

import asyncio
from collections.abc import Mapping
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState
from xapi.http import actions as functions
from xapi.http.calls import Calls
from xapi.http.front import Front
from xapi.http.registry import SERVED, Served
from xapi.http.serving import Actions
from xapi.rpc import gateway as rpc
from xapi.rpc.application import application

from tests.unit.xapi.conftest import Gateway

assert functions.__all__, "the functions declare themselves when they are imported"


class Wire(asyncio.Transport):
    """A transport that remembers what is written, and what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = ""
        self.ended = asyncio.Event()
        self.protocol: Any = None

    def write(self, data: Any) -> None:
        self.written += data

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def get_protocol(self) -> Any:
        return self.protocol

    def is_closing(self) -> bool:
        return bool(self.closed)

    def close(self) -> None:
        self.closed = self.closed or "closed"
        self.ended.set()

    def abort(self) -> None:
        self.closed = self.closed or "reset"
        self.ended.set()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.written += b"<end>"
        self.ended.set()

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Client:
    """One connection to a front, without sockets."""

    def __init__(
        self,
        gateway: Gateway,
        served: Mapping[str, Served] = SERVED,
        app: ASGIApp | None = None,
        *,
        trusted: bool = True,
    ) -> None:
        """Connect to the gateway's own application, or to another one in its place."""
        self._gateway = gateway
        gateway.run(self._connect(served, app, trusted))

    async def _connect(
        self, served: Mapping[str, Served], app: ASGIApp | None, trusted: bool
    ) -> None:
        self.wire = Wire()
        dispatcher = self._gateway.dispatcher
        actions = Actions(dispatcher.pool, trusted=trusted, served=served)
        app = app or application(dispatcher, actions, trusted=trusted)
        calls = Calls(rpc.Gateway(dispatcher).answer, trusted=trusted)
        config = uvicorn.Config(app, log_config=None, lifespan="off", server_header=False)
        config.load()
        self._tasks = ServerState()
        front = Front(actions, calls, config, self._tasks, {}, asyncio.get_running_loop())
        self.wire.set_protocol(front)
        front.connection_made(self.wire)

    def send(self, *pieces: bytes) -> bytes:
        """Send, piece by piece; all that has been answered once nothing moves any more."""
        self._gateway.run(self._send(pieces))
        return self.wire.written

    async def _send(self, pieces: tuple[bytes, ...]) -> None:
        for piece in pieces:
            self.wire.protocol.data_received(piece)
            await asyncio.sleep(0)
        await self.settle()

    async def settle(self) -> None:
        """Let everything run that can: what is left waits for the client."""
        for _ in range(50):
            await asyncio.sleep(0)

    def end(self) -> bytes:
        """Say that nothing more will be sent."""
        self._gateway.run(self._end())
        return self.wire.written

    async def _end(self) -> None:
        self.wire.protocol.eof_received()
        await self.settle()

    def exchange(self, request: bytes) -> tuple[str, str]:
        """Send, and wait for the end of the answer: its first line and headers, and its body."""
        self.send(request)
        return self.answer()

    def finish(self) -> None:
        """Wait until all that serves requests has ended."""
        self._gateway.run(self._finish())

    async def _finish(self) -> None:
        while self._tasks.tasks:
            await asyncio.wait(list(self._tasks.tasks))
            await self.settle()

    def cut(self) -> None:
        """Stop whatever serves the request, as uvicorn does when the process ends."""
        self._gateway.run(self._cut())

    async def _cut(self) -> None:
        tasks = list(self._tasks.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    def answer(self) -> tuple[str, str]:
        """What was answered once that has ended."""
        self._gateway.run(self.wire.ended.wait())
        head, _, body = self.wire.written.removesuffix(b"<end>").partition(b"\r\n\r\n")
        return f"{head.decode()}\r\n", body.decode("latin-1")
