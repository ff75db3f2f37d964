"""Bytes from one connection to another and back, no faster than either takes them."""

import asyncio
from typing import NamedTuple, cast

CHUNK = 120 * 1024
"""How much is read at once: the allocator keeps pieces of this size, and maps larger ones anew."""
HELD_MAX = 1 << 20
"""How many bytes may wait until an end takes them."""


class End(NamedTuple):
    """One of the two connections."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Stream(asyncio.StreamReaderProtocol, asyncio.BufferedProtocol):
    """asyncio's own, but for bytes that come into one buffer, from which the reader takes them."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self._reader = reader
        self._buffer = memoryview(bytearray(CHUNK))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        cast(asyncio.Transport, transport).set_write_buffer_limits(high=HELD_MAX)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._reader.feed_data(self._buffer[:nbytes])


async def relay(client: End, daemon: End) -> None:
    """Carry bytes until the daemon ends or the client is gone, then close both connections.

    A client that half-closes its connection still gets its answer; TLS cannot half-close. All that
    the daemon sent reaches the client before the end does.
    """
    try:
        async with asyncio.TaskGroup() as both:
            up = both.create_task(_up(client.reader, daemon.writer))
            down = both.create_task(_down(daemon.reader, client.writer))
            down.add_done_callback(lambda _: up.cancel())
    except* OSError:
        pass  # one end is gone, so the other one is closed too
    finally:
        daemon.writer.close()
        client.writer.close()


async def _up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        try:
            writer.write(data)
            await writer.drain()
        except OSError:
            return  # the daemon reads no more, but may still say why: `_down` waits for its end
    writer.write_eof()


async def _down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
