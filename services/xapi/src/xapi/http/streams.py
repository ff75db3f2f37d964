"""The bytes of an action that has a connection to itself, after the request's head."""

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
"""How long a client may stop sending its body, or reading its answer."""

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Stream:
    """Reads all that the client sends, and writes as fast as the client reads."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._task: RequestTask | None = None
        self.started = False

    def follow(self, task: RequestTask) -> None:
        """Show in the task that the stream has started, and stop it once the task is cancelled."""
        self._task = task

    async def start(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Write the head of the answer; later errors end the connection without a text.

        Unless the headers give a length, the answer ends with the connection.
        """
        if self._task is not None:
            await self._task.begin()
        self.started = True
        titled = {name.title(): value for name, value in (CLOSING | dict(headers or {})).items()}
        await self.write(_head(status, titled.items()))

    async def read(self, size: int, patience_s: float | None = None) -> bytes:
        """Read at most ``size`` bytes; none once the client has ended its sending.

        Raises ConnectionError if the client is gone, or silent for too long, and TASK_CANCELLED if
        the task is cancelled.
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
        """Send a whole answer instead of a stream."""
        headers = [(name.decode(), value.decode()) for name, value in response.raw_headers]
        await self.write(_head(response.status_code, headers) + bytes(response.body))


@contextlib.asynccontextmanager
async def _patience(seconds: float | None) -> AsyncIterator[None]:
    """Raise ConnectionAbortedError if the block takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ConnectionAbortedError("the client was silent for too long") from None


def _head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    # Some values come from clients, and must not end their line.
    lines += [f"{name}: {CONTROLS.sub(' ', value)}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
