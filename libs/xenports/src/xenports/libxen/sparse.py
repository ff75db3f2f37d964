"""A domain's memory on its way into a file, which has holes where much of it is zero."""

import os
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import BinaryIO

CHUNK = 1 << 20
HOLE = bytes(64 * 1024)


def copy(fd: int, stream: BinaryIO, sent: Callable[[int], None]) -> None:
    """Copy all that ``fd`` has into a file; ``sent`` is told how many bytes were copied so far.

    A hole at the end counts towards the file's size.
    """
    # One buffer for all: in a dom0, getting new memory costs much more than copying into it.
    buffer, total = bytearray(CHUNK), 0
    view = memoryview(buffer)
    # Small pieces cost much, too: let the writer fill the pipe before we are woken.
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    while length := _fill(view, fd):
        for empty, start, end in _runs(buffer, length):
            if empty:
                stream.seek(end - start, os.SEEK_CUR)
            else:
                stream.write(view[start:end])
        total += length
        sent(total)


def _fill(view: memoryview, fd: int) -> int:
    """Read until the buffer is full or nothing is left; how many bytes were read."""
    length = 0
    while length < len(view) and (more := os.readv(fd, [view[length:]])):
        length += more
    return length


def _runs(buffer: bytearray, length: int) -> Iterator[tuple[bool, int, int]]:
    """The parts of a buffer: whether each is all zeros, its start and its end."""

    def is_hole(start: int) -> bool:
        return buffer.startswith(HOLE, start, length)

    for empty, blocks in groupby(range(0, length, len(HOLE)), is_hole):
        starts = list(blocks)
        yield empty, starts[0], min(starts[-1] + len(HOLE), length)
