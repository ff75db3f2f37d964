"""Connections in memory, as the door's relay has them."""

import asyncio
from typing import Any

from door.relay import CHUNK, End

MOST = 1000


class Pipe:
    """A writer whose bytes somebody else reads, and which holds no more than ``MOST`` of them."""

    def __init__(self) -> None:
        self.held = b""
        self.most_held = 0
        self.ended = self.closed = self.broken = False
        self._changed = asyncio.Condition()

    def write(self, data: bytes) -> None:
        self.held += data
        self.most_held = max(self.most_held, len(self.held))

    async def drain(self) -> None:
        if self.broken:
            raise ConnectionResetError("nobody hears this")
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.held) < MOST)

    async def take(self, count: int) -> bytes:
        taken, self.held = self.held[:count], self.held[count:]
        async with self._changed:
            self._changed.notify_all()
        return taken

    def write_eof(self) -> None:
        self.ended = True

    def close(self) -> None:
        self.closed = True


class Side:
    """One end, and what is said and heard there."""

    def __init__(self) -> None:
        self.reader, self.pipe = asyncio.StreamReader(limit=CHUNK), Pipe()
        writer: Any = self.pipe
        self.end = End(self.reader, writer)
