"""What two disks differ in, written into a third one that has the contents of one of them."""

from collections.abc import Callable, Iterator
from typing import Protocol

from storage.volumes.tracking import BLOCK

AT_ONCE = 16 * BLOCK
"""How much is read at once."""

Progress = Callable[[float], None]
"""Called with the part that is done, from 0 to 1; may raise, which ends the work."""


class Bytes(Protocol):
    """An open disk."""

    size: int

    def read(self, offset: int, length: int) -> bytes: ...
    def write(self, offset: int, data: bytes) -> None: ...
    def flush(self) -> None: ...


def write(
    source: Bytes, base: Bytes, target: Bytes, blocks: bytes | None, progress: Progress
) -> None:
    """Give ``target``, which has the contents of ``base``, those of ``source``.

    ``blocks`` has a bit for each block in which the two may differ; None if that is not known. What
    is beyond the end of ``base`` is written in any case: nobody knows what ``target`` has there.
    """
    for offset, length in _extents(blocks, source.size, base.size):
        progress(offset / source.size)
        new = source.read(offset, length)
        known = max(0, min(length, base.size - offset))
        old = base.read(offset, known) if known else b""
        for at in range(0, length, BLOCK):
            block = new[at : at + BLOCK]
            if block != old[at : at + BLOCK]:
                target.write(offset + at, block)
    target.flush()


def _extents(blocks: bytes | None, size: int, known: int) -> Iterator[tuple[int, int]]:
    """The offsets and lengths of what may differ, in pieces that can be read at once."""
    begin = end = 0
    for offset in range(0, size, BLOCK):
        number = offset // BLOCK
        if blocks is None or offset + BLOCK > known or blocks[number // 8] & 0x80 >> number % 8:
            if end != offset or end - begin >= AT_ONCE:
                if end > begin:
                    yield begin, end - begin
                begin = offset
            end = min(size, offset + BLOCK)
    if end > begin:
        yield begin, end - begin
