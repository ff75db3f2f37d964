"""The bytes of an action that has a connection to itself, from the end of the request's head on."""

import asyncio
import contextlib
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterable, Mapping
from http import HTTPStatus

from fastapi import Response

from xapi.http.pages import CLOSING
from xapi.http.task import RequestTask

SILENT_MAX_S = 600.0
"""For how long a client may neither send a body that it has promised, nor read an answer."""

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Stream:
    """Reads what the client sends, none of it lost, and writes as fast as the client reads."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._task: RequestTask | None = None
        self.started = False

    def follow(self, task: RequestTask) -> None:
        """Have the task say that the stream has started, and look before each block at its wish."""
        self._task = task

    async def start(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Write the head of the answer; from here on errors end the connection without a word.

        Unless the headers say a length, what is written ends with the connection.
        """
        if self._task is not None:
            await self._task.begin()
        self.started = True
        said = {name.title(): value for name, value in (CLOSING | dict(headers or {})).items()}
        await self.write(_head(status, said.items()))

    async def read(self, size: int, patience_s: float | None = None) -> bytes:
        """What the client has sent, at most so much; nothing once it sends no more.

        Raises ConnectionError when the client is gone, or silent for too long, and TASK_CANCELLED
        when it wishes no more.
        """
        self._look()
        async with _patience(patience_s):
            return await self._reader.read(size)

    async def write(self, data: bytes) -> None:
        """Send bytes; raises as `read` does."""
        self._look()
        self._writer.write(data)
        async with _patience(SILENT_MAX_S):
            await self._writer.drain()

    def _look(self) -> None:
        if self.started and self._task is not None:
            self._task.require_wanted()

    async def answer(self, response: Response) -> None:
        """Send an answer that is known whole, instead of a stream."""
        headers = [(name.decode(), value.decode()) for name, value in response.raw_headers]
        await self.write(_head(response.status_code, headers) + bytes(response.body))


@contextlib.asynccontextmanager
async def _patience(seconds: float | None) -> AsyncIterator[None]:
    """Raise ConnectionAbortedError when what is waited for in the block takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ConnectionAbortedError("the client was silent for too long") from None


def _head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    # Some values are what clients have said: none may end its line.
    lines += [f"{name}: {CONTROLS.sub(' ', value)}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
