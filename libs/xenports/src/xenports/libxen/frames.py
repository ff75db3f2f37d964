"""A domain's memory on its way to another host: frames of compressed bytes, an empty one last.

A frame is a length (4 bytes) and as many bytes: a block of LZ4 that begins with its own
uncompressed size. Most of a guest's memory is zeros, and encrypting them costs more than
compressing all of it.
"""

import os
from collections.abc import Callable
from typing import BinaryIO

import lz4.block

CHUNK = 1 << 20
"""How many bytes a frame stands for at most."""
LENGTH, SIZE = 4, 4
# A block that cannot be compressed is a little larger than the bytes that it stands for.
BLOCK_MAX = CHUNK + CHUNK // 255 + 64


def send(fd: int, stream: BinaryIO, sent: Callable[[int], None]) -> None:
    """Send all that ``fd`` has as it comes: in the last round the guest stands still meanwhile.

    ``sent`` is told how many bytes were sent so far.
    """
    buffer, total = bytearray(CHUNK), 0
    while length := os.readv(fd, [buffer]):
        write(stream, memoryview(buffer)[:length])
        total += length
        sent(total)
    write(stream, b"")


def write(stream: BinaryIO, chunk: bytes | memoryview) -> None:
    """Write at most ``CHUNK`` bytes as a frame; an empty one ends the stream."""
    block = lz4.block.compress(chunk) if chunk else b""
    stream.write(len(block).to_bytes(LENGTH, "big") + block)


def read(stream: BinaryIO) -> bytes:
    """The next frame's bytes, none at the end; raises ValueError when it is not a frame."""
    length = int.from_bytes(_exactly(stream, LENGTH), "big")
    if length == 0:
        return b""
    if not SIZE < length <= BLOCK_MAX:
        raise ValueError(f"a frame of {length} bytes")
    block = _exactly(stream, length)
    if int.from_bytes(block[:SIZE], "little") > CHUNK:
        raise ValueError("a frame that stands for too much")
    try:
        return bytes(lz4.block.decompress(block))
    except lz4.block.LZ4BlockError as error:
        raise ValueError(f"a frame that is none: {error}") from error


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise ValueError("the frames end too early")
    return data
