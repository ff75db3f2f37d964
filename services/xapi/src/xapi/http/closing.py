"""Ends a connection whose client may still be sending, so that it can read the answer first.

If it is closed at once, the system answers the unread bytes with a reset, and the client loses its
answer.
"""

import asyncio

DRAINED_MAX = 16 * 1024 * 1024
DRAIN_S = 5.0


class Draining(asyncio.Protocol):
    """Drops what the client goes on sending, until it stops, or sends too much or for too long."""

    def __init__(self, transport: asyncio.Transport, writer: asyncio.StreamWriter | None) -> None:
        self._transport = transport
        self._writer = writer  # kept, since a writer that is collected closes its transport
        self._left = DRAINED_MAX
        self._timer = asyncio.get_running_loop().call_later(DRAIN_S, transport.close)

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self._transport.close()

    def eof_received(self) -> None:
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()


def close_gently(transport: asyncio.Transport, writer: asyncio.StreamWriter | None = None) -> None:
    """Send what was written, half-close, drain a little, close. ``writer`` is the transport's."""
    if transport.is_closing():
        return
    if transport.can_write_eof():
        transport.write_eof()
    transport.set_protocol(Draining(transport, writer))
    transport.resume_reading()
