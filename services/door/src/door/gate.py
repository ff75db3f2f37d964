"""Reads the first line of each connection and leads it to the daemon that its token names."""

import asyncio
import json
import logging
import socket
import ssl
from pathlib import Path

from daemon.door import LINE_MAX, daemon_of, read, socket_of

from door.relay import CHUNK, End, Stream, relay

log = logging.getLogger(__name__)

FIRST_LINE_S = 10.0
"""How long a handshake and the first line may take."""
WAITING_MAX = 100
"""How many connections may be without a first line; beyond, the oldest of them is closed."""
GOODBYE_S = 30.0
"""How long a client may take to read the last bytes that are sent to it."""
AGAIN_S = 0.1
KEEPALIVE = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 6}
"""A peer that vanished is noticed within a minute and a half."""


class Refused(Exception):
    """Why a connection is led nowhere; trying again would not help."""


class Gate:
    """``folder`` is where the daemons listen."""

    def __init__(self, tls: ssl.SSLContext, folder: Path) -> None:
        self._tls = tls
        self._folder = folder
        self._all: set[asyncio.Task[None]] = set()
        self._waiting: dict[asyncio.Task[None], None] = {}

    async def serve(self, listener: socket.socket) -> None:
        """Accept connections, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listener)
            except OSError as error:  # too many files are open, say
                log.error("nobody can be let in: %s", error)
                await asyncio.sleep(AGAIN_S)
                continue
            self._admit(loop.create_task(self._lead(accepted)))

    def _admit(self, task: asyncio.Task[None]) -> None:
        self._all.add(task)
        self._waiting[task] = None
        task.add_done_callback(self._left)
        if len(self._waiting) > WAITING_MAX:
            next(iter(self._waiting)).cancel()

    def _left(self, task: asyncio.Task[None]) -> None:
        self._all.discard(task)
        self._waiting.pop(task, None)

    async def _lead(self, accepted: socket.socket) -> None:
        """Serve one connection, from its first byte to its last."""
        client = None
        try:
            async with asyncio.timeout(FIRST_LINE_S):
                client = await self._welcome(accepted)
                first = await first_words(client.reader)
            self._waiting.pop(_this(), None)
            name = whom(first)
            daemon = await self._daemon(name)
        except Refused as error:
            log.info("a connection is refused: %s", error)
            assert client is not None
            client.writer.write(json.dumps({"error": str(error)}).encode() + b"\n")
            client.writer.close()
        except TimeoutError:
            log.info("a connection had no first line within %g s", FIRST_LINE_S)
            _close(client, accepted)
        except (OSError, EOFError) as error:
            log.info("a connection comes to nothing: %s", error)
            _close(client, accepted)
        except asyncio.CancelledError:
            _close(client, accepted)
            raise
        else:
            daemon.writer.write(first)
            await relay(client, daemon)

    async def _welcome(self, accepted: socket.socket) -> End:
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            accepted.setsockopt(socket.IPPROTO_TCP, option, value)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=CHUNK)
        protocol = Stream(reader)
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol,
            accepted,
            ssl=self._tls,
            ssl_handshake_timeout=FIRST_LINE_S,
            ssl_shutdown_timeout=GOODBYE_S,
        )
        return End(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    async def _daemon(self, name: str) -> End:
        """Connect to a daemon; raises OSError while it does not listen.

        The client is told nothing then, as if the host were away: it would take a line for one
        of the daemon's own.
        """
        path = socket_of(self._folder, name)
        return End(*await asyncio.open_unix_connection(path, limit=CHUNK))


def _this() -> "asyncio.Task[None]":
    task = asyncio.current_task()
    assert task is not None
    return task


def _close(client: End | None, accepted: socket.socket) -> None:
    if client is None:
        accepted.close()
    else:
        client.writer.transport.abort()


async def first_words(reader: asyncio.StreamReader) -> bytes:
    """The first line and the bytes that came with it; raises Refused or EOFError."""
    received = b""
    while b"\n" not in received:
        if len(received) >= LINE_MAX:
            raise Refused(f"the first line is longer than {LINE_MAX} bytes")
        more = await reader.read(LINE_MAX - len(received))
        if not more:
            raise EOFError("it ended before it had said a line")
        received += more
    return received


def whom(said: bytes) -> str:
    """The daemon that the first line names; raises Refused if it names none."""
    line, _, _ = said.partition(b"\n")
    try:
        named = daemon_of(read(line).get("token"))
    except ValueError:
        raise Refused("the first line is no JSON object") from None
    if named is None:
        raise Refused("the first line has no token that names a daemon")
    return named
