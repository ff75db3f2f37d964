"""Bytes from one connection to another and back, no faster than either takes them."""

import asyncio
from typing import NamedTuple

CHUNK = 256 * 1024


class End(NamedTuple):
    """One of the two connections."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def relay(client: End, daemon: End) -> None:
    """Carry bytes until the daemon ends, or the client is gone; both are closed then.

    A client that has said all is answered still, as far as its connection can be half-closed, which
    one of TLS cannot. What the daemon has said goes to the client before its end does.
    """
    try:
        async with asyncio.TaskGroup() as both:
            up = both.create_task(_up(client.reader, daemon.writer))
            down = both.create_task(_down(daemon.reader, client.writer))
            down.add_done_callback(lambda _: up.cancel())
    except* OSError:
        pass  # one of them is gone, and with this the other
    finally:
        daemon.writer.close()
        client.writer.close()


async def _up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        try:
            writer.write(data)
            await writer.drain()
        except OSError:
            return  # it hears no more, and may have said why: its own end is waited for
    writer.write_eof()


async def _down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
