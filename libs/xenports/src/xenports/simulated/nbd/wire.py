"""The NBD protocol as bytes, as far as a client needs it (nbd's doc/proto.md)."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

GREETING = struct.Struct(">8s8sH")
GREETING_MAGIC = (b"NBDMAGIC", b"IHAVEOPT")
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
CLIENT_FLAGS = struct.Struct(">I")

OPTION = struct.Struct(">8sII")
OPTION_REPLY = struct.Struct(">QIII")
OPTION_REPLY_MAGIC = 0x3E889045565A9
OPTION_REPLY_BYTES_MAX = 64 * 1024
GO, STRUCTURED_REPLY, SET_META_CONTEXT = 7, 8, 10
ACK, INFO, META_CONTEXT, REFUSED = 1, 3, 4, 1 << 31
INFO_EXPORT = struct.Struct(">HQH")
CONTEXT = b"base:allocation"

READ_ONLY, SEND_FLUSH, SEND_FUA, SEND_TRIM, SEND_WRITE_ZEROES = 2, 4, 8, 32, 64

REQUEST = struct.Struct(">IHHQQI")
REQUEST_MAGIC = 0x25609513
READ, WRITE, DISCONNECT, FLUSH, TRIM, WRITE_ZEROES, BLOCK_STATUS = 0, 1, 2, 3, 4, 6, 7
FUA, NO_HOLE = 1, 2

MAGIC = struct.Struct(">I")
SIMPLE = struct.Struct(">IQ")
SIMPLE_MAGIC = 0x67446698
CHUNK = struct.Struct(">HHQI")
CHUNK_MAGIC = 0x668E33EF
DONE = 1
NOTHING, DATA, HOLE, STATUS, ERROR = 0, 1, 2, 5, 1 << 15
HOLE_CHUNK = struct.Struct(">QI")
OFFSET = struct.Struct(">Q")
ERROR_CHUNK = struct.Struct(">IH")
STATUS_EXTENT = struct.Struct(">II")
# What a chunk that carries no data may have.
CHUNK_BYTES_MAX = 1 << 20
IS_HOLE, IS_ZERO = 1, 2


class NbdError(Exception):
    """A server refused a request; ``errno`` is its reason, 0 if it gave none."""

    def __init__(self, text: str, errno: int = 0) -> None:
        super().__init__(f"{text}: {os.strerror(errno)}" if errno else text)
        self.errno = errno


class NbdGone(NbdError):
    """The connection has ended, and nothing more can be asked on it."""


@dataclass(frozen=True)
class Extent:
    """A part of a disk that is alike, as ``base:allocation`` tells it."""

    offset: int
    length: int
    hole: bool
    zero: bool


class Channel(Protocol):
    """The bytes of a connection; a connected socket is one. Calls raise OSError."""

    def sendall(self, data: bytes, /) -> None: ...
    def recv_into(self, buffer: memoryview, /) -> int: ...
    def shutdown(self, how: int, /) -> None: ...
    def close(self) -> None: ...


def exactly(channel: Channel, size: int) -> bytes:
    """The next bytes; raises EOFError if there are no more, OSError."""
    buffer = bytearray(size)
    fill(channel, memoryview(buffer))
    return bytes(buffer)


def fill(channel: Channel, view: memoryview) -> None:
    """Like ``exactly``, into memory that is there already."""
    got = 0
    while got < len(view):
        count = channel.recv_into(view[got:])
        if count == 0:
            raise EOFError("the server has hung up")
        got += count


@dataclass(frozen=True)
class Export:
    """What a server said of an export, and what it agreed on."""

    size: int
    flags: int
    structured: bool
    context: int | None
    """The number of ``base:allocation``; None if the server does not tell block status."""


def handshake(channel: Channel, name: str) -> Export:
    """Open an export; raises NbdError if the server refuses, EOFError, OSError."""
    nbd, have_options, flags = GREETING.unpack(exactly(channel, GREETING.size))
    if (nbd, have_options) != GREETING_MAGIC or not flags & FIXED_NEWSTYLE:
        raise NbdError("the server does not speak NBD's fixed newstyle")
    no_zeroes = flags & NO_ZEROES
    channel.sendall(CLIENT_FLAGS.pack(FIXED_NEWSTYLE | no_zeroes))
    structured = not any(refused for _, _, refused in _option(channel, STRUCTURED_REPLY, b""))
    context = None
    named = MAGIC.pack(len(name.encode())) + name.encode()
    if structured:
        queries = MAGIC.pack(1) + MAGIC.pack(len(CONTEXT)) + CONTEXT
        for kind, body, _ in _option(channel, SET_META_CONTEXT, named + queries):
            if kind == META_CONTEXT and body[4:] == CONTEXT:
                context = MAGIC.unpack(body[:4])[0]
    size, said = None, 0
    for kind, body, refused in _option(channel, GO, named + b"\0\0"):
        if refused:
            why = body.decode(errors="replace") or f"error {kind & ~REFUSED}"
            raise NbdError(f"the server does not give the export {name!r}: {why}")
        if kind == INFO and len(body) == INFO_EXPORT.size and body[:2] == b"\0\0":
            _, size, said = INFO_EXPORT.unpack(body)
    if size is None:
        raise NbdError(f"the server did not say how large the export {name!r} is")
    return Export(size, said, structured, context)


def _option(channel: Channel, option: int, data: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """Ask for an option: (kind, body, whether it is a refusal) of each reply."""
    channel.sendall(OPTION.pack(b"IHAVEOPT", option, len(data)) + data)
    while True:
        head = exactly(channel, OPTION_REPLY.size)
        magic, about, kind, length = OPTION_REPLY.unpack(head)
        if magic != OPTION_REPLY_MAGIC or about != option or length > OPTION_REPLY_BYTES_MAX:
            raise NbdError(f"the server's reply to option {option} is none")
        refused = bool(kind & REFUSED)
        yield kind, exactly(channel, length), refused
        if kind == ACK or refused:
            return


def request(command: int, cookie: int, offset: int, length: int, flags: int = 0) -> bytes:
    return REQUEST.pack(REQUEST_MAGIC, flags, command, cookie, offset, length)


def extents(offset: int, body: bytes) -> list[Extent]:
    """The extents that a chunk of block status tells, from this offset on."""
    found = []
    for length, flags in STATUS_EXTENT.iter_unpack(body):
        found.append(Extent(offset, length, bool(flags & IS_HOLE), bool(flags & IS_ZERO)))
        offset += length
    return found
