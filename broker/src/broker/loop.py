"""The thread that does all AMQP of this process.

pika leaves the network to an adapter (`pika.adapters.utils.nbio_interface`); this one is uvloop's,
which sends at once what is written in one turn of the loop, and reads without asking twice.
"""

import asyncio
import functools
import logging
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop
from pika.adapters.utils.nbio_interface import AbstractIOServices, AbstractStreamProtocol

log = logging.getLogger(__name__)

Action = Callable[[], object]


class Loop(AbstractIOServices):  # type: ignore[misc]
    """An event loop in a thread of its own, for as long as this process lives.

    pika calls all but ``soon`` from that thread.
    """

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._actions: deque[Action] = deque()
        self._is_woken = False
        threading.Thread(target=self._loop.run_forever, name="broker", daemon=True).start()

    def soon(self, action: Action) -> None:
        """Have something done in the loop's thread, in order; any thread may call this.

        However many actions wait, they wake the loop once.
        """
        self._actions.append(action)
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._act)

    def _act(self) -> None:
        self._is_woken = False  # first: what comes from now on may come too late for this round
        while self._actions:
            try:
                self._actions.popleft()()
            except Exception:  # those of other connections wait behind it
                log.exception("something could not be done at the broker")

    # --- what pika asks for -----------------------------------------------------------------

    def get_native_ioloop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def add_callback_threadsafe(self, callback: Action) -> None:
        self.soon(callback)

    def call_later(self, delay: float, callback: Callable[[], Any]) -> asyncio.TimerHandle:
        return self._loop.call_later(delay, callback)

    def getaddrinfo(
        self,
        host: str,
        port: int,
        on_done: Callable[[Any], None],
        family: int = 0,
        socktype: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> "asyncio.Task[None]":
        found = self._loop.getaddrinfo(
            host, port, family=family, type=socktype, proto=proto, flags=flags
        )
        return self._begin(found, on_done)

    def connect_socket(
        self, sock: socket.socket, resolved_addr: Any, on_done: Callable[[Any], None]
    ) -> "asyncio.Task[None]":
        return self._begin(self._loop.sock_connect(sock, resolved_addr), on_done)

    def create_streaming_connection(
        self,
        protocol_factory: Callable[[], AbstractStreamProtocol],
        sock: socket.socket,
        on_done: Callable[[Any], None],
        ssl_context: ssl.SSLContext | None = None,
        server_hostname: str | None = None,
    ) -> "asyncio.Task[None]":
        linked = self._loop.create_connection(
            lambda: _Stream(protocol_factory()),
            sock=sock,
            ssl=ssl_context,
            server_hostname=None if ssl_context is None else server_hostname,
        )
        return self._begin(linked, on_done, lambda pair: (pair[0], pair[1].inner))

    def _begin(
        self,
        work: Coroutine[Any, Any, Any],
        on_done: Callable[[Any], None],
        result: Callable[[Any], Any] = lambda done: done,
    ) -> "asyncio.Task[None]":
        """Begin something that pika may cancel; it is told the result or the error."""

        async def run() -> None:
            try:
                done = result(await work)
            except Exception as error:
                done = error
            on_done(done)

        return self._loop.create_task(run())

    def run(self) -> None:
        raise NotImplementedError("it runs by itself")

    stop = close = run


class _Stream(asyncio.Protocol):
    """One of pika's streams as asyncio knows them; pika has its own bounds for what it writes."""

    def __init__(self, inner: AbstractStreamProtocol) -> None:
        self.inner = inner

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.inner.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        return bool(self.inner.eof_received())


@functools.cache
def loop() -> Loop:
    """The one of this process."""
    return Loop()
