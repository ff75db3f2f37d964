"""Bytes from one connection to another and back, no faster than either takes them."""

import asyncio
from typing import NamedTuple

CHUNK = 256 * 1024


class End(NamedTuple):
    """One of the two connections."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


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
