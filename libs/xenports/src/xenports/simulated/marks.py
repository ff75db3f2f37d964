"""The marks that a simulated guest leaves on a disk, and what their bytes alone prove.

A disk is divided into blocks of 4 KiB. A mark fills one block: who wrote it, which block it is, a
number that grows along the disk's life, and a hash of these repeated to the block's end. So a block
that is torn, or comes from another place or disk, is no mark of this block.

A ledger has what a guest wrote and what was flushed since. With it anybody who can read the disk
can tell whether (a) each mark that was flushed is there, or a newer one of its block, and (b)
nothing is there that was never written.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

BLOCK = 4096
HEAD = struct.Struct(">8sQQQ")
MAGIC = b"MARK\r\n\x1a\0"
MARKS_MAX = 256
# Marks lie in different clusters of an image, and at different places of each.
STRIDE = 17

Reader = Callable[[int, int], bytes]
"""Reads (offset, length) of a disk."""


@dataclass(frozen=True)
class Mark:
    """What is in one block."""

    writer: int
    block: int
    number: int

    def bytes(self) -> bytes:
        head = HEAD.pack(MAGIC, self.writer, self.block, self.number)
        return head + hashlib.sha256(head).digest() * ((BLOCK - HEAD.size) // 32)

    @property
    def offset(self) -> int:
        return self.block * BLOCK


def read_mark(data: bytes) -> Mark | None:
    """The mark that fills a block; None if anything else does."""
    magic, writer, block, number = HEAD.unpack_from(data)
    mark = Mark(writer, block, number)
    return mark if magic == MAGIC and mark.bytes() == data else None


def places(size: int) -> list[int]:
    """The blocks of a disk where a guest leaves marks by itself."""
    return [block for block in range(0, MARKS_MAX * STRIDE, STRIDE) if (block + 1) * BLOCK <= size]


@dataclass
class Ledger:
    """What is known of a disk's marks."""

    writer: int
    """The number of whoever writes now."""
    number: int = 0
    """That of the newest mark that may be on the disk."""
    writers: dict[int, int] = field(default_factory=dict)
    """Whose marks may be there, and the newest number of each."""
    flushed: dict[int, Mark] = field(default_factory=dict)
    written: dict[int, Mark] = field(default_factory=dict)
    """Marks whose writing was answered, and not followed by a flush since."""
    taken: set[int] = field(default_factory=set)
    """Blocks that hold other bytes than marks."""

    @classmethod
    def read(cls, said: Any) -> "Ledger":
        """A ledger as it was read from JSON."""
        return msgspec.convert(said, cls, str_keys=True)

    def next(self, block: int) -> Mark:
        """A new mark for a block, which from now on may be there."""
        self.number += 1
        self.writers[self.writer] = self.number
        return Mark(self.writer, block, self.number)

    def note_written(self, mark: Mark, *, durable: bool = False) -> None:
        """A mark was written; ``durable`` if it is on stable storage."""
        if durable:
            self.flushed[mark.block] = mark
            self.written.pop(mark.block, None)
        else:
            self.written[mark.block] = mark

    def note_flushed(self, marks: Iterable[Mark]) -> None:
        """These had been written when a flush began that has succeeded."""
        for mark in marks:
            if _newer(mark, self.flushed.get(mark.block)):
                self.flushed[mark.block] = mark
            if self.written.get(mark.block) == mark:
                del self.written[mark.block]

    def note_lost(self) -> None:
        """Nobody promises any more that unflushed marks ever get to the disk."""
        self.written.clear()

    def take(self, blocks: Iterable[int]) -> None:
        """Other bytes were written to these blocks."""
        for block in blocks:
            self.taken.add(block)
            self.flushed.pop(block, None)
            self.written.pop(block, None)

    def adopt(self, found: dict[int, bytes]) -> None:
        """Go on from a disk that others may have written since; all that is on it was flushed."""
        self.note_lost()
        for block, data in found.items():
            mark = read_mark(data)
            if mark is not None and mark.block == block:
                self.taken.discard(block)
                self.number = max(self.number, mark.number)
                self.writers[mark.writer] = max(self.writers.get(mark.writer, 0), mark.number)
                self.note_flushed([mark])
            elif any(data) and block not in self.flushed:
                self.taken.add(block)

    def blocks(self, size: int) -> list[int]:
        """The blocks that can tell something of a disk of this size."""
        return sorted({*places(size), *self.flushed, *self.written} - self.taken)

    def may_have(self, mark: Mark) -> bool:
        return mark.number <= self.writers.get(mark.writer, 0)


@dataclass(frozen=True)
class Findings:
    """The blocks that are not as they must be."""

    missing: list[int]
    """What was flushed there is gone, and nothing newer of the same block is there."""
    foreign: list[int]
    """What is there was never written there."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.foreign)


def verify(
    read: Reader, size: int, ledger: Ledger, after: Ledger | None = None, *, answered: bool = False
) -> Findings:
    """Compare a disk with a ledger; nothing is found on a disk that is as it must be.

    If marks were written while the disk's bytes were taken, ``after`` is the ledger as it was
    then: what is in it may be there, what is in ``ledger`` must. With ``answered`` all that was
    written must be there, flushed or not: so a disk is for who writes it.
    """
    last = after or ledger
    blocks = sorted({*ledger.blocks(size), *last.blocks(size)} - ledger.taken - last.taken)
    inside = [block for block in blocks if (block + 1) * BLOCK <= size]
    found = {block: read(block * BLOCK, BLOCK) for block in inside}
    return compare(found, ledger, last, blocks, answered=answered)


def compare(
    found: dict[int, bytes],
    ledger: Ledger,
    after: Ledger,
    blocks: Iterable[int],
    *,
    answered: bool = False,
) -> Findings:
    """As ``verify``, of blocks that were read; one that is not in ``found`` is not on the disk."""
    missing, foreign = [], []
    wanted = ledger.flushed | (ledger.written if answered else {})
    for block in blocks:
        data = found.get(block, b"")
        mark = read_mark(data) if data else None
        known = mark is not None and mark.block == block and after.may_have(mark)
        if any(data) and not known:
            foreign.append(block)
        want = wanted.get(block)
        if want is not None and not (known and (mark == want or _newer(mark, want))):
            missing.append(block)
    return Findings(missing, foreign)


def _newer(mark: Mark | None, than: Mark | None) -> bool:
    return mark is not None and (than is None or mark.number > than.number)
