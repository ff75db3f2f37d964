"""The bytes of an action that has a connection to itself, from the end of the request's head on."""

import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus

from fastapi import Response

from xapi.http.pages import CLOSING

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Stream:
    """Reads what the client sends, none of it lost, and writes as fast as the client reads."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader = reader
        self._writer = writer
        self.started = False
        self.before_start: Callable[[], Awaitable[None]] | None = None
        """What happens before the first byte of an answer is written."""

    async def start(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Write the head of the answer; from here on errors end the connection without a word.

        Unless the headers say a length, what is written ends with the connection.
        """
        if self.before_start is not None:
            await self.before_start()
        self.started = True
        said = {name.title(): value for name, value in (CLOSING | dict(headers or {})).items()}
        await self.write(_head(status, said.items()))

    async def write(self, data: bytes) -> None:
        """Send bytes; raises ConnectionError when the client is gone."""
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, response: Response) -> None:
        """Send an answer that is known whole, instead of a stream."""
        headers = [(name.decode(), value.decode()) for name, value in response.raw_headers]
        await self.write(_head(response.status_code, headers) + bytes(response.body))


def _head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    # Some values are what clients have said: none may end its line.
    lines += [f"{name}: {CONTROLS.sub(' ', value)}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
