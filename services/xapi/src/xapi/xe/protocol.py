"""The thin protocol: the server tells the client what to print, to ask for and to transfer.

A message is its length and its payload. A number has 32 bits, the least significant byte first, and
a string is its length and its bytes.
"""

import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum

PREFIX = b"XenSource thin CLI protocol"
MAJOR, MINOR = 0, 2
ANSWER_MAX = 64 * 1024
"""How many bytes a client's message may have."""

CONTENTS_MAX = 16 * 1024 * 1024
"""How many bytes a file may have in the protocol; larger files go by HTTP."""


class Tag(IntEnum):
    PRINT, LOAD, PROMPT, EXIT, OK, FAILED, CHUNK, END = 0, 1, 3, 4, 5, 6, 7, 8
    COMMAND, RESPONSE, BLOB, HTTP_GET, HTTP_PUT, ERROR = 9, 10, 11, 12, 13, 14
    DEBUG, PRINT_STDERR, HTTP_CONNECT, WAIT = 15, 16, 17, 18


class ProtocolError(Exception):
    """The peer does not speak this protocol, or another version, or sends false lengths."""


def number(value: int) -> bytes:
    return struct.pack("<i", value)


def string(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return number(len(data)) + data


def command(tag: Tag, *fields: bytes) -> bytes:
    """The bytes of a command to the client."""
    payload = number(Tag.COMMAND) + number(tag) + b"".join(fields)
    return number(len(payload)) + payload


HELLO = PREFIX + number(MAJOR) + number(MINOR)


def check_hello(data: bytes) -> None:
    """Raise ProtocolError unless the peer speaks a known version."""
    if not data.startswith(PREFIX) or data[len(PREFIX) : len(PREFIX) + 4] != number(MAJOR):
        raise ProtocolError("not this protocol, or a version that is not known")


@dataclass
class Terminal:
    """The user's terminal and files, at the other end of the connection.

    ``read`` returns exactly as many bytes as asked for; it raises ConnectionError if fewer come.
    """

    read: Callable[[int], Awaitable[bytes]]
    write: Callable[[bytes], Awaitable[None]]

    async def print(self, text: str) -> None:
        await self.write(command(Tag.PRINT, string(text)))

    async def complain(self, text: str) -> None:
        await self.write(command(Tag.PRINT_STDERR, string(text + "\n")))

    async def error(self, code: str, params: tuple[str, ...]) -> None:
        fields = [string(code), number(len(params)), *map(string, params)]
        await self.write(command(Tag.ERROR, *fields))

    async def exit(self, code: int) -> None:
        await self.write(command(Tag.EXIT, number(code)))

    async def ask(self) -> str:
        """What the user types; raises ConnectionError if there is no line."""
        await self.write(command(Tag.PROMPT))
        return (await self._blob()).decode("utf-8", "replace")

    async def load(self, name: str) -> bytes | None:
        """The contents of a file that the user's command line names; None if it cannot be read."""
        await self.write(command(Tag.LOAD, string(name)))
        return await self._blob() if await self._response() else None

    async def transfer(self, tag: Tag, name: str, url: str) -> bool:
        """Have the client itself move a file by HTTP; returns whether it says that it has."""
        await self.write(command(tag, string(name), string(url)))
        return await self._response()

    async def _message(self) -> tuple[int, bytes]:
        size = struct.unpack("<i", await self.read(4))[0]
        if not 4 <= size <= ANSWER_MAX:
            raise ProtocolError(f"a message of {size} bytes")
        payload = await self.read(size)
        return struct.unpack("<i", payload[:4])[0], payload[4:]

    async def _response(self) -> bool:
        while True:
            kind, fields = await self._message()
            if kind != Tag.RESPONSE or len(fields) != 4:
                raise ProtocolError("no response")
            match struct.unpack("<i", fields)[0]:
                case Tag.OK:
                    return True
                case Tag.FAILED:
                    return False
                case Tag.WAIT:
                    continue
            raise ProtocolError("no response that is known")

    async def _blob(self) -> bytes:
        contents = bytearray()
        while True:
            kind, fields = await self._message()
            if kind != Tag.BLOB:
                raise ProtocolError("no blob")
            if fields == number(Tag.END):
                return bytes(contents)
            if len(fields) != 8 or fields[:4] != number(Tag.CHUNK):
                raise ProtocolError("neither a chunk nor the end")
            size = struct.unpack("<i", fields[4:])[0]
            if size < 0 or len(contents) + size > CONTENTS_MAX:
                raise ProtocolError(f"a chunk of {size} bytes")
            contents += await self.read(size)
